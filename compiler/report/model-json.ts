import { featureName } from '../../runtime/contract.ts'
import { gridValue } from '../../runtime/grid.ts'
import type { TrainOptions } from '../2-train/options.ts'
import { objectiveOf } from '../2-train/train.ts'
import type { Plan } from '../plan.ts'
import type { Table } from '../table.ts'
import { columnOf, countsOf, depthOf, leavesOf, type Node, type Tree } from '../tree.ts'
import { generatedBy } from '../version.ts'
import type { Figures } from './figures.ts'

/** A node in the shape that scikit-learn's users export: a row goes left if its value is at most the threshold. */
export interface JsonNode {
  readonly n: number
  readonly impurity: number
  readonly value: readonly number[]
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
  readonly reveal: 'signs'
  readonly data: {
    readonly file: string
    readonly sha256: string
    readonly rows: number
    readonly missingCells: number
  }
  readonly options: TrainOptions & { readonly keyBits: number }
  readonly target: string
  readonly classes: readonly string[]
  /** In the order of the CSV. A missing value counts as less ("below") or greater ("above") than every number. */
  readonly columns: readonly {
    readonly name: string
    readonly kind: 'number' | 'text'
    readonly missing: 'never' | 'below' | 'above' | 'no-level'
  }[]
  readonly depth: number
  readonly leaves: number
  readonly figures: Figures
  readonly cost: Plan['cost']
  readonly leakage: Plan['leakage']
  readonly tree: JsonNode
}

export function modelJson(table: Table, tree: Tree, plan: Plan, figures: Figures, options: TrainOptions): string {
  const { criterion, maxDepth, minSamplesLeaf, minSamplesSplit, maxLeafNodes, minImpurityDecrease, ccpAlpha } = options
  const growth = { criterion, maxDepth, minSamplesLeaf, minSamplesSplit, maxLeafNodes, minImpurityDecrease, ccpAlpha }
  const { file, sha256, missingCells } = table.source
  const json: ModelJson = {
    generator: generatedBy,
    model: plan.contract.model,
    reveal: plan.reveal,
    data: { file, sha256, rows: table.rows, missingCells },
    options: { ...growth, keyBits: plan.contract.keyBits },
    target: table.target.name,
    classes: tree.answers,
    columns: tree.columns.map(({ name, kind, missing }) => ({ name, kind, missing })),
    depth: depthOf(tree.root),
    leaves: leavesOf(tree.root).length,
    figures,
    cost: plan.cost,
    leakage: plan.leakage,
    tree: jsonNode(tree, tree.root, objectiveOf(table, options).impurity),
  }
  return `${JSON.stringify(json, null, 1)}\n`
}

function jsonNode(tree: Tree, node: Node, impurity: (counts: readonly number[]) => number): JsonNode {
  const value = countsOf(node)
  const own = { n: value.reduce((sum, count) => sum + count, 0), impurity: impurity(value), value }
  if (node.kind === 'leaf') return own
  const feature = tree.features[node.feature]
  if (feature === undefined) throw new TypeError('a split refers to a feature that is not there')
  const column = columnOf(tree, feature)
  const threshold =
    column.kind === 'text' ? 0.5 : gridValue(column.grid, node.cut + (column.missing === 'below' ? -0.5 : 0.5))
  return {
    ...own,
    feature: featureName(feature),
    threshold,
    left: jsonNode(tree, node.left, impurity),
    right: jsonNode(tree, node.right, impurity),
  }
}
