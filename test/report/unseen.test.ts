import { describe, expect, test } from 'vitest'
import { fitTree } from '../../compiler/2-train/fit.ts'
import { seededRandom } from '../../compiler/folds.ts'
import { calibrationBins } from '../../compiler/report/calibration-bins.ts'
import { dependenceOf } from '../../compiler/report/dependence.ts'
import { heldOutFigures } from '../../compiler/report/held-out.ts'
import { importancesOf } from '../../compiler/report/importances.ts'
import { leafChecks } from '../../compiler/report/leaf-check.ts'
import { outcomesOf, type RowOutcome } from '../../compiler/report/outcome.ts'
import { leavesOf, type Node, type Tree } from '../../compiler/tree.ts'
import { announcedRandom } from '../support/seed.ts'
import { completeHeartDisease, diabetes, tableOf } from '../support/tables.ts'
import { boundedOptions, classLeaf } from '../support/trees.ts'

const random = announcedRandom('unseen')
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const measured = { folds: 5, repeats: 1, seed: 3, testSize: null }
const all = (rows: number) => Uint32Array.from({ length: rows }, (_, row) => row)

describe('groups of people by their chance', () => {
  const outcomes: RowOutcome[] = Array.from({ length: 503 }, (_, i) => {
    const chance = random() ** 2
    return { truth: Number(random() < chance), given: 1, chances: [1 - chance, chance], weight: 1 + (i % 3) }
  })

  test('hold everybody once, in order, with weighted means', () => {
    const bins = calibrationBins(outcomes, 1)
    expect(bins.length).toBe(10)
    expect(sum(bins.map(({ rows }) => rows))).toBe(503)
    for (const [i, { told, rows }] of bins.entries()) {
      expect(rows).toBeGreaterThan(48)
      if (i > 0) expect(told).toBeGreaterThan(bins[i - 1]?.told ?? 1)
    }
    const sorted = outcomes.toSorted((a, b) => (a.chances[1] ?? 0) - (b.chances[1] ?? 0)).slice(0, bins[0]?.rows)
    const weight = sum(sorted.map((one) => one.weight ?? 1))
    expect(bins[0]?.told).toBeCloseTo(sum(sorted.map((one) => (one.weight ?? 1) * (one.chances[1] ?? 0))) / weight, 12)
    expect(bins[0]?.seen.value).toBeCloseTo(sum(sorted.map((one) => (one.weight ?? 1) * one.truth)) / weight, 12)
  })

  test('one for each chance where there are few, and never two of one chance', () => {
    const few = outcomes.map((one, i) => ({ ...one, chances: [1 - (i % 4) / 10, (i % 4) / 10] }))
    expect(calibrationBins(few, 1).map(({ told }) => Number(told.toFixed(12)))).toEqual([0, 0.1, 0.2, 0.3])
    const many = outcomes.map((one, i) => ({ ...one, chances: [1 - (i % 13) / 100, (i % 13) / 100] }))
    const bins = calibrationBins(many, 1)
    expect(new Set(bins.map(({ told }) => told)).size).toBe(bins.length)
    expect(sum(bins.map(({ rows }) => rows))).toBe(503)
  })
})

describe('what leaves told people not seen', () => {
  const table = completeHeartDisease()
  const { model } = fitTree(table, { ...boundedOptions, maxDepth: 3 })
  const refit = (rows: Uint32Array) => fitTree(table, { ...boundedOptions, maxDepth: 3 }, rows).model
  const held = heldOutFigures(table, refit, measured)
  const parts = held?.parts ?? []

  test('everybody is at one leaf, and the shares add up to those of the whole', () => {
    const checks = leafChecks(table, model, parts)
    expect(checks.length).toBe(leavesOf(model.root).length)
    expect(sum(checks.map(({ rows }) => rows))).toBe(table.rows)
    // The people who have the answer of their leaf are in all as many as are counted one by one.
    const seen = sum(checks.map(({ rows, seen: own }) => rows * (own?.value ?? 0)))
    expect(seen).toBeCloseTo(Math.round(seen), 6)
    expect(seen / table.rows).toBeGreaterThan(0.7)
  })

  test('where all trees are the same tree, each leaf is judged by its own rows', () => {
    const same = parts.map((part) => ({ ...part, model }))
    const outcomesIn = same.map(({ rows, outcomes }) => ({ model, rows, outcomes }))
    const checks = leafChecks(table, model, outcomesIn)
    const counts = leavesOf(model.root).map((leaf) => sum(classLeaf(leaf).counts))
    expect(checks.map(({ rows }) => rows)).toEqual(counts)
    for (const [i, { seen }] of checks.entries()) {
      const leaf = classLeaf(leavesOf(model.root)[i] as Exclude<Node, { kind: 'split' }>)
      expect(seen?.value).toBeCloseTo((leaf.counts[leaf.answer] ?? 0) / sum(leaf.counts), 12)
    }
  })

  test('a leaf stands for the one with which it shares most of the rows that both were made of, not of those held out', () => {
    const rows = [...Array(6).fill('2'), ...Array(20).fill('6'), ...Array(6).fill('8')].map((x) => [
      x,
      x === '8' ? 'b' : 'a',
    ])
    const own = tableOf(['x', 'y'], rows)
    const options = { ...boundedOptions, maxDepth: 1, shrinkage: 'none' } as const
    const heldOut = Uint32Array.from({ length: 20 }, (_, i) => 6 + i)
    const others = all(32).filter((row) => !heldOut.includes(row))
    const [whole, part] = [fitTree(own, options).model, fitTree(own, options, others).model]
    const checks = leafChecks(own, whole, [{ rows: heldOut, model: part, outcomes: outcomesOf(own, part, heldOut) }])
    // Without those of 6, the cut lies at 5: they end with 8, whose leaf is the second.
    expect(checks.map(({ rows, seen }) => [rows, seen?.value])).toEqual([
      [0, undefined],
      [20, 0],
    ])
  })

  test('of numbers the means', () => {
    const numbers = diabetes()
    const grown = (rows?: Uint32Array): Tree => fitTree(numbers, { ...boundedOptions, maxDepth: 2 }, rows).model
    const own = heldOutFigures(numbers, grown, measured)
    const checks = leafChecks(numbers, grown(), own?.parts ?? [])
    expect(sum(checks.map(({ rows }) => rows))).toBe(numbers.rows)
    for (const { told, seen } of checks) expect(Math.abs((told ?? 0) - (seen?.value ?? 0))).toBeLessThan(40)
  })
})

describe('what counts, on rows not seen', () => {
  // x tells the answer, noise nothing; colour tells a little of it.
  const random = seededRandom(11)
  const rows = Array.from({ length: 240 }, (_, i) => {
    const x = Math.floor(100 * random())
    const isIll = random() < (x > 50 ? 0.9 : 0.1)
    const colour = random() < 0.2 ? (isIll ? 'red' : 'blue') : ['red', 'blue', 'green'][i % 3]
    return [String(x), String(Math.floor(1000 * random())), colour ?? '', isIll ? 'ill' : 'well']
  })
  const table = tableOf(['x', 'noise', 'colour', 'state'], rows)
  const options = { ...boundedOptions, maxDepth: 8, minSamplesLeaf: 1, shrinkage: 'none' } as const
  const { model } = fitTree(table, options)
  const parts = heldOutFigures(table, (part) => fitTree(table, options, part).model, measured)?.parts ?? []
  const byName = (own: readonly { rows: Uint32Array; model: Tree }[]) =>
    new Map(importancesOf(table, model, own, 'gini', 1).map((one) => [one.name, one]))

  test('is counted by column, texts as a whole; the shares of the impurity add up to 1', () => {
    const found = byName(parts as never)
    expect([...found.keys()]).toEqual(['x', 'noise', 'colour'])
    expect(sum([...found.values()].map(({ impurity = 0 }) => impurity))).toBeCloseTo(1, 12)
    expect(found.get('x')?.permutation.mean).toBeGreaterThan(0.15)
  })

  test('a column that only fits noise counts on training rows, and not on rows not seen', () => {
    const [trained, unseen] = [byName([{ rows: all(table.rows), model }]), byName(parts as never)]
    const [own, others] = [trained, unseen].map((one) => one.get('noise')?.permutation.mean ?? Number.NaN)
    expect(own).toBeGreaterThan(0.03)
    expect(others).toBeLessThan(0.015)
  })

  test('the chance follows the column as it does in the data, at values that there are', () => {
    const [x, colour] = dependenceOf(table, parts, ['x', 'colour'], table.target.answers.indexOf('ill'))
    expect(x?.answer).toBe('ill')
    const means = (side: (value: number) => boolean) => {
      const own = (x?.points ?? []).filter(({ value }) => side(value ?? 0)).map(({ mean }) => mean)
      return sum(own) / own.length
    }
    expect(means((value) => value > 55) - means((value) => value < 45)).toBeGreaterThan(0.4)
    const given = new Set(rows.map(([value]) => Number(value)))
    for (const { value } of x?.points ?? []) expect(given).toContain(value)
    expect(colour?.points.map(({ label }) => label)).toEqual(['blue', 'green', 'red'])
    for (const { mean } of colour?.points ?? []) expect(mean).toBeGreaterThanOrEqual(0)
  })
})
