import type { Entry } from '../store/store.ts'

/** Requests among which the order is random, so that servers that share a store rarely do the same at once. */
const block = 8

/**
 * The order in which requests are taken up: three of the newest, whose clients are surely there, then one of the oldest,
 * so that none of those waits for ever.
 */
export function takeOrder<T extends Entry>(entries: readonly T[], random: () => number = Math.random): readonly T[] {
  const byAge = entries.toSorted((a, b) => b.modified.getTime() - a.modified.getTime())
  const placed = byAge.map((entry, i) => ({ entry, place: Math.floor(i / block) + random() }))
  const rest = placed.sort((a, b) => a.place - b.place).map(({ entry }) => entry)
  const order: T[] = []
  for (let first = 0, last = rest.length - 1; first <= last; ) {
    order.push(...rest.slice(first, Math.min(first + 3, last + 1)))
    first += 3
    if (first <= last) order.push(...rest.slice(last, last + 1))
    last -= 1
  }
  return order
}
