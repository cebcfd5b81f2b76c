import type { Codes, TableFeature } from '../table.ts'
import { bestCut, bestSortedCut, type CutSearch, type NodeSearch } from './cuts.ts'
import { addJoined, type CountedFeature, joinFeatures } from './joined.ts'
import type { Objective } from './objective.ts'

/** Features with at most this many codes are counted by code; others are kept sorted. */
const mostBins = 4096

/** Rows for each code, at least, where counting by code is worth it. */
const fewestRowsPerBin = 8

/** The rows of a node: a part of one array that is divided in place, and so is the order of every sorted feature. */
export interface NodeRows {
  readonly from: number
  readonly to: number
}

/** Finds cuts for the nodes of one tree, and divides their rows. The work of a node grows with its rows. */
export interface Counting {
  readonly rows: Uint32Array
  /** The histogram of some rows over all counted features, or null if they are too few to be worth one. */
  count(node: NodeRows): Float64Array | null
  /** The histograms of both children: the smaller one counted, the other by subtraction from the parent's. */
  divideHistogram(
    parent: Float64Array | null,
    left: NodeRows,
    right: NodeRows,
  ): readonly [Float64Array | null, Float64Array | null]
  /** Takes a histogram back that nobody needs any more. */
  release(histogram: Float64Array | null): void
  /** Divides rows in place, keeping their order on both sides; `keepsOrders` if the children may be divided. */
  divideRows(node: NodeRows, feature: number, code: number, keepsOrders: boolean): readonly [NodeRows, NodeRows]
  /** Offers the cuts of all features, in their order. */
  search(search: NodeSearch, node: NodeRows, histogram: Float64Array | null): void
}

/**
 * Features with few codes are counted by code, with histograms for nodes of many rows: one child's is counted, the
 * other's is the parent's less that. Of all others the rows are sorted once, and every division divides their order.
 *
 * @param rows is reordered.
 */
export function countingOf(features: readonly TableFeature[], objective: Objective, rows: Uint32Array): Counting {
  const { channels } = objective
  const spare = new Uint32Array(rows.length)
  const isSorted = ({ cells }: TableFeature) => cells.length > mostBins || cells.length * fewestRowsPerBin > rows.length
  const orders = features.map((feature) => (isSorted(feature) ? orderByCode(feature, rows) : null))
  const offsets: number[] = []
  let size = 0
  for (const [i, { cells }] of features.entries()) {
    offsets.push(size)
    if (orders[i] === null) size += cells.length * channels
  }
  const own = features.flatMap(({ codes, cells }, i): CountedFeature[] =>
    orders[i] === null ? [{ codes, cells, at: offsets[i] as number }] : [],
  )
  // Where sums are rounded, rows are added in their order, code by code.
  const joined = joinFeatures(own, channels, objective.isExact ? rows.length : 0)
  const apart = joinFeatures(own, channels, 0)
  const additions = joined.reduce((sum, { places }) => sum + places.length, 0)
  const scratchBins = new Float64Array(channels * Math.max(0, ...joined.map(({ bins }) => bins)))
  const released: Float64Array[] = []
  const bins = size / channels
  const widest = Math.max(0, ...own.map(({ cells }) => cells.length))
  const allCodes = Int32Array.from({ length: widest }, (_, code) => code)
  const few = new FewRows(allCodes, channels)
  const goesLeft = new Uint8Array(orders.some((order) => order !== null) ? (features[0]?.codes.length ?? 0) : 0)

  const length = ({ from, to }: NodeRows) => to - from
  // With fewer rows, scanning all bins costs more than sorting the rows.
  const isWorthIt = (node: NodeRows) => own.length > 0 && length(node) * own.length >= bins
  const count = (node: NodeRows): Float64Array => {
    const histogram = released.pop()?.fill(0) ?? new Float64Array(size)
    const isWorthJoining = length(node) * (apart.length - joined.length) > additions
    addJoined(isWorthJoining ? joined : apart, objective, rows.subarray(node.from, node.to), histogram, scratchBins)
    return histogram
  }
  const release = (histogram: Float64Array | null) => {
    if (histogram !== null) released.push(histogram)
  }

  // Two loops, as each is compiled for what it meets.
  const searchCounted = ({ from, to }: NodeRows, search: NodeSearch, statistics: Float64Array) => {
    const { total, minSamplesLeaf, best, scratch } = search
    for (let feature = 0; feature < features.length; feature++) {
      const { codes, cells } = features[feature] as TableFeature
      const order = orders[feature] as Uint32Array | null
      const own = { feature, cells, total, minSamplesLeaf, best, scratch }
      const bins = { statistics, at: offsets[feature] as number, codes: allCodes, count: cells.length }
      if (order === null) bestCut(own, bins, objective)
      else bestSortedCut(own, codes, order.subarray(from, to), objective)
    }
  }
  const searchFew = ({ from, to }: NodeRows, { total, minSamplesLeaf, best, scratch }: NodeSearch) => {
    const part = rows.subarray(from, to)
    for (let feature = 0; feature < features.length; feature++) {
      const { codes, cells } = features[feature] as TableFeature
      const order = orders[feature] as Uint32Array | null
      const own = { feature, cells, total, minSamplesLeaf, best, scratch }
      if (order === null) few.search(own, codes, part, objective)
      else bestSortedCut(own, codes, order.subarray(from, to), objective)
    }
  }

  return {
    rows,
    count: (node) => (isWorthIt(node) ? count(node) : null),
    divideHistogram(parent, left, right) {
      const isLeftSmaller = length(left) <= length(right)
      if (parent === null || !isWorthIt(isLeftSmaller ? right : left)) {
        release(parent)
        return [null, null]
      }
      const smaller = count(isLeftSmaller ? left : right)
      subtract(parent, smaller)
      return isLeftSmaller ? [smaller, parent] : [parent, smaller]
    },
    release,
    divideRows({ from, to }, feature, code, keepsOrders) {
      const codes = features[feature]?.codes ?? new Uint8Array()
      const middle = from + partitionByCode(rows.subarray(from, to), codes, code, spare)
      if (keepsOrders && goesLeft.length > 0) {
        for (let i = from; i < to; i++) goesLeft[rows[i] as number] = i < middle ? 1 : 0
        for (const order of orders) if (order !== null) partition(order, from, to, goesLeft, spare)
      }
      return [
        { from, to: middle },
        { from: middle, to },
      ]
    },
    search(search, node, histogram) {
      if (histogram === null) searchFew(node, search)
      else searchCounted(node, search, histogram)
    },
  }
}

/** Leaves the whole less the part in the place of the whole. On its own, so that it is compiled alone, and once. */
function subtract(whole: Float64Array, part: Float64Array): void {
  for (let i = 0; i < whole.length; i++) whole[i] = (whole[i] as number) - (part[i] as number)
}

/** Finds cuts of few rows on features of many codes: only the codes that occur are looked at, and wiped out after. */
class FewRows {
  readonly #statistics: Float64Array
  readonly #isThere: Uint8Array
  readonly #codes: Int32Array
  readonly #all: Int32Array

  constructor(all: Int32Array, channels: number) {
    this.#statistics = new Float64Array(all.length * channels)
    this.#isThere = new Uint8Array(all.length)
    this.#codes = new Int32Array(all.length)
    this.#all = all
  }

  search(search: CutSearch, codes: Codes, rows: Uint32Array, objective: Objective): void {
    const { channels } = objective
    const [statistics, isThere] = [this.#statistics, this.#isThere]
    objective.addToBins(statistics, 0, codes, rows)
    const bins = search.cells.length
    // Looking at all bins is less than finding the ones that occur.
    if (bins <= rows.length) {
      bestCut(search, { statistics, at: 0, codes: this.#all, count: bins }, objective)
      statistics.fill(0, 0, bins * channels)
      return
    }
    let different = 0
    for (let i = 0; i < rows.length; i++) {
      const code = codes[rows[i] as number] as number
      if (isThere[code] === 1) continue
      isThere[code] = 1
      this.#codes[different++] = code
    }
    const occurring = this.#codes
    sortFew(occurring, different)
    bestCut(search, { statistics, at: 0, codes: occurring, count: different }, objective)
    for (let i = 0; i < different; i++) {
      const code = occurring[i] as number
      isThere[code] = 0
      for (let channel = code * channels; channel < (code + 1) * channels; channel++) statistics[channel] = 0
    }
  }
}

/** Sorts the first numbers in place: by insertion where they are few. */
function sortFew(numbers: Int32Array, count: number): void {
  if (count > 40) {
    numbers.subarray(0, count).sort()
    return
  }
  for (let i = 1; i < count; i++) {
    const number = numbers[i] as number
    let at = i - 1
    for (; at >= 0 && (numbers[at] as number) > number; at--) numbers[at + 1] = numbers[at] as number
    numbers[at + 1] = number
  }
}

/** Rows in ascending order of their codes, those of one code in their own order: a counting sort. */
function orderByCode({ codes, cells }: TableFeature, rows: Uint32Array): Uint32Array {
  const starts = new Uint32Array(cells.length + 1)
  for (let i = 0; i < rows.length; i++) {
    const after = (codes[rows[i] as number] as number) + 1
    starts[after] = (starts[after] as number) + 1
  }
  for (let code = 1; code < starts.length; code++)
    starts[code] = (starts[code] as number) + (starts[code - 1] as number)
  const order = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const code = codes[row] as number
    const to = starts[code] as number
    order[to] = row
    starts[code] = to + 1
  }
  return order
}

/** Divides rows in place by their codes, keeping their order on both sides; returns how many go left. */
function partitionByCode(rows: Uint32Array, codes: Codes, code: number, scratch: Uint32Array): number {
  const left = moveByCode(rows, codes, code, scratch)
  rows.set(scratch.subarray(0, rows.length - left), left)
  return left
}

/** A loop alone: code behind one that was compiled while it ran would be given up each time it is reached. */
function moveByCode(rows: Uint32Array, codes: Codes, code: number, scratch: Uint32Array): number {
  let left = 0
  let right = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if ((codes[row] as number) <= code) rows[left++] = row
    else scratch[right++] = row
  }
  return left
}

/** Divides a part of an order in place, keeping its order on both sides. */
function partition(order: Uint32Array, from: number, to: number, goesLeft: Uint8Array, scratch: Uint32Array): void {
  let left = from
  let right = 0
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    // Both places are written, and one of them counts: no jump that depends on the data.
    order[left] = row
    scratch[right] = row
    const isLeft = goesLeft[row] as number
    left += isLeft
    right += 1 - isLeft
  }
  order.set(scratch.subarray(0, right), left)
}
