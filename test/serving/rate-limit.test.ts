import { expect, test } from 'vitest'
import { addressBehind, callerOfAddress, rateLimiter, readRate } from '../../runtime/serving/rate-limit.ts'

/** A limiter on a clock that the test turns. */
function limiterAt(options: { burst?: number; perHour?: number; callers?: number }) {
  let time = 1_000_000
  const take = rateLimiter({ ...options, now: () => time })
  const pass = (seconds: number) => {
    time += 1000 * seconds
  }
  return { take, pass }
}

test('a caller has a burst, then one token in the time it takes to grow, and never more than the burst', () => {
  const { take, pass } = limiterAt({ burst: 3, perHour: 60 })
  expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 60])
  pass(59)
  expect(take('a')).toBe(1)
  pass(1)
  expect([take('a'), take('a')]).toEqual([0, 60])
  pass(1_000_000)
  expect([take('a'), take('a'), take('a'), take('a')]).toEqual([0, 0, 0, 60])
})

test('waiting as long as one is told is enough, for any rate', () => {
  for (const perHour of [1, 7, 60, 3600, 100_000]) {
    const { take, pass } = limiterAt({ burst: 1, perHour })
    for (let i = 0; i < 50; i++) {
      expect(take('a')).toBe(0)
      pass(take('a'))
    }
  }
})

test('callers do not share a limit', () => {
  const { take } = limiterAt({ burst: 1, perHour: 1 })
  expect([take('a'), take('b'), take('a'), take('b')]).toEqual([0, 0, 3600, 3600])
})

test('who waits behind one that has not recovered has no more than the burst, either', () => {
  const { take, pass } = limiterAt({ burst: 3, perHour: 60 })
  expect([take('a'), take('a'), take('a'), take('b')]).toEqual([0, 0, 0, 0])
  pass(120)
  expect([take('b'), take('b'), take('b'), take('b')]).toEqual([0, 0, 0, 60])
})

test('memory is bounded: callers beyond it share one limit, and none wins its own back by the number of others', () => {
  const { take, pass } = limiterAt({ burst: 2, perHour: 60, callers: 3 })
  for (const caller of ['a', 'b', 'c']) expect([take(caller), take(caller)]).toEqual([0, 0])
  const others = Array.from({ length: 100 }, (_, i) => take(`other-${i}`))
  expect(others.filter((seconds) => seconds === 0)).toHaveLength(2)
  expect(take('a')).toBe(60)
  // Recovered callers make room.
  pass(120)
  expect([take('d'), take('e'), take('f')]).toEqual([0, 0, 0])
})

test.each<[address: string, caller: string | null]>([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', null],
  ['unknown', null],
  ['192.0.2.1, 192.0.2.2', null],
])('the caller at %j is %j', (address, caller) => {
  expect(callerOfAddress(address)).toBe(caller)
})

test.each<[proxies: number, forwardedFor: string | undefined, address: string | null]>([
  [0, undefined, 'connection'],
  [0, 'forged', 'connection'],
  [1, undefined, null],
  [1, 'real', 'real'],
  [1, 'forged, real', 'real'],
  [2, 'forged, real, proxy', 'real'],
  [2, 'forged', null],
])('behind %i proxies, X-Forwarded-For %j means %j', (proxies, forwardedFor, address) => {
  expect(addressBehind(proxies, 'connection', forwardedFor)).toBe(address)
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  'a limit of %s is refused, and not taken for none',
  (value) => {
    for (const name of ['burst', 'perHour', 'callers']) {
      expect(() => rateLimiter({ [name]: value })).toThrow(RangeError)
    }
  },
)

test.each(['', ' ', '0', '-5', 'many', 'NaN', 'Infinity', '6O'])(
  'a rate of %j in the environment is refused',
  (text) => {
    expect(() => readRate(text)).toThrow(/rate|number/i)
  },
)
