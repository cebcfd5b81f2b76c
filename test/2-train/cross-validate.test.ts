import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tabulate } from '../../compiler/1-read/read.ts'
import { crossValidatePath } from '../../compiler/2-train/cross-validate.ts'
import { fitTree } from '../../compiler/2-train/fit.ts'
import { defaultTrainOptions, type TrainOptions } from '../../compiler/2-train/options.ts'
import { judgedAt, strengths } from '../../compiler/2-train/shrinkage.ts'
import { trainTree } from '../../compiler/2-train/train.ts'
import { CompileError } from '../../compiler/errors.ts'
import type { Pruning } from '../../compiler/evidence.ts'
import { foldsOf, seededRandom } from '../../compiler/folds.ts'
import { cellsFor } from '../../compiler/missing.ts'
import type { Table } from '../../compiler/table.ts'
import { depthOf, leafOf, leavesOf, meanAt, type Node, type Tree } from '../../compiler/tree.ts'
import { gridValue } from '../../runtime/grid.ts'
import { rawTable, tables } from '../support/tables.ts'

const options = (some: Partial<TrainOptions> = {}): TrainOptions => ({ ...defaultTrainOptions, ...some })
const everyRow = (table: Table) => Uint32Array.from({ length: table.rows }, (_, row) => row)

/** A Table from rows of texts; the last column is the target. */
const tableOf = (header: readonly string[], rows: readonly (readonly string[])[]) =>
  tabulate(rawTable(header, rows), null, { target: null })

function tableOfCsv(file: string): Table {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const [header = [], ...rows] = lines.map((line) => line.split(','))
  return tableOf(header, rows)
}

const heart = tableOfCsv('datasets/heart-disease.csv')
const iris = tableOfCsv('datasets/iris.csv')
const diabetes = tableOfCsv('datasets/diabetes.csv')

/** The true answer of a row: a position, or a number. */
const truthOf = ({ target }: Table, row: number) =>
  target.kind === 'classes' ? (target.classes[row] ?? -1) : gridValue(target.grid, target.cells[row] ?? 0)

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

/** What a node is as a leaf: its answer, and its impurity times its share of all rows. Neither rows nor answers weigh. */
function asLeaf(node: Node, answers: number, all: number): Pick<Cut, 'answer' | 'risk' | 'counts'> {
  if (answers === 0) {
    const { answer, rows, deviation } = meanAt(node)
    return { answer, counts: [], risk: (rows / all) * deviation ** 2 }
  }
  const leaves = leavesOf(node).map((leaf) => (leaf.kind === 'leaf' ? (leaf.counts ?? []) : []))
  const counts = Array.from({ length: answers }, (_, i) => sum(leaves.map((leaf) => leaf[i] ?? 0)))
  const rows = sum(counts)
  const gini = 1 - sum(counts.map((n) => (n / rows) ** 2))
  return { answer: counts.indexOf(Math.max(...counts)), counts, risk: (rows / all) * gini }
}

/** A tree by what its nodes would answer, and cost, as leaves. */
interface Cut {
  readonly answer: number
  /** Training rows of each answer; none of numbers. */
  readonly counts: readonly number[]
  readonly risk: number
  readonly split: { readonly feature: number; readonly cut: number; readonly left: Cut; readonly right: Cut } | null
}

function cutOf(node: Node, answers: number, all: number): Cut {
  const own = asLeaf(node, answers, all)
  if (node.kind !== 'split') return { ...own, split: null }
  const [left, right] = [cutOf(node.left, answers, all), cutOf(node.right, answers, all)]
  return { ...own, split: { feature: node.feature, cut: node.cut, left, right } }
}

const endsOf = (node: Cut): Cut[] =>
  node.split === null ? [node] : [...endsOf(node.split.left), ...endsOf(node.split.right)]

/** The reduction of risk per leaf of every inner node. */
function strengthsOf(node: Cut): { node: Cut; strength: number }[] {
  if (node.split === null) return []
  const ends = endsOf(node)
  const strength = (node.risk - sum(ends.map(({ risk }) => risk))) / (ends.length - 1)
  return [{ node, strength }, ...strengthsOf(node.split.left), ...strengthsOf(node.split.right)]
}

const without = (node: Cut, gone: Cut): Cut =>
  node === gone || node.split === null
    ? { ...node, split: null }
    : {
        ...node,
        split: { ...node.split, left: without(node.split.left, gone), right: without(node.split.right, gone) },
      }

/** Takes the weakest links off one by one, looking at all of them every time. */
function prunedSlowly(whole: Cut, alpha: number): { tree: Cut; steps: { alpha: number; leaves: number }[] } {
  const steps = [{ alpha: 0, leaves: endsOf(whole).length }]
  for (let tree = whole; ; ) {
    const links = strengthsOf(tree)
    if (links.length === 0) return { tree, steps }
    const weakest = links.reduce((a, b) => (b.strength < a.strength ? b : a))
    if (weakest.strength > alpha) return { tree, steps }
    tree = without(tree, weakest.node)
    steps.push({ alpha: Math.max(0, weakest.strength), leaves: endsOf(tree).length })
  }
}

interface Slow {
  readonly steps: readonly { alpha: number; leaves: number; loss: number; error: number; strength: number }[]
  readonly chosen: number
}

/** The shares at the end of a path from the root: every group with so many more people, who are like those around it. */
function sharesDown(path: readonly Cut[], strength: number): number[] {
  const [root, ...below] = path.map(({ counts }) => counts)
  const start = (root ?? []).map((count) => count / sum(root ?? []))
  return below.reduce<number[]>((around, counts) => {
    const rows = sum(counts)
    return counts.map((count, i) => (count + strength * (around[i] ?? Number.NaN)) / (rows + strength))
  }, start)
}

function lossSlowly(shares: readonly number[], truth: number, by: string): number {
  if (by === 'error') return Number(shares.indexOf(Math.max(...shares)) !== truth)
  if (by === 'log-loss') return -Math.log(Math.max(1e-15, shares[truth] ?? Number.NaN))
  return sum(shares.map((share, i) => (share - Number(i === truth)) ** 2))
}

const leastOf = (values: readonly number[]) => values.indexOf(Math.min(...values))

/** The rules as they are written down. Source: Breiman et al. 1984, §3.4. */
function crossValidatedSlowly(table: Table, given: TrainOptions, folds: number, seed: number): Slow {
  const answers = table.target.kind === 'classes' ? table.target.answers.length : 0
  const grow = (rows: Uint32Array) => {
    const tree = trainTree(table, { ...given, ccpAlpha: 0 }, rows)
    return { tree, whole: cutOf(tree.root, answers, rows.length) }
  }
  const { steps } = prunedSlowly(grow(everyRow(table)).whole, Number.POSITIVE_INFINITY)
  // Of several steps at one complexity the last.
  const path = steps.filter(
    ({ alpha }, i) => (steps[i + 1]?.alpha ?? Number.POSITIVE_INFINITY) > alpha * (1 + 1e-12) + 1e-15,
  )
  const foldOf = foldsOf(table, everyRow(table), folds, seed) ?? new Int32Array()
  expect(foldOf.length).toBe(table.rows)
  const isShrunk = answers > 0 && given.shrinkage === 'cv'
  const tried = isShrunk ? strengths : [0]
  const { by = 'brier', rule = 'least' } = given.prune ?? {}
  const losses = path.map(() => new Float64Array(table.rows).fill(Number.NaN))
  const ofStrengths = path.map(() => tried.map(() => 0))
  for (let fold = 0; fold < folds; fold++) {
    const { tree, whole } = grow(everyRow(table).filter((row) => foldOf[row] !== fold))
    const cells = cellsFor(table, tree)
    for (const [i, { alpha }] of path.entries()) {
      const next = path[i + 1]?.alpha
      const pruned = prunedSlowly(whole, next === undefined ? Number.POSITIVE_INFINITY : Math.sqrt(alpha * next)).tree
      for (const row of everyRow(table).filter((row) => foldOf[row] === fold)) {
        let node = pruned
        const down = [node]
        while (node.split !== null) {
          node = (cells(row)[node.split.feature] ?? Number.NaN) <= node.split.cut ? node.split.left : node.split.right
          down.push(node)
        }
        const truth = truthOf(table, row)
        const own = losses[i] ?? new Float64Array()
        // Every row is held out once.
        expect(own[row]).toBeNaN()
        own[row] =
          answers === 0 ? (node.answer - truth) ** 2 : lossSlowly(sharesDown(down, isShrunk ? judgedAt : 0), truth, by)
        for (const [s, strength] of tried.entries()) {
          const all = ofStrengths[i] ?? []
          const proper = table.target.kind === 'classes' ? 'log-loss' : 'brier'
          all[s] = (all[s] ?? Number.NaN) + lossSlowly(sharesDown(down, strength), truth, proper)
        }
      }
    }
  }
  const validated = path.map((step, i) => {
    const own = Array.from(losses[i] ?? [])
    const loss = sum(own) / table.rows
    const variance = sum(own.map((one) => (one - loss) ** 2)) / table.rows
    const strength = tried[leastOf(ofStrengths[i] ?? [])] ?? Number.NaN
    return { ...step, loss, error: Math.sqrt(variance / table.rows), strength }
  })
  const best = validated.reduce((a, b) => (b.loss < a.loss ? b : a))
  if (rule === 'least') return { steps: validated, chosen: validated.findLastIndex(({ loss }) => loss <= best.loss) }
  const within = validated.flatMap(({ loss }, i) => (loss <= best.loss + best.error ? [i] : []))
  return { steps: validated, chosen: Math.max(...within) }
}

function expectSame({ steps, chosen }: Pruning, slow: Slow): void {
  expect(steps.map(({ leaves }) => leaves)).toEqual(slow.steps.map(({ leaves }) => leaves))
  for (const [i, step] of steps.entries()) {
    const want = slow.steps[i]
    expect(step.strength).toBe(want?.strength)
    expect(step.alpha).toBeCloseTo(want?.alpha ?? Number.NaN, 8)
    expect(Math.abs(step.loss - (want?.loss ?? Number.NaN))).toBeLessThan(1e-9 * Math.max(1, step.loss))
    expect(Math.abs(step.error - (want?.error ?? Number.NaN))).toBeLessThan(1e-9 * Math.max(1, step.error))
  }
  expect(chosen).toBe(slow.chosen)
}

/** Rows of two features of which the first tells something; `share` of the answers are dealt anew. */
const noisy = fc
  .record({ seed: fc.nat(), rows: fc.integer({ min: 30, max: 90 }), share: fc.constantFrom(0.1, 0.3, 0.6, 1) })
  .map(({ seed, rows, share }) => noisyTable(seed, rows, share, false))

function noisyTable(seed: number, rows: number, share: number, isNumber: boolean): Table {
  const random = seededRandom(seed)
  const below = (n: number) => Math.floor(random() * n)
  return tableOf(
    ['x', 'z', 'y'],
    Array.from({ length: rows }, (_, row) => {
      const [x, z] = [below(20), below(7)]
      const truth = random() < share ? below(20) : x
      // Both answers, however the others fall.
      const answer = row < 10 ? 'ab'[row % 2] : truth < 10 ? 'a' : 'b'
      return [String(x), String(z), isNumber ? String(3 * truth + below(9)) : String(answer)]
    }),
  )
}

/** Tells whether no two steps of the path are closer than the rounding of variances may decide. */
function isClear(table: Table): boolean {
  const { steps } = prunedSlowly(cutOf(trainTree(table, options()).root, 0, table.rows), Number.POSITIVE_INFINITY)
  return steps.every(({ alpha }, i) => i === 0 || alpha > (steps[i - 1]?.alpha ?? 0) * (1 + 1e-6) + 1e-6)
}

/** The recipe of the textbook: wrong answers, one standard error, shares as they are. */
const byErrors: Partial<TrainOptions> = {
  prune: { folds: null, seed: 0, by: 'error', rule: '1-se' },
  shrinkage: 'none',
}
const byLogLoss: Partial<TrainOptions> = { prune: { folds: null, seed: 0, by: 'log-loss', rule: '1-se' } }

describe('the choice of a step, against a slow one', () => {
  const given: [string, Table, Partial<TrainOptions>, number, number][] = [
    ['heart disease, by errors', heart, byErrors, 10, 0],
    ['heart disease, by errors, bounded', heart, { ...byErrors, maxDepth: 4, minSamplesLeaf: 1 }, 5, 7],
    ['heart disease', heart, {}, 10, 0],
    ['heart disease, by log loss', heart, byLogLoss, 4, 1],
    ['iris, by errors', iris, { ...byErrors, minSamplesLeaf: 1 }, 3, 2],
    ['iris', iris, { shrinkage: 'none' }, 10, 0],
    ['iris, by log loss', iris, byLogLoss, 5, 0],
    [
      'diabetes, one standard error',
      diabetes,
      { prune: { folds: null, seed: 0, rule: '1-se' }, minSamplesLeaf: 20 },
      10,
      0,
    ],
    ['diabetes', diabetes, { maxLeafNodes: 12 }, 4, 5],
  ]
  test.each(given)('%s', (_, table, some, folds, seed) => {
    const slow = crossValidatedSlowly(table, options(some), folds, seed)
    expect(slow.steps.length).toBeGreaterThan(2)
    expectSame(crossValidatePath(table, options(some), { folds, seed }), slow)
  })

  test('random tables', () => {
    fc.assert(
      fc.property(noisy, fc.integer({ min: 2, max: 5 }), fc.nat(99), (table, folds, seed) => {
        expectSame(
          crossValidatePath(table, options(byErrors), { folds, seed }),
          crossValidatedSlowly(table, options(byErrors), folds, seed),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('random tables of numbers', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(99), (tableSeed, seed) => {
        const table = noisyTable(tableSeed, 60, 0.5, true)
        expect(table.target.kind).toBe('number')
        fc.pre(isClear(table))
        expectSame(
          crossValidatePath(table, options(), { folds: 4, seed }),
          crossValidatedSlowly(table, options(), 4, seed),
        )
      }),
      { numRuns: 30 },
    )
  })
})

describe('seeds and folds', () => {
  test('the same seed deals the same rows, another one others', () => {
    for (const table of [heart, diabetes]) {
      const of = (seed: number) => crossValidatePath(table, options(), { folds: 10, seed })
      expect(of(3)).toEqual(of(3))
      const losses = [0, 1, 2, 3].map((seed) => JSON.stringify(of(seed).steps.map(({ loss }) => loss)))
      expect(new Set(losses).size).toBe(4)
      const dealt = [0, 1].map((seed) => foldsOf(table, everyRow(table), 10, seed))
      expect(dealt[0]).not.toEqual(dealt[1])
    }
  })

  test('every row is in one of the folds, as many as any other has of its answer or one more', () => {
    for (const table of [heart, iris, diabetes]) {
      const foldOf = foldsOf(table, everyRow(table), 7, 4) ?? new Int32Array()
      expect(foldOf.length).toBe(table.rows)
      const groups = table.target.kind === 'classes' ? table.target.answers.map((_, i) => i) : [null]
      for (const group of groups) {
        const sizes = Array.from({ length: 7 }, () => 0)
        for (const row of everyRow(table)) {
          const fold = foldOf[row] ?? -1
          if (group === null || truthOf(table, row) === group) sizes[fold] = (sizes[fold] ?? Number.NaN) + 1
        }
        const rows = group === null ? table.rows : everyRow(table).filter((row) => truthOf(table, row) === group).length
        expect(sum(sizes)).toBe(rows)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }
    }
  })

  test('rows beyond those to train on play no part', () => {
    const some = everyRow(heart).filter((row) => row % 2 === 0)
    const { target } = heart
    if (target.kind !== 'classes') throw new Error('not of classes')
    const classes = target.classes.map((answer, row) => (row % 2 === 0 ? answer : 1 - answer))
    const changed: Table = { ...heart, target: { ...target, classes } }
    const [one, other] = [heart, changed].map((table) =>
      crossValidatePath(table, options(), { folds: 5, seed: 0 }, some),
    )
    expect(one).toEqual(other)
    expect(one?.steps[0]?.leaves).toBe(leavesOf(trainTree(heart, options(), some).root).length)
  })

  const rare = tableOf(
    ['x', 'y'],
    Array.from({ length: 40 }, (_, i) => [String(i), i < 6 ? 'rare' : 'frequent']),
  )
  test('as many folds as rows, however rare an answer is, and not one more', () => {
    const validate = (folds: number, rows?: Uint32Array) => crossValidatePath(rare, options(), { folds, seed: 0 }, rows)
    expect(validate(40).steps.length).toBeGreaterThan(0)
    expect(() => validate(41)).toThrow(CompileError)
    expect(() => validate(41)).toThrow(/^folds is 41, but takes at most the number of rows: 40/)
    // Of the rows to train on, not of the table.
    expect(() => validate(40, everyRow(rare).slice(1))).toThrow(/^folds is 40/)
    try {
      fitTree(rare, options({ prune: { folds: 41, seed: 0 } }))
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-option' })
    }
    expect.assertions(5)
  })

  test('of numbers, as many folds as rows', () => {
    const table = tableOf(
      ['x', 'y'],
      Array.from({ length: 12 }, (_, i) => [String(i), String(i * i)]),
    )
    const validate = (folds: number) => crossValidatePath(table, options({ minSamplesLeaf: 1 }), { folds, seed: 0 })
    expect(validate(12).steps.length).toBeGreaterThan(3)
    expect(() => validate(13)).toThrow(/^folds is 13/)
  })
})

describe('what is chosen', () => {
  test.each([
    ['answers', false],
    ['numbers', true],
  ])('of pure noise, mostly a single leaf: %s', (_, isNumber) => {
    const leaves = Array.from({ length: 40 }, (_, seed) => {
      const table = noisyTable(1000 + seed, 120, 1, isNumber)
      // The tree that would be there without pruning is not small.
      expect(leavesOf(trainTree(table, options()).root).length).toBeGreaterThan(8)
      return leavesOf(fitTree(table, options({ prune: { folds: 10, seed } })).model.root).length
    })
    expect(leaves.filter((n) => n === 1).length).toBeGreaterThanOrEqual(28)
  })

  test('of a clear rule, the rule', () => {
    const rows = Array.from({ length: 100 }, (_, i) => [String(i), String((i * 37) % 11), i < 40 ? 'a' : 'b'])
    const { model: tree } = fitTree(tableOf(['x', 'z', 'y'], rows), options())
    expect([depthOf(tree.root), tree.root]).toMatchObject([1, { kind: 'split', feature: 0 }])
  })

  test.each([
    ['heart disease', heart],
    ['iris', iris],
    ['diabetes', diabetes],
  ])('fitTree follows it: %s', (_, table) => {
    const given = options({ prune: { folds: 10, seed: 1 }, shrinkage: 'none' })
    const { model: tree, pruning } = fitTree(table, given)
    expect(pruning).toEqual(crossValidatePath(table, given, { folds: 10, seed: 1 }))
    const step = pruning?.steps[pruning.chosen]
    expect(tree).toEqual(step?.tree)
    expect(leavesOf(tree.root).length).toBe(step?.leaves)
    expect(tree).toEqual(trainTree(table, { ...given, ccpAlpha: step?.alpha ?? Number.NaN }))
    expect(leavesOf(tree.root).length).toBeLessThan(pruning?.steps[0]?.leaves ?? 0)
  })

  test('the tree of every step has as many leaves as the step says, for random tables', () => {
    fc.assert(
      fc.property(fc.oneof(noisy, tables), fc.constantFrom(1, 5), (table, minSamplesLeaf) => {
        const { target } = table
        const counts =
          target.kind === 'classes' ? target.answers.map((_, i) => target.classes.filter((c) => c === i)) : []
        fc.pre(counts.every(({ length }) => length >= 2))
        const given = options({ minSamplesLeaf, prune: { folds: 2, seed: 0 } })
        const { model: tree, pruning } = fitTree(table, given)
        const leaves = pruning?.steps.map((step) => leavesOf(step.tree.root).length)
        expect(leaves).toEqual(pruning?.steps.map((step) => step.leaves))
        expect(tree).toEqual(pruning?.steps[pruning.chosen]?.tree)
      }),
      { numRuns: 500 },
    )
  })

  test('a division without any use goes, too', () => {
    // At 0 as at 1 half of the rows are a: the only division leaves the impurity as it is.
    const rows = Array.from({ length: 40 }, (_, i) => [String(i % 2), i < 20 ? 'a' : 'b'])
    const { model: tree, pruning } = fitTree(tableOf(['x', 'y'], rows), options())
    expect(pruning?.steps[pruning.chosen]?.leaves).toBe(1)
    expect(leavesOf(tree.root).length).toBe(1)
  })

  describe('weighs losses as training weighs rows', () => {
    // Where x is 9, seven rows of 20 are rare: answering so is worth it only if those count more.
    const rows = Array.from({ length: 400 }, (_, i) => {
      const isRare = i % 10 === 9 && Math.floor(i / 10) % 20 < 7
      return [String(i % 10), String((i * 37) % 11), isRare ? '5' : '1', isRare ? 'rare' : 'common']
    })
    const header = ['x', 'z', 'weight', 'y']
    const plain = tabulate(rawTable(header, rows), null, { target: null, drop: ['weight'] })
    const weighted = tabulate(rawTable(header, rows), null, { target: null, sampleWeight: 'weight' })
    const given: [string, Table, TrainOptions['classWeight'], string[]][] = [
      ['all the same', plain, null, ['common']],
      ['balanced', plain, 'balanced', ['common', 'rare']],
      ['of answers', plain, { rare: 5 }, ['common', 'rare']],
      ['of rows', weighted, null, ['common', 'rare']],
    ]
    test.each(given)('%s', (_, table, classWeight, want) => {
      const { model: tree } = fitTree(table, options({ classWeight }))
      const answers = leavesOf(tree.root).map(({ answer }) => tree.answers?.[answer] ?? '')
      expect([...new Set(answers)].toSorted()).toEqual(want)
    })
  })

  test('without --prune, what is given is trained', () => {
    const given = options({ prune: null, ccpAlpha: 0.02, shrinkage: 'none' })
    const fitted: { model: Tree; pruning: Pruning | null } = fitTree(heart, given)
    expect(fitted).toEqual({ model: trainTree(heart, given), pruning: null, strength: 0 })
    expect(leafOf(fitted.model, cellsFor(heart, fitted.model)(0)).kind).toBe('leaf')
  })
})
