import { expect, test } from 'vitest'
import { runSession } from '../../runtime/session/run-session.ts'

const request = Uint8Array.of(1)
const via = async () => Uint8Array.of(2)

type Open = (stop: AbortController, signal: AbortSignal | undefined) => Promise<string>

test.each<[how: string, open: Open]>([
  [
    'never ends',
    (stop) => {
      stop.abort()
      return new Promise(() => {})
    },
  ],
  [
    'ends all the same',
    async (stop) => {
      stop.abort()
      return 'an answer'
    },
  ],
  [
    'has just ended',
    (stop) => {
      const opened = Promise.resolve('an answer')
      queueMicrotask(() => void opened.then(() => stop.abort()))
      return opened
    },
  ],
  [
    'heeds the signal',
    (stop, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('taken back')))
        stop.abort()
      }),
  ],
])('a session that is given up while its reply is opened has no answer, where opening %s', async (_, open) => {
  const stop = new AbortController()
  const sealed = { request, open: (_: Uint8Array, options?: { signal: AbortSignal }) => open(stop, options?.signal) }
  await expect(runSession(async () => sealed, { via, signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' })
})

test('who opens is told of the signal', async () => {
  const signals: (AbortSignal | undefined)[] = []
  const open = async (_: Uint8Array, options?: { signal: AbortSignal }) => {
    signals.push(options?.signal)
    return 'an answer'
  }
  expect(await runSession(async () => ({ request, open }), { via })).toBe('an answer')
  expect(signals).toEqual([expect.any(AbortSignal)])
})

test('opening has to end before the deadline, too', async () => {
  const open = () => new Promise<string>(() => {})
  await expect(runSession(async () => ({ request, open }), { via, deadline: 20 })).rejects.toMatchObject({
    code: 'deadline',
  })
})

test('a session that was given up before it begins sends nothing', async () => {
  const sent: Uint8Array[] = []
  const session = runSession(async () => ({ request, open: async () => 'an answer' }), {
    via: async (bytes) => {
      sent.push(bytes)
      return bytes
    },
    signal: AbortSignal.abort(),
  })
  await expect(session).rejects.toMatchObject({ code: 'aborted' })
  expect(sent).toEqual([])
})
