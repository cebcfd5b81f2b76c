import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Operators, serveOperators } from '../../compiler/cli/operators.ts'
import { contract } from '../../generated/heart-disease/client.ts'
import { newCounters } from '../../runtime/serving/counters.ts'
import { newGate } from '../../runtime/serving/gate.ts'
import { newVitals } from '../../runtime/serving/vitals.ts'

/** Threads run JavaScript: the built script. */
const script = new URL('../../dist/compiler/cli/operators-thread.js', import.meta.url)
const address = { host: '127.0.0.1', port: 0 }

let open: Operators | null = null
afterEach(() => open?.close())

function operators() {
  const vitals = newVitals([], newGate({ hands: 1, maxWait: 1000 }))
  const counters = newCounters()
  let asked = 0
  const onReadyAsked = () => {
    asked += 1
  }
  return {
    vitals,
    counters,
    options: { contracts: [contract], vitals, counters, onReadyAsked, script },
    asked: () => asked,
  }
}

test('answers hold what has happened up to the question', async () => {
  const { vitals, counters, options, asked } = operators()
  open = await serveOperators(address, options)
  const { url } = open
  for (let i = 1; i <= 3; i++) {
    counters.count({ kind: 'ticket', session: 'x' })
    expect(await (await fetch(`${url}/counts`)).json()).toMatchObject({ tickets: i })
  }
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('emp_compile_tickets_total 3\n')
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect([(await fetch(`${url}/ready`)).status, asked()]).toEqual([200, 1])
  vitals.drain()
  expect([(await fetch(`${url}/ready`)).status, asked()]).toEqual([503, 2])
})

test('they come while the thread that serves clients is at something else for as long as they take', async () => {
  const { vitals, options } = operators()
  open = await serveOperators(address, options)
  const paths = ['/health', '/ready', '/metrics']
  const ask = `
    const statuses = []
    for (const path of ${JSON.stringify(paths)}) statuses.push((await fetch(${JSON.stringify(open.url)} + path)).status)
    console.log(statuses.join())`
  // This very thread does nothing else until the other process has its answers.
  const during = () =>
    execFileSync(process.execPath, ['--input-type=module', '-e', ask], { encoding: 'utf8', timeout: 20_000 }).trim()
  expect(during()).toBe('200,200,200')
  vitals.drain()
  open.tell()
  expect(during()).toBe('200,503,200')
})

test('a port that is taken is an option that cannot be', async () => {
  const taken = createServer()
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done))
  const { port } = taken.address() as AddressInfo
  await expect(serveOperators({ ...address, port }, operators().options)).rejects.toMatchObject({
    code: 'bad-option',
    message: expect.stringMatching(/metrics-port.*EADDRINUSE/),
  })
  taken.close()
})

test('a thread that ends is a failure of the server', async () => {
  const source = 'data:text/javascript,process.exit(3)'
  await expect(serveOperators(address, { ...operators().options, script: new URL(source) })).rejects.toThrow(/ended/)
})
