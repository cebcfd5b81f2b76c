import { at } from 'emp-compile-runtime/internal/at'
import type { CodedColumn } from '../additive/coded.ts'

/** How trees of a sum are grown. */
export interface Growth {
  /** Most tests in a row. */
  readonly depth: number
  /** Each leaf goes this part of the way to the least of its parabola. */
  readonly rate: number
  /** What is added to the curvature of a leaf, which draws its score to nothing. */
  readonly ridge: number
  /** A leaf has at least this curvature. */
  readonly leastCurvature: number
}

/** A way to divide rows by one column. */
export interface Division {
  readonly column: number
  /** Of every position whether it goes to `yes`. */
  readonly yes: Uint8Array
  /** By how much twice the loss falls, by the parabolas. */
  readonly gain: number
}

/** A division must lower the loss by more than what rounding may do. */
const leastGain = 1e-9

/**
 * The best division of rows, out of their derivatives summed up by position. Columns of numbers are divided between
 * neighbours, missing values on either side; texts by sets of levels, in the order of their means (Fisher, "On grouping for
 * maximum homogeneity", Journal of the American Statistical Association 53, 1958). Of equal ones the first is taken.
 *
 * @param sums of every position of all columns, one column after another: first and second derivative in turn.
 * @param offsets where each column begins, counted in positions.
 */
export function bestDivision(
  columns: readonly CodedColumn[],
  offsets: readonly number[],
  sums: Float64Array,
  growth: Growth,
): Division | null {
  let [best, place]: [Cut | null, number] = [null, 0]
  for (const [column, { positions, shape }] of columns.entries()) {
    const from = offsets[column] as number
    const own = sums.subarray(2 * from, 2 * (from + positions))
    const found =
      shape.kind === 'levels'
        ? alongOrder(own, byMean(own, growth), 0, growth)
        : bestOf(
            alongOrder(own, null, 0, growth),
            shape.kind === 'chain' && shape.missing ? alongOrder(own, null, 1, growth) : null,
          )
    if (found !== null && found.gain > (best?.gain ?? leastGain)) [best, place] = [found, column]
  }
  return best === null ? null : { column: place, yes: setOf(best, at(columns, place).positions), gain: best.gain }
}

/** A place in an order of positions: those between two of its places go to `yes`. */
interface Cut {
  /** Null for the positions' own order. */
  readonly order: readonly number[] | null
  readonly from: number
  readonly last: number
  readonly gain: number
}

function setOf({ order, from, last }: Cut, positions: number): Uint8Array {
  const yes = new Uint8Array(positions)
  for (let i = from; i <= last; i++) yes[order === null ? i : at(order, i)] = 1
  return yes
}

const bestOf = (first: Cut | null, second: Cut | null) =>
  first === null || (second !== null && second.gain > first.gain) ? second : first

/** Positions that rows have, by where their parabola is least, then by place. */
function byMean(own: Float64Array, { ridge }: Growth): number[] {
  const least = (position: number) => -(own[2 * position] as number) / ((own[2 * position + 1] as number) + ridge)
  return Array.from({ length: own.length / 2 }, (_, position) => position)
    .filter((position) => own[2 * position] !== 0 || own[2 * position + 1] !== 0)
    .sort((a, b) => least(a) - least(b) || a - b)
}

/** The best place to divide positions in an order; their own order where there is none. @param from the first of them to go to `yes`. */
function alongOrder(own: Float64Array, order: readonly number[] | null, from: number, growth: Growth): Cut | null {
  const { ridge, leastCurvature } = growth
  const count = order?.length ?? own.length / 2
  let [allG, allH] = [0, 0]
  for (let i = 0; i < own.length; i += 2) {
    allG += own[i] as number
    allH += own[i + 1] as number
  }
  const whole = allG ** 2 / (allH + ridge)
  let [most, last, lowG, lowH] = [0, -1, 0, 0]
  for (let i = from; i < count; i++) {
    const position = order === null ? i : (order[i] as number)
    lowG += own[2 * position] as number
    lowH += own[2 * position + 1] as number
    const [highG, highH] = [allG - lowG, allH - lowH]
    if (lowH < leastCurvature) continue
    if (highH < leastCurvature) break
    const gain = lowG ** 2 / (lowH + ridge) + highG ** 2 / (highH + ridge) - whole
    if (gain > most) [most, last] = [gain, i]
  }
  return last < 0 ? null : { order, from, last, gain: most }
}
