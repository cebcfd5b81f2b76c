export interface RateLimit {
  /** Evaluations, or tickets for them, that a caller may have at once, after a pause; 10 by default. */
  readonly burst?: number
  /** As many as a caller may have in an hour, in the long run; 60 by default. */
  readonly perHour?: number
  /** Callers that are told apart at a time; 100,000 by default, some 20 MB. */
  readonly callers?: number
  readonly now?: () => number
}

/** What a caller had at a time, counted in milliseconds of growth: a ticket costs so many. */
interface Bucket {
  readonly credit: number
  readonly at: number
}

/** Takes a token of a caller's, and gives 0, or the seconds to wait until there is one. */
export type Limiter = (caller: string) => number

/**
 * A token bucket per caller, in memory bounded by the number of callers: those beyond it share one bucket until older
 * ones have recovered. It is per process: `n` processes admit up to `n` times as much.
 *
 * @throws {RangeError} if a number is none above 0, or a number of callers is no whole one.
 */
export function rateLimiter({ burst = 10, perHour = 60, callers = 100_000, now = Date.now }: RateLimit = {}): Limiter {
  for (const [name, value] of Object.entries({ burst, perHour, callers })) {
    if (typeof value === 'number' && value >= (name === 'perHour' ? Number.MIN_VALUE : 1) && value < Infinity) continue
    throw new RangeError(`The rate limit's ${name} is not a number above 0.`)
  }
  const buckets = new Map<string, Bucket>()
  const cost = 3_600_000 / perHour
  const full = burst * cost
  const common = ''
  const filled = ({ credit, at }: Bucket) => Math.min(full, credit + (now() - at))

  return (caller) => {
    // Who took longest ago comes first; what stands behind one that has not recovered is left to later calls.
    for (const [name, bucket] of buckets) {
      if (filled(bucket) < full) break
      buckets.delete(name)
    }
    const name = buckets.has(caller) || buckets.size < callers ? caller : common
    const credit = filled(buckets.get(name) ?? { credit: full, at: now() })
    if (credit < cost) return Math.ceil((cost - credit) / 1000)
    buckets.delete(name)
    buckets.set(name, { credit: credit - cost, at: now() })
    return 0
  }
}

/**
 * Who a call counts for by its address: an IPv4 address, or the /64 network of an IPv6 one, which is what one household
 * has. Null if it is neither.
 */
export function callerOfAddress(address: string): string | null {
  const mapped = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)
  if (mapped !== null) return mapped[1] ?? null
  if (!/^[0-9a-f:]+$/i.test(address) || !address.includes(':')) return null
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'))
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups(head).length - groups(tail).length)
  const all = [...groups(head), ...Array.from({ length: zeros }, () => '0'), ...groups(tail)]
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}

/** The rate that a text sets. @throws {RangeError} if it is no whole number of at least 1. */
export function readRate(text: string): number {
  const rate = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0
  if (rate < 1) throw new RangeError('A rate limit has to be a whole number of at least 1.')
  return rate
}

/**
 * The address that a call comes from: of the connection, or, behind `proxies` trusted proxies, which each append the
 * address they were called from to `X-Forwarded-For`, the entry before theirs. Entries further left are the caller's
 * own words.
 *
 * @returns null if fewer proxies than these have been passed, as then the caller writes the entry that counts.
 */
export function addressBehind(proxies: number, connection: string, forwardedFor: string | undefined): string | null {
  if (proxies === 0) return connection
  const hops = [
    ...(forwardedFor ?? '')
      .split(',')
      .map((hop) => hop.trim())
      .filter((hop) => hop !== ''),
    connection,
  ]
  return hops.at(-1 - proxies) ?? null
}
