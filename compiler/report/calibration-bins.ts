import { at } from 'emp-compile-runtime/internal/at'
import { type Estimate, shareOf } from './estimates.ts'
import type { RowOutcome } from './outcome.ts'

/** People who were told about the same chance: what they were told on average, and how many of them had the answer. */
export interface CalibrationBin {
  readonly rows: number
  readonly told: number
  readonly seen: Estimate
}

/** With more different chances, rows are put together to so many groups of about the same size. */
const mostBins = 10

/** Groups by chance, ascending. Rows of one chance are in one group. @param positive the answer whose chance it is. */
export function calibrationBins(outcomes: readonly RowOutcome[], positive: number): readonly CalibrationBin[] {
  const counted = outcomes.filter(({ weight }) => weight !== 0)
  const sorted = counted.toSorted((a, b) => at(a.chances, positive) - at(b.chances, positive))
  const different = new Set(sorted.map(({ chances }) => at(chances, positive))).size
  const size = different <= mostBins ? 1 : sorted.length / mostBins
  const bins: RowOutcome[][] = []
  for (const [i, one] of sorted.entries()) {
    const open = bins.at(-1)
    const isSame = open !== undefined && at(open.at(-1)?.chances ?? [], positive) === at(one.chances, positive)
    if (open !== undefined && (isSame || i < bins.length * size)) open.push(one)
    else bins.push([one])
  }
  return bins.flatMap((own) => {
    const all = own.reduce((sum, { weight = 1 }) => sum + weight, 0)
    const told = own.reduce((sum, { chances, weight = 1 }) => sum + weight * at(chances, positive), 0) / all
    const seen = shareOf(
      own.map(({ truth }) => Number(truth === positive)),
      own,
    )
    return seen === null ? [] : [{ rows: own.length, told, seen }]
  })
}
