import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { cellsOfRow } from '../../compiler/2-import/compare.ts'
import type { ForeignModel, ForeignRow } from '../../compiler/2-import/foreign.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import type { CompileError } from '../../compiler/errors.ts'
import { compileForeign, type ImportOptions } from '../../compiler/import.ts'
import type { Model } from '../../compiler/model.ts'
import { leavesOf, predictTree, type Tree } from '../../compiler/tree.ts'
import { at } from '../../runtime/at.ts'
import { importEmitted } from '../support/modules.ts'
import { announcedRandom } from '../support/seed.ts'
import { bytesOf, jsonOf, rowsOf } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'emp-compile-to-tree-'))
afterAll(() => rmSync(directory, { recursive: true }))

const file = 'sklearn-1.9/DecisionTreeClassifier-missing'
const optionsFor = (bytes: Uint8Array, data: string, more: Partial<ImportOptions> = {}): ImportOptions => ({
  ...{ name: 'tree', file: 'model.json', bytes, read: {}, data, schema: null, columns: null, cuts: null },
  ...{ scoreStep: null, answers: null, acceptChanges: false, target: null, expect: null, reveal: null },
  ...{ scheme: {}, recipe: {}, ...more },
})
const heart = (more: Partial<ImportOptions> = {}) =>
  compileForeign(optionsFor(bytesOf(`${file}.json`), 'datasets/heart-disease.csv', more))
const bytesFor = (document: object) => new TextEncoder().encode(JSON.stringify(document))

async function errorOf(work: Promise<unknown>): Promise<CompileError> {
  return (await work.catch((error: unknown) => error)) as CompileError
}

function treeOf(model: Model): Tree {
  if (model.family !== 'tree') throw new TypeError('no tree')
  return model
}

describe('a tree of scikit-learn, with a direction for missing values at every node', () => {
  const { answer, probability } = jsonOf(`${file}.expected.json`)
  const foreign = readForeign('model.json', bytesOf(`${file}.json`))
  const predictions = join(directory, 'predictions.csv')
  writeFileSync(predictions, `probability\n${probability.map((row: number[]) => row[1]).join('\n')}\n`)

  test.each([
    ['signs', {}],
    ['label', { reveal: 'label', cuts: 'used' }],
  ] as const)('%s: every row has the answer and the share of the library', async (reveal, more) => {
    const { model, plan, loss, lines } = await heart({ ...more, expect: predictions })
    expect(plan.contract).toMatchObject({ family: 'tree', reveal, answers: ['0', '1'] })
    expect(loss.float).toMatchObject({ rows: 303, equal: 303 })
    const tree = treeOf(model)
    rowsOf.heart303.forEach((row, i) => {
      const opened = predictTree(tree, cellsOfRow({ ...tree, cuts: [] }, foreign, row))
      expect(opened).toEqual({ kind: 'class', answer: answer[i], shares: probability[i] })
    })
    expect(lines.find(([name]) => name === 'tree')?.[1]).toMatch(
      /^\d+ leaves, depth \d+, \d+ different (tests|cuts) on /,
    )
    expect(loss.cuts === null).toBe(reveal === 'signs')
  })

  test('encrypted, clients are told the answer with its share, or the answer alone', async () => {
    const random = announcedRandom('imported trees')
    for (const [options, percent] of [
      [{ scheme: { 'key-bits': 2048 } }, false],
      [{ reveal: 'label', cuts: 'used', scheme: { probability: true } }, true],
    ] as const) {
      const { files } = await heart(options)
      const { client, server } = await importEmitted(files.get('client.ts') ?? '', files.get('server.ts') ?? '')
      for (const place of [87, Math.floor(303 * random())]) {
        const row = at(rowsOf.heart303, place)
        const record = Object.fromEntries(foreign.columns.map(({ name }, i) => [name, at(row, i)]))
        const opened = await client.predict(record, { via: server.evaluate })
        const share = probability[place][answer[place] === '1' ? 1 : 0]
        expect(opened).toMatchObject({ kind: 'class', answer: answer[place] })
        if (percent) expect(opened).toMatchObject({ percent: Math.round(100 * share) })
        else expect(opened).toMatchObject({ shares: probability[place] })
      }
    }
  })

  test('cuts that are published beforehand change answers, which are counted, and hold no threshold', async () => {
    const { loss, plan } = await heart({ reveal: 'label', cuts: 'even:8', acceptChanges: true })
    expect(loss.cuts?.changed).toBeGreaterThan(3)
    const { cuts } = plan.contract as unknown as { readonly cuts: readonly (readonly number[])[] }
    expect(Math.max(...cuts.map(({ length }) => length))).toBeLessThanOrEqual(9)
    expect((await errorOf(heart({ reveal: 'label', cuts: 'even:8' }))).code).toBe('cuts-change-answers')
    const { code, message } = await errorOf(heart({ reveal: 'label' }))
    expect([code, message]).toEqual([
      'import-needs',
      expect.stringMatching(/--cuts even:32: \d+ cuts .* answers changed/),
    ])
  })

  test('what is not for it is refused, with the way round', async () => {
    expect((await errorOf(heart({ cuts: 'used' }))).message).toMatch(/cuts.* say .?reveal.? label/)
    expect((await errorOf(heart({ scheme: { guard: true } }))).message).toMatch(/guard.*it is for .?reveal.? label/)
    expect((await errorOf(heart({ scoreStep: 0.5 }))).message).toMatch(/score-step/)
  })
})

/** A tree as the exporter writes it: numbers split at thresholds, a text by an indicator of a level. */
const house = {
  ...{ format: 'emp-compile scikit-learn 1', made_with: 'scikit-learn 1.2.1', estimator: 'DecisionTreeRegressor' },
  ...{ features: ['area', 'town'], columns: 2, classes: null, missing: false, link: 'identity' },
  inputs: [
    { column: 0, steps: [] },
    ...['north', 'south', 'west'].map((own) => ({
      ...{ column: 1, levels: ['north', 'south', 'west'], unknown: 0, missing: 0, steps: [] },
      numbers: ['north', 'south', 'west'].map((level) => (level === own ? 1 : 0)),
    })),
  ],
  trees: [
    {
      ...{ feature: [1, 0, -2, -2, 2, -2, -2], threshold: [0.5, 70.5, -2, -2, 0.5, -2, -2] },
      ...{ left: [1, 2, -1, -1, 5, -1, -1], right: [4, 3, -1, -1, 6, -1, -1] },
      value: [[0], [0], [120.5], [200], [0], [90], [11]],
    },
  ],
}
const houses = join(directory, 'houses.csv')
writeFileSync(
  houses,
  `area,town,price\n${['40,north', '71,south', '70,west', '100,north', '33,south', '90,west'].map((row, i) => `${row},${50 + 30 * i}`).join('\n')}\n`,
)

describe('a tree of numbers and texts', () => {
  const foreign: ForeignModel = readForeign('model.json', bytesFor(house))
  const rows: ForeignRow[] = ['north', 'south', 'west'].flatMap((town) => [33, 70, 71, 100].map((area) => [area, town]))

  test('answers as its own, whatever is revealed, and is a sum of one tree where its score is asked for', async () => {
    for (const more of [{}, { reveal: 'label', cuts: 'used', target: 'price', scheme: { 'answer-step': 0.5 } }]) {
      const { model, plan } = await compileForeign(optionsFor(bytesFor(house), houses, more))
      const tree = treeOf(model)
      // The level "south" is asked on the side where the town is not north: nobody from the south comes to the other.
      expect(leavesOf(tree.root)).toHaveLength(3)
      expect(plan.contract).toMatchObject({ family: 'tree', reveal: 'reveal' in more ? more.reveal : 'signs' })
      for (const row of rows) {
        const cells = cellsOfRow({ ...tree, cuts: [] }, foreign, row)
        expect(predictTree(tree, cells).answer).toBe(at(predictForeign(foreign, row).values, 0))
      }
    }
    const sum = await compileForeign(optionsFor(bytesFor(house), houses, { reveal: 'score', cuts: 'used' }))
    expect(sum.model).toMatchObject({ family: 'boosted' })
  })

  test('encrypted, the answer is the nearest of those that are published', async () => {
    const { files } = await compileForeign(
      optionsFor(bytesFor(house), houses, { reveal: 'label', cuts: 'used', target: 'price' }),
    )
    const { client, server } = await importEmitted<number>(files.get('client.ts') ?? '', files.get('server.ts') ?? '')
    // Prices are written in whole numbers, from 50 to 200.
    for (const [record, price] of [
      [{ area: 70, town: 'west' }, 121],
      [{ area: 71, town: 'south' }, 200],
      [{ area: 40, town: 'north' }, 90],
    ] as const) {
      expect((await client.predict(record, { via: server.evaluate })).answer).toBe(price)
    }
  })

  test('without numbers that clients may be told it is not compiled for the answer alone', async () => {
    const { code, message } = await errorOf(
      compileForeign(optionsFor(bytesFor(house), houses, { reveal: 'label', cuts: 'used' })),
    )
    expect([code, message]).toEqual(['import-needs', expect.stringContaining('--target NAME')])
  })
})

test('a tree that grows too large by missing values is refused, with the way round', async () => {
  // Each column sends missing values to the greater ones, so each doubles what is on the right.
  const depth = 13
  const count = 2 * depth + 1
  const chain = Array.from({ length: count }, (_, i) => i % 2 === 0 && i < count - 1)
  const features = Array.from({ length: depth }, (_, i) => `x${i}`)
  const deep = {
    ...{ ...house, estimator: 'DecisionTreeRegressor', missing: true, features, columns: depth },
    inputs: features.map((_, column) => ({ column, steps: [] })),
    trees: [
      {
        ...{ feature: chain.map((is, i) => (is ? i / 2 : -2)), threshold: chain.map(() => 0.5) },
        ...{ left: chain.map((is, i) => (is ? i + 1 : -1)), right: chain.map((is, i) => (is ? i + 2 : -1)) },
        ...{ value: chain.map((_, i) => [i]), missingLeft: chain.map(() => 0) },
      },
    ],
  }
  const data = join(directory, 'gaps.csv')
  const rows = [features.map(() => '0'), features.map(() => '1'), features.map(() => '')]
  writeFileSync(data, `${[features, ...rows].map((row) => row.join(',')).join('\n')}\n`)
  const { code, message } = await errorOf(compileForeign(optionsFor(bytesFor(deep), data)))
  expect([code, message]).toEqual(['beyond-limit', expect.stringContaining('fill the gaps')])
  expect(readFileSync(data, 'utf8').split('\n')[0]).toBe(features.join(','))
})
