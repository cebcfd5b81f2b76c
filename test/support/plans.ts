import type { SignsPlan } from '../../compiler/plan.ts'
import { rowCells, type Table } from '../../compiler/table.ts'
import type { Leaf, Tree } from '../../compiler/tree.ts'
import { type Client, type ClientEnvironment, defineClient, type Outcomes } from '../../runtime/client.ts'
import { gridValue, type Value } from '../../runtime/grid.ts'
import { classLeaf, numberLeaf } from './trees.ts'

/** The client of a plan without emitting it: its decision logic is interpreted. */
export function clientOf(plan: SignsPlan, environment: ClientEnvironment = {}): Client<object, string> {
  const decide = (left: Outcomes) => {
    const { answer, counts } = classLeaf(decided(plan, left))
    return { answer: plan.contract.answers?.[answer] ?? '', counts }
  }
  return defineClient<object, string>(plan.contract, decide, environment)
}

/** The same for a plan that ends in numbers. */
export function numberClientOf(plan: SignsPlan, environment: ClientEnvironment = {}): Client<object, number> {
  const decide = (left: Outcomes) => {
    const { answer, rows, deviation } = numberLeaf(decided(plan, left))
    return { answer, rows, deviation }
  }
  return defineClient<object, number>(plan.contract, decide, environment)
}

function decided(plan: SignsPlan, left: Outcomes): Leaf {
  let decision = plan.client.decision
  while (decision.kind === 'test') decision = left[decision.test] === true ? decision.left : decision.right
  return decision
}

/** A row of a table as a record: the values its cells stand for. The table's missing cells are above. */
export function recordOf(table: Table, tree: Tree, row: number): Record<string, Value> {
  const cells = rowCells(table, row)
  return Object.fromEntries(
    tree.columns.map((column): [string, Value] => {
      const of = tree.features.flatMap((feature, i) =>
        feature.column === column.name ? [{ feature, cell: cells[i] ?? 0 }] : [],
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
