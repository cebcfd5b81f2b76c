import { decimalsOf, type Grid, gridDecimals } from '../../runtime/grid.ts'
import type { FieldSchema } from './schema.ts'

/** Most cells of one column, so that they fit 32-bit integers with room for the missing cell. */
export const mostCells = 2 ** 31 - 2

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** The number that a cell holds, or null: no hexadecimal, no infinity, no thousands separators. */
export function parseNumber(text: string): number | null {
  const value = numberPattern.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : null
}

/** Decimals as written: 2 for `2.30`, 0 for `145`. */
function writtenDecimals(text: string): number {
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
  const decimals = Math.min(20, Math.max(...written.map(writtenDecimals)))
  const step = field?.step ?? Number(`1e-${decimals}`)
  const values = (field?.enum ?? texts).map(Number)
  let [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  if (field?.enum === null || field === null) {
    const round = roundUnit(high - low, step)
    low = Number((Math.floor(low / round) * round).toFixed(Math.min(100, decimalsOf(round))))
    high = Number((Math.ceil(high / round) * round).toFixed(Math.min(100, decimalsOf(round))))
  }
  const [minimum, maximum] = [field?.minimum ?? low, field?.maximum ?? high]
  const exact = { minimum, step, size: 1 }
  const size = Math.floor(Number(((maximum - minimum) / step).toFixed(Math.min(6, gridDecimals(exact) + 3)))) + 1
  return { ...exact, size: Math.max(1, size) }
}

/** The power of ten not above the span, but not below the step: 100 for a span of 438. */
function roundUnit(span: number, step: number): number {
  return span < step ? step : Math.max(step, Number(`1e${Math.floor(Math.log10(span))}`))
}
