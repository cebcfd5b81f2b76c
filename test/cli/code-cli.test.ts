import { execFileSync } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { read } from '../../compiler/1-read/read.ts'
import { codeTable } from '../../compiler/2-import/code-table.ts'
import { at } from '../../runtime/at.ts'
import { pythonWith, testWithPython } from '../2-import/python.ts'
import { empCompile } from '../support/processes.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-code-'))
  for (const name of ['heart-disease.csv', 'heart-disease.schema.json']) {
    await copyFile(`datasets/${name}`, join(directory, name))
  }
})
afterAll(() => rm(directory, { recursive: true }))

const train = `
import csv, sys, xgboost, numpy
rows = list(csv.reader(open('heart-disease.coded.csv')))
names, rows = rows[0][:-1], rows[1:]
x = numpy.array([[float(cell) if cell else numpy.nan for cell in row[:-1]] for row in rows])
y = numpy.array([int(row[-1]) for row in rows])
data = xgboost.DMatrix(x, y, feature_names=names)
model = xgboost.train({'objective': 'binary:logistic', 'max_depth': 3, 'nthread': 1}, data, 30)
model.save_model('model.json')
open('expected.csv', 'w').write('probability\\n' + ''.join(f'{p:.9g}\\n' for p in model.predict(data)))
`

testWithPython(pythonWith('xgboost', 'numpy'), 'python3-xgboost', async (python) => {
  expect(await empCompile(['code', 'heart-disease.csv', '--cuts', '12'], directory)).toMatchObject({ code: 0 })
  const again = await empCompile(['code', 'heart-disease.csv'], directory)
  expect(again.stderr).toMatch(/heart-disease.coded.csv/)
  execFileSync(python, ['-c', train], { cwd: directory })
  const words = ['--schema', 'heart-disease.coded.schema.json', '--data', 'heart-disease.csv', '--answers', '0,1']
  const imported = await empCompile(['model.json', ...words, '--expect', 'expected.csv', '--json'], directory)
  expect(imported).toMatchObject({ code: 0, stderr: '' })
  const { float, cuts, quantised } = JSON.parse(imported.stdout)
  const table = await read({ csv: join(directory, 'heart-disease.csv'), schema: null, target: null })
  const { numbers } = codeTable(table, 12)
  const published = numbers.reduce((sum, own) => sum + own.cuts.length, 0)
  // With missing values there is one cut more, which parts these.
  const gaps = table.columns.filter(({ column }) => column.missing !== 'never').length
  expect(cuts).toEqual({ mode: 'schema', published: published + gaps, changed: 0 })
  expect(float).toMatchObject({ rows: 303 })
  expect(float.largest).toBeLessThan(1e-6)
  expect(quantised.changed).toBe(0)
  // Records hold values, not codes.
  const contract = await readFile(join(directory, 'generated/model/client.ts'), 'utf8')
  expect(contract).toMatch(/minimum: 18/)
  expect(at(numbers, 0).grid).toMatchObject({ minimum: 18 })
})
