import type { TableFeature } from '../table.ts'
import { countingOf, type NodeRows } from './counting.ts'
import { BestCut, type Candidate } from './cuts.ts'
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

/** A node under construction. */
interface Draft {
  readonly node: NodeRows
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

/** A share of the impurity by which a reduction may fall short of the least one: the rounding of doubles. */
const epsilon = 2 ** -52

/**
 * Grows a tree: at every node the division of best score, ties to the lowest feature and then the lowest cut.
 *
 * @param rows is reordered.
 */
export function grow(
  features: readonly TableFeature[],
  objective: Objective,
  rows: Uint32Array,
  bounds: Bounds,
): Grown {
  const { maxDepth, minSamplesSplit, minSamplesLeaf, minImpurityDecrease } = bounds
  const counting = countingOf(features, objective, rows)
  const total = statisticsOf(rows, objective)
  const all = objective.weight(total)
  const fewest = Math.max(minSamplesSplit, 2 * minSamplesLeaf)
  const slack = epsilon * objective.impurity(total)
  const cuts = new BestCut(objective)
  const scratch = [new Float64Array(objective.channels), new Float64Array(objective.channels)] as const
  // Depth first and without a least decrease nobody asks for it.
  const asksDecrease = bounds.maxLeafNodes !== null || minImpurityDecrease > 0
  let drafts = 0

  const draft = (node: NodeRows, statistics: Float64Array, depth: number, histogram: Float64Array | null): Draft => {
    const impurity = objective.impurity(statistics)
    const mayDivide = depth < maxDepth && node.to - node.from >= fewest && !objective.isPure(statistics)
    const counted = !mayDivide || histogram !== null ? histogram : counting.count(node)
    cuts.clear()
    if (mayDivide) counting.search({ total: statistics, minSamplesLeaf, best: cuts, scratch }, node, counted)
    const best = cuts.candidate
    const decrease = best === null || !asksDecrease ? 0 : impurityDecrease(objective, statistics, best) / all
    const candidate = minImpurityDecrease > 0 && decrease + slack < minImpurityDecrease ? null : best
    const order = drafts++
    if (candidate === null) counting.release(counted)
    const own = candidate === null ? null : counted
    return { node, statistics, impurity, depth, order, candidate, decrease, histogram: own, children: null }
  }

  const divide = (whole: Draft, { feature, code, left }: Candidate): readonly [Draft, Draft] => {
    const depth = whole.depth + 1
    const [leftRows, rightRows] = counting.divideRows(whole.node, feature, code, depth < maxDepth)
    const right = lessOf(whole.statistics, left)
    if (depth === maxDepth) counting.release(whole.histogram)
    const [leftHistogram, rightHistogram] =
      depth < maxDepth ? counting.divideHistogram(whole.histogram, leftRows, rightRows) : [null, null]
    whole.histogram = null
    return [draft(leftRows, left, depth, leftHistogram), draft(rightRows, right, depth, rightHistogram)]
  }

  const root = draft({ from: 0, to: rows.length }, total, 0, null)
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

/** By how much a division reduces the impurity of a node, times the node's rows. */
function impurityDecrease(objective: Objective, statistics: Float64Array, { left }: Candidate): number {
  const right = lessOf(statistics, left)
  const weighted = (side: Float64Array) => objective.weight(side) * objective.impurity(side)
  return weighted(statistics) - weighted(left) - weighted(right)
}

/** The statistics of the rows that are in the whole, but not in the part. */
function lessOf(whole: Float64Array, part: Float64Array): Float64Array {
  const rest = new Float64Array(whole.length)
  for (let i = 0; i < rest.length; i++) rest[i] = (whole[i] as number) - (part[i] as number)
  return rest
}

export function statisticsOf(rows: Uint32Array, objective: Objective): Float64Array {
  const statistics = new Float64Array(objective.channels)
  for (let i = 0; i < rows.length; i++) objective.add(statistics, 0, rows[i] as number)
  return statistics
}
