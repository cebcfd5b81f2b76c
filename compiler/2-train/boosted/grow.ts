import { at } from 'emp-compile-runtime/internal/at'
import type { CodedColumn } from '../additive/coded.ts'
import { type Packs, packColumns, sumByPosition } from './packs.ts'
import { bestDivision, type Division, type Growth } from './split.ts'

/** A tree as it is grown: its leaves have real scores. */
export type GrownNode = GrownLeaf | GrownSplit

interface GrownLeaf {
  readonly kind: 'leaf'
  readonly score: number
}

interface GrownSplit {
  readonly kind: 'split'
  readonly column: number
  readonly yesAt: Uint8Array
  readonly yes: GrownNode
  readonly no: GrownNode
}

/** What is used again from tree to tree. */
export interface Room {
  readonly columns: readonly CodedColumn[]
  /** Where the positions of each column begin among those of all. */
  readonly offsets: readonly number[]
  readonly positions: number
  readonly packs: Packs
  /** The rows, those of a node together. */
  readonly order: Uint32Array
  readonly spare: Uint32Array
}

export function roomFor(columns: readonly CodedColumn[], rows: number): Room {
  let positions = 0
  const offsets = columns.map((column) => {
    positions += column.positions
    return positions - column.positions
  })
  const [order, spare] = [new Uint32Array(rows), new Uint32Array(rows)]
  const packs = packColumns(columns, offsets, rows)
  return { columns, offsets, positions, packs, order, spare }
}

/** The sums of the first and the second derivative of some rows. */
interface Totals {
  readonly g: number
  readonly h: number
}

interface Part extends Totals {
  readonly from: number
  readonly to: number
  readonly depth: number
  /** By position of every column; null where it may not be divided. */
  readonly sums: Float64Array | null
}

/** One tree under construction. */
interface Growing {
  readonly room: Room
  readonly derivatives: Float64Array
  readonly scores: Float64Array
  readonly powers: Float64Array | null
  readonly growth: Growth
}

/**
 * Grows one tree by the parabolas that touch the loss, and adds it to the scores of the rows.
 *
 * The histograms of a node's larger side are those of the node less those of the smaller side: exactly, as derivatives are
 * rounded so that all their sums are exact.
 *
 * @param derivatives first and second, in turn, of every row.
 * @param scores of one output, changed. @param powers of them, changed alike.
 */
export function growScoreTree(
  room: Room,
  derivatives: Float64Array,
  scores: Float64Array,
  growth: Growth,
  powers: Float64Array | null = null,
): GrownNode {
  const rows = room.order.length
  const sums = sumByPosition(room.packs, room.positions, derivatives, room.order, 0, rows)
  const totals = totalsAt(sums, 0, at(room.columns, 0).positions, null)
  const growing = { room, derivatives, scores, powers, growth }
  return growPart(growing, { from: 0, to: rows, depth: 0, sums, ...totals })
}

function growPart(growing: Growing, part: Part): GrownNode {
  const { room, growth } = growing
  const { from, to, depth, sums } = part
  const division = sums === null ? null : bestDivision(room.columns, room.offsets, sums, growth)
  if (sums === null || division === null) return leafOf(growing, part)
  const { column, yes: yesAt } = division
  const yes = totalsAt(sums, at(room.offsets, column), yesAt.length, yesAt)
  const no = { g: part.g - yes.g, h: part.h - yes.h }
  const split = { kind: 'split', column, yesAt } as const
  const mayDivide = (side: Totals) => depth + 1 < growth.depth && side.h >= 2 * growth.leastCurvature
  if (!mayDivide(yes) && !mayDivide(no)) return { ...split, ...leavesOf(growing, part, division, yes, no) }
  const middle = divide(room, division, part)
  const [yesSums, noSums] = divideSums(growing, part, sums, middle)
  const below = (side: Totals, start: number, end: number, own: Float64Array) =>
    growPart(growing, { ...side, from: start, to: end, depth: depth + 1, sums: mayDivide(side) ? own : null })
  return { ...split, yes: below(yes, from, middle, yesSums), no: below(no, middle, to, noSums) }
}

/** The sums of both sides: those of the smaller one are made, those of the other are the rest. */
function divideSums({ room, derivatives }: Growing, { from, to }: Part, whole: Float64Array, middle: number) {
  const isYesSmaller = middle - from <= to - middle
  const [start, end] = isYesSmaller ? [from, middle] : [middle, to]
  const small = sumByPosition(room.packs, room.positions, derivatives, room.order, start, end)
  for (let i = 0; i < whole.length; i++) whole[i] = (whole[i] as number) - (small[i] as number)
  return isYesSmaller ? ([small, whole] as const) : ([whole, small] as const)
}

/** Of the positions of one column, or of some of them. */
function totalsAt(sums: Float64Array, offset: number, positions: number, some: Uint8Array | null): Totals {
  let [g, h] = [0, 0]
  for (let i = 0; i < positions; i++) {
    if (some !== null && some[i] === 0) continue
    g += sums[2 * (offset + i)] as number
    h += sums[2 * (offset + i) + 1] as number
  }
  return { g, h }
}

/** The step to the least of the parabola, or a part of it. */
const stepOf = ({ g, h }: Totals, { rate, ridge }: Growth) => (h + ridge > 0 ? (-rate * g) / (h + ridge) : 0)

function leafOf(growing: Growing, part: Part): GrownLeaf {
  const score = stepOf(part, growing.growth)
  const column = at(growing.room.columns, 0)
  addSteps(growing, part, column, new Float64Array(column.positions).fill(score))
  return { kind: 'leaf', score }
}

/** Both sides of a division as leaves: their rows need not be divided. */
function leavesOf(growing: Growing, part: Part, { column, yes: yesAt }: Division, yes: Totals, no: Totals) {
  const [yesStep, noStep] = [stepOf(yes, growing.growth), stepOf(no, growing.growth)]
  const steps = Float64Array.from(yesAt, (one) => (one === 1 ? yesStep : noStep))
  addSteps(growing, part, at(growing.room.columns, column), steps)
  return { yes: { kind: 'leaf', score: yesStep }, no: { kind: 'leaf', score: noStep } } as const
}

/** Adds to the scores of a part's rows the step at their position of a column. */
function addSteps(
  { room, scores, powers }: Growing,
  { from, to, depth }: Part,
  { codes }: CodedColumn,
  steps: Float64Array,
): void {
  const { order } = room
  const factors = steps.map(Math.exp)
  for (let i = from; i < to; i++) {
    // At the root, rows have no order yet.
    const row = depth === 0 ? i : (order[i] as number)
    const code = codes[row] as number
    scores[row] = (scores[row] as number) + (steps[code] as number)
    if (powers !== null) powers[row] = (powers[row] as number) * (factors[code] as number)
  }
}

/** Puts the rows that go to `yes` before the others, each side in its order. @returns where the others begin. */
function divide({ columns, order, spare }: Room, { column, yes }: Division, { from, to, depth }: Part): number {
  const { codes } = at(columns, column)
  // At the root, rows have no order yet.
  const middle = depth === 0 ? moveAll(order, spare, codes, yes) : move(order, spare, codes, yes, from, to)
  order.set(spare.subarray(0, to - middle), middle)
  return middle
}

function moveAll(order: Uint32Array, spare: Uint32Array, codes: CodedColumn['codes'], yes: Uint8Array): number {
  let [middle, others] = [0, 0]
  for (let row = 0; row < order.length; row++) {
    if (yes[codes[row] as number] === 1) order[middle++] = row
    else spare[others++] = row
  }
  return middle
}

function move(
  order: Uint32Array,
  spare: Uint32Array,
  codes: CodedColumn['codes'],
  yes: Uint8Array,
  from: number,
  to: number,
): number {
  let [middle, others] = [from, 0]
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    if (yes[codes[row] as number] === 1) order[middle++] = row
    else spare[others++] = row
  }
  return middle
}
