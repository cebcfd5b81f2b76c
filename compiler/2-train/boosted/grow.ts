import { at } from 'emp-compile-runtime/internal/at'
import type { CodedColumn } from '../additive/coded.ts'
import { type Pack, packColumns, sumByPosition } from './packs.ts'
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
  readonly packs: readonly Pack[]
  /** The rows, those of a node together. */
  readonly order: Uint32Array
  readonly spare: Uint32Array
  /** The derivatives of the rows of one node, in their order. */
  readonly gathered: Float64Array
}

export function roomFor(columns: readonly CodedColumn[], rows: number): Room {
  let positions = 0
  const offsets = columns.map((column) => {
    positions += column.positions
    return positions - column.positions
  })
  const [order, spare] = [new Uint32Array(rows), new Uint32Array(rows)]
  const packs = packColumns(columns, offsets, rows)
  return { columns, offsets, positions, packs, order, spare, gathered: new Float64Array(2 * rows) }
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
  readonly growth: Growth
}

/**
 * Grows one tree by the parabolas that touch the loss, and adds it to the scores of the rows.
 *
 * The histograms of a node's larger side are those of the node less those of the smaller side: exactly, as derivatives are
 * rounded so that all their sums are exact.
 *
 * @param derivatives first and second, in turn, of every row.
 * @param scores of one output, changed.
 */
export function growScoreTree(room: Room, derivatives: Float64Array, scores: Float64Array, growth: Growth): GrownNode {
  const { order } = room
  for (let i = 0; i < order.length; i++) order[i] = i
  const sums = sumByPosition(room.packs, room.positions, derivatives, order, 0, order.length)
  const totals = totalsAt(sums, 0, at(room.columns, 0).positions, null)
  return growPart({ room, derivatives, scores, growth }, { from: 0, to: order.length, depth: 0, sums, ...totals })
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
  const middle = divide(room, division, from, to)
  const [yesSums, noSums] = divideSums(growing, part, sums, middle)
  const below = (side: Totals, start: number, end: number, own: Float64Array) =>
    growPart(growing, { ...side, from: start, to: end, depth: depth + 1, sums: mayDivide(side) ? own : null })
  return { ...split, yes: below(yes, from, middle, yesSums), no: below(no, middle, to, noSums) }
}

/** The sums of both sides: those of the smaller one are made, those of the other are the rest. */
function divideSums({ room, derivatives }: Growing, { from, to }: Part, whole: Float64Array, middle: number) {
  const isYesSmaller = middle - from <= to - middle
  const small = sumOf(room, derivatives, isYesSmaller ? from : middle, isYesSmaller ? middle : to)
  for (let i = 0; i < whole.length; i++) whole[i] = (whole[i] as number) - (small[i] as number)
  return isYesSmaller ? ([small, whole] as const) : ([whole, small] as const)
}

function sumOf({ packs, positions, order, gathered }: Room, derivatives: Float64Array, from: number, to: number) {
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    gathered[2 * i] = derivatives[2 * row] as number
    gathered[2 * i + 1] = derivatives[2 * row + 1] as number
  }
  return sumByPosition(packs, positions, gathered, order, from, to)
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

function leafOf({ room, scores, growth }: Growing, part: Part): GrownLeaf {
  const { order } = room
  const score = stepOf(part, growth)
  for (let i = part.from; i < part.to; i++) {
    const row = order[i] as number
    scores[row] = (scores[row] as number) + score
  }
  return { kind: 'leaf', score }
}

/** Both sides of a division as leaves: their rows need not be divided. */
function leavesOf(growing: Growing, part: Part, { column, yes: yesAt }: Division, yes: Totals, no: Totals) {
  const { room, scores, growth } = growing
  const [yesStep, noStep] = [stepOf(yes, growth), stepOf(no, growth)]
  const steps = Float64Array.from(yesAt, (one) => (one === 1 ? yesStep : noStep))
  addSteps(scores, steps, at(room.columns, column).codes, room.order, part.from, part.to)
  return { yes: { kind: 'leaf', score: yesStep }, no: { kind: 'leaf', score: noStep } } as const
}

function addSteps(
  scores: Float64Array,
  steps: Float64Array,
  codes: CodedColumn['codes'],
  order: Uint32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    scores[row] = (scores[row] as number) + (steps[codes[row] as number] as number)
  }
}

/** Puts the rows that go to `yes` before the others, each side in its order. @returns where the others begin. */
function divide({ columns, order, spare }: Room, { column, yes }: Division, from: number, to: number): number {
  const { codes } = at(columns, column)
  let [middle, others] = [from, 0]
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    // Both places are written, and one of them counts: no jump that depends on the data.
    order[middle] = row
    spare[others] = row
    const goes = yes[codes[row] as number] as number
    middle += goes
    others += 1 - goes
  }
  for (let i = 0; i < others; i++) order[middle + i] = spare[i] as number
  return middle
}
