import { readFileSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { client } from '../../generated/heart-disease-label/client.ts'
import { replyError } from '../../runtime/wire/message.ts'
import { startServer, stop } from '../support/processes.ts'

const model = 'generated/heart-disease-label'
/** What the system lets any process ask for. */
const mostQueued = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'))

async function started() {
  const { child, firstLine, log } = await startServer([model, '--port', '0', '--no-page'])
  const url = /(http:\/\/127\.0\.0\.1:\d+)$/.exec(firstLine)?.[1] ?? ''
  return { child, url, port: Number(new URL(url).port), log }
}

test.runIf(mostQueued >= 1500)('a server that is at something else drops no connection', async () => {
  const { child, port, url } = await started()
  // Nothing is taken up: what connects now is kept by the system alone.
  child.kill('SIGSTOP')
  const sockets: Socket[] = []
  try {
    let connected = 0
    await new Promise<void>((done, fail) => {
      for (let i = 0; i < 1200; i++) {
        const socket = connect(port, '127.0.0.1')
        sockets.push(socket.on('error', fail))
        socket.once('connect', () => {
          connected += 1
          if (connected === 1200) done()
        })
      }
      // Those that are dropped try again after a second, in vain.
      setTimeout(() => fail(new Error(`${connected} of 1200 connected`)), 30_000).unref()
    })
    child.kill('SIGCONT')
    expect((await fetch(`${url}/health`)).status).toBe(200)
  } finally {
    for (const socket of sockets) socket.destroy()
    child.kill('SIGCONT')
  }
  expect(await stop(child)).toBe(0)
})

test('1,600 requests at once, and then SIGTERM: each has its answer, or a status that says when to come back', async () => {
  const { child, url, log } = await started()
  const record = { age: 63, sex: 1, cp: 4, trestbps: 145, chol: 233, fbs: 0, restecg: 0, thalach: 150 } as const
  const sealed = await client.seal(
    { ...record, exang: 0, oldpeak: 2.3, slope: 3, ca: 0, thal: 3 },
    await client.generateKey(),
  )
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })
  const headers = { 'content-type': 'application/cbor', 'content-length': sealed.request.length }
  const post = () =>
    new Promise<string>((done) => {
      const asked = httpRequest(`${url}/evaluate`, { method: 'POST', agent, headers }, async (response) => {
        const chunks = await response.toArray().catch((error: Error) => error)
        if (chunks instanceof Error) return done(chunks.message)
        if (response.statusCode !== 200) {
          return done(`${response.statusCode} ${/^[1-9]/.test(response.headers['retry-after'] ?? '')}`)
        }
        done(`200 ${replyError(new Uint8Array(Buffer.concat(chunks)))}`)
      })
      asked.on('error', (error) => done(error.message)).end(sealed.request)
    })
  const all = Array.from({ length: 1600 }, post)
  // The first answer shows that the server is at work on them.
  await Promise.race(all)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  const ended = stop(child)
  const outcomes = new Set(await Promise.all(all))
  outcomes.delete('503 true')
  expect([...outcomes]).toEqual(['200 null'])
  expect(await ended).toBe(0)
  expect(log()).not.toContain('cut')
})
