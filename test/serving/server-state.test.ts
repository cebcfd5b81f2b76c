import { expect, test, vi } from 'vitest'
import { newCounters } from '../../runtime/serving/counters.ts'
import { newGate } from '../../runtime/serving/gate.ts'
import { operatorApp } from '../../runtime/serving/operator-app.ts'
import { askedState, type ServerState, serverStateOf } from '../../runtime/serving/server-state.ts'
import { newVitals } from '../../runtime/serving/vitals.ts'

const vitals = newVitals([], newGate({ hands: 1, maxWait: 1000 }))
const ready = serverStateOf(vitals, newCounters())
const ending: ServerState = { ...ready, unready: 'draining' }

/** A state that is asked of a server which answers when the test says so. */
function asking() {
  const asked: [number, string][] = []
  let time = 0
  const pass = (milliseconds: number) => {
    time += milliseconds
  }
  const state = askedState(
    ready,
    (...question) => asked.push(question),
    () => time,
  )
  return { asked, state, pass }
}

test('what is said to a question is what whoever asked sees, and not what was said before', async () => {
  const { asked, state } = asking()
  let seen: string | null = 'nothing yet'
  const first = state.refresh('/ready')
  const second = state.refresh('/metrics').then(() => {
    seen = state.last().unready
  })
  state.hear(1, ready)
  await first
  await new Promise((done) => setImmediate(done))
  // The second was asked later; the answer to the first may be older than it.
  expect(seen).toBe('nothing yet')
  state.hear(2, ending)
  await second
  expect([seen, asked]).toEqual([
    'draining',
    [
      [1, '/ready'],
      [2, '/metrics'],
    ],
  ])
})

test('a server that does not answer is not waited for, not asked more, and stuck after half a minute', async () => {
  vi.useFakeTimers()
  try {
    const { asked, state, pass } = asking()
    const refreshed = state.refresh('/health')
    await vi.advanceTimersByTimeAsync(300)
    await refreshed
    pass(301)
    for (let i = 0; i < 3; i++) await state.refresh('/health')
    expect([asked.length, state.last(), state.isAlive()]).toEqual([1, ready, true])
    pass(30_000)
    expect(state.isAlive()).toBe(false)
    const app = operatorApp({
      contracts: [],
      vitals: { unready: () => null, queue: vitals.queue, looks: vitals.looks },
      counters: newCounters(),
      isAlive: state.isAlive,
    })
    expect((await app.request('/health')).status).toBe(503)
    expect((await app.request('/ready')).status).toBe(503)
    expect(await (await app.request('/metrics')).text()).toMatch(/^emp_compile_ready 0$/m)
    // It answers after all.
    state.hear(1, ending)
    expect([state.isAlive(), state.last().unready]).toEqual([true, 'draining'])
    expect((await app.request('/health')).status).toBe(200)
  } finally {
    vi.useRealTimers()
  }
})

test('what is said unasked counts from then on, and answers no question', async () => {
  const { state, pass } = asking()
  state.hear(0, ending)
  expect(state.last().unready).toBe('draining')
  void state.refresh('/ready')
  pass(30_001)
  state.hear(0, ending)
  expect(state.isAlive()).toBe(false)
})
