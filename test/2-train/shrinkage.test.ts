import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tabulate } from '../../compiler/1-read/read.ts'
import { fitTree } from '../../compiler/2-train/fit.ts'
import { defaultTrainOptions, type TrainOptions } from '../../compiler/2-train/options.ts'
import { strengths } from '../../compiler/2-train/shrinkage.ts'
import { trainTree } from '../../compiler/2-train/train.ts'
import { seededRandom } from '../../compiler/folds.ts'
import type { Table } from '../../compiler/table.ts'
import {
  answerOf,
  chancesOf,
  countsOf,
  fewestPublished,
  leavesOf,
  type Node,
  publishedLeaf,
  type Tree,
} from '../../compiler/tree.ts'
import { rawTable } from '../support/tables.ts'

const bounded: TrainOptions = { ...defaultTrainOptions, maxDepth: 4, minSamplesLeaf: 1, prune: null }
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/** Rows of two numbers, of which the first tells something of one of three answers. */
function noisyTable(seed: number, rows: number): Table {
  const random = seededRandom(seed)
  const below = (n: number) => Math.floor(random() * n)
  const texts = Array.from({ length: rows }, (_, row) => {
    const [x, z] = [below(30), below(9)]
    const answer = row < 12 ? row % 3 : random() < 0.6 ? Math.floor(x / 10) : below(3)
    return [String(x), String(z), at3(answer)]
  })
  return tabulate(rawTable(['x', 'z', 'y'], texts), null, { target: null })
}

const at3 = (answer: number) => ['a', 'b', 'c'][answer] ?? ''

/** The shares of the leaves, from left to right, by the definition: the counts of a node, and those around it. */
function sharesOf(node: Node, strength: number, around: readonly number[] | null = null): number[][] {
  const counts = countsOf(node)
  const [n, m] = [sum(counts), around === null ? 0 : strength]
  const own = counts.map((count, i) => (count + m * (around?.[i] ?? 0)) / (n + m))
  return node.kind === 'split' ? [...sharesOf(node.left, strength, own), ...sharesOf(node.right, strength, own)] : [own]
}

const classLeaves = ({ root }: Tree) => leavesOf(root).flatMap((leaf) => (leaf.kind === 'leaf' ? [leaf] : []))

describe('shrinkage', () => {
  test('the shares of leaves are those of the definition, in thousandths; the answer is the greatest', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 40, max: 120 }), fc.boolean(), (seed, rows, prunes) => {
        const options = prunes ? defaultTrainOptions : bounded
        const { model, strength } = fitTree(noisyTable(seed, rows), options)
        expect(strengths).toContain(strength)
        const exact = sharesOf(model.root, strength)
        for (const [i, { shares = [], answer }] of classLeaves(model).entries()) {
          expect(Math.round(1000 * sum(shares))).toBe(1000)
          for (const [j, share] of shares.entries()) {
            expect(share * 1000).toBeCloseTo(Math.round(share * 1000), 9)
            expect(Math.abs(share - (exact[i]?.[j] ?? Number.NaN))).toBeLessThan(0.001)
          }
          const most = Math.max(...(exact[i] ?? []))
          expect(exact[i]?.[answer]).toBeCloseTo(most, 12)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('without it, the tree is the one that is trained, and tells the shares of its rows', () => {
    const table = noisyTable(1, 90)
    const { model, strength } = fitTree(table, { ...bounded, shrinkage: 'none' })
    expect(strength).toBe(0)
    expect(model).toEqual(trainTree(table, bounded))
    for (const leaf of classLeaves(model)) {
      const counts = leaf.counts ?? []
      expect(chancesOf(leaf)).toEqual(counts.map((count) => count / sum(counts)))
    }
  })

  test('it moves no split, and no count', () => {
    const table = noisyTable(2, 90)
    const bare = (node: Node): unknown =>
      node.kind === 'split' ? { ...node, left: bare(node.left), right: bare(node.right) } : { counts: countsOf(node) }
    expect(bare(fitTree(table, bounded).model.root)).toEqual(bare(trainTree(table, bounded).root))
  })
})

describe('counts that stand on few people', () => {
  const countsAround = fc.array(fc.nat(9), { minLength: 2, maxLength: 4 }).filter((counts) => sum(counts) > 0)

  test('are not published, and all others are', () => {
    fc.assert(
      fc.property(countsAround, (counts) => {
        const answers = counts.map((_, i) => `a${i}`)
        const opened = answerOf({ answers }, { kind: 'leaf', answer: 0, counts })
        const isFew = counts.some((count) => count >= 1 && count < fewestPublished)
        if (opened.kind !== 'class') throw new TypeError('no class')
        expect(opened.counts).toEqual(isFew ? undefined : counts)
        // The share is told all the same.
        expect(sum(opened.shares ?? [1])).toBeCloseTo(1, 12)
      }),
    )
  })

  test.each([
    [4, false],
    [5, true],
  ])('the spread of %i people is published: %s', (rows, isPublished) => {
    const leaf = publishedLeaf({ kind: 'mean', answer: 3, rows, deviation: 1, weight: rows })
    expect(leaf).toEqual({ kind: 'mean', answer: 3, ...(isPublished ? { rows, deviation: 1 } : {}) })
  })

  test('where rows are weighted, the shares that are told are those of the weights, in thousandths', () => {
    const own = { kind: 'leaf', answer: 1 } as const
    const many = publishedLeaf({ ...own, counts: [9, 9], weights: [9, 171] })
    expect(many).toEqual({ ...own, shares: [0.05, 0.95] })
    const few = publishedLeaf({ ...own, counts: [3, 9], weights: [3, 171] })
    expect(few).toEqual({ ...own, shares: [0.017, 0.983] })
    // And those of a leaf whose rows count alike, where its counts are withheld.
    expect(publishedLeaf({ ...own, counts: [1, 2] })).toEqual({ ...own, shares: [0.333, 0.667] })
  })

  test('weights are never published, nor counts of rows that do not count alike', () => {
    const leaf = publishedLeaf({ kind: 'leaf', answer: 0, counts: [9, 9], weights: [2, 3], shares: [0.4, 0.6] })
    expect(leaf).toEqual({ kind: 'leaf', answer: 0, shares: [0.4, 0.6] })
  })
})
