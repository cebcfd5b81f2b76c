import { type LabelSettings, lowerLabel } from '../../compiler/schemes/label/lower.ts'
import type { LabelPlan } from '../../compiler/schemes/label/plan.ts'
import type { Naming } from '../../compiler/schemes/scheme.ts'
import { lowerSigns, type SignsSettings } from '../../compiler/schemes/signs/lower.ts'
import type { SignsPlan } from '../../compiler/schemes/signs/plan.ts'
import { rowCells, type Table } from '../../compiler/table.ts'
import { answerOf, type Tree } from '../../compiler/tree.ts'
import { at } from '../../runtime/at.ts'
import type { RecordShape } from '../../runtime/grid.ts'
import { gridValue, type Value } from '../../runtime/grid.ts'
import type { Opened } from '../../runtime/schemes/scheme.ts'
import {
  defineSignsClient,
  type Outcomes,
  type SignsClient,
  type SignsClientEnvironment,
} from '../../runtime/schemes/signs/client.ts'

/** Lowers a tree to outcomes, or to the answer alone where cuts are given. */
export function lower(tree: Tree, options: Naming & LabelSettings): LabelPlan
export function lower(tree: Tree, options: Naming & SignsSettings): SignsPlan
export function lower(tree: Tree, options: Naming & (LabelSettings | SignsSettings)): LabelPlan | SignsPlan {
  return 'cuts' in options ? lowerLabel(tree, options, options) : lowerSigns(tree, options, options)
}

/** The client of a plan without emitting it: its decision logic is interpreted. */
export function clientOf<Answer extends string | number = string>(
  { contract, client }: SignsPlan,
  environment: SignsClientEnvironment = {},
): SignsClient<object, Answer> {
  const decide = (left: Outcomes) => {
    let decision = client.decision
    while (decision.kind === 'test') decision = left(decision.test) ? decision.left : decision.right
    return answerOf(contract, decision) as Opened<Answer>
  }
  return defineSignsClient<object, Answer>(contract, decide, environment)
}

/** The same for a plan that ends in numbers. */
export const numberClientOf = (plan: SignsPlan, environment: SignsClientEnvironment = {}) =>
  clientOf<number>(plan, environment)

/** A row of a table as a record: the values its cells stand for. The table's missing cells are above. */
export function recordOf(
  table: Table,
  model: Pick<RecordShape, 'columns' | 'features'>,
  row: number,
): Record<string, Value> {
  const cells = rowCells(table, row)
  return Object.fromEntries(
    model.columns.map((column): [string, Value] => {
      const of = model.features.flatMap((feature, i) =>
        feature.column === column.name ? [{ feature, cell: at(cells, i) }] : [],
      )
      if (column.kind === 'text') {
        const level = of.find(({ cell }) => cell === 1)?.feature
        return [column.name, level !== undefined && 'level' in level ? level.level : null]
      }
      const cell = of[0]?.cell ?? 0
      return [column.name, cell === column.grid.size ? null : gridValue(column.grid, cell)]
    }),
  )
}
