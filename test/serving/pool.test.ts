import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { labelModel, labelOf } from '../../bench/label-models.ts'
import { cellsFor } from '../../compiler/missing.ts'
import { predictTree } from '../../compiler/tree.ts'
import { at } from '../../runtime/at.ts'
import { bigintEngine } from '../../runtime/paillier/bigint-engine.ts'
import { defineLabelClient } from '../../runtime/schemes/label/client.ts'
import { type LabelTask, runLabel } from '../../runtime/schemes/label/evaluation.ts'
import { defineLabelServer } from '../../runtime/schemes/label/server.ts'
import type { Runner } from '../../runtime/schemes/scheme.ts'
import { type SignsTask, signsWorker } from '../../runtime/schemes/signs/evaluation.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { type Pool, threadPool } from '../../runtime/serving/pool.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

/** Threads run JavaScript: the built worker. */
const script = new URL('../../runtime/dist/serving/pool-worker.js', import.meta.url)
const rows = Array.from({ length: 80 }, (_, i) => [
  String((i * 37) % 61),
  String((i * 29) % 43),
  (i * 37) % 61 > 30 !== (i * 29) % 43 > 20 || i % 7 === 0 ? 'sick' : 'well',
])
const table = tableOf(['age', 'weight', 'target'], rows)
const tree = trainClasses(table, { ...boundedOptions, maxDepth: 6, minSamplesLeaf: 1 })
const keyBits = 768
const plan = lower(tree, { name: 'test', keyBits })
const key = insecureTestKey(keyBits)
const [client, server] = [clientOf(plan), defineSignsServer(plan.contract, plan.server.tests)]
const expectedOf = (row: number) => {
  return predictTree(tree, cellsFor(table, tree)(row))
}

const oneProduct: SignsTask = {
  scheme: 'signs',
  keyBits,
  n: key.publicKey.n,
  bases: [77n],
  products: [{ factors: [], unit: 2n }],
}

const pools: Pool[] = []
const poolOf = (threads: number, waiting?: number) => {
  const pool = threadPool({ threads, script, ...(waiting === undefined ? {} : { waiting }) })
  pools.push(pool)
  return pool
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())))

describe('a pool of threads', () => {
  test.each([1, 2, 3])('of %i answers many requests at once, each with its own answer', async (threads) => {
    const pooled = server.with({ runner: poolOf(threads) })
    expect(plan.cost.replyCiphertexts).toBe(2)
    const sessions = rows.slice(0, 40).map(async (_, row) => {
      const sealed = await client.seal(recordOf(table, tree, row), row % 2 === 0 ? key : insecureTestKey(keyBits))
      return sealed.open(await pooled.evaluate(sealed.request))
    })
    expect(await Promise.all(sessions)).toEqual(sessions.map((_, row) => expectedOf(row)))
  })

  test('computes what this thread computes', async () => {
    const { n } = key.publicKey
    const factors = [{ base: 0, mantissa: 12_345n, shift: 7 }]
    const products = [1n, 2n, 3n, 4n, 5n].map((unit) => ({ factors, unit }))
    const task: SignsTask = { scheme: 'signs', keyBits, n, bases: [77n], products }
    const here = await signsWorker(bigintEngine())(task)
    for (const threads of [1, 2, 4, 8]) expect(await poolOf(threads).run(task)).toEqual(here)
  })

  test('passes on what is wrong with a key or a ciphertext, and goes on', async () => {
    const pool = poolOf(2)
    const evaluator = (task: SignsTask) => pool.run(task)
    const { n } = key.publicKey
    const good: SignsTask = { scheme: 'signs', keyBits, n, bases: [77n], products: [{ factors: [], unit: 2n }] }
    await expect(evaluator({ ...good, n: n + 1n })).rejects.toMatchObject({ code: 'bad-key' })
    await expect(evaluator({ ...good, bases: [key.p] })).rejects.toMatchObject({ code: 'bad-ciphertext' })
    await expect(evaluator({ ...good, products: [], bases: [0n] })).rejects.toMatchObject({ code: 'bad-ciphertext' })
    expect(await evaluator(good)).toHaveLength(1)
  })

  test('refuses what is more than may wait, and serves again when there is room', async () => {
    const pooled = server.with({ runner: poolOf(1, 2) })
    const sealed = await client.seal(recordOf(table, tree, 3), key)
    const replies = await Promise.all(Array.from({ length: 12 }, () => pooled.evaluate(sealed.request)))
    const outcomes = await Promise.all(replies.map((reply) => sealed.open(reply).catch((error) => error.code)))
    expect(outcomes).toContain('busy')
    expect(outcomes.filter((outcome) => outcome !== 'busy')).not.toEqual([])
    for (const outcome of outcomes) if (outcome !== 'busy') expect(outcome).toEqual(expectedOf(3))
    const calm = server.with({ runner: poolOf(1, plan.cost.replyCiphertexts) })
    for (let i = 0; i < 3; i++) expect(await sealed.open(await calm.evaluate(sealed.request))).toEqual(expectedOf(3))
  })

  test('does not block the thread that asks', async () => {
    const pool = poolOf(1)
    const products = Array.from({ length: 40 }, (_, i) => ({ factors: [], unit: BigInt(i + 2) }))
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    const task: SignsTask = { scheme: 'signs', keyBits, n: key.publicKey.n, bases: [77n], products }
    await pool.run(task)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
  })

  test('outlives a thread that dies, whose task alone is lost', async () => {
    const dying = `import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ n }) => {
        if (n === 0n) process.exit(1)
        if (n === 1n) throw new Error('unexpected')
        parentPort.postMessage({ result: [n], code: null })
      })`
    const pool = threadPool({ threads: 2, script: new URL(`data:text/javascript,${encodeURIComponent(dying)}`) })
    pools.push(pool)
    const results = await Promise.allSettled(
      [0n, 5n, 1n, 6n, 7n, 0n].map((n) => pool.run({ ...oneProduct, n } as SignsTask)),
    )
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : null))).toEqual([
      null,
      [5n],
      null,
      [6n],
      [7n],
      null,
    ])
    expect(await pool.run(oneProduct)).toHaveLength(1)
  })

  test('says once that threads cannot start, tries again with pauses, and goes on when they can', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'emp-pool-'))
    const path = join(broken, 'worker.mjs')
    await writeFile(path, 'throw new Error("no such library")')
    const failures: string[] = []
    const onFailure = ({ message }: Error) => failures.push(message)
    const pool = threadPool({ threads: 2, script: pathToFileURL(path), onFailure })
    pools.push(pool)
    const starts = vi.spyOn(globalThis, 'setTimeout')
    const settled = await Promise.allSettled([1, 2, 3, 4, 5].map(() => pool.run(oneProduct)))
    expect(settled.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
    await vi.waitFor(() => expect(starts.mock.calls.map(([, pause]) => pause)).toContain(1600), 20_000)
    const pauses = starts.mock.calls.map(([, pause]) => Number(pause)).filter((pause) => pause >= 100)
    expect(pauses.slice(0, 5)).toEqual([100, 200, 400, 800, 1600])
    starts.mockRestore()
    expect(failures).toEqual([expect.stringContaining('no such library')])
    await writeFile(
      path,
      `import { parentPort } from 'node:worker_threads'
       parentPort.on('message', ({ n }) => parentPort.postMessage({ result: [n], code: null }))`,
    )
    await vi.waitFor(async () => expect(await pool.run(oneProduct)).toEqual([oneProduct.n]), 20_000)
    expect(failures).toHaveLength(1)
    await rm(broken, { recursive: true })
  })

  test('rejects what is left when it is closed, and all that comes later', async () => {
    const pool = poolOf(1)
    const waiting = [1, 2, 3].map(() => pool.run(oneProduct))
    const settled = Promise.allSettled(waiting)
    await pool.close()
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await expect(pool.run(oneProduct)).rejects.toThrow('closed')
  })
})

describe('a pool of threads, for label', () => {
  const model = labelModel({ features: 3, cuts: 5, leaves: 19, padded: 32 })
  const labelClient = defineLabelClient<object, string>(model.contract)
  const answerAt = (i: number) => ({
    kind: 'class',
    ...at(model.contract.possible, labelOf(model, Object.values(recordAt(i)))),
  })
  const recordAt = (i: number) => ({ x0: i % 6, x1: (i * 5) % 6, x2: (i * 7 + 1) % 6 })

  test.each([1, 2, 5])('of %i answers many requests at once, each with its own answer', async (threads) => {
    const pooled = defineLabelServer(model.contract, model.leaves).with({ runner: poolOf(threads) })
    const labelKey = await labelClient.generateKey()
    const answers = Array.from({ length: 20 }, async (_, i) => {
      const sealed = await labelClient.seal(recordAt(i), labelKey)
      return sealed.open(await pooled.evaluate(sealed.request))
    })
    const expected = answers.map((_, i) => answerAt(i))
    expect(await Promise.all(answers)).toEqual(expected)
  })

  /** The task that a server asks for. */
  async function taskOf(record: object): Promise<LabelTask> {
    const asked: LabelTask[] = []
    const runner: Runner = {
      idle: 1,
      run: (task) => {
        asked.push(task as LabelTask)
        return runLabel(structuredClone(task))
      },
    }
    const asking = defineLabelServer(model.contract, model.leaves, { runner })
    await asking.evaluate((await labelClient.seal(record, await labelClient.generateKey())).request)
    const [task, ...more] = asked
    if (task === undefined || more.length > 0) expect.fail('one task is asked for')
    return task
  }

  test('computes what this thread computes, in the same order', async () => {
    const task = await taskOf(recordAt(3))
    const alone = await runLabel(structuredClone(task))
    for (const threads of [1, 2, 3, 7]) expect(await poolOf(threads).run(task)).toEqual(alone)
  })

  test('passes on what is wrong with a key or a ciphertext, and goes on', async () => {
    const pool = poolOf(2)
    const good = await taskOf(recordAt(1))
    const runTask = (task: LabelTask) => pool.run(task)
    const noPoint = new Uint8Array(32).fill(0xfe)
    await expect(runTask({ ...good, key: noPoint })).rejects.toMatchObject({ code: 'bad-key' })
    const ciphertexts = good.ciphertexts.slice()
    ciphertexts.set(noPoint, ciphertexts.length - 32)
    await expect(runTask({ ...good, ciphertexts })).rejects.toMatchObject({ code: 'bad-ciphertext' })
    expect(await runTask(good)).toEqual(await runLabel(structuredClone(good)))
  })

  test('serves both ways at once', async () => {
    const pool = poolOf(2)
    const signs = server.with({ runner: pool })
    const label = defineLabelServer(model.contract, model.leaves).with({ runner: pool })
    const labelKey = await labelClient.generateKey()
    const sealed = [
      await client.seal(recordOf(table, tree, 5), key),
      await labelClient.seal(recordAt(5), labelKey),
    ] as const
    const [first, second] = await Promise.all([signs.evaluate(sealed[0].request), label.evaluate(sealed[1].request)])
    expect(await sealed[0].open(first)).toEqual(expectedOf(5))
    expect(await sealed[1].open(second)).toEqual(answerAt(5))
  })
})
