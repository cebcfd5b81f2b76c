import { at } from 'emp-compile-runtime/internal/at'
import { meanOf } from '../weighted.ts'
import type { CodedColumn } from './coded.ts'
import type { PointsFit } from './fit.ts'

/** Integer points that stand for real ones: a score is a sum divided by `unit`. */
export interface RoundedFit {
  /** `tables[c][k * positions + j]`, the least of every output and column 0. */
  readonly tables: readonly Int32Array[]
  readonly base: readonly number[]
  readonly unit: number
}

/** How many units are tried, and within which part of the one that would fit without rounding. */
const triedUnits = 40
const [leastPart, largestPart] = [0.7, 1.1]
/** More rows than these do not tell more about a unit. */
const mostRows = 4000
/** Where base and points add up to less, they do so in a model, too. */
const baseBound = 2 ** 30

/**
 * Rounds real points to integers whose largest possible sum exceeds the smallest by no more than `width`: of units of
 * which the rounded points fit, the one whose sums lie closest to the scores of the rows, base and unit fitted to them.
 *
 * @param scores of the rows, by `scoresOf`.
 * @param weights of the rows.
 */
export function roundFit(
  columns: readonly CodedColumn[],
  fit: PointsFit,
  scores: Float64Array,
  weights: Float64Array,
  width: number,
): RoundedFit {
  const outputs = fit.base.length
  const lowered = lowerToZero(columns, fit)
  const ranges = Array.from({ length: outputs }, (_, k) => widthOf(columns, lowered, k))
  const range = Math.max(...ranges)
  const sample = sampleOf(scores, weights, outputs)
  const most = baseBound / Math.max(1e-300, ...sample.means.map(Math.abs))
  if (!(range > 1e-9)) {
    const unit = Math.min(width, most)
    return { tables: zeros(lowered), base: sample.means.map((mean) => whole(mean * unit)), unit }
  }
  let best: { readonly fit: RoundedFit; readonly error: number } | null = null
  for (let i = 0; i < triedUnits; i++) {
    const part = leastPart + ((largestPart - leastPart) * (triedUnits - 1 - i)) / (triedUnits - 1)
    const unit = Math.min((part * width) / range, most)
    const tables = lowered.map((table) => Int32Array.from(table, (points) => Math.round(points * unit)))
    if (Array.from({ length: outputs }, (_, k) => widthOf(columns, tables, k)).some((own) => own > width)) continue
    const fitted = fitUnit(columns, tables, sample, unit, most)
    if (best === null || fitted.error < best.error) best = { fit: { tables, ...fitted.scale }, error: fitted.error }
  }
  if (best !== null) return best.fit
  // Rounded down, points always fit.
  const unit = Math.min(width / range, most)
  const tables = lowered.map((table) => Int32Array.from(table, (points) => Math.floor(points * unit)))
  return { tables, ...fitUnit(columns, tables, sample, unit, most).scale }
}

const whole = (value: number) => Math.round(value) + 0
const zeros = (tables: readonly Float64Array[]) => tables.map(({ length }) => new Int32Array(length))

/** The points of every column and output, less their least. */
function lowerToZero(columns: readonly CodedColumn[], { tables }: PointsFit): Float64Array[] {
  return tables.map((table, c) => {
    const { positions } = at(columns, c)
    const lowered = Float64Array.from(table)
    for (let from = 0; from < table.length; from += positions) {
      const own = lowered.subarray(from, from + positions)
      const least = own.reduce((a, b) => Math.min(a, b))
      for (let j = 0; j < positions; j++) own[j] = at(own, j) - least
    }
    return lowered
  })
}

function widthOf(columns: readonly CodedColumn[], tables: readonly (Float64Array | Int32Array)[], k: number): number {
  return columns.reduce((sum, { positions }, c) => {
    const own = Array.from(at(tables, c).subarray(k * positions, (k + 1) * positions))
    return sum + Math.max(...own) - Math.min(...own)
  }, 0)
}

/** Some of the rows: their codes, their scores less the mean of the output, and what they weigh. */
interface Sample {
  readonly rows: Uint32Array
  readonly weights: Float64Array
  readonly centred: readonly Float64Array[]
  readonly means: readonly number[]
}

function sampleOf(scores: Float64Array, weights: Float64Array, outputs: number): Sample {
  const all = weights.length
  const count = Math.min(all, mostRows)
  const rows = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * all) / count))
  const own = Float64Array.from(rows, (row) => at(weights, row))
  const chosen = Array.from({ length: outputs }, (_, k) => Float64Array.from(rows, (row) => at(scores, k * all + row)))
  const means = chosen.map((values) => meanOf(values, own))
  const centred = chosen.map((values, k) => values.map((value) => value - at(means, k)))
  return { rows, weights: own, centred, means }
}

/** The unit and base by which the sums come closest to the scores, and how far they stay away: the squared distance. */
function fitUnit(
  columns: readonly CodedColumn[],
  tables: readonly Int32Array[],
  { rows, weights, centred, means }: Sample,
  given: number,
  most: number,
): { readonly scale: Pick<RoundedFit, 'base' | 'unit'>; readonly error: number } {
  let [both, squares, total] = [0, 0, 0]
  const sumMeans = centred.map((scores, k) => {
    const sums = new Float64Array(rows.length)
    for (const [c, { codes, positions }] of columns.entries()) {
      const table = tables[c] as Int32Array
      for (let i = 0; i < rows.length; i++) {
        const code = codes[rows[i] as number] as number
        sums[i] = (sums[i] as number) + (table[k * positions + code] as number)
      }
    }
    const mean = meanOf(sums, weights)
    for (let i = 0; i < rows.length; i++) {
      const [weight, sum, score] = [weights[i] as number, (sums[i] as number) - mean, scores[i] as number]
      both += weight * sum * score
      squares += weight * sum * sum
      total += weight * score * score
    }
    return mean
  })
  const slope = squares > 0 && both > 0 ? both / squares : 1 / given
  const unit = Math.min(1 / slope, most)
  const base = means.map((mean, k) => whole(mean * unit - at(sumMeans, k)))
  return { scale: { base, unit }, error: total - (2 * both) / unit + squares / unit ** 2 }
}
