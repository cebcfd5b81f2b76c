import { describe, expect, test } from 'vitest'
import { inputsOf } from '../../../compiler/linear.ts'
import type { Network } from '../../../compiler/network.ts'
import { answerOfPoints, type Points } from '../../../compiler/points.ts'
import { schemeFor } from '../../../compiler/schemes/index.ts'
import { lowerLattice, lowerPositions } from '../../../compiler/schemes/lattice/lower.ts'
import { simulateLattice } from '../../../compiler/schemes/lattice/plan.ts'
import { latticeTranslations } from '../../../compiler/schemes/lattice/translations.ts'
import { latticeLearns } from '../../../compiler/schemes/lattice/words.ts'
import type { Column, Feature } from '../../../runtime/contract.ts'
import { defineLatticeClient } from '../../../runtime/schemes/lattice/client.ts'
import { defineLatticeServer } from '../../../runtime/schemes/lattice/server.ts'
import { monomialsOf } from '../../../runtime/schemes/monomials.ts'
import { announcedRandom } from '../../support/seed.ts'

const random = announcedRandom('products under the lattice scheme')

/** A network of random weights below 2^bits on numbers 0 .. 99. */
function drawNetwork(count: number, degree: number, outputs: number, bits: number): Network {
  const grid = { minimum: 0, step: 1, size: 100 }
  const columns = Array.from(
    { length: count },
    (_, i): Column => ({ kind: 'number', name: `x${i}`, grid, missing: 'never' }),
  )
  const features = columns.map(({ name }): Feature => ({ column: name }))
  const inputs = inputsOf(columns, features)
  const monomials = monomialsOf({ inputs, features, degree })
  const draw = () => Math.floor((random() * 2 - 1) * (2 ** bits - 1))
  return {
    ...{ family: 'network', missingValues: [''], columns, features, inputs, degree, monomials, evidence: null },
    answers: outputs === 1 ? ['no', 'yes'] : Array.from({ length: outputs }, (_, k) => `answer ${k}`),
    weights: Array.from({ length: outputs }, () => monomials.map(draw)),
    biases: Array.from({ length: outputs }, draw),
    link: outputs === 1 ? { kind: 'logistic', base: 0, unit: 64, from: 1 } : { kind: 'softmax', base: 0, unit: 64 },
  }
}

describe('no score differs, and the smallest set that does is taken', () => {
  test.each([
    ['degree 2 of coarse weights', 6, 2, 1, 3, 'S'],
    ['degree 2', 13, 2, 1, 8, 'L'],
    ['degree 2, ten outputs', 13, 2, 10, 7, 'L'],
    ['degree 4 of 13 numbers', 13, 4, 1, 8, 'L'],
  ] as const)('%s', async (_, count, degree, outputs, bits, set) => {
    const plan = lowerLattice(drawNetwork(count, degree, outputs, bits), null, { name: 'network' })
    expect(plan.contract).toMatchObject({ set, degree, outputs })
    const client = defineLatticeClient<object, string>(plan.contract)
    const server = defineLatticeServer(plan.contract, plan.server.outputs)
    for (const value of [() => Math.floor(100 * random()), () => (random() < 0.5 ? 0 : 99)]) {
      const record = Object.fromEntries(plan.contract.columns.map(({ name }) => [name, value()]))
      const opened = await client.predict(record, { via: server.evaluate })
      expect(opened).toEqual(simulateLattice(plan, Object.values(record)))
    }
  })

  test('degree 2 of 13 numbers takes at most 60 kB in all', () => {
    const { cost } = lowerLattice(drawNetwork(13, 2, 1, 8), null, { name: 'network' })
    expect(cost.requestBytes + cost.replyBytes).toBeLessThanOrEqual(60_000)
  })

  test('more products than the larger set holds are refused, with the column to narrow', () => {
    const model = drawNetwork(16, 4, 1, 3)
    expect(() => lowerLattice(model, null, { name: 'network' })).toThrow(/x\d+/)
  })
})

describe('points', () => {
  const columns: Points['columns'] = [
    {
      column: { kind: 'number', name: 'age', grid: { minimum: 20, step: 1, size: 80 }, missing: 'below' },
      cuts: [0, 30, 50],
      points: [[3], [-4], [0], [9]],
    },
    {
      column: { kind: 'text', name: 'sex', levels: ['f', 'm'], missing: 'never' },
      cuts: [],
      points: [[2], [7]],
    },
  ]
  const model: Points = {
    ...{ family: 'additive', missingValues: [''], columns, pairs: [], base: [-5], unit: 4, evidence: null },
    ...{ features: [{ column: 'age' }, { column: 'sex', level: 'f' }, { column: 'sex', level: 'm' }] },
    ...{ answers: ['no', 'yes'], link: 'logistic', classes: null },
  }

  test('a position is an indicator, and the first of a column is in the bias', () => {
    const plan = lowerPositions(model, null, { name: 'points' })
    expect(plan.server.outputs).toEqual([{ weights: [-7, -3, 6, 5], bias: 0 }])
    // Missing; 20, the first value; the last below a cut and the first above; the last one.
    const scores = [0, 1, 30, 31, 50, 51, 80].map((cell) => simulateLattice(plan, [cell, 1, 0]).scores?.[0])
    expect(scores).toEqual([0, -7, -7, -3, -3, 6, 6])
    expect(simulateLattice(plan, [0, 0, 1]).scores).toEqual([5])
  })

  test('of pairs of columns: every record has their sum, also encrypted, whatever the points', async () => {
    const draw = () => Math.floor(21 * random()) - 10
    const third: Points['columns'][number] = {
      column: { kind: 'text', name: 'colour', levels: ['red', 'green'], missing: 'no-level' },
      ...{ cuts: [], points: [[1], [-3], [4]] },
    }
    const [age, sex] = columns as [Points['columns'][number], Points['columns'][number]]
    // Columns that count together in two pairs, and positions of a missing value and a missing text.
    const pairs = [
      { columns: [0, 1] as const, points: Array.from({ length: 8 }, () => [draw()]) },
      { columns: [0, 2] as const, points: Array.from({ length: 12 }, () => [draw()]) },
    ]
    const features = [...model.features, { column: 'colour', level: 'red' }, { column: 'colour', level: 'green' }]
    const paired: Points = { ...model, columns: [age, sex, third], features, pairs }
    const plan = lowerPositions(paired, null, { name: 'points' })
    expect(plan.contract.pairs).toEqual([
      ['age', 'sex'],
      ['age', 'colour'],
    ])
    expect(plan.leakage).toMatchObject({ inputs: 3 + 1 + 2 + 3 + 6, questions: 16 })
    // Which they are, and that the rows chose them, is said in every language.
    const { fr, de } = latticeTranslations(plan)
    expect(latticeLearns(plan).client).toContain(
      'chosen from the training data unless they were named, that these columns count together: age with sex, age with colour;',
    )
    expect(fr.leakage.client).toMatch(
      /choisi d’après les données .* ces colonnes comptent ensemble : age avec sex, age avec colour ;/,
    )
    expect(de.leakage.client).toMatch(
      /aus den Trainingsdaten gewählt, .* zusammen zählen: age mit sex, age mit colour;/,
    )
    const client = defineLatticeClient<object, string>(plan.contract)
    const server = defineLatticeServer(plan.contract, plan.server.outputs)
    const key = await client.generateKey()
    for (const cell of [0, 1, 31, 80]) {
      for (const [f, m] of [
        [1, 0],
        [0, 1],
      ] as const) {
        for (const colour of [
          [0, 0],
          [1, 0],
          [0, 1],
        ] as const) {
          const cells = [cell, f, m, ...colour]
          const want = answerOfPoints(paired, cells)
          expect(simulateLattice(plan, cells)).toEqual(want)
          if (cell !== 31) continue
          const record = {
            age: 50,
            sex: f === 1 ? 'f' : 'm',
            colour: colour[0] === 1 ? 'red' : colour[1] === 1 ? 'green' : null,
          }
          expect(await client.predict(record, { via: server.evaluate, key })).toEqual(want)
        }
      }
    }
  })

  test('of classes by sum are refused; a cryptosystem that does not fit too', () => {
    const classes = [{ label: 'all', upTo: null }]
    expect(() => lowerPositions({ ...model, classes }, null, { name: 'points' })).toThrow(/without classes/)
    expect(schemeFor('additive', null).scheme).toBe('ristretto')
    expect(schemeFor('additive', 'score', 'lattice').scheme).toBe('lattice')
    expect(() => schemeFor('additive', 'label', 'lattice')).toThrow(/scheme is "lattice", but takes ristretto/)
  })
})
