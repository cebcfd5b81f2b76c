import { decimalsOf, type Grid } from '../../runtime/grid.ts'
import type { FieldSchema } from './schema.ts'

/** Most cells of one column, so that they fit 32-bit integers with room for the missing cell. */
export const mostCells = 2 ** 31 - 2

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** The number that a cell holds, or null: no hexadecimal, no infinity, no thousands separators. */
export function parseNumber(text: string): number | null {
  const value = numberPattern.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : null
}

/** Decimals as written: 2 for `2.30`, 0 for `145`, and 3 for 4.803999999999999, which is 4.804 with the noise of doubles. */
function writtenDecimals(text: string): number {
  if (text.replace(/[eE].*|\D/g, '').length > 15) return decimalsOf(Number(Number(text).toPrecision(12)))
  return /e/i.test(text) ? decimalsOf(Number(text)) : (text.split('.')[1]?.length ?? 0)
}

/**
 * The Grid of a column: the step is the declared one, or else that of the decimals written; the range is the declared
 * one, or else that of the values, widened outward to a round number of the size of its span.
 *
 * @param texts the column's different values as written, all numbers, at least one.
 */
export function inferGrid(texts: readonly string[], field: FieldSchema | null): Grid {
  const written = [...texts, ...(field?.enum ?? [])]
  const decimals = written.reduce((most, text) => Math.max(most, writtenDecimals(text)), 0)
  const step = field?.step ?? Number(`1e-${decimals}`)
  const values = (field?.enum ?? texts).map(Number)
  const [least, greatest] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  let [low, high] = [least, greatest]
  if (field?.enum === null || field === null) {
    const round = roundUnit(high - low, step)
    const multiple = (steps: number) => Number((steps * round).toFixed(Math.min(100, decimalsOf(round))))
    low = multiple(Math.floor(quotient(low, round)))
    high = multiple(Math.ceil(quotient(high, round)))
  }
  const grid = declaredOr(low, high, step, field)
  // Where the rounding alone makes a grid too large, the values' own range has to do.
  return grid.size <= mostCells ? grid : declaredOr(least, greatest, step, field)
}

/** The grid over the declared range; an end that is not declared is the given one, but never beyond the other end. */
function declaredOr(low: number, high: number, step: number, field: FieldSchema | null): Grid {
  const minimum = field?.minimum ?? Math.min(low, field?.maximum ?? low)
  const maximum = field?.maximum ?? Math.max(high, minimum)
  return { minimum, step, size: Math.ceil(quotient(maximum - minimum, step)) + 1 }
}

/** A quotient of decimals, without the noise of doubles: 7, not 7.000000000000001, for 0.07 / 0.01. */
const quotient = (dividend: number, divisor: number) => Number((dividend / divisor).toPrecision(12))

/** Tells whether a grid has few enough values, and doubles can tell each from the next with bits to spare. */
export function isFeasible({ minimum, step, size }: Grid): boolean {
  const largest = Math.max(Math.abs(minimum), Math.abs(minimum + step * size))
  return size <= mostCells && largest / step < 2 ** 50
}

/** The power of ten not above the span, but not below the step: 100 for a span of 438. */
function roundUnit(span: number, step: number): number {
  return span < step ? step : Math.max(step, Number(`1e${Math.floor(Math.log10(span))}`))
}
