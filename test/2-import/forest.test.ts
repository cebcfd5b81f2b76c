import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { cellsOfRow } from '../../compiler/2-import/compare.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { compileForeign, type ImportOptions } from '../../compiler/import.ts'
import { predictTrees } from '../../compiler/trees.ts'
import { at } from '../../runtime/at.ts'
import { importEmitted } from '../support/modules.ts'
import { asExported } from './exported.ts'
import { bytesOf, jsonOf, libsvmRows, rowsOf, textOf } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'emp-compile-forest-'))
afterAll(() => rmSync(directory, { recursive: true }))

const optionsFor = (file: string, bytes: Uint8Array, more: Partial<ImportOptions>): ImportOptions => ({
  ...{ name: 'forest', file, bytes, read: {}, data: null, schema: null, columns: null, cuts: 'used', scoreStep: null },
  ...{ answers: null, acceptChanges: false, target: null, expect: null, reveal: null, scheme: {}, recipe: {}, ...more },
})

test('a forest of scikit-learn answers as its own on all rows, with its shares, also encrypted', async () => {
  const reference = jsonOf('reference/iris.RandomForestClassifier.json')
  const { answer, probability } = reference.expected
  const bytes = new TextEncoder().encode(JSON.stringify(asExported(reference)))
  const predictions = join(directory, 'predictions.csv')
  const lines = probability.map((row: number[]) => row.join(','))
  writeFileSync(predictions, `${reference.classes.join(',')}\n${lines.join('\n')}\n`)
  const options = optionsFor('model.json', bytes, { data: 'datasets/iris.csv', expect: predictions })
  const { model, loss, files, plan } = await compileForeign(options)
  if (model.family !== 'boosted') throw new TypeError('no sum of trees')
  expect(plan.contract).toMatchObject({ reveal: 'score', link: { kind: 'share' }, answers: reference.classes })
  expect(loss).toMatchObject({ float: { rows: 150, equal: 150 }, quantised: { changed: 0 }, cuts: { changed: 0 } })
  const foreign = readForeign('model.json', bytes)
  rowsOf.iris.forEach((row, i) => {
    const opened = predictTrees(model, cellsOfRow(model, foreign, row))
    if (opened.kind !== 'class') throw new TypeError('a number')
    expect(opened.answer).toBe(answer[i])
    const far = (opened.shares ?? []).map((share, k) => Math.abs(share - probability[i][k]))
    expect(Math.max(...far)).toBeLessThan(0.001)
  })
  const { client, server } = await importEmitted<string>(files.get('client.ts') ?? '', files.get('server.ts') ?? '')
  const row = at(rowsOf.iris, 106)
  const record = Object.fromEntries(foreign.columns.map(({ name }, i) => [name, at(row, i)]))
  const opened = await client.predict(record, { via: server.evaluate })
  expect(opened).toEqual(predictTrees(model, cellsOfRow(model, foreign, row)))
})

test('so does a forest in ONNX', async () => {
  const { rows, expected } = jsonOf('onnxruntime-ruby/randomforest.expected.json')
  const data = join(directory, 'rows.csv')
  writeFileSync(data, `a,b,c,d\n${rows.map((row: number[]) => row.join(',')).join('\n')}\n`)
  const bytes = bytesOf('onnxruntime-ruby/randomforest.onnx')
  const columns = ['a', 'b', 'c', 'd']
  const { model } = await compileForeign(optionsFor('forest.onnx', bytes, { data, columns, cuts: 'used' }))
  if (model.family !== 'boosted') throw new TypeError('no sum of trees')
  const foreign = readForeign('forest.onnx', bytes)
  rows.forEach((row: number[], i: number) => {
    const { answer } = predictTrees(model, cellsOfRow(model, foreign, row))
    expect(answer).toBe(String(expected[i].output_label[0]))
  })
})

test('a LightGBM forest of v2, whose leaves hold what only its predictions tell: shares', async () => {
  const rows = libsvmRows(textOf('leaves/iris_test.libsvm'), 4, 0)
  const wanted = textOf('leaves/lg_rf_iris_true_predictions.txt').trim().split('\n').map(Number)
  const data = join(directory, 'iris.csv')
  writeFileSync(data, `Column_0,Column_1,Column_2,Column_3\n${rows.map((row) => row.join(',')).join('\n')}\n`)
  const predictions = join(directory, 'lightgbm.csv')
  writeFileSync(predictions, `probability\n${wanted.join('\n')}\n`)
  const bytes = bytesOf('leaves/lg_rf_iris.model')
  const options = optionsFor('forest.txt', bytes, { data, answers: ['no', 'yes'], expect: predictions })
  const { model, loss } = await compileForeign(options)
  if (model.family !== 'boosted') throw new TypeError('no sum of trees')
  expect(loss).toMatchObject({ float: { rows: 30, equal: 30 }, quantised: { changed: 0 } })
  const foreign = readForeign('forest.txt', bytes, { averagedLeaves: 'probability' })
  rows.forEach((row, i) => {
    const opened = predictTrees(model, cellsOfRow(model, foreign, row))
    if (opened.kind !== 'class') throw new TypeError('a number')
    expect(opened.answer).toBe(at(wanted, i) > 0.5 ? 'yes' : 'no')
    expect(Math.abs(at(opened.shares ?? [], 1) - at(wanted, i))).toBeLessThan(0.001)
  })
  const error: unknown = await compileForeign({ ...options, expect: null }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ambiguous-average' })
  writeFileSync(predictions, `probability\n${wanted.map((share) => 1 - share).join('\n')}\n`)
  expect(await compileForeign(options).catch((thrown: unknown) => thrown)).toMatchObject({ code: 'not-as-expected' })
})
