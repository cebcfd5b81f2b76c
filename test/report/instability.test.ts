import { describe, expect, test } from 'vitest'
import { fitTree } from '../../compiler/2-train/fit.ts'
import { differencesOf } from '../../compiler/report/differences.ts'
import { type Estimate, estimatesOf } from '../../compiler/report/estimates.ts'
import { heldOutFigures } from '../../compiler/report/held-out.ts'
import { varianceOfModels } from '../../compiler/report/instability.ts'
import { metricsOf, type RowOutcome } from '../../compiler/report/outcome.ts'
import { announcedRandom } from '../support/seed.ts'
import { completeHeartDisease } from '../support/tables.ts'
import { boundedOptions } from '../support/trees.ts'

const random = announcedRandom('instability')
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const right = (outcomes: readonly RowOutcome[]) => outcomes.map(({ truth, given }) => Number(truth === given))

/** Two deals of rows to ten folds, each answer the same number of times in each; folds differ in how often they are right. */
function heldTwice(rows: number, spread: number): RowOutcome[] {
  const models = Array.from({ length: 2 }, () => Array.from({ length: 10 }, () => 0.7 + spread * (random() - 0.5)))
  const deal = () => {
    const order = Array.from({ length: rows / 2 }, (_, i) => ({ i, key: random() })).sort((a, b) => a.key - b.key)
    return new Map(order.map(({ i }, place) => [i, place % 10]))
  }
  const deals = [0, 1].map(() => [deal(), deal()])
  return Array.from({ length: rows }, (_, row) => {
    const truth = row % 2
    const parts = deals.map((own) => own[truth]?.get(Math.floor(row / 2)) ?? 0) as [number, number]
    const [given = 0, other = 0] = parts.map((part, i) => (random() < (models[i]?.[part] ?? 0) ? truth : 1 - truth))
    return { truth, given, chances: [1 - given, given], again: { given: other, chances: [1 - other, other], parts } }
  })
}

describe('what the choice of the model adds to a variance', () => {
  test('is the deal, and the covariance of rows in a fold, by pairs within answers and between them', () => {
    for (let round = 0; round < 20; round++) {
      const outcomes = heldTwice(120, 0.5)
      const moves = outcomes.map(({ truth, given, again }) => Number(again?.given === truth) - Number(given === truth))
      let draw = 0
      for (const deal of [0, 1])
        for (let fold = 0; fold < 10; fold++) {
          const own = outcomes.flatMap(({ again, truth }, i) =>
            again?.parts[deal] === fold ? [{ truth, move: moves[i] ?? 0 }] : [],
          )
          for (const a of [0, 1])
            for (const b of [0, 1]) {
              const [these, those] = [a, b].map((answer) => own.filter(({ truth }) => truth === answer)) as [
                typeof own,
                typeof own,
              ]
              const products = these.flatMap((x) => those.flatMap((y) => (x === y ? [] : [x.move * y.move])))
              draw += (these.length * those.length * sum(products)) / products.length / own.length ** 2 / 20
            }
        }
      const expected = sum(moves.map((move) => move ** 2)) / 2 / 120 ** 2 + Math.max(0, draw)
      expect(varianceOfModels(outcomes, right)).toBeCloseTo(expected, 12)
    }
  })

  test('is on average what folds differ by', () => {
    // Uniform over 0.5: a variance of 1/48, and as much over ten for the mean of the folds. Of a row 2 · 0.7 · 0.3 / 2.
    const all = Array.from({ length: 400 }, () => varianceOfModels(heldTwice(600, 0.5), right))
    const expected = (1.1 * 0.25) / 12 + 0.21 / 600
    const [mean, error] = [sum(all) / 400, Math.sqrt(sum(all.map((one) => one ** 2)) / 400 ** 2)]
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error)
    expect(mean).toBeGreaterThan(0.8 * expected)
    expect(mean).toBeLessThan(1.2 * expected)
  })

  test('does not depend on the scale of weights, and takes a group for one row', () => {
    const outcomes = heldTwice(120, 0.5)
    const own = varianceOfModels(outcomes, right)
    const weighted = outcomes.map((one) => ({ ...one, weight: 3 }))
    expect(varianceOfModels(weighted, right)).toBeCloseTo(own, 12)
    const copied = outcomes.flatMap((one, group) => [1, 2, 3].map(() => ({ ...one, group })))
    expect(varianceOfModels(copied, right)).toBeCloseTo(own, 12)
    const weightless = [...outcomes, { truth: 1, given: 1, chances: [0, 1], weight: 0 }]
    expect(varianceOfModels(weightless, right)).toBeCloseTo(own, 12)
  })

  test('where some folds were dealt again, is three times the deal; where none was, nothing', () => {
    const outcomes = heldTwice(120, 0.5)
    const some = outcomes.map((one): RowOutcome => {
      const { again, ...once } = one
      return again !== undefined && again.parts[1] < 3 ? one : once
    })
    const twice = some.filter(({ again }) => again !== undefined)
    const moved = twice.filter(({ truth, given, again }) => (given === truth) !== (again?.given === truth)).length
    expect(varianceOfModels(some, right)).toBeCloseTo((3 * moved) / 2 / twice.length / 120, 12)
    const once = outcomes.map(({ again: _, ...one }) => one)
    expect(varianceOfModels(once, right)).toBe(0)
  })
})

describe('rows of cross-validation', () => {
  const table = completeHeartDisease()
  const options = { ...boundedOptions, maxDepth: 3 }
  const refit = (rows: Uint32Array) => fitTree(table, options, rows).model
  const measured = { folds: 5, repeats: 1, seed: 3, testSize: null }
  const held = heldOutFigures(table, refit, measured)
  const once = heldOutFigures(table, refit, { ...measured, isOnce: true })
  const narrowOf = (name: string) => (once?.estimates as unknown as Record<string, Estimate> | undefined)?.[name]

  test('are held out again in the folds of the next seed, and their figures are those of the first', () => {
    const next = heldOutFigures(table, refit, { ...measured, seed: 4, isOnce: true })
    const rowsOf = (one: typeof held) => one?.parts.flatMap(({ rows }) => [...rows]) ?? []
    const other = new Map(rowsOf(next).map((row, i) => [row, next?.outcomes[i]] as const))
    const partOf = new Map(next?.parts.flatMap(({ rows }, part) => Array.from(rows, (row) => [row, part] as const)))
    expect(held?.outcomes.length).toBe(table.rows)
    for (const [i, row] of rowsOf(held).entries()) {
      const again = held?.outcomes[i]?.again
      expect(again?.given).toBe(other.get(row)?.given)
      expect(again?.chances).toEqual(other.get(row)?.chances)
      expect(again?.parts[1]).toBe(partOf.get(row))
      expect(held?.parts[again?.parts[0] ?? 9]?.rows.includes(row)).toBe(true)
    }
    expect(held?.pooled).toEqual(once?.pooled)
    expect(once?.outcomes.every((one) => !('again' in one))).toBe(true)
  })

  test.each([8, 30])('are held out again with others where each fold has one of %d groups', (count) => {
    // They can be dealt in one way only.
    const own = { ...table, groups: Int32Array.from({ length: table.rows }, (_, i) => i % count) }
    const model = (rows: Uint32Array) => fitTree(own, options, rows).model
    const twice = heldOutFigures(own, model, { ...measured, folds: count })
    expect(twice?.folds).toBe(count)
    expect(new Set(twice?.outcomes.map(({ again }) => again?.parts[1])).size).toBe(count / 2)
    expect(twice?.outcomes.some(({ given, again }) => again !== undefined && again.given !== given)).toBe(true)
  })

  test('have wider intervals around the same figures', () => {
    for (const [name, own] of Object.entries(held?.estimates ?? {})) {
      if (name === 'calibration') continue
      const narrow = narrowOf(name)
      expect(own.value, name).toBe(narrow?.value)
      expect(own.high - own.low, name).toBeGreaterThan((narrow?.high ?? 0) - (narrow?.low ?? 0))
    }
  })

  test('of two recipes, of which one was dealt again in some folds only, count as dealt in those', () => {
    if (held === null) throw new TypeError('nothing was held out')
    const partly = held.outcomes.map((one, row): RowOutcome => {
      const { again, ...once } = { ...one, given: row % 4 === 0 ? 1 - one.given : one.given }
      return again !== undefined && again.parts[1] < 2 ? { ...once, again } : once
    })
    const { accuracy } = differencesOf(held, { ...held, outcomes: partly }, 2)
    const moves = held.outcomes.flatMap((one, i) => {
      const other = partly[i]
      if (one.again === undefined || other?.again === undefined) return []
      const rightIn = ({ given }: { readonly given: number }) => Number(given === one.truth)
      return [rightIn(other.again) - rightIn(one.again) - (rightIn(other) - rightIn(one))]
    })
    const added = held.outcomes.map(
      (one, i) => Number(partly[i]?.given === one.truth) - Number(one.given === one.truth),
    )
    const mean = sum(added) / added.length
    const sample = sum(added.map((value) => (value - mean) ** 2)) / (added.length - 1) / added.length
    const deal = sum(moves.map((move) => move ** 2)) / 2 / moves.length / added.length
    const half = ((accuracy?.high ?? 0) - (accuracy?.low ?? 0)) / 2 / 1.959963984540054
    expect(half ** 2).toBeCloseTo(sample + 3 * deal, 12)
  })

  test('of two recipes tell what their difference moves by; of one and itself nothing', () => {
    if (held === null || once === null) throw new TypeError('nothing was held out')
    const deeper = (rows: Uint32Array) => fitTree(table, { ...boundedOptions, maxDepth: 5 }, rows).model
    const [other, otherOnce] = [measured, { ...measured, isOnce: true }].map((how) =>
      heldOutFigures(table, deeper, how),
    )
    if (other == null || otherOnce == null) throw new TypeError('nothing was held out')
    const [wide, narrow] = [differencesOf(held, other, 2), differencesOf(once, otherOnce, 2)]
    const halfOf = (one: (typeof wide)[string]) => ((one?.high ?? 0) - (one?.low ?? 0)) / 2 / 1.959963984540054
    for (const name of ['balancedAccuracy', 'rocAuc', 'logLoss', 'brier'])
      expect(halfOf(wide[name] ?? null), name).toBeGreaterThan(halfOf(narrow[name] ?? null))
    const merged = held.outcomes.map((one, i) => {
      const second = other.outcomes[i]
      const value = (first: typeof one, next: typeof one | undefined) =>
        Number(next?.given === first.truth) - Number(first.given === first.truth)
      const [before, after] = [
        value(one, second),
        value({ ...one, ...one.again }, second && { ...second, ...second.again }),
      ]
      return { one, before, after }
    })
    const ofModels = varianceOfModels(held.outcomes, (some) =>
      merged.map(({ before, after }) => (some[0] === held.outcomes[0] ? before : after)),
    )
    expect(halfOf(wide.accuracy ?? null) ** 2).toBeCloseTo(halfOf(narrow.accuracy ?? null) ** 2 + ofModels, 12)
    const same = differencesOf(held, held, 2)
    expect(Object.values(same).map((one) => [one?.low, one?.high].map((end) => Math.abs(end ?? 1) < 1e-12))).toEqual(
      Object.values(same).map(() => [true, true]),
    )
  })

  test('that no model tells apart have the intervals of a sample', () => {
    const outcomes: RowOutcome[] = Array.from({ length: 60 }, (_, i) => ({
      truth: i % 3 === 0 ? 0 : 1,
      given: 1,
      chances: [0.3, 0.7],
    }))
    const again = outcomes.map((one, i) => ({
      ...one,
      again: { given: 1, chances: [0.3, 0.7], parts: [i % 10, (i + 3) % 10] as const },
    }))
    const [own, twice] = [outcomes, again].map((some) => estimatesOf(some, 2, metricsOf(some, 2)))
    expect(twice).toEqual(own)
  })
})
