import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultTrainOptions } from '../compiler/2-train/options.ts'
import { train } from '../compiler/2-train/train.ts'
import { lower } from '../compiler/3-lower/lower.ts'
import { simulate } from '../compiler/plan.ts'
import { cellsFor } from '../compiler/report/figures.ts'
import { predict } from '../compiler/tree.ts'
import { defineServer } from '../runtime/server.ts'
import { insecureTestKey } from './support/keys.ts'
import { clientOf, recordOf } from './support/plans.ts'
import { tables } from './support/tables.ts'

const keyBits = 512
const key = insecureTestKey(keyBits)

describe('predict = simulate = open(evaluate(seal))', () => {
  test('for random tables, every row, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom('gini', 'entropy'),
        fc.integer({ min: 1, max: 6 }),
        async (table, criterion, maxDepth) => {
          const tree = train(table, { ...defaultTrainOptions, criterion, maxDepth, minSamplesLeaf: 1 })
          const plan = lower(tree, { model: 'test', keyBits })
          const [client, server] = [clientOf(plan), defineServer(plan.contract, plan.server.tests)]
          const cells = cellsFor(table, tree)
          for (let row = 0; row < table.rows; row++) {
            const expected = predict(tree, cells(row))
            const used = plan.contract.features.map((feature) => tree.features.indexOf(feature))
            const simulated = simulate(
              plan,
              used.map((i) => cells(row)[i] ?? 0),
            )
            expect(simulated).toEqual(expected)
            const sealed = await client.seal(recordOf(table, tree, row), key)
            const opened = await sealed.open(await server.evaluate(sealed.request))
            expect(opened).toEqual({ answer: table.target.answers[expected.answer], counts: expected.counts })
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})
