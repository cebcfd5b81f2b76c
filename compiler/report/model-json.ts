import { featureName } from '../../runtime/contract.ts'
import { gridValue } from '../../runtime/grid.ts'
import type { TrainOptions } from '../2-train/options.ts'
import type { Plan } from '../plan.ts'
import type { Table } from '../table.ts'
import { columnOf, countsOf, depthOf, leavesOf, meanAt, type Node, rowsAt, type Tree } from '../tree.ts'
import { generatedBy } from '../version.ts'
import type { Figures, HeldOut } from './figures.ts'
import { impurityAt } from './impurity.ts'

/** A node in the shape that scikit-learn's users export: a row goes left if its value is at most the threshold. */
export interface JsonNode {
  readonly n: number
  readonly impurity: number
  /** Training rows of each answer, or their mean alone. */
  readonly value: readonly number[]
  /** Where the answer is not the most frequent one, as rows are weighted. */
  readonly answer?: string
  readonly feature?: string
  /** In the column's unit, half a step above the last value that goes left. A level counts 1, its absence 0. */
  readonly threshold?: number
  readonly left?: JsonNode
  readonly right?: JsonNode
}

/** What other programs may want to know of a model: `report/model.json`. It holds the thresholds. */
export interface ModelJson {
  readonly generator: string
  readonly model: string
  readonly reveal: Plan['reveal']
  readonly data: {
    readonly file: string
    readonly sha256: string
    readonly rows: number
    readonly missingCells: number
  }
  readonly options: Omit<TrainOptions, 'cuts'> & { readonly cuts?: number; readonly keyBits?: number }
  readonly target: string
  /** Null if the target is numbers. */
  readonly classes: readonly string[] | null
  /** In the order of the CSV. A missing value counts as less ("below") or greater ("above") than every number. */
  readonly columns: readonly {
    readonly name: string
    readonly kind: 'number' | 'text'
    readonly missing: 'never' | 'below' | 'above' | 'no-level'
  }[]
  readonly depth: number
  readonly leaves: number
  readonly figures: Omit<Figures, 'heldOut'> & { readonly heldOut: Omit<HeldOut, 'outcomes'> | null }
  readonly cost: Plan['cost']
  readonly leakage: Plan['leakage']
  readonly tree: JsonNode
}

export function modelJson(table: Table, tree: Tree, plan: Plan, figures: Figures, options: TrainOptions): string {
  const { file, sha256, missingCells } = table.source
  const json: ModelJson = {
    generator: generatedBy,
    model: plan.contract.model,
    reveal: plan.reveal,
    data: { file, sha256, rows: table.rows, missingCells },
    options: { ...recipe(options), ...(plan.reveal === 'signs' ? { keyBits: plan.contract.keyBits } : {}) },
    target: table.target.name,
    classes: tree.answers,
    columns: tree.columns.map(({ name, kind, missing }) => ({ name, kind, missing })),
    depth: depthOf(tree.root),
    leaves: leavesOf(tree.root).length,
    figures: { ...figures, heldOut: withoutOutcomes(figures.heldOut) },
    cost: plan.cost,
    leakage: plan.leakage,
    tree: jsonNode(tree, tree.root, options.criterion),
  }
  return `${JSON.stringify(json, null, 1)}\n`
}

function withoutOutcomes(heldOut: HeldOut | null): Omit<HeldOut, 'outcomes'> | null {
  if (heldOut === null) return null
  const { folds, repeats, pooled, spreads } = heldOut
  return { folds, repeats, pooled, spreads }
}

/** The training options alone, in one order. */
function recipe(options: TrainOptions): Omit<ModelJson['options'], 'keyBits'> {
  const { criterion, maxDepth, minSamplesLeaf, minSamplesSplit, maxLeafNodes, minImpurityDecrease } = options
  const { ccpAlpha, classWeight, cuts, prune } = options
  const bounds = { maxDepth, minSamplesLeaf, minSamplesSplit, maxLeafNodes, minImpurityDecrease }
  return { criterion, ...bounds, ccpAlpha, classWeight, ...(cuts === null ? {} : { cuts }), prune }
}

function jsonNode(tree: Tree, node: Node, criterion: TrainOptions['criterion']): JsonNode {
  const own = ownFigures(tree, node, criterion)
  if (node.kind !== 'split') return own
  const feature = tree.features[node.feature]
  if (feature === undefined) throw new TypeError('a split refers to a feature that is not there')
  const column = columnOf(tree, feature)
  const threshold =
    column.kind === 'text' ? 0.5 : gridValue(column.grid, node.cut + (column.missing === 'below' ? -0.5 : 0.5))
  return {
    ...own,
    feature: featureName(feature),
    threshold,
    left: jsonNode(tree, node.left, criterion),
    right: jsonNode(tree, node.right, criterion),
  }
}

/** The figures of a node's training rows, each counted once, whatever its weight. */
function ownFigures(tree: Tree, node: Node, criterion: TrainOptions['criterion']): JsonNode {
  const own = { n: rowsAt(node), impurity: impurityAt(tree, node, criterion) }
  if (tree.answers === null) return { ...own, value: [meanAt(node).answer] }
  const value = countsOf(node)
  const most = value.indexOf(value.reduce((a, b) => Math.max(a, b)))
  // Weights may have made a rarer answer the leaf's.
  const isOther = node.kind === 'leaf' && node.answer !== most
  return isOther ? { ...own, value, answer: tree.answers[node.answer] ?? '' } : { ...own, value }
}
