import { sleep } from '../store/sleep.ts'

/** Milliseconds of the longest pause between two tries. */
const longestPause = 5000
/** Seconds that a server may ask to wait, at most: a person, or the next record, does not wait longer. */
const mostSeconds = 30

/** Statuses of servers and proxies that may answer otherwise when they are asked again. */
export const isPassing = (status: number): boolean => [429, 502, 503, 504].includes(status)

/**
 * Waits before another try: as long as the response asks, else a random while that grows with the tries.
 *
 * @returns false, at once, if the response asks for more than half a minute.
 */
export async function waitToTry(tries: number, response: Response | null, signal: AbortSignal): Promise<boolean> {
  const asked = Math.max(0, Number(response?.headers.get('retry-after') ?? 0))
  if (asked > mostSeconds) return false
  const pause = Math.min(longestPause, 200 * 2 ** tries) * (0.5 + Math.random() / 2)
  await sleep(Math.max(1000 * asked, pause), signal)
  return true
}

/** The system's codes for a server that is there, or was, and did not take a connection, or lost it. */
const lostCodes = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR_SOCKET|UND_ERR_CONNECT_TIMEOUT)$/

/** Tells whether what `fetch` threw may pass. Browsers do not say; there it may. */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof TypeError)) return false
  const { cause } = error
  if (cause === undefined) return true
  const codes = [cause, ...(cause instanceof AggregateError ? cause.errors : [])].map((one: unknown) =>
    typeof one === 'object' && one !== null && 'code' in one ? String(one.code) : '',
  )
  return codes.some((code) => lostCodes.test(code)) || (cause instanceof Error && /closed/.test(cause.message))
}
