import type { Codes, TableFeature } from '../table.ts'
import { addToBins, type Bins, bestCut, type Candidate, occurringBins } from './cuts.ts'
import { Heap } from './heap.ts'
import type { Objective } from './objective.ts'

/** When a tree stops growing; the meanings are scikit-learn's. */
export interface Bounds {
  /** Edges on the longest path, at most. From 1 to 100, beyond which no emitted conditional is readable. */
  readonly maxDepth: number
  readonly minSamplesSplit: number
  readonly minSamplesLeaf: number
  /** Best-first growth up to this many leaves; null for depth-first without a bound. */
  readonly maxLeafNodes: number | null
  /** A division must reduce the impurity of the whole tree by at least this. */
  readonly minImpurityDecrease: number
}

/** A node of a tree just grown, with its statistics and impurity. Leaves have no split. */
export interface Grown {
  readonly statistics: Float64Array
  /** Its share of the weight of all rows. */
  readonly share: number
  readonly impurity: number
  readonly split: { readonly feature: number; readonly cut: number; readonly left: Grown; readonly right: Grown } | null
}

/** Impurities below this are 0: the spacing of doubles at 1, as in scikit-learn. */
const epsilon = 2 ** -52

/** A node under construction: its rows are a part of one array that is divided in place. */
interface Draft {
  readonly rows: Uint32Array
  readonly statistics: Float64Array
  readonly impurity: number
  readonly depth: number
  /** The order in which nodes came about. */
  readonly order: number
  readonly candidate: Candidate | null
  /** By how much its division reduces the impurity of the whole tree. */
  readonly decrease: number
  /** Given up when the children have theirs. */
  histogram: Float64Array | null
  children: readonly [Draft, Draft] | null
}

/**
 * Grows a tree: at every node the division of best score, ties to the lowest feature and then the lowest cut.
 *
 * Histograms of all features with few codes are kept along the way: one child's is counted, the other's is the
 * parent's less that. Features with many codes are counted anew at every node, and sorted where rows are few.
 *
 * @param rows is reordered.
 */
export function grow(
  features: readonly TableFeature[],
  objective: Objective,
  rows: Uint32Array,
  bounds: Bounds,
): Grown {
  const layout = histogramLayout(features, objective)
  const scratch = new Uint32Array(rows.length)
  const total = statisticsOf(rows, objective)
  const all = objective.weight(total)
  let drafts = 0

  const draft = (rows: Uint32Array, statistics: Float64Array, depth: number, histogram: Float64Array | null): Draft => {
    const impurity = objective.impurity(statistics)
    const mayDivide =
      depth < bounds.maxDepth &&
      rows.length >= bounds.minSamplesSplit &&
      rows.length >= 2 * bounds.minSamplesLeaf &&
      impurity > epsilon
    const counted = !mayDivide || histogram !== null ? histogram : layout.count(rows)
    const best = mayDivide ? bestOf(features, objective, rows, statistics, bounds, layout, counted) : null
    const decrease = best === null ? 0 : impurityDecrease(objective, statistics, best) / all
    const candidate = decrease + epsilon < bounds.minImpurityDecrease ? null : best
    const order = drafts++
    return {
      rows,
      statistics,
      impurity,
      depth,
      order,
      candidate,
      decrease,
      histogram: candidate && counted,
      children: null,
    }
  }

  const divide = (node: Draft, { feature, code, left }: Candidate): readonly [Draft, Draft] => {
    const middle = partition(node.rows, features[feature]?.codes ?? new Uint8Array(), code, scratch)
    const [leftRows, rightRows] = [node.rows.subarray(0, middle), node.rows.subarray(middle)]
    const right = node.statistics.map((value, i) => value - (left[i] ?? 0))
    const [leftHistogram, rightHistogram] = layout.divide(node.histogram, leftRows, rightRows)
    node.histogram = null
    return [
      draft(leftRows, left, node.depth + 1, leftHistogram),
      draft(rightRows, right, node.depth + 1, rightHistogram),
    ]
  }

  const root = draft(rows, total, 0, null)
  if (bounds.maxLeafNodes === null) {
    const open = [root]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.candidate === null) continue
      node.children = divide(node, node.candidate)
      open.push(node.children[1], node.children[0])
    }
  } else {
    const open = new Heap<Draft>((a, b) => a.decrease > b.decrease || (a.decrease === b.decrease && a.order < b.order))
    if (root.candidate !== null) open.push(root)
    for (let leaves = 1; leaves < bounds.maxLeafNodes; leaves++) {
      const best = open.pop()
      if (best === undefined || best.candidate === null) break
      best.children = divide(best, best.candidate)
      for (const child of best.children) if (child.candidate !== null) open.push(child)
    }
  }
  return finish(root, (statistics) => objective.weight(statistics) / all)
}

function finish(draft: Draft, shareOf: (statistics: Float64Array) => number): Grown {
  const { statistics, impurity, candidate, children } = draft
  const split =
    candidate === null || children === null
      ? null
      : {
          feature: candidate.feature,
          cut: candidate.cut,
          left: finish(children[0], shareOf),
          right: finish(children[1], shareOf),
        }
  return { statistics, share: shareOf(statistics), impurity, split }
}

function bestOf(
  features: readonly TableFeature[],
  objective: Objective,
  rows: Uint32Array,
  total: Float64Array,
  { minSamplesLeaf }: Bounds,
  layout: HistogramLayout,
  histogram: Float64Array | null,
): Candidate | null {
  return features.reduce<Candidate | null>((best, { cells, codes }, feature) => {
    const bins = layout.binsOf(feature, rows, codes, histogram)
    return bestCut(feature, cells, bins, total, minSamplesLeaf, objective, best)
  }, null)
}

/** By how much a division reduces the impurity of a node, times the node's rows. */
function impurityDecrease(objective: Objective, statistics: Float64Array, { left }: Candidate): number {
  const right = statistics.map((value, i) => value - (left[i] ?? 0))
  const weighted = (side: Float64Array) => objective.weight(side) * objective.impurity(side)
  return weighted(statistics) - weighted(left) - weighted(right)
}

export function statisticsOf(rows: Uint32Array, objective: Objective): Float64Array {
  const statistics = new Float64Array(objective.channels)
  for (const row of rows) objective.add(statistics, 0, row)
  return statistics
}

/** Divides rows in place, keeping their order on both sides; returns how many go left. */
function partition(rows: Uint32Array, codes: Codes, code: number, scratch: Uint32Array): number {
  let [left, right] = [0, 0]
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0
    if ((codes[row] ?? 0) <= code) rows[left++] = row
    else scratch[right++] = row
  }
  rows.set(scratch.subarray(0, right), left)
  return left
}

/** Features with at most this many codes have their histograms kept for subtraction. */
const mostKeptBins = 4096

interface HistogramLayout {
  /** The kept histogram of some rows, or null if they are too few to be worth one. */
  count(rows: Uint32Array): Float64Array | null
  /** The kept histograms of both children: the smaller one counted, the other by subtraction from the parent's. */
  divide(
    parent: Float64Array | null,
    left: Uint32Array,
    right: Uint32Array,
  ): readonly [Float64Array | null, Float64Array | null]
  binsOf(feature: number, rows: Uint32Array, codes: Codes, kept: Float64Array | null): Bins
}

function histogramLayout(features: readonly TableFeature[], objective: Objective): HistogramLayout {
  const { channels } = objective
  const offsets: (number | null)[] = []
  let size = 0
  for (const { cells } of features) {
    offsets.push(cells.length > mostKeptBins ? null : size)
    if (cells.length <= mostKeptBins) size += cells.length * channels
  }
  const bins = size / channels
  const widest = Math.max(0, ...features.map(({ cells }, i) => (offsets[i] === null ? cells.length : 0)))
  const wide = new Float64Array(widest * channels)

  // With fewer rows, scanning all bins costs more than sorting the rows.
  const isWorthIt = (rows: Uint32Array) => rows.length * features.length >= bins
  const count = (rows: Uint32Array): Float64Array => {
    const histogram = new Float64Array(size)
    for (const [i, { codes }] of features.entries()) {
      const at = offsets[i] ?? null
      if (at !== null) addToBins(histogram, at, codes, rows, objective)
    }
    return histogram
  }

  return {
    count: (rows) => (isWorthIt(rows) ? count(rows) : null),
    divide(parent, left, right) {
      const isLeftSmaller = left.length <= right.length
      if (parent === null || !isWorthIt(isLeftSmaller ? right : left)) return [null, null]
      const smaller = count(isLeftSmaller ? left : right)
      for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] ?? 0) - (smaller[i] ?? 0)
      return isLeftSmaller ? [smaller, parent] : [parent, smaller]
    },
    binsOf(feature, rows, codes, kept) {
      const at = offsets[feature] ?? null
      const bins = features[feature]?.cells.length ?? 0
      if (kept !== null && at !== null) return { statistics: kept, at, bins, codes: null }
      if (at !== null || bins > 4 * rows.length) return occurringBins(codes, rows, objective)
      const statistics = wide.subarray(0, bins * channels).fill(0)
      addToBins(statistics, 0, codes, rows, objective)
      return { statistics, at: 0, bins, codes: null }
    },
  }
}
