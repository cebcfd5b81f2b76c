import { type Feature, formatVersion, type LabelAnswer, type LabelContract } from '../../runtime/contract.ts'
import type { Grid } from '../../runtime/grid.ts'
import { publicCuts } from '../2-train/public-cuts.ts'
import { badOption, notPublic, sideNotPublic, tooFewLeaves } from '../errors.ts'
import type { Edge, LabelLeaf, LabelPlan } from '../plan.ts'
import { columnOf, describeSplit, type Leaf, type Node, type Tree } from '../tree.ts'
import { answersOn, answersOver } from './answers.ts'
import { labelCost } from './cost.ts'

export interface LabelOptions {
  readonly reveal: 'label'
  readonly model: string
  /** Most public cuts per feature, as in training. */
  readonly cuts: number
  /** The number of leaves that the client sees; null for the next power of two. */
  readonly padLeaves: number | null
  /** Whether an answer comes with its share of the leaf's training rows; for trees of answers. */
  readonly probability: boolean
  /** The answers of a tree of numbers; null for a tree of answers. */
  readonly answerGrid: Grid | null
  readonly replyKey?: string
}

/**
 * Lowers a tree to what its two modules do in `label`. All of the contract but the number of leaves is a function of the
 * tree's columns, features and answers, never of its splits; and the number of leaves is padded.
 *
 * @throws {CompileError} `not-public` for a tree that was not trained on public cuts, `too-few-leaves`, `bad-option`
 */
export function lowerLabel(tree: Tree, options: LabelOptions): LabelPlan {
  const { model, padLeaves, probability, answerGrid, replyKey } = options
  if (tree.answers === null && probability)
    throw badOption('--probability', true, 'nothing where the target is numbers')
  const below = tree.columns.find(({ missing }) => missing === 'below')
  if (below !== undefined) throw sideNotPublic(below.name)
  const cuts = tree.features.map((feature) => publicCuts(columnOf(tree, feature), options.cuts))
  const answers = tree.answers === null ? answersOn(answerGrid) : answersOver(tree.answers, probability)
  const leaves = leavesBelow(tree.root, new Map(), {
    position: (feature, cut) => positionOf(tree, cuts, feature, cut),
    answer: (leaf) => answerOf(tree, answers, leaf),
  })
  const treeLeaves = leaves.length
  if (padLeaves !== null && padLeaves < treeLeaves) throw tooFewLeaves(padLeaves, treeLeaves)
  const contract: LabelContract = {
    format: formatVersion,
    model,
    reveal: 'label',
    columns: tree.columns,
    features: tree.features,
    cuts,
    ignored: [],
    missingValues: tree.missingValues,
    answers,
    leaves: padLeaves ?? 2 ** Math.ceil(Math.log2(treeLeaves)),
    ...(replyKey === undefined ? {} : { replyKey }),
  }
  return {
    reveal: 'label',
    contract,
    server: { leaves },
    client: {},
    cost: labelCost(contract),
    leakage: {
      reveal: 'label',
      features: tree.features.length,
      cuts: cuts.reduce((sum, { length }) => sum + length, 0),
      answers: answers.length,
      leaves: contract.leaves,
      treeLeaves,
    },
  }
}

interface Positions {
  readonly position: (feature: number, cut: number) => number
  readonly answer: (leaf: Leaf) => number
}

/** The leaves below a node, from left to right, with the edges to them: one interval per feature. None that no cell reaches. */
function leavesBelow(node: Node, edges: ReadonlyMap<number, Edge>, positions: Positions): LabelLeaf[] {
  if (node.kind !== 'split') return [{ answer: positions.answer(node), edges: [...edges.values()] }]
  const { feature, left, right } = node
  const cut = positions.position(feature, node.cut)
  const { above, upTo } = edges.get(feature) ?? { feature }
  const below = (side: Node, edge: Edge) => leavesBelow(side, new Map([...edges, [feature, edge]]), positions)
  if (upTo !== undefined && cut >= upTo) return leavesBelow(left, edges, positions)
  if (above !== undefined && cut <= above) return leavesBelow(right, edges, positions)
  return [
    ...below(left, { feature, ...(above === undefined ? {} : { above }), upTo: cut }),
    ...below(right, { feature, above: cut, ...(upTo === undefined ? {} : { upTo }) }),
  ]
}

/** @throws {CompileError} `not-public` */
function positionOf(tree: Tree, cuts: readonly (readonly number[])[], feature: number, cut: number): number {
  const source: Feature = tree.features[feature] ?? { column: '' }
  const column = columnOf(tree, source)
  const position = cuts[feature]?.indexOf(cut) ?? -1
  if (position < 0) throw notPublic(describeSplit(column, source, cut))
  return position
}

/** The position of a leaf's answer; the nearest one where the leaf is a number, and of two equally near the greater. */
function answerOf(tree: Tree, answers: readonly LabelAnswer[], leaf: Leaf): number {
  if (leaf.kind === 'mean') {
    const distance = ({ answer }: LabelAnswer) => Math.abs(Number(answer) - leaf.answer)
    return answers.reduce((best, answer, i) => {
      const nearest = answers[best]
      return nearest === undefined || distance(answer) <= distance(nearest) ? i : best
    }, 0)
  }
  const total = leaf.counts.reduce((sum, count) => sum + count, 0)
  const percent = Math.round((100 * (leaf.counts[leaf.answer] ?? 0)) / total)
  const text = tree.answers?.[leaf.answer]
  const position = answers.findIndex((known) => known.answer === text && (known.percent ?? percent) === percent)
  if (position < 0) throw new TypeError('a leaf has an answer that is not among the possible ones')
  return position
}
