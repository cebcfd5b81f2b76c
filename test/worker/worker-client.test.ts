import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MessageChannel, Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { afterEach, describe, expect, test } from 'vitest'
import { contract as foreign } from '../../generated/heart-disease-linear/client.ts'
import { contract, client as ours } from '../../generated/heart-disease-points/client.ts'
import { server } from '../../generated/heart-disease-points/server.ts'
import type { Client } from '../../runtime/client.ts'
import { ProtocolError, RecordError } from '../../runtime/errors.ts'
import { exposeClient, type WorkerClient, workerClient } from '../../runtime/worker/index.ts'

const record = { age: 63, sex: 1, cp: 4, trestbps: 145, chol: 233, fbs: 0, restecg: 2, thalach: 150, exang: 0 }
const whole = ours.check({ ...record, oldpeak: 2.3, slope: 3, ca: 0 })

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Both ends in this thread, over a real channel: messages are cloned, and buffers handed over. */
function pair(client: Client<object, string | number>, of = client.contract) {
  const { port1, port2 } = new MessageChannel()
  exposeClient(client, port2)
  const posted: unknown[] = []
  const remote: WorkerClient<object, string> = workerClient(
    {
      postMessage: (message, transfer) => {
        posted.push(message)
        port1.postMessage(message, transfer)
      },
      on: (type, listener) => port1.on(type, listener),
      terminate: () => port1.close(),
    },
    of,
  )
  closing.push(() => remote.close())
  return { remote, posted }
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'done'
  } catch (error) {
    return error instanceof ProtocolError || error instanceof RecordError ? error.code : String(error)
  }
}

describe('a client in a worker', () => {
  test('answers as the client itself', async () => {
    const { remote } = pair(ours)
    const truth = await ours.predict(whole, { via: server.evaluate })
    expect(await remote.predict(whole, { via: server.evaluate })).toEqual(truth)
    const key = await remote.generateKey()
    await remote.prepare(key)
    const sealed = await remote.seal(whole, key)
    const reply = await server.evaluate(sealed.request)
    const length = reply.length
    expect(await sealed.open(reply)).toEqual(truth)
    // The reply is still whoever's brought it, and can be opened again.
    expect(reply.length).toBe(length)
    expect(await sealed.explain(reply)).toEqual({ opened: truth, path: [] })
  })

  test('hands the request over instead of copying it', async () => {
    const { port1, port2 } = new MessageChannel()
    const kept: { request: Uint8Array }[] = []
    const noting: typeof ours = {
      ...ours,
      async seal(features, key) {
        const sealed = await ours.seal(features, key)
        kept.push(sealed)
        return sealed
      },
    }
    const transferred: ArrayBuffer[] = []
    exposeClient(noting, {
      postMessage: (message, transfer) => {
        transferred.push(...transfer)
        port2.postMessage(message, transfer)
      },
      on: (type, listener) => port2.on(type, listener),
    })
    const remote = workerClient<object, string>(
      {
        postMessage: (message, transfer) => port1.postMessage(message, transfer),
        on: (type, act) => port1.on(type, act),
        terminate: () => port1.close(),
      },
      contract,
    )
    closing.push(() => remote.close())
    const { request } = await remote.seal(whole, await remote.generateKey())
    expect(transferred).toHaveLength(1)
    expect(transferred[0]?.byteLength).toBe(0)
    // The worker's own request is whole.
    expect(kept[0]?.request).toEqual(request)
  })

  test('throws errors of the same class and code, naming the field, before anything is sent', async () => {
    const { remote, posted } = pair(ours)
    const sent: unknown[] = []
    const via = async (request: Uint8Array) => {
      sent.push(request)
      return server.evaluate(request)
    }
    await expect(remote.predict({ ...whole, age: 500 }, { via })).rejects.toMatchObject({
      name: 'RecordError',
      code: 'out-of-range',
      field: 'age',
    })
    expect([sent, posted]).toEqual([[], []])
    const key = await remote.generateKey()
    const sealed = await remote.seal(whole, key)
    const other = await remote.seal(whole, key)
    expect(await codeOf(sealed.open(await server.evaluate(other.request)))).toBe('other-request')
    expect(await codeOf(sealed.open(new Uint8Array(3)))).toBe('bad-message')
    // It still answers after an error.
    expect(await codeOf(remote.predict(whole, { via, key }))).toBe('done')
  })

  test('an error of the worker keeps its class, code and field; of a foreign one nothing is told', async () => {
    const failing = (error: Error): typeof ours => ({ ...ours, seal: () => Promise.reject(error) })
    const seal = async (error: Error) => {
      const { remote } = pair(failing(error))
      return remote.seal(whole, await remote.generateKey()).catch((thrown: unknown) => thrown)
    }
    const field = await seal(new RecordError('unknown-level', 'thal', '"thal" takes one of ...'))
    expect(field).toBeInstanceOf(RecordError)
    expect(field).toMatchObject({ code: 'unknown-level', field: 'thal', message: '"thal" takes one of ...' })
    expect(await seal(new ProtocolError('wrong-key'))).toMatchObject({ name: 'ProtocolError', code: 'wrong-key' })
    const foreignError = await seal(new TypeError('the secret is 42'))
    expect(foreignError).toMatchObject({ code: 'worker-failed' })
    expect(String(foreignError)).not.toContain('42')
  })

  test('refuses a worker whose client is of another model', async () => {
    const { remote } = pair(ours, foreign)
    expect(await codeOf(remote.generateKey())).toBe('wrong-contract')
  })

  test('a signal takes an order back: at once, before it is followed, and while a session waits for its reply', async () => {
    let sealings = 0
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: typeof ours = {
      ...ours,
      async seal(features, key) {
        sealings++
        await gate
        return ours.seal(features, key)
      },
    }
    const { remote, posted } = pair(slow)
    const key = await remote.generateKey()
    expect(await codeOf(remote.seal(whole, key, { signal: AbortSignal.abort() }))).toBe('aborted')
    const stop = new AbortController()
    const first = codeOf(remote.seal(whole, key))
    const second = codeOf(remote.seal(whole, key, { signal: stop.signal }))
    const session = codeOf(remote.predict(whole, { key, via: server.evaluate, signal: stop.signal }))
    stop.abort()
    expect(await Promise.all([second, session])).toEqual(['aborted', 'aborted'])
    expect(posted.filter((message) => JSON.stringify(message).includes('"drop":"order"'))).toHaveLength(2)
    release()
    expect(await first).toBe('done')
    expect(await codeOf(remote.seal(whole, key))).toBe('done')
    // The two that were taken back were never sealed.
    expect(sealings).toBe(2)
    const waiting = new AbortController()
    const unanswered = remote.predict(whole, { key, via: () => new Promise(() => {}), signal: waiting.signal })
    waiting.abort()
    expect(await codeOf(unanswered)).toBe('aborted')
  })

  test('the deadline counts the time of sealing', async () => {
    const never: typeof ours = { ...ours, seal: () => new Promise(() => {}) }
    const { remote } = pair(never)
    expect(await codeOf(remote.predict(whole, { via: server.evaluate, deadline: 30 }))).toBe('deadline')
  })

  test('close ends what is asked, and refuses what is asked later', async () => {
    const never: typeof ours = { ...ours, seal: () => new Promise(() => {}) }
    const { remote } = pair(never)
    const key = await remote.generateKey()
    const sealing = codeOf(remote.seal(whole, key))
    remote.close()
    expect(await sealing).toBe('aborted')
    expect(await codeOf(remote.generateKey())).toBe('aborted')
  })

  test('forgets keys and sealed records in the worker when nobody holds them', async () => {
    const { remote, posted } = pair(ours)
    const seal = async () => {
      await remote.seal(whole, await remote.generateKey())
    }
    await seal()
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const drops = () => (posted as { drop?: string }[]).flatMap(({ drop }) => drop ?? [])
    for (let tries = 0; drops().length < 2 && tries < 50; tries++) {
      gc()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(drops().sort()).toEqual(['key', 'sealed'])
  })
})

test('a thread of Node seals and opens; one that fails or ends says so', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { parentPort } from 'node:worker_threads'
        import { exposeClient } from './runtime/worker/index.ts'
        import { client } from './generated/heart-disease-points/client.ts'
        exposeClient(client, parentPort)`,
      resolveDir: '.',
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    conditions: ['emp-compile-source'],
    external: ['libsodium-wrappers-sumo'],
  })
  const remote = workerClient<object, string>(new Worker(outputFiles[0]?.text ?? '', { eval: true }), contract)
  const truth = await ours.predict(whole, { via: server.evaluate })
  expect(await remote.predict(whole, { via: server.evaluate })).toEqual(truth)
  remote.close()
  const broken = workerClient<object, string>(new Worker('throw new Error("no")', { eval: true }), contract)
  expect(await codeOf(broken.generateKey())).toBe('worker-failed')
  expect(await codeOf(broken.generateKey())).toBe('worker-failed')
})
