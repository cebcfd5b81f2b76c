import { at } from 'emp-compile-runtime/internal/at'
import type { CodedColumn } from '../additive/coded.ts'
import { bestDivision, type Division, type Growth } from './split.ts'

/** A tree as it is grown: its leaves have real scores. */
export type GrownNode =
  | { readonly kind: 'leaf'; readonly score: number }
  | {
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
  return { columns, offsets, positions, order, spare, gathered: new Float64Array(2 * rows) }
}

interface Part {
  readonly from: number
  readonly to: number
  readonly sums: Float64Array
  readonly depth: number
}

/**
 * Grows one tree, level by level, by the parabolas that touch the loss, and adds it to the scores of the rows.
 *
 * The histograms of a node's larger side are those of the node less those of the smaller side.
 *
 * @param derivatives first and second, in turn, of every row.
 * @param scores of one output, changed.
 */
export function growScoreTree(room: Room, derivatives: Float64Array, scores: Float64Array, growth: Growth): GrownNode {
  const { order } = room
  for (let i = 0; i < order.length; i++) order[i] = i
  const root = { from: 0, to: order.length, depth: 0, sums: sumUp(room, derivatives, 0, order.length) }
  return growPart(room, derivatives, scores, growth, root)
}

function growPart(room: Room, derivatives: Float64Array, scores: Float64Array, growth: Growth, part: Part): GrownNode {
  const { columns, offsets, order } = room
  const { from, to, sums, depth } = part
  const division = depth < growth.depth ? bestDivision(columns, offsets, sums, growth) : null
  if (division === null) {
    const score = leafScore(room, sums, growth)
    for (let i = from; i < to; i++) scores[order[i] as number] = (scores[order[i] as number] as number) + score
    return { kind: 'leaf', score }
  }
  const middle = divide(room, division, from, to)
  const isLast = depth + 1 === growth.depth
  const [small, large] = middle - from <= to - middle ? ['yes', 'no'] : ['no', 'yes']
  const bounds = { yes: [from, middle], no: [middle, to] } as const
  const own = bounds[small as 'yes' | 'no']
  const smallSums = isLast ? firstSums(room, derivatives, own[0], own[1]) : sumUp(room, derivatives, own[0], own[1])
  const largeSums = sums.slice(0, smallSums.length)
  for (let i = 0; i < largeSums.length; i++) largeSums[i] = (largeSums[i] as number) - (smallSums[i] as number)
  const sides = { [small as string]: smallSums, [large as string]: largeSums }
  const below = (side: 'yes' | 'no') => {
    const [start, end] = bounds[side]
    return growPart(room, derivatives, scores, growth, {
      from: start,
      to: end,
      depth: depth + 1,
      sums: sides[side] as Float64Array,
    })
  }
  return { kind: 'split', column: division.column, yesAt: division.yes, yes: below('yes'), no: below('no') }
}

/** The step to the least of the parabola, or a part of it. Every row is at one position of the first column. */
function leafScore({ columns }: Room, sums: Float64Array, { rate, ridge }: Growth): number {
  let [g, h] = [0, 0]
  for (let i = 0; i < 2 * at(columns, 0).positions; i += 2) {
    g += sums[i] as number
    h += sums[i + 1] as number
  }
  return h + ridge > 0 ? (-rate * g) / (h + ridge) : 0
}

/** The sums of the first column alone: what a leaf needs. */
function firstSums({ columns, order }: Room, derivatives: Float64Array, from: number, to: number): Float64Array {
  const sums = new Float64Array(2 * at(columns, 0).positions)
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    sums[0] = (sums[0] as number) + (derivatives[2 * row] as number)
    sums[1] = (sums[1] as number) + (derivatives[2 * row + 1] as number)
  }
  return sums
}

/** The derivatives of the rows of a node, summed up by position of every column. */
function sumUp(room: Room, derivatives: Float64Array, from: number, to: number): Float64Array {
  const { columns, offsets, positions, order, gathered } = room
  const sums = new Float64Array(2 * positions)
  const isWhole = to - from === order.length
  if (!isWhole) {
    for (let i = from; i < to; i++) {
      const row = order[i] as number
      gathered[2 * i] = derivatives[2 * row] as number
      gathered[2 * i + 1] = derivatives[2 * row + 1] as number
    }
  }
  for (const [c, { codes }] of columns.entries()) {
    const own = sums.subarray(2 * (offsets[c] as number))
    if (isWhole) addWhole(own, codes, derivatives)
    else addSome(own, codes, gathered, order, from, to)
  }
  return sums
}

function addWhole(sums: Float64Array, codes: CodedColumn['codes'], derivatives: Float64Array): void {
  for (let i = 0; i < codes.length; i++) {
    const place = 2 * (codes[i] as number)
    sums[place] = (sums[place] as number) + (derivatives[2 * i] as number)
    sums[place + 1] = (sums[place + 1] as number) + (derivatives[2 * i + 1] as number)
  }
}

function addSome(
  sums: Float64Array,
  codes: CodedColumn['codes'],
  gathered: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const place = 2 * (codes[order[i] as number] as number)
    sums[place] = (sums[place] as number) + (gathered[2 * i] as number)
    sums[place + 1] = (sums[place + 1] as number) + (gathered[2 * i + 1] as number)
  }
}

/** Puts the rows that go to `yes` before the others, each side in its order. @returns where the others begin. */
function divide({ columns, order, spare }: Room, { column, yes }: Division, from: number, to: number): number {
  const { codes } = at(columns, column)
  let [middle, others] = [from, 0]
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    if (yes[codes[row] as number] === 1) order[middle++] = row
    else spare[others++] = row
  }
  for (let i = 0; i < others; i++) order[middle + i] = spare[i] as number
  return middle
}
