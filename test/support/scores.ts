import fc from 'fast-check'
import { expect } from 'vitest'

/** Equal but for 1e-9 in numbers, all the way down. */
export function expectClose(ours: unknown, theirs: unknown): void {
  if (typeof ours === 'number' && typeof theirs === 'number') {
    if (ours !== theirs) expect(Math.abs(ours - theirs)).toBeLessThan(1e-9)
  } else if (typeof ours === 'object' && typeof theirs === 'object' && ours !== null && theirs !== null) {
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
    const wanted = new Map(Object.entries(theirs))
    for (const [key, value] of Object.entries(ours)) expectClose(value, wanted.get(key))
  } else expect(ours).toBe(theirs)
}

/** Rows of both classes, two of each at least, with scores that often tie. */
export const scored = fc
  .record({
    positives: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 25 }),
    negatives: fc.array(fc.integer({ min: -3, max: 6 }), { minLength: 2, maxLength: 25 }),
  })
  .map(({ positives, negatives }) => ({
    positives,
    negatives,
    truth: Int32Array.from([...negatives.map(() => 0), ...positives.map(() => 1)]),
    scores: [...negatives, ...positives],
  }))
