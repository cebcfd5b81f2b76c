import { at } from '../at.ts'
/** Where a share may lie. Both in 0 .. 1. */
export interface ShareInterval {
  readonly low: number
  readonly high: number
}

/** The quantile of the normal distribution for intervals of 95%. */
const z = 1.959964

/** The 95% interval of a share, by its score (Wilson, 1927): sound for small groups, and for none or all of them. */
export function wilson(successes: number, rows: number): ShareInterval {
  const share = successes / rows
  const centre = share + (z * z) / (2 * rows)
  const half = z * Math.sqrt((share * (1 - share)) / rows + (z / (2 * rows)) ** 2)
  const scale = 1 + (z * z) / rows
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) }
}

/** The 95% interval of a mean, by the normal distribution; null for fewer than two rows. */
export function meanInterval(answer: number, rows: number, deviation: number): ShareInterval | null {
  if (rows < 2) return null
  // `deviation` is over n, the error of a mean goes over n - 1.
  const half = (z * deviation) / Math.sqrt(rows - 1)
  return { low: answer - half, high: answer + half }
}

/** Counts as parts of exactly 100, by largest remainders. */
export function ofHundred(counts: readonly number[]): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0)
  const exact = counts.map((count) => (100 * count) / all)
  const whole = exact.map(Math.floor)
  const missing = 100 - whole.reduce((sum, count) => sum + count, 0)
  const byRemainder = exact
    .map((value, i) => ({ i, rest: value % 1 }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i)
    .slice(0, missing)
  for (const { i } of byRemainder) whole[i] = at(whole, i) + 1
  return whole
}
