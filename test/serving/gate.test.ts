import { expect, test, vi } from 'vitest'
import { GateBusy, newGate } from '../../runtime/serving/gate.ts'

/** Work that ends when it is told to. */
function work() {
  let end = () => {}
  const begun = vi.fn()
  const done = new Promise<void>((resolve) => {
    end = resolve
  })
  return {
    begun,
    end: () => end(),
    async run() {
      begun()
      await done
      return 'done'
    },
  }
}

test('work is done in the order in which it came, so much at a time', async () => {
  const gate = newGate({ hands: 2, maxWait: 10_000 })
  const all = Array.from({ length: 4 }, work)
  const results = all.map(({ run }) => gate.enter(run))
  await Promise.resolve()
  expect(all.map(({ begun }) => begun.mock.calls.length)).toEqual([1, 1, 0, 0])
  expect([gate.inHand(), gate.waiting(), gate.isFull()]).toEqual([2, 2, false])
  all[1]?.end()
  await results[1]
  await vi.waitFor(() => expect(all.map(({ begun }) => begun.mock.calls.length)).toEqual([1, 1, 1, 0]))
  for (const { end } of all) end()
  expect(await Promise.all(results)).toEqual(Array(4).fill('done'))
  expect([gate.inHand(), gate.waiting()]).toEqual([0, 0])
})

test('work that failed gives its hand back', async () => {
  const gate = newGate({ hands: 1, maxWait: 1000 })
  await expect(gate.enter(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate.enter(async () => 1)).toBe(1)
})

test('work that nobody wants any more is dropped where it waits, unbegun', async () => {
  const gate = newGate({ hands: 1, maxWait: 10_000 })
  const [first, second] = [work(), work()]
  const running = gate.enter(first.run)
  const gone = new AbortController()
  const waiting = gate.enter(second.run, gone.signal)
  gone.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  first.end()
  await running
  expect(second.begun).not.toHaveBeenCalled()
  await expect(gate.enter(second.run, gone.signal)).rejects.toMatchObject({ name: 'AbortError' })
})

test('work that would wait too long is refused at once, and says when to come back', async () => {
  let now = 0
  const gate = newGate({ hands: 1, maxWait: 3000, now: () => now })
  // One piece of work takes two seconds; the average follows slowly.
  for (let i = 0; i < 50; i++) {
    await gate.enter(async () => {
      now += 2000
    })
  }
  const [first, second] = [work(), work()]
  const results = [gate.enter(first.run), gate.enter(second.run)]
  expect(gate.isFull()).toBe(true)
  await expect(gate.enter(async () => {})).rejects.toBeInstanceOf(GateBusy)
  await expect(gate.enter(async () => {})).rejects.toMatchObject({ retryAfter: 3 })
  first.end()
  second.end()
  await Promise.all(results)
})

test('work that has waited too long is refused, though nothing foretold it', async () => {
  const gate = newGate({ hands: 1, maxWait: 30 })
  const first = work()
  const running = gate.enter(first.run)
  await expect(gate.enter(async () => {})).rejects.toBeInstanceOf(GateBusy)
  expect(gate.waiting()).toBe(0)
  first.end()
  await running
})
