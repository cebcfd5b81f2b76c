import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import type { CompileError } from '../../compiler/errors.ts'
import { compileForeign, type ImportOptions } from '../../compiler/import.ts'
import { at } from '../../runtime/at.ts'
import { importEmitted } from '../support/modules.ts'
import { announcedRandom } from '../support/seed.ts'
import { Builder, exportedNetwork, input, output } from './onnx-chain.ts'
import { runtimeOutputs, testWithRuntime } from './onnx-runtime.ts'
import { onnxModel } from './onnx-writer.ts'
import { bytesOf, errorOf, expectNear, jsonOf, rowsOf, textOf } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'emp-compile-onnx-network-'))
afterAll(() => rmSync(directory, { recursive: true }))

type Random = () => number
const pick = <T>(random: Random, list: readonly T[]) => list[Math.floor(random() * list.length)] as T
const matrix = (random: Random, rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(random() * 2 - 1)))

testWithRuntime(
  'random chains: layers of all forms, every activation, what stands in front, and every ending',
  async () => {
    const random = announcedRandom('ONNX networks')
    for (let i = 0; i < 40; i++) {
      const double = random() < 0.2
      const chain = new Builder(double ? 'double' : 'float')
      if (!double && random() < 0.4) {
        const [offset, scale] = [matrix(random, 1, 3).flat(), matrix(random, 1, 3).flat()]
        chain.put('Scaler', [], { offset: { floats: offset }, scale: { floats: scale } }, true)
      } else if (random() < 0.5) {
        chain.put('Sub', [chain.constant(matrix(random, 1, 3).flat())])
        chain.put('Div', [chain.constant([0.5, 2, 1.25])])
      }
      let width = 3
      for (const next of pick(random, [[], [4], [5, 4]])) {
        chain.layer(
          matrix(random, width, next),
          matrix(random, 1, next).flat(),
          pick(random, ['Gemm', 'transposed', 'MatMul']),
        )
        chain.put(pick(random, ['Relu', 'Sigmoid', 'Tanh', 'Identity']))
        width = next
      }
      const ending = pick(random, ['Sigmoid', 'Softmax', null])
      const outputs = ending === 'Softmax' ? 3 : 1
      chain.layer(matrix(random, width, outputs), matrix(random, 1, outputs).flat(), pick(random, ['Gemm', 'MatMul']))
      if (ending !== null) chain.put(ending)
      const { nodes, constants } = chain.end()
      const element = double ? 11 : 1
      const bytes = onnxModel(nodes, [input(pick(random, [3, null]), element)], [output(element)], constants)
      const rows = Array.from({ length: 20 }, () => matrix(random, 1, 3).flat())
      const model = readForeign('m.onnx', bytes)
      const { y = [] } = await runtimeOutputs(bytes, rows, element)
      expectNear(
        rows.map((row) => predictForeign(model, row).values),
        y,
        double ? 1e-6 : 2e-6,
      )
      expect(model.outcome.kind).toBe(ending === null ? 'number' : ending === 'Sigmoid' ? 'two' : 'several')
    }
  },
)

const dataOf = (name: string) => {
  const [header = '', ...lines] = readFileSync(`datasets/${name}.csv`, 'utf8').trim().split('\n')
  const rows = lines.filter((line) => !line.includes('?'))
  const path = join(directory, `${name}.csv`)
  writeFileSync(path, `${[header, ...rows].join('\n')}\n`)
  return { path, names: header.split(','), rows: rows.map((line) => line.split(',')) }
}

const optionsFor = (bytes: Uint8Array, more: Partial<ImportOptions>): ImportOptions => ({
  ...{ name: 'network', file: 'network.onnx', bytes, read: {}, data: null, schema: null, columns: null, cuts: null },
  ...{ scoreStep: null, answers: null, acceptChanges: false, target: null, expect: null, reveal: null },
  ...{ scheme: {}, recipe: {}, ...more },
})

test.each([
  ['heart.MLPClassifier', 'heart-disease', ['0', '1'], 'Sigmoid'],
  ['iris.MLPClassifier', 'iris', ['setosa', 'versicolor', 'virginica'], 'Softmax'],
] as const)(
  '%s in ONNX becomes a network that answers as its own on 95%% of its rows',
  async (name, file, answers, ending) => {
    const { path, names, rows } = dataOf(file)
    const bytes = exportedNetwork(name, ending)
    const { expected } = jsonOf(`reference/${name}.json`)
    const probabilities = join(directory, `${name}.csv`)
    const shares = expected.probability.map((row: number[]) => row.join(','))
    writeFileSync(probabilities, `${answers.join(',')}\n${shares.join('\n')}\n`)
    const options = {
      data: path,
      columns: names.slice(0, -1),
      answers,
      target: names.at(-1) ?? '',
      expect: probabilities,
    }
    const { loss, plan, files } = await compileForeign(optionsFor(bytes, options))
    expect(plan.contract).toMatchObject({ family: 'network', reveal: 'score', answers })
    expect(loss.float?.largest).toBeLessThan(2e-6)
    const { rows: count = 0, changed = Number.NaN, accuracy } = loss.sums ?? {}
    expect(count).toBe(rows.length)
    expect(1 - changed / count).toBeGreaterThanOrEqual(0.95)
    expect(Math.abs((accuracy?.before ?? 0) - (accuracy?.after ?? 1))).toBeLessThanOrEqual(0.05)
    const { client, server } = await importEmitted<string>(files.get('client.ts') ?? '', files.get('server.ts') ?? '')
    const row = at(rows, 3)
    const record = Object.fromEntries(names.slice(0, -1).map((column, i) => [column, Number(at(row, i))]))
    expect((await client.predict(record, { via: server.evaluate })).answer).toBe(String(expected.answer[3]))
  },
)

test('the committed file is this network, laid out so', () => {
  expect(exportedNetwork('heart.MLPClassifier', 'Sigmoid')).toEqual(bytesOf('onnx-network/heart.onnx'))
})

testWithRuntime('its predictions beside it are those of onnxruntime', async () => {
  const rows = rowsOf.heart.map((row) => row.map(Number))
  const { y = [] } = await runtimeOutputs(bytesOf('onnx-network/heart.onnx'), rows)
  const [header, ...written] = textOf('onnx-network/heart.predictions.csv').trim().split('\n')
  expect(header).toBe('probability')
  expectNear(written, y, 1e-6)
})

test('a chain without a hidden layer is a linear model, and --link says what a score means', async () => {
  const chain = new Builder().layer([[0.5], [-1], [0.25]], [0.125], 'Gemm').end()
  const bytes = onnxModel(chain.nodes, [input(3)], [output()], chain.constants)
  const number = readForeign('m.onnx', bytes)
  expect([number.body.kind, number.outcome.kind]).toEqual(['linear', 'number'])
  expect(predictForeign(number, [1, 2, 4]).values).toEqual([-0.375])
  const link = { kind: 'logistic', steepness: 1, normalised: false } as const
  const two = readForeign('m.onnx', bytes, { link })
  expect(two.outcome.kind).toBe('two')
  expect(predictForeign(two, [1, 2, 4]).values[0]).toBeCloseTo(1 / (1 + Math.exp(0.375)), 12)
  expect(predictForeign(two, [1, 2, 4]).answer).toBe(0)
})

const of = (build: (chain: Builder) => Builder) => {
  const { nodes, constants } = build(new Builder()).end()
  return onnxModel(nodes, [input(3)], [output()], constants)
}
const layer = (chain: Builder, columns = 2) =>
  chain.layer(
    Array.from({ length: 3 }, () => Array.from({ length: columns }, () => 1)),
    Array.from({ length: columns }, () => 0),
    'Gemm',
  )

const gemm = (from: string, to: string, weights: string) =>
  ({ operator: 'Gemm', domain: '', inputs: [from, weights], outputs: [to] }) as const
const w = { element: 'float', numbers: [1, 2, 3], sizes: [3, 1] } as const
/** Two matrices side by side before a layer; `g` is a layer of X, `w` its constant. */
const beside = (first: string, second: string) => {
  const concat = {
    operator: 'Concat',
    domain: '',
    inputs: [first, second],
    outputs: ['c'],
    attributes: { axis: { int: 1 } },
  } as const
  return onnxModel([gemm('X', 'g', 'w'), concat, gemm('c', 'y', 'w')], [input(3)], [output()], { w })
}
const both = onnxModel(
  [gemm('X', 'g', 'w'), { operator: 'Sigmoid', domain: '', inputs: ['g'], outputs: ['y'] }],
  [input(3)],
  [{ ...output(), name: 'g' }, output()],
  { w },
)
const whole = (operator: 'Div' | 'Gemm') => {
  const nodes = [
    { operator, domain: '', inputs: ['X', operator === 'Div' ? 'two' : 'w'], outputs: ['d'] },
    { operator: 'Cast', domain: '', inputs: ['d'], outputs: ['f'], attributes: { to: { int: 1 } } },
    gemm('f', 'y', 'w'),
  ] as const
  return onnxModel(nodes, [input(3, 7)], [output()], { w, two: { element: 'int64', numbers: [2] } })
}
const added = (operator: string, numbers: readonly number[]) =>
  of((chain) => layer(chain.put(operator, [chain.constant(numbers)]), 1))

test.each<[what: string, bytes: Uint8Array, code: string, words: RegExp]>([
  ['another activation', of((chain) => layer(chain).put('LeakyRelu')), 'unsupported-model', /operator LeakyRelu/],
  ['an activation at the end', of((chain) => layer(chain, 1).put('Relu')), 'unsupported-model', /last layer, relu/],
  ['two activations', of((chain) => layer(chain).put('Relu').put('Tanh')), 'unsupported-model', /Tanh behind an act/],
  ['two sigmoids that share', of((chain) => layer(chain).put('Sigmoid')), 'unsupported-model', /do not add up to 1/],
  ['scores without a meaning', of((chain) => layer(chain)), 'import-needs', /2 scores mean: --link softmax/],
  [
    'weights of another width',
    of((chain) => chain.put('Gemm', [chain.constant([1, 2], [2, 1])])),
    'malformed-model',
    /the weights of Gemm is a list of 2, where a matrix of 3 rows/,
  ],
  [
    'biases of another width',
    of((chain) => layer(chain).put('Add', [chain.constant([1, 2, 3])])),
    'malformed-model',
    /the biases of Add is a list of 3, where a list of 2/,
  ],
  [
    'a product of two that are computed',
    of((chain) => layer(chain).put('MatMul', ['v0'])),
    'unsupported-model',
    /MatMul of two matrices that are computed/,
  ],
  [
    'columns and a layer side by side',
    beside('X', 'g'),
    'unsupported-model',
    /operator Concat of columns and a layer,/,
  ],
  ['a layer and columns side by side', beside('g', 'X'), 'unsupported-model', /Concat of a layer and columns,/],
  ['columns and a constant side by side', beside('X', 'w'), 'unsupported-model', /Concat of columns and constants,/],
  ['a name that nothing computes', beside('X', 'z'), 'malformed-model', /an input of Concat is "z"/],
  ['a score and its chance', both, 'unsupported-model', /several outputs that differ, "g", "y"/],
  ['a quotient of integers', whole('Div'), 'unsupported-model', /operator Div of integers, where no Cast/],
  ['a layer of integers', whole('Gemm'), 'unsupported-model', /operator Gemm of integers, where no Cast/],
  ['NaN added', added('Add', [Number.NaN]), 'malformed-model', /the constant of Add is NaN/],
  ['NaN in a list', added('Add', [1, Number.NaN, 1]), 'malformed-model', /the constant of Add is NaN/],
  ['a division by 0', added('Div', [0]), 'malformed-model', /the constant of Div is 0/],
  ['a division by 0 in a list', added('Div', [1, 0, 2]), 'malformed-model', /the constant of Div is 0/],
])('%s: refused', (_, bytes, code, words) => {
  const error = errorOf(() => readForeign('m.onnx', bytes))
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)])
})

test('three hidden layers are too many to be multiplied out', async () => {
  const bytes = of((chain) => {
    for (let i = 0; i < 3; i++) {
      const eye = [0, 1, 2].map((j) => [0, 1, 2].map((k) => (j === k ? 1 : 0)))
      chain.layer(eye, [0, 0, 0], 'MatMul').put('Tanh')
    }
    return layer(chain, 1)
  })
  const schema = join(directory, 'three.schema.json')
  const fields = ['a', 'b', 'c'].map((name) => ({ name, type: 'number', constraints: { minimum: 0, maximum: 9 } }))
  writeFileSync(schema, JSON.stringify({ fields }))
  const options = optionsFor(bytes, { schema, columns: ['a', 'b', 'c'] })
  const error = (await compileForeign(options).catch((thrown: unknown) => thrown)) as CompileError
  expect(error.message).toMatch(/3 hidden layers/)
})
