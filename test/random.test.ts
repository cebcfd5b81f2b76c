import { expect, test } from 'vitest'
import { randomOrder, systemRandom } from '../runtime/random.ts'

test('an order is a permutation, and every one of four leaves comes equally often', () => {
  const counts = new Map<string, number>()
  for (let i = 0; i < 24_000; i++) {
    const order = randomOrder(systemRandom, 4)
    expect(order.toSorted()).toEqual([0, 1, 2, 3])
    counts.set(String(order), (counts.get(String(order)) ?? 0) + 1)
  }
  expect(counts.size).toBe(24)
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
  // 23 degrees of freedom: exceeded with a chance below 1e-9.
  expect(chiSquare).toBeLessThan(95)
})
