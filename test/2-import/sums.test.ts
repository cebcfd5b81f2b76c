import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fitPolynomial, leastSquares } from '../../compiler/2-import/sums/least-squares.ts'
import { CompileError } from '../../compiler/errors.ts'
import { compileForeign, type ImportOptions } from '../../compiler/import.ts'
import { at } from '../../runtime/at.ts'
import { importEmitted } from '../support/modules.ts'
import { asExported } from './exported.ts'
import { jsonOf } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'emp-compile-sums-'))
afterAll(() => rmSync(directory, { recursive: true }))

const dataOf = (name: string) => {
  const lines = readFileSync(`datasets/${name}.csv`, 'utf8').trim().split('\n')
  const path = join(directory, `${name}.csv`)
  writeFileSync(path, `${lines.filter((line) => !line.includes('?')).join('\n')}\n`)
  return { path, header: at(lines, 0).split(',') }
}

type Json = ReturnType<typeof jsonOf>

/** A reference model as the exporter writes it. @param change what is different about it. */
function optionsFor(name: string, more: Partial<ImportOptions> = {}, change: (model: Json) => Json = (same) => same) {
  const data = dataOf(name.startsWith('heart') ? 'heart-disease' : 'iris')
  const model = change(asExported(jsonOf(`reference/${name}.json`)))
  const options: ImportOptions = {
    ...{ name: 'network', file: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(model)), read: {} },
    ...{ data: data.path, schema: null, columns: data.header.slice(0, -1), cuts: null, scoreStep: null },
    ...{ answers: null, acceptChanges: false, target: data.header.at(-1) ?? '', expect: null, reveal: null },
    ...{ scheme: {}, recipe: {}, ...more },
  }
  return options
}

async function errorOf(options: ImportOptions): Promise<CompileError> {
  const error: unknown = await compileForeign(options).catch((thrown: unknown) => thrown)
  if (error instanceof CompileError) return error
  throw new TypeError('no CompileError was thrown')
}

test.each([
  ['heart.MLPClassifier', 'network', 0.95],
  ['iris.MLPClassifier', 'network', 0.95],
  ['heart.LogisticRegression', 'linear', 1],
  ['iris.LogisticRegression', 'linear', 1],
])(
  '%s becomes a model of the family %s that answers as its own on %d of its rows',
  async (name, family, share) => {
    const { files, loss, plan, model, lines } = await compileForeign(optionsFor(name))
    expect(model.family).toBe(family)
    expect(plan.contract).toMatchObject({ family, reveal: 'score' })
    const { rows = 0, changed = Number.NaN, accuracy } = loss.sums ?? {}
    expect(1 - changed / rows).toBeGreaterThanOrEqual(share)
    // Its own answers stand in the reference, by scikit-learn itself.
    const { answer } = jsonOf(`reference/${name}.json`).expected
    expect(answer).toHaveLength(rows)
    const { client, server } = await importEmitted<string>(files.get('client.ts') ?? '', files.get('server.ts') ?? '')
    const { path, header } = dataOf(name.startsWith('heart') ? 'heart-disease' : 'iris')
    const table = readFileSync(path, 'utf8').trim().split('\n').slice(1)
    let equal = 0
    for (const [i, line] of table.entries()) {
      const record = Object.fromEntries(line.split(',').map((value, j) => [at(header, j), Number(value)]))
      if (i % 25 !== 0) continue
      const { [header.at(-1) ?? '']: _, ...features } = record
      if ((await client.predict(features, { via: server.evaluate })).answer === answer[i]) equal += 1
    }
    expect(equal / Math.ceil(table.length / 25)).toBeGreaterThanOrEqual(share - 0.2)
    expect(Math.abs((accuracy?.before ?? 0) - (accuracy?.after ?? 1))).toBeLessThanOrEqual(1 - share)
    const told = lines.map(([label, text]) => `${label}: ${text}`).join('\n')
    if (family === 'network') expect(told).toMatch(/approximation: \d+ of \d+ rows.*accuracy: .*trust: .*Narrow/s)
  },
  20_000,
)

test.each([
  ['relu', 1, 2],
  ['tanh', 0.5, 4],
  ['logistic', 1, 2],
])(
  'a network of two hidden layers of %s is multiplied out, to the least degree that keeps its answers',
  async (activation, size, degree) => {
    const matrix = (rows: number, columns: number, entry: (i: number, j: number) => number) =>
      Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) => entry(i, j)))
    const first = matrix(4, 5, (i, j) => size * Math.sin(3 * i + 2 * j + 1))
    const second = matrix(5, 4, (i, j) => size * Math.cos(i + 3 * j))
    const last = matrix(4, 3, (i, j) => Math.sin(2 * i - 3 * j))
    const biases = [
      [0.1, 0, -0.2, 0.3, 0],
      [0, 0.1, 0.2, 0.1],
      [0, 0, 0],
    ]
    const change = (model: Json) => ({ ...model, activation, coefs: [first, second, last], intercepts: biases })
    const { loss } = await compileForeign(optionsFor('iris.MLPClassifier', {}, change))
    expect(loss.sums?.degree).toBe(degree)
    expect(loss.sums?.changed).toBeLessThanOrEqual(7)
  },
)

test('regressions answer numbers, and a schema alone will do', async () => {
  const schema = join(directory, 'iris.schema.json')
  const fields = dataOf('iris')
    .header.slice(0, -1)
    .map((name) => ({
      ...{ name, type: 'number', step: 0.1 },
      constraints: { minimum: 0, maximum: 8 },
    }))
  writeFileSync(schema, JSON.stringify({ fields }))
  const regressor = optionsFor('iris.MLPClassifier', { data: null, schema, target: null }, (model) => ({
    ...{ ...model, estimator: 'MLPRegressor', classes: null, link: 'identity', activation: 'tanh' },
    coefs: [model.coefs[0], model.coefs[1].map((row: number[]) => row.slice(0, 1))],
    intercepts: [model.intercepts[0], model.intercepts[1].slice(0, 1)],
  }))
  const { loss, plan } = await compileForeign({ ...regressor, degree: 4 })
  expect(plan.contract.answers).toBeNull()
  expect(loss.sums).toMatchObject({ drawn: true, rows: 1000, accuracy: null, degree: 4 })
})

test('an error names what does not fit: an unknown level of depth, cuts, products, a scaler that bends', async () => {
  expect((await errorOf(optionsFor('iris.MLPClassifier', { cuts: 'even:32' }))).code).toBe('bad-option')
  const one = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (__, j) => (i === j ? 1 : 0)))
  const deep = (model: Json) => ({
    ...{ ...model, coefs: [model.coefs[0], one, one, model.coefs[1]] },
    intercepts: [model.intercepts[0], one[0], one[0], model.intercepts[1]],
  })
  expect((await errorOf(optionsFor('iris.MLPClassifier', {}, deep))).message).toMatch(/3 hidden layers/)
  const clipped = (model: Json) => ({
    ...model,
    inputs: model.inputs.map((input: { readonly steps: readonly unknown[] }) => ({
      ...input,
      steps: [...input.steps, ['clip', -1, 1]],
    })),
  })
  const { message } = await errorOf(optionsFor('iris.MLPClassifier', {}, clipped))
  expect(message).toMatch(/sepal length.*straight line.*Narrow its range/s)
})

test('least squares: the polynomial through points of one, and start where the columns say nothing', () => {
  const seen = Float64Array.from([-3, -1, 0, 2, 5])
  const { middle, half, coefficients } = fitPolynomial((x) => 2 * x ** 2 - x + 3, seen, 2)
  const value = (x: number) => coefficients.reduce((sum, c, power) => sum + c * ((x - middle) / half) ** power, 0)
  for (const x of [-3, 1.5, 5]) expect(value(x)).toBeCloseTo(2 * x ** 2 - x + 3, 4)
  const nothing = new Float64Array(3)
  expect(leastSquares([nothing], Float64Array.of(1, 2, 3), Float64Array.of(1, 1, 1), [7], [0.5])[0]).toBeCloseTo(7, 9)
})
