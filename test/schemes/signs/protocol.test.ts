import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trainTree } from '../../../compiler/2-train/train.ts'
import { cellsFor } from '../../../compiler/missing.ts'
import { type SignsPlan, simulateSigns } from '../../../compiler/schemes/signs/plan.ts'
import type { Table } from '../../../compiler/table.ts'
import { leafOf, type Tree } from '../../../compiler/tree.ts'
import type { SignsClient } from '../../../runtime/schemes/signs/client.ts'
import { defineSignsServer } from '../../../runtime/schemes/signs/server.ts'
import { insecureTestKey } from '../../support/keys.ts'
import { clientOf, lower, numberClientOf, recordOf } from '../../support/plans.ts'
import { numberTables, tables } from '../../support/tables.ts'
import { boundedOptions, openedLeaf } from '../../support/trees.ts'

const keyBits = 512
const key = insecureTestKey(keyBits)

/** Asks about every row of a table in three ways, and expects one leaf: the same bits of every number. */
async function expectOneLeaf(
  table: Table,
  tree: Tree,
  plan: SignsPlan,
  client: SignsClient<object, string> | SignsClient<object, number>,
): Promise<void> {
  const server = defineSignsServer(plan.contract, plan.server.tests)
  const cells = cellsFor(table, tree)
  for (let row = 0; row < table.rows; row++) {
    const expected = openedLeaf(tree, leafOf(tree, cells(row)))
    const used = plan.contract.features.map((feature) => tree.features.indexOf(feature))
    const simulated = simulateSigns(
      plan,
      used.map((i) => cells(row)[i] ?? 0),
    )
    expect(simulated).toEqual(expected)
    const sealed = await client.seal(recordOf(table, tree, row), key)
    const opened = await sealed.open(await server.evaluate(sealed.request))
    expect(opened).toEqual(expected)
  }
}

const depths = fc.integer({ min: 1, max: 6 })

describe('predict = simulate = open(evaluate(seal))', () => {
  test('for random tables, every row, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom('gini' as const, 'entropy' as const),
        depths,
        async (table, criterion, maxDepth) => {
          const tree = trainTree(table, { ...boundedOptions, criterion, maxDepth, minSamplesLeaf: 1 })
          const plan = lower(tree, { name: 'test', keyBits })
          await expectOneLeaf(table, tree, plan, clientOf<string>(plan))
        },
      ),
      { numRuns: 25 },
    )
  })

  test('for random tables of numbers, every row, exactly: mean, rows and spread', async () => {
    await fc.assert(
      fc.asyncProperty(numberTables, depths, async (table, maxDepth) => {
        const tree = trainTree(table, { ...boundedOptions, maxDepth, minSamplesLeaf: 1 })
        const plan = lower(tree, { name: 'test', keyBits })
        expect(plan.contract.answers).toBeNull()
        await expectOneLeaf(table, tree, plan, numberClientOf(plan))
      }),
      { numRuns: 25 },
    )
  })
})
