import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { newIntake } from '../../compiler/cli/intake.ts'

const requestOf = (url: string) => ({ url }) as IncomingMessage
const responseOf = (destroyed = false) => ({ destroyed }) as ServerResponse<IncomingMessage> & { req: IncomingMessage }

/** An intake whose listener takes so many milliseconds for a request, by a clock of its own. */
function slowIntake(milliseconds: number) {
  const taken: string[] = []
  let time = 0
  let gone = 0
  const onGone = () => {
    gone += 1
  }
  const wait = (more: number) => {
    time += more
  }
  const intake = newIntake(
    ({ url = '' }) => {
      taken.push(url)
      time += milliseconds
    },
    { isUrgent: ({ url }) => url === '/health', onGone, now: () => time },
  )
  const send = (url: string, isGone = false) => intake.onRequest(requestOf(url), responseOf(isGone))
  return { taken, send, intake, wait, gone: () => gone }
}

test('a thousand requests are taken in over many turns, in their order; what watches comes first', async () => {
  const { taken, send } = slowIntake(4)
  for (let i = 0; i < 1000; i++) send(String(i))
  expect(taken).toEqual([])
  send('/health')
  expect(taken).toEqual(['/health'])
  await turnOfLoop()
  expect(taken.length).toBeGreaterThan(1)
  for (let turns = 0; taken.length < 1001; turns++) {
    expect(turns).toBeLessThan(1000)
    const before = taken.length
    await turnOfLoop()
    // Slices of 10 ms, of requests of 4 ms.
    expect(taken.length - before).toBeLessThanOrEqual(3)
  }
  expect(taken).toEqual(['/health', ...Array.from({ length: 1000 }, (_, i) => String(i))])
})

test('while connections come, they are taken up first, for half a second; then requests have their turn, too', async () => {
  const { taken, send, intake, wait } = slowIntake(1)
  for (let i = 0; i < 20; i++) send(String(i))
  for (let i = 0; i < 50; i++) {
    intake.onConnection()
    await turnOfLoop()
  }
  expect(taken).toEqual([])
  wait(500)
  for (let i = 0; i < 5; i++) {
    intake.onConnection()
    await turnOfLoop()
  }
  expect(taken.length).toBeGreaterThanOrEqual(4)
  expect(taken.length).toBeLessThanOrEqual(6)
  for (let i = 0; i < 10; i++) await turnOfLoop()
  expect(taken).toHaveLength(20)
})

test('a request whose client has gone is counted, and not taken', async () => {
  const { taken, send, gone } = slowIntake(0)
  send('a')
  send('b', true)
  send('c')
  for (let i = 0; i < 3; i++) await turnOfLoop()
  expect(taken).toEqual(['a', 'c'])
  expect(gone()).toBe(1)
})
