import { expect, test } from 'vitest'
import { type Features, client as points } from '../generated/heart-disease-points/client.ts'
import { at } from '../runtime/at.ts'
import { defineSignsServer } from '../runtime/schemes/signs/server.ts'
import { insecureTestKey } from './support/keys.ts'
import { clientOf, lower } from './support/plans.ts'
import { tableOf } from './support/tables.ts'
import { boundedOptions, trainClasses } from './support/trees.ts'

test('an answer names the columns whose value counted as the end of the range', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [String(20 + i), String(i % 5), i < 20 === i % 5 > 1 ? 'a' : 'b'])
  const table = tableOf(['age', 'dose', 'target'], rows)
  const columns = table.columns.map((one) =>
    one.column.kind === 'number' ? { ...one, column: { ...one.column, beyond: 'clamp' as const } } : one,
  )
  const tree = trainClasses({ ...table, columns }, { ...boundedOptions, minSamplesLeaf: 1 })
  const plan = lower(tree, { name: 'clamped', keyBits: 512 })
  const [client, server] = [clientOf(plan), defineSignsServer(plan.contract, plan.server.tests)]
  const ask = (record: object) => client.predict(record, { key: insecureTestKey(512), via: server.evaluate })
  const [inside, beyond] = [await ask({ age: 59, dose: 0 }), await ask({ age: 4000, dose: -3 })]
  expect(inside).not.toHaveProperty('clamped')
  expect(beyond).toEqual({ ...inside, clamped: ['age', 'dose'] })
  expect((await ask({ age: 4000, dose: 0 })).clamped).toEqual(['age'])
  expect(at(plan.contract.columns, 0)).toMatchObject({ beyond: 'clamp' })
})

test('check makes a record of plain numbers one of the model, or names what does not fit', () => {
  const elsewhere: Record<string, number | null> = {
    ...{ age: 63, sex: 1, cp: 4, trestbps: 145, chol: 233, fbs: 0, restecg: 2, thalach: 150, exang: 0 },
    ...{ oldpeak: 2.3, slope: 3, ca: 0 },
  }
  const record: Features = points.check(elsewhere)
  // A type of these four, which a switch can cover.
  const kind: 1 | 2 | 3 | 4 = record.cp
  expect([kind, record.thal]).toEqual([4, null])
  expect(elsewhere).not.toHaveProperty('thal')
  expect(() => points.check({ ...elsewhere, cp: 5 })).toThrow('"cp" is out of range. It takes 1 to 4')
  expect(() => points.check({ ...elsewhere, age: undefined })).toThrow('"age" must be given')
})
