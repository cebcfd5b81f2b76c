import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { read } from '../../compiler/1-read/read.ts'
import { codeTable } from '../../compiler/2-import/code-table.ts'
import { onValues } from '../../compiler/2-import/coded.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { sides } from '../../compiler/2-import/thresholds.ts'
import { compileForeign } from '../../compiler/import.ts'
import { publicCuts } from '../../compiler/public-cuts.ts'
import { gridValue } from '../../runtime/grid.ts'
import { announcedRandom } from '../support/seed.ts'
import { readModel } from './support.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-code-'))
  for (const name of ['heart-disease.csv', 'heart-disease.schema.json']) {
    await copyFile(`datasets/${name}`, join(directory, name))
  }
})
afterAll(() => rm(directory, { recursive: true }))
const path = (name: string) => join(directory, name)

test('a code is the number of public cuts that a value exceeds; gaps, texts and answers stay', async () => {
  const csv = path('mixed.csv')
  await writeFile(csv, 'age,sex,ill\n20,f,no\n,m,yes\n80,,no\n50,"m, or f",yes\n35,f,no\n')
  const table = await read({ csv, schema: null, target: null })
  const { rows, numbers } = codeTable(table, 3)
  expect(numbers).toEqual([{ name: 'age', grid: { minimum: 20, step: 1, size: 61 }, cuts: [34, 49, 64] }])
  expect(rows).toEqual([
    ['age', 'sex', 'ill'],
    ['0', 'f', 'no'],
    ['', 'm', 'yes'],
    ['3', '', 'no'],
    ['2', 'm, or f', 'yes'],
    ['1', 'f', 'no'],
  ])
})

test('a test of codes divides the values at a public cut, and as the model divides the codes', () => {
  const random = announcedRandom('codes')
  const model = readModel('reference/heart-logistic.xgboost.json')
  const grid = { minimum: -3, step: 0.1, size: 400 }
  const positions = publicCuts({ kind: 'number', name: '', grid, missing: 'never' }, 16)
  const cuts = positions.map((cut) => gridValue(grid, cut))
  const coded = onValues(
    model,
    model.columns.map(() => cuts),
  )
  const sideOf = sides(
    coded,
    model.columns.map(() => ({ kind: 'number', grid, missing: true })),
  )
  if (model.body.kind !== 'trees') throw new TypeError('a model of trees')
  for (const { nodes } of model.body.trees) {
    for (const node of nodes) {
      if (node.kind !== 'split' || node.test.kind !== 'number') continue
      const side = sideOf({ ...node.test, threshold: random() * 18 - 1 })
      if (side.kind !== 'number') throw new TypeError('a column of numbers')
      for (const change of side.positions) if (change >= 0) expect(positions).toContain(change)
    }
  }
  for (let i = 0; i < 50; i++) {
    const values = model.columns.map(() => (random() < 0.1 ? null : gridValue(grid, Math.floor(400 * random()))))
    const codes = values.map((value) => (value === null ? null : cuts.filter((cut) => cut < value).length))
    expect(predictForeign(coded, values)).toEqual(predictForeign(model, codes))
  }
})

test('a schema that names no cuts does not say where a column was coded', async () => {
  const bytes = await readFile('test/2-import/models/reference/heart-logistic.xgboost.json')
  const compiled = compileForeign({
    ...{ name: 'm', file: 'm.json', bytes, read: {}, target: null, expect: null, reveal: null, scheme: {}, recipe: {} },
    ...{ cuts: 'schema', scoreStep: null, answers: ['0', '1'], acceptChanges: false, columns: null },
    ...{ data: path('heart-disease.csv'), schema: path('heart-disease.schema.json') },
  })
  await expect(compiled).rejects.toThrow(/"schema", but the schema has no "cuts"/)
})
