import type { ChildProcess } from 'node:child_process'
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { empCompile, startServer, stop } from '../support/processes.ts'

const model = 'generated/heart-disease-label'

/** A server of that model whose log is JSON, with a port for operators, and what its log says by now. */
async function started(...args: string[]) {
  const { child, log } = await startServer([model, '--port', '0', '--metrics-port', '0', '--log', 'json', ...args])
  const lines = () => log().trim().split('\n')
  const events = () => lines().map((line): Record<string, unknown> => JSON.parse(line))
  const urlOf = (what: string) =>
    vi.waitFor(() => String(events().find(({ model: name }) => name === what)?.on ?? expect.fail(log())), 20_000)
  return { child, events, url: await urlOf('heart-disease-label'), operators: await urlOf('metrics') }
}

/** Waits until that holds, also on a busy machine. */
const eventually = (holds: () => Promise<void>) => vi.waitFor(holds, 20_000)

/** Half of an upload: the server has a request in hand, and waits for the rest of it. */
function halfAnUpload(url: string): Promise<Socket> {
  const { port, hostname } = new URL(url)
  return new Promise((done) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write('POST /evaluate HTTP/1.1\r\nHost: a\r\nContent-Length: 2763\r\n\r\nabc', () => done(socket))
    })
    socket.on('error', () => {})
  })
}
const exitOf = (child: ChildProcess) => new Promise<number | null>((done) => child.once('exit', (code) => done(code)))

test('what callers do wrong is a line of JSON and a count; then they are waited for, as long as grace lasts', async () => {
  const { child, events, url, operators } = await started('--max-wait', '1', '--grace', '3')
  for (let i = 0; i < 5; i++) {
    const socket = await halfAnUpload(url)
    await new Promise((done) => setTimeout(done, 20))
    socket.destroy()
  }
  // What is no HTTP at all.
  const { port } = new URL(url)
  const said = await new Promise<string>((done) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('\u0000\u0001 nonsense\r\n\r\n'))
    socket.once('data', (data) => done(data.toString()))
  })
  expect(said).toMatch(/^HTTP\/1\.1 400 /)
  await eventually(async () =>
    expect(await (await fetch(`${operators}/counts`)).json()).toMatchObject({ aborted: 5, failed: {} }),
  )
  // Every line was JSON, or this throws.
  expect(events().filter(({ event }) => event === 'aborted')).toHaveLength(5)

  const late = await halfAnUpload(url)
  await eventually(async () => expect((await fetch(`${operators}/ready`)).status).toBe(200))
  const ended = exitOf(child)
  child.kill('SIGTERM')
  await eventually(async () => expect((await fetch(`${operators}/ready`)).status).toBe(503))
  const draining = await fetch(`${url}/ready`)
  expect([draining.status, draining.headers.get('connection')]).toEqual([503, 'close'])
  expect(await ended).toBe(0)
  const last = events().filter(({ event }) => event !== 'aborted')
  expect(last.slice(-2)).toMatchObject([{ event: 'draining' }, { event: 'cut', requests: 1, level: 'error' }])
  late.destroy()
})

test('a second signal ends the server at once', async () => {
  const { child, url } = await started('--no-page')
  const late = await halfAnUpload(url)
  const ended = exitOf(child)
  child.kill('SIGTERM')
  await eventually(async () => expect((await fetch(`${url}/ready`)).status).toBe(503))
  child.kill('SIGTERM')
  expect(await ended).toBe(1)
  late.destroy()
})

test('the page is compressed for those that take it; connections outlast those of proxies', async () => {
  const { child, url } = await started()
  // Node's own fetch does not show what came over the wire.
  const asked = (encoding: string) =>
    new Promise<{ headers: IncomingHttpHeaders; bytes: number }>((done, fail) => {
      const headers = { 'accept-encoding': encoding, connection: 'keep-alive' }
      httpRequest(url, { headers, agent: false }, async (response) => {
        const chunks: Buffer[] = await response.toArray()
        done({ headers: response.headers, bytes: Buffer.concat(chunks).length })
      })
        .on('error', fail)
        .end()
    })
  const [plain, packed] = [await asked('identity'), await asked('gzip')]
  expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip'])
  expect(packed.headers.vary).toContain('accept-encoding')
  expect(packed.bytes).toBeLessThan(plain.bytes / 2)
  expect(Number(/timeout=(\d+)/.exec(String(packed.headers['keep-alive']))?.[1])).toBeGreaterThan(60)
  expect(await stop(child)).toBe(0)
})

test('a monitor is told by the exit code of a probe', async () => {
  const { child, url } = await started('--no-page')
  const probe = (at: string, ...args: string[]) => empCompile(['probe', at, '--model', model, '--json', ...args])
  const first = await probe(url)
  const { right, answer, contract } = JSON.parse(first.stdout)
  const health = (await (await fetch(`${url}/health`)).json()) as { models: { contract: string }[] }
  expect([first.code, right, contract]).toEqual([0, true, health.models[0]?.contract])
  expect(await probe(url, '--expect', String(answer))).toMatchObject({ code: 0 })
  const wrong = await probe(url, '--expect', 'another')
  expect([wrong.code, JSON.parse(wrong.stdout)]).toMatchObject([1, { right: false, answer }])
  expect(await stop(child)).toBe(0)
  expect(await probe(url, '--deadline', '0.5')).toMatchObject({ code: 2, stdout: '' })
})

test('a log that nobody reads stops nothing', async () => {
  const { child, url } = await started('--requests-per-hour', '1', '--no-page')
  child.stderr?.pause()
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const post = () =>
    new Promise<number | undefined>((done, fail) => {
      httpRequest(`${url}/evaluate`, { method: 'POST', agent }, (response) => {
        response.resume().once('end', () => done(response.statusCode))
      })
        .on('error', fail)
        .end('x')
    })
  // A line for each: three times what a pipe holds.
  const statuses = new Set<number | undefined>()
  for (let i = 0; i < 25; i++) {
    for (const status of await Promise.all(Array.from({ length: 100 }, post))) statuses.add(status)
  }
  expect([...statuses].sort()).toEqual([200, 429])
  agent.destroy()
  child.stderr?.resume()
  expect(await stop(child)).toBe(0)
})
