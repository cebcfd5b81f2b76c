import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { CompileError } from '../compiler/errors.ts'
import { compileForeign, type ImportOptions } from '../compiler/import.ts'
import { at } from '../runtime/at.ts'
import { importEmitted } from './support/modules.ts'

const reference = 'test/2-import/models/reference'
const directory = mkdtempSync(join(tmpdir(), 'emp-compile-import-'))
const data = join(directory, 'rows.csv')
const expected = join(directory, 'expected.csv')

beforeAll(() => {
  const [header = '', ...lines] = readFileSync('datasets/heart-disease.csv', 'utf8').trim().split('\n')
  const rows = lines.filter((line) => !line.includes('?'))
  const withoutTarget = (line: string) => line.split(',').slice(0, -1).join(',')
  writeFileSync(data, `${[header, ...rows].map(withoutTarget).join('\n')}\n`)
  const { expected: own } = JSON.parse(readFileSync(`${reference}/heart-logistic.expected.json`, 'utf8'))
  writeFileSync(expected, `probability\n${own.prediction.join('\n')}\n`)
})

const optionsFor = (more: Partial<ImportOptions> = {}): ImportOptions => ({
  name: 'heart',
  file: 'model.json',
  bytes: new Uint8Array(readFileSync(`${reference}/heart-logistic.xgboost.json`)),
  read: {},
  data,
  schema: null,
  columns: null,
  cuts: 'used',
  scoreStep: null,
  answers: ['no', 'yes'],
  acceptChanges: false,
  target: null,
  expect: expected,
  reveal: null,
  scheme: {},
  recipe: {},
  ...more,
})

async function errorOf(more: Partial<ImportOptions>): Promise<CompileError> {
  const error: unknown = await compileForeign(optionsFor(more)).catch((thrown: unknown) => thrown)
  if (error instanceof CompileError) return error
  throw new TypeError('no CompileError was thrown')
}

test('a model of XGBoost becomes two modules, which answer as it does', async () => {
  const { files, loss, plan } = await compileForeign(optionsFor())
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['client.ts', 'server.js', 'page.json', 'report/model.json']),
  )
  expect(loss.float).toMatchObject({ rows: 297 })
  expect(loss.float?.largest).toBeLessThan(1e-6)
  expect(loss.quantised).toMatchObject({ changed: 0 })
  expect(loss.cuts?.changed).toBe(0)
  expect(plan.cost.replyBytes).toBeLessThan(30_000)
  const { client, server } = await importEmitted<string>(files.get('client.ts') ?? '', files.get('server.ts') ?? '')
  const [header = '', first = ''] = readFileSync(data, 'utf8').split('\n')
  const values = first.split(',')
  const record = Object.fromEntries(header.split(',').map((name, i) => [name, Number(at(values, i))]))
  const opened = await client.predict(record, { via: server.evaluate })
  const wanted = Number(readFileSync(expected, 'utf8').split('\n')[1])
  expect(opened).toMatchObject({ answer: wanted > 0.5 ? 'yes' : 'no' })
  if (opened.kind !== 'class') throw new TypeError('a number')
  expect(Math.abs(at(opened.shares ?? [], 1) - wanted)).toBeLessThan(0.001)
})

test('the client holds no threshold, no tree and no base', async () => {
  const { files, model } = await compileForeign(optionsFor({ cuts: 'even:32' }))
  const client = files.get('client.ts') ?? ''
  expect(client).not.toMatch(/inside|yes:|scores:/)
  expect(model).toMatchObject({ family: 'boosted', base: [expect.any(Number)] })
  expect(await compileForeign(optionsFor({ cuts: 'even:32' })).then(({ files: again }) => again.get('client.ts'))).toBe(
    client,
  )
})

describe('an error', () => {
  test('lists all that is missing at once', async () => {
    const { code, message } = await errorOf({ data: null, answers: null, cuts: null, expect: null })
    expect(code).toBe('import-needs')
    for (const part of ['--data', '--schema', '--answers', '--cuts', '--expect']) expect(message).toContain(part)
  })

  test('names line, tree and split of the first prediction that differs', async () => {
    const other = join(directory, 'other.csv')
    const lines = readFileSync(expected, 'utf8').split('\n')
    writeFileSync(other, lines.with(5, '0.123').join('\n'))
    const { code, message } = await errorOf({ expect: other })
    expect(code).toBe('not-as-expected')
    expect(message).toMatch(/6.*0\.123.*split on ".+" at node \d+ of tree \d+/s)
  })

  test('says so where predictions are of other rows, or of no column that is known', async () => {
    const other = join(directory, 'short.csv')
    writeFileSync(other, 'probability\n0.5\n')
    expect((await errorOf({ expect: other })).code).toBe('not-as-expected')
    writeFileSync(other, readFileSync(expected, 'utf8').replace('probability', 'guess'))
    expect((await errorOf({ expect: other })).code).toBe('not-as-expected')
  })

  test('refuses answers of another number, and columns that the data lack', async () => {
    expect((await errorOf({ answers: ['no', 'yes', 'perhaps'] })).code).toBe('bad-option')
    const other = join(directory, 'renamed.csv')
    writeFileSync(other, readFileSync(data, 'utf8').replace('age', 'years'))
    expect((await errorOf({ data: other })).code).toBe('unmatched-columns')
  })
})
