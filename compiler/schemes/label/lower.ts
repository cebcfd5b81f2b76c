import { at } from 'emp-compile-runtime/internal/at'
import { formatVersion } from 'emp-compile-runtime/internal/contract'
import type { Grid } from 'emp-compile-runtime/internal/grid'
import {
  type LabelAnswer,
  type LabelContract,
  labelMessages,
} from 'emp-compile-runtime/internal/schemes/label/contract'
import { badOption, notPublic, sideNotPublic, tooFewLeaves } from '../../errors.ts'
import { publicCuts } from '../../public-cuts.ts'
import {
  chancesOf,
  columnOf,
  describeSplit,
  type Leaf,
  type Node,
  type Split,
  type Tree,
  wholePercent,
} from '../../tree.ts'
import { answersOn, answersOver } from '../answers.ts'
import type { Naming } from '../scheme.ts'
import { labelCost } from './cost.ts'
import type { Edge, LabelPlan, PlannedLeaf } from './plan.ts'

/** How a tree is revealed by its answer alone. */
export interface LabelSettings {
  /** Most public cuts per feature, as in training. */
  readonly cuts: number
  /** The number of leaves that the client sees; null for the next power of two. */
  readonly padLeaves: number | null
  /** Whether an answer comes with its share of the leaf's training rows; for trees of answers. */
  readonly probability: boolean
  /** The answers of a tree of numbers; null for a tree of answers. */
  readonly answerGrid: Grid | null
  /** Whether clients that encrypt something that is not a record are given nothing. */
  readonly guard?: boolean
}

/**
 * Lowers a tree to what its two modules do in `label`. All of the contract but the number of leaves is a function of the
 * tree's columns, features and answers, never of its splits; and the number of leaves is padded.
 *
 * @throws {CompileError} `not-public` for a tree that was not trained on public cuts, `too-few-leaves`, `bad-option`
 */
export function lowerLabel(
  tree: Tree,
  { cuts: mostCuts, padLeaves, probability, answerGrid, guard = false }: LabelSettings,
  { name, replyKey }: Naming,
): LabelPlan {
  if (tree.answers === null && probability) throw badOption('probability', true, 'nothing where the target is numbers')
  const above = tree.columns.find(({ kind, missing }) => kind === 'number' && missing === 'above')
  if (above !== undefined) throw sideNotPublic(above.name)
  const cuts = tree.cuts ?? tree.features.map((feature) => publicCuts(columnOf(tree, feature), mostCuts))
  const possible = tree.answers === null ? answersOn(answerGrid) : answersOver(tree.answers, probability)
  const leaves = leavesBelow(tree.root, new Map(), {
    position: (split) => positionOf(tree, cuts, split),
    levels: (split) => levelsOf(tree, split),
    answer: (leaf) => placeOf(tree, possible, leaf),
  })
  const treeLeaves = leaves.length
  if (padLeaves !== null && padLeaves < treeLeaves) throw tooFewLeaves(padLeaves, treeLeaves)
  const sized = {
    columns: tree.columns,
    features: tree.features,
    cuts,
    possible,
    leaves: padLeaves ?? 2 ** Math.ceil(Math.log2(treeLeaves)),
    ...(guard ? { guard: 1 as const } : {}),
  }
  const contract: LabelContract = {
    format: formatVersion,
    name,
    family: 'tree',
    reveal: 'label',
    scheme: 'ristretto',
    ...sized,
    ignored: [],
    missingValues: tree.missingValues,
    answers: tree.answers,
    messages: labelMessages(sized),
    ...(replyKey === undefined ? {} : { replyKey }),
  }
  return {
    contract,
    server: { leaves },
    client: {},
    cost: labelCost(contract),
    leakage: {
      features: tree.features.length,
      cuts: cuts.reduce((sum, { length }) => sum + length, 0),
      answers: possible.length,
      leaves: contract.leaves,
      treeLeaves,
      guard,
    },
  }
}

interface Positions {
  readonly position: (split: Split) => number
  readonly answer: (leaf: Leaf) => number
  /** The features of a split's column, if it is of texts. */
  readonly levels: (split: Split) => readonly number[] | null
}

/** What is left of a column of texts on the way to a node. */
interface Admitted {
  /** All features of the column. */
  readonly levels: readonly number[]
  readonly left: readonly number[]
  /** Whether a text outside the levels is left, too. */
  readonly none: boolean
}

/** The way to a node, in the order of its splits: intervals by their feature, and levels by the first one of their column. */
type Way = ReadonlyMap<number, Edge | Admitted>

/** The leaves below a node, from left to right, with the edges to them. None that no cell reaches. */
function leavesBelow(node: Node, way: Way, positions: Positions): PlannedLeaf[] {
  if (node.kind !== 'split') {
    const edges = Array.from(way.values(), (one) => ('none' in one ? edgeOf(one) : one))
    return [{ answer: positions.answer(node), edges }]
  }
  const { feature, left, right } = node
  const cut = positions.position(node)
  const levels = positions.levels(node)
  if (levels !== null) return levelsBelow(node, levels, way, positions)
  const known = way.get(feature) ?? { feature }
  if ('none' in known) throw new TypeError('a number has an interval')
  const { above, upTo } = known
  const below = (side: Node, edge: Edge) => leavesBelow(side, new Map([...way, [feature, edge]]), positions)
  if (upTo !== undefined && cut >= upTo) return leavesBelow(left, way, positions)
  if (above !== undefined && cut <= above) return leavesBelow(right, way, positions)
  return [
    ...below(left, { feature, ...(above === undefined ? {} : { above }), upTo: cut }),
    ...below(right, { feature, above: cut, ...(upTo === undefined ? {} : { upTo }) }),
  ]
}

/** The leaves below a split by levels: those of its levels lie on the right, all others and "none" on the left. */
function levelsBelow(
  { feature, also = [], left, right }: Split,
  levels: readonly number[],
  way: Way,
  positions: Positions,
): PlannedLeaf[] {
  const column = at(levels, 0)
  const own = [feature, ...also]
  const known = way.get(column) ?? { levels, left: levels, none: true }
  if (!('none' in known)) throw new TypeError('a text has no interval')
  const kept = known.left.filter((one) => !own.includes(one))
  const taken = known.left.filter((one) => own.includes(one))
  const below = (side: Node, admitted: Admitted) => leavesBelow(side, new Map([...way, [column, admitted]]), positions)
  if (taken.length === 0) return leavesBelow(left, way, positions)
  if (kept.length === 0 && !known.none) return leavesBelow(right, way, positions)
  return [...below(left, { ...known, left: kept }), ...below(right, { levels, left: taken, none: false })]
}

/** One of the levels that are left; or, where none may be, none of the others. */
function edgeOf({ levels, left, none }: Admitted): Edge {
  const [feature, ...also] = none ? levels.filter((one) => !left.includes(one)) : left
  if (feature === undefined) throw new TypeError('an edge that every text goes')
  return { feature, ...(also.length === 0 ? {} : { also }), ...(none ? { upTo: 0 } : { above: 0 }) }
}

/** @throws {CompileError} `not-public` */
function positionOf(tree: Tree, cuts: readonly (readonly number[])[], split: Split): number {
  const position = cuts[split.feature]?.indexOf(split.cut) ?? -1
  if (position < 0) throw notPublic(describeSplit(tree, split))
  return position
}

/** All levels of the column that a split asks; null if it is of numbers. */
function levelsOf({ features }: Tree, { feature }: Split): readonly number[] | null {
  const asked = at(features, feature)
  if (!('level' in asked)) return null
  return features.flatMap((one, i) => ('level' in one && one.column === asked.column ? [i] : []))
}

/** The position of a leaf's answer; the nearest one where the leaf is a number, and of two equally near the greater. */
function placeOf(tree: Tree, possible: readonly LabelAnswer[], leaf: Leaf): number {
  if (leaf.kind === 'mean') {
    const distance = ({ answer }: LabelAnswer) => Math.abs(Number(answer) - leaf.answer)
    return possible.reduce((best, answer, i) => {
      const nearest = possible[best]
      return nearest === undefined || distance(answer) <= distance(nearest) ? i : best
    }, 0)
  }
  const chances = chancesOf(leaf)
  if (chances === undefined && possible.some(({ percent }) => percent !== undefined)) {
    throw badOption('probability', true, 'models whose leaves say what training rows ended at them')
  }
  const percent = chances === undefined ? undefined : wholePercent(at(chances, leaf.answer))
  const text = tree.answers?.[leaf.answer]
  const position = possible.findIndex((known) => known.answer === text && (known.percent ?? percent) === percent)
  if (position < 0) throw new TypeError('a leaf has an answer that is not among the possible ones')
  return position
}
