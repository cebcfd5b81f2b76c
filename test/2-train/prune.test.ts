import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bounds, type Grown, grow } from '../../compiler/2-train/grow.ts'
import { classification, type Objective } from '../../compiler/2-train/objective.ts'
import { prune } from '../../compiler/2-train/prune.ts'
import { treeObjective } from '../../compiler/2-train/train.ts'
import type { Table } from '../../compiler/table.ts'
import { type ClassTable, completeHeartDisease, syntheticTask, tables } from '../support/tables.ts'
import { boundedOptions } from '../support/trees.ts'

const unbounded: Bounds = {
  maxDepth: 100,
  minSamplesLeaf: 1,
  minSamplesSplit: 2,
  maxLeafNodes: null,
  minImpurityDecrease: 0,
}
const allRows = (table: Table) => Uint32Array.from({ length: table.rows }, (_, row) => row)
const growOn = (table: Table, objective: Objective, bounds: Partial<Bounds>) =>
  grow(table.features, objective, allRows(table), { ...unbounded, ...bounds })

const giniOf = ({ target }: ClassTable) =>
  classification({
    criterion: 'gini',
    classes: target.classes,
    answers: target.answers.length,
    classWeights: null,
    sampleWeights: null,
  })
const rowsOf = (statistics: Float64Array) => statistics.reduce((sum, rows) => sum + rows, 0)

const leavesOf = (node: Grown): Grown[] =>
  node.split === null ? [node] : [...leavesOf(node.split.left), ...leavesOf(node.split.right)]

describe('the pruning path of scikit-learn', () => {
  type Case = { dataset: string; params: Partial<Record<string, number>> & { criterion?: 'gini' | 'entropy' } }
  type Path = { alphas: number[]; impurities: number[] }
  const { cases } = JSON.parse(readFileSync(new URL('../reference/pruning-paths.json', import.meta.url), 'utf8')) as {
    cases: (Case & Path)[]
  }
  const data: Record<string, Table> = { 'heart-disease-complete': completeHeartDisease(), synthetic: syntheticTask() }

  test.each(cases.map((one) => [one.dataset, JSON.stringify(one.params), one] as const))(
    '%s, %s',
    (dataset, _, want) => {
      const { criterion = 'gini', max_depth = 100, min_samples_leaf = 1 } = want.params
      const table = data[dataset] as Table
      const bounds = { maxDepth: max_depth, minSamplesLeaf: min_samples_leaf }
      const objective = treeObjective(table, { ...boundedOptions, criterion }, allRows(table))
      const { path, tree } = prune(growOn(table, objective, bounds), Number.POSITIVE_INFINITY)
      expect(path.length).toBe(want.alphas.length)
      for (const [i, { alpha, impurity }] of path.entries()) {
        expect(Math.abs(alpha - (want.alphas[i] ?? Number.NaN))).toBeLessThan(1e-9)
        expect(Math.abs(impurity - (want.impurities[i] ?? Number.NaN))).toBeLessThan(1e-9)
      }
      expect(tree.split).toBeNull()
    },
  )
})

describe('prune', () => {
  /** The least cost among all prunings, leaf by leaf; and of those the fewest leaves. */
  const cheapest = (node: Grown, rows: number, alpha: number): { cost: number; leaves: number } => {
    const asLeaf = { cost: (rowsOf(node.statistics) / rows) * node.impurity + alpha, leaves: 1 }
    if (node.split === null) return asLeaf
    const [left, right] = [cheapest(node.split.left, rows, alpha), cheapest(node.split.right, rows, alpha)]
    const below = { cost: left.cost + right.cost, leaves: left.leaves + right.leaves }
    return asLeaf.cost <= below.cost + 1e-12 ? asLeaf : below
  }

  // Of nine decimals, so that none is within rounding of a tie, which is a fraction of few rows.
  const alphas = fc.integer({ min: 1, max: 200_000 }).map((n) => (1000 * n + 33) / 1e9)

  test('leaves the smallest of the cheapest subtrees, for random tables and parameters', () => {
    fc.assert(
      fc.property(tables, alphas, (table, alpha) => {
        const grown = growOn(table, giniOf(table), {})
        const { tree } = prune(grown, alpha)
        const want = cheapest(grown, table.rows, alpha)
        const leaves = leavesOf(tree)
        const cost = leaves.reduce((sum, { statistics, impurity }) => sum + rowsOf(statistics) * impurity, 0)
        expect(cost / table.rows + alpha * leaves.length).toBeCloseTo(want.cost, 10)
        expect(leaves.length).toBe(want.leaves)
      }),
    )
  })

  test('steps up in complexity and down in leaves, for random tables', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const grown = growOn(table, giniOf(table), {})
        const { path } = prune(grown, Number.POSITIVE_INFINITY)
        expect(path[0]).toMatchObject({ alpha: 0, leaves: leavesOf(grown).length })
        expect(path.at(-1)?.leaves).toBe(1)
        for (const [i, { alpha, leaves }] of path.slice(1).entries()) {
          expect(alpha).toBeGreaterThanOrEqual((path[i]?.alpha ?? 0) - 1e-12)
          expect(leaves).toBeLessThan(path[i]?.leaves ?? 0)
          const at = prune(grown, alpha + 1e-9).tree
          expect(leavesOf(at).length).toBeLessThanOrEqual(leaves)
        }
      }),
    )
  })
})

describe('grow', () => {
  test('finds the same tree by histograms, by subtraction and by sorting, for random tables repeated many times', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 2, max: 60 }), (table, times) => {
        // Many equal rows make histograms worth their while; the tree must be that of the rows once, counts apart.
        const repeat = (codes: ArrayLike<number>) =>
          Int32Array.from({ length: codes.length * times }, (_, i) => codes[i % codes.length] ?? 0)
        const repeated: ClassTable = {
          ...table,
          rows: table.rows * times,
          features: table.features.map((feature) => ({ ...feature, codes: repeat(feature.codes) })),
          target: { ...table.target, classes: repeat(table.target.classes) },
        }
        const shape = ({ split }: Grown): unknown =>
          split === null ? null : [split.feature, split.cut, shape(split.left), shape(split.right)]
        const [one, many] = [table, repeated].map((data) => shape(growOn(data, giniOf(data), {})))
        expect(many).toEqual(one)
      }),
    )
  })

  test('best first, takes the most useful divisions; with enough leaves, the same tree as depth first', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 2, max: 12 }), (table, most) => {
        const objective = giniOf(table)
        const whole = growOn(table, objective, {})
        const some = growOn(table, objective, { maxLeafNodes: most })
        expect(leavesOf(some).length).toBe(Math.min(most, leavesOf(whole).length))
        expect(growOn(table, objective, { maxLeafNodes: 1000 })).toEqual(whole)
      }),
    )
  })
})
