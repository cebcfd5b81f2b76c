import { expect, test } from 'vitest'
import { runSession } from '../../runtime/session/run-session.ts'

const request = Uint8Array.of(1)
const via = async () => Uint8Array.of(2)

test.each<[how: string, open: (reply: Uint8Array, options?: { readonly signal: AbortSignal }) => Promise<string>]>([
  ['that never ends', () => new Promise(() => {})],
  ['that ends all the same', async () => 'an answer'],
  [
    'that heeds the signal',
    (_, options) =>
      new Promise((_resolve, reject) => {
        options?.signal.addEventListener('abort', () => reject(new Error('taken back')))
      }),
  ],
])('a session that is given up while its reply is opened has no answer: opening %s', async (_, open) => {
  const stop = new AbortController()
  const session = runSession(
    async () => ({
      request,
      open(reply, options) {
        stop.abort()
        return open(reply, options)
      },
    }),
    { via, signal: stop.signal },
  )
  await expect(session).rejects.toMatchObject({ code: 'aborted' })
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
