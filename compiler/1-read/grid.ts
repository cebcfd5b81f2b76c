import { decimalsOf, type Grid } from 'emp-compile-runtime/internal/grid'
import { plainFormat, readWritten } from 'emp-compile-runtime/internal/text/numbers'
import type { FieldSchema } from './field-schema.ts'

/** Most cells of one column, so that they fit 32-bit integers with room for the missing cell. */
export const mostCells = 2 ** 31 - 2

/** A step is no finer than this many decimals: doubles end there, and values of a Grid are written with at most 100. */
export const mostDecimals = 90

/** The number that a plainly written cell holds, or null: no hexadecimal, no infinity, no thousands separators. */
export function parseNumber(text: string): number | null {
  return readWritten(text, plainFormat)?.value ?? null
}

/** What of a column's numbers its Grid depends on. */
export interface NumberRange {
  readonly least: number
  readonly greatest: number
  /** The most decimals of any of them. */
  readonly decimals: number
}

/**
 * Decimals as written: 2 for `2.30`, 0 for `145`, and 3 for 4.803999999999999, which is 4.804 with the noise of doubles.
 *
 * @param value what the text is, with `decimals` behind its decimal sign.
 */
export function writtenDecimals(text: string, value: number, decimals: number): number {
  const digits = text.replace(/[eE].*|\D/g, '').length
  return digits > 15 ? decimalsOf(Number(value.toPrecision(12))) : decimals
}

/** The range of numbers written plainly, and the most decimals of one. */
export function rangeOfTexts(texts: readonly string[]): NumberRange {
  const read = texts.flatMap((text) => {
    const written = readWritten(text, plainFormat)
    return written === null ? [] : [{ ...written, decimals: writtenDecimals(text, written.value, written.decimals) }]
  })
  const values = read.map(({ value }) => value)
  return {
    least: Math.min(...values),
    greatest: Math.max(...values),
    decimals: Math.min(mostDecimals, Math.max(...read.map(({ decimals }) => decimals))),
  }
}

/**
 * The Grid of a column: the step is the declared one, or else that of the decimals written; the range is the declared
 * one, or else that of the values, widened outward to a round number of the size of its span.
 */
export function inferGrid({ least, greatest, decimals }: NumberRange, field: FieldSchema | null): Grid {
  const step = field?.step ?? Number(`1e-${decimals}`)
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

/** The finest Grid that is feasible: its step is the one of {@link inferGrid}, or that times a power of ten. */
export function feasibleGrid(range: NumberRange, field: FieldSchema): Grid {
  let grid = inferGrid(range, field)
  for (let step = grid.step; !isFeasible(grid); ) {
    step = Number((10 * step).toPrecision(1))
    grid = inferGrid(range, { ...field, step })
  }
  return grid
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

const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

/** Ten to a power from 0 to 22, which doubles hold exactly: a plain number is its digits over one of them. */
export function powerOfTen(exponent: number): number {
  return powersOfTen[exponent] as number
}
