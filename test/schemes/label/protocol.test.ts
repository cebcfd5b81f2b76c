import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trainTree } from '../../../compiler/2-train/train.ts'
import { cellsFor } from '../../../compiler/missing.ts'
import { answerGridOf } from '../../../compiler/schemes/answers.ts'
import type { LabelSettings } from '../../../compiler/schemes/label/lower.ts'
import { type LabelPlan, simulateLabel } from '../../../compiler/schemes/label/plan.ts'
import type { Naming } from '../../../compiler/schemes/scheme.ts'
import type { Table } from '../../../compiler/table.ts'
import { leafOf, type Tree } from '../../../compiler/tree.ts'
import { defineLabelClient } from '../../../runtime/schemes/label/client.ts'
import { defineLabelServer } from '../../../runtime/schemes/label/server.ts'
import { lower, recordOf } from '../../support/plans.ts'
import { completeHeartDisease, diabetes, numberTables, syntheticTask, tableOf, tables } from '../../support/tables.ts'
import { boundedOptions } from '../../support/trees.ts'

const cuts = 6
const options = (some: Partial<LabelSettings> = {}): Naming & LabelSettings => {
  return { name: 'test', cuts, padLeaves: null, probability: false, answerGrid: null, ...some }
}
const growth = { ...boundedOptions, minSamplesLeaf: 1 }

/** What the plaintext tree has to say of every row: shares are counted from the rows. */
function expectedAnswers(table: Table, tree: Tree, probability: boolean): (object | { readonly mean: number })[] {
  const cells = cellsFor(table, tree)
  const leaves = Array.from({ length: table.rows }, (_, row) => leafOf(tree, cells(row)))
  return leaves.map((leaf) => {
    if (leaf.kind === 'mean' || table.target.kind === 'number') return { mean: leaf.answer }
    const answer = table.target.answers[leaf.answer] ?? ''
    const classes = table.target.classes.filter((_, row) => leaves[row] === leaf)
    const share = classes.filter((one) => one === leaf.answer).length / classes.length
    return { kind: 'class', answer, ...(probability ? { percent: Math.round(100 * share) } : {}) }
  })
}

function expectSimulated(table: Table, tree: Tree, plan: LabelPlan, probability = false): void {
  for (const [row, expected] of expectedAnswers(table, tree, probability).entries()) {
    const simulated = simulateLabel(plan, cellsFor(table, tree)(row))
    if (!('mean' in expected)) {
      expect(simulated).toEqual(expected)
      continue
    }
    expect(simulated.kind).toBe('number')
    const distances = plan.contract.possible.map(({ answer }) => Math.abs(Number(answer) - expected.mean))
    expect(Math.abs(Number(simulated.answer) - expected.mean)).toBe(Math.min(...distances))
  }
}

/** Asks about rows under encryption, and expects what the plan says. */
async function expectOpened(table: Table, tree: Tree, plan: LabelPlan, rows = table.rows): Promise<void> {
  const server = defineLabelServer(plan.contract, plan.server.leaves)
  const client = defineLabelClient<object, string | number>(plan.contract)
  const key = await client.generateKey()
  for (let row = 0; row < rows; row++) {
    const sealed = await client.seal(recordOf(table, tree, row), key)
    const reply = await server.evaluate(sealed.request)
    expect(await sealed.open(reply)).toEqual(simulateLabel(plan, cellsFor(table, tree)(row)))
    expect([sealed.request.length, reply.length]).toEqual([plan.cost.requestBytes, plan.cost.replyBytes])
  }
}

const depths = fc.integer({ min: 1, max: 6 })

describe('predict = simulate', () => {
  test('for random tables, every row, exactly', () => {
    fc.assert(
      fc.property(
        tables,
        depths,
        fc.constantFrom(1, 2, 6, 1000),
        fc.boolean(),
        (table, maxDepth, cuts, probability) => {
          const tree = trainTree(table, { ...growth, maxDepth, cuts })
          expectSimulated(table, tree, lower(tree, options({ cuts, probability })), probability)
        },
      ),
    )
  })

  test('for random tables of numbers, every row, to the nearest possible answer', () => {
    fc.assert(
      fc.property(numberTables, depths, fc.constantFrom(null, 0.5, 7), (table, maxDepth, step) => {
        const range = table.target.grid.step * (table.target.grid.size - 1)
        const answerGrid = answerGridOf(table.target, step !== null && range / step > 1000 ? null : step)
        const tree = trainTree(table, { ...growth, maxDepth, cuts })
        expectSimulated(table, tree, lower(tree, options({ answerGrid })))
      }),
    )
  })
})

describe('simulate = open(evaluate(seal))', () => {
  test('for random tables, every row, exactly, in messages as long as the plan says', async () => {
    await fc.assert(
      fc.asyncProperty(tables, depths, fc.boolean(), fc.boolean(), async (table, maxDepth, probability, guard) => {
        const tree = trainTree(table, { ...growth, maxDepth, cuts })
        await expectOpened(table, tree, lower(tree, options({ probability, guard })))
      }),
      { numRuns: 15 },
    )
  })

  test('for random tables of numbers, every row, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(numberTables, depths, fc.boolean(), async (table, maxDepth, guard) => {
        const tree = trainTree(table, { ...growth, maxDepth, cuts })
        await expectOpened(table, tree, lower(tree, options({ answerGrid: answerGridOf(table.target, null), guard })))
      }),
      { numRuns: 10 },
    )
  })
})

test('a tree that was trained anew serves the clients of the old one', async () => {
  const table = syntheticTask()
  const rows = Array.from({ length: table.rows }, (_, row) => row)
  const [old, anew] = [0, 1].map((part) => {
    const tree = trainTree(
      table,
      { ...growth, maxDepth: 4, cuts },
      Uint32Array.from(rows.filter((row) => row % 2 === part)),
    )
    return { tree, plan: lower(tree, options({ padLeaves: 16 })) }
  })
  if (old === undefined || anew === undefined) throw new TypeError('two trees')
  const client = defineLabelClient<object, string>(old.plan.contract)
  const server = defineLabelServer(anew.plan.contract, anew.plan.server.leaves)
  const answers = rows.map((row) =>
    [old, anew].map(({ tree, plan }) => simulateLabel(plan, cellsFor(table, tree)(row))),
  )
  const row = answers.findIndex(([one, other]) => one?.answer !== other?.answer)
  const via = server.evaluate
  expect(await client.predict(recordOf(table, old.tree, row), { via })).toEqual(answers[row]?.[1])
})

describe('the data sets', () => {
  const csvTable = (file: string) => {
    const [header = [], ...rows] = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','))
    return tableOf(header, rows)
  }
  test.each<[string, Table]>([
    ['heart disease', csvTable('datasets/heart-disease.csv')],
    ['heart disease, complete', completeHeartDisease()],
    ['iris', csvTable('datasets/iris.csv')],
    ['diabetes', diabetes()],
    ['synthetic', syntheticTask()],
  ])('%s: predict = simulate on every row, and some of them under encryption, guarded or not', async (_, table) => {
    const tree = trainTree(table, { ...growth, maxDepth: 8, cuts: 32 })
    for (const probability of table.target.kind === 'classes' ? [false, true] : [false]) {
      const plan = lower(tree, options({ cuts: 32, probability, answerGrid: answerGridOf(table.target, null) }))
      expectSimulated(table, tree, plan, probability)
      await expectOpened(table, tree, plan, 12)
    }
    const answerGrid = answerGridOf(table.target, null)
    await expectOpened(table, tree, lower(tree, options({ cuts: 32, answerGrid, guard: true })), 6)
  })
})

describe('lower', () => {
  const table = completeHeartDisease()
  const tree = trainTree(table, { ...growth, maxDepth: 30, maxLeafNodes: 14, cuts })
  const treeLeaves = lower(tree, options()).leakage.treeLeaves

  test('pads to the next power of two, or as far as it is told', () => {
    expect(treeLeaves).toBe(14)
    expect(lower(tree, options()).contract.leaves).toBe(16)
    expect(lower(tree, options({ padLeaves: 14 })).contract.leaves).toBe(14)
    expect(lower(tree, options({ padLeaves: 100 })).contract.leaves).toBe(100)
    expect(() => lower(tree, options({ padLeaves: 13 }))).toThrow(/^pad-leaves is 13, but the tree has 14 leaves/)
    const single = { ...tree, root: { kind: 'leaf', answer: 1, counts: [3, 4] } as const }
    expect(lower(single, options())).toMatchObject({
      contract: { leaves: 1 },
      server: { leaves: [{ answer: 1, edges: [] }] },
    })
  })

  test('refuses a tree that was trained on other cuts, or whose missing values lie above', () => {
    expect(() => lower(trainTree(table, { ...growth, maxDepth: 4 }), options())).toThrow(/no public cut/)
    // Whether it is divided there or not: the contract would show the side.
    const above = { kind: 'number', name: 'unused', grid: { minimum: 0, step: 1, size: 3 }, missing: 'above' } as const
    const other = { ...tree, columns: [...tree.columns, above], features: [...tree.features, { column: 'unused' }] }
    expect(() => lower(other, options())).toThrow(/missing values of "unused" above its range/)
    const below = { ...other, columns: [...tree.columns, { ...above, missing: 'below' as const }] }
    expect(lower(below, options()).contract.cuts.at(-1)).toEqual([0, 1, 2])
  })

  test('leaves out what no record reaches, and merges the edges of a feature', () => {
    const leaf = (answer: number) => ({ kind: 'leaf', answer, counts: [1, 1] }) as const
    const split = (cut: number, left: Tree['root'], right: Tree['root']) =>
      ({ kind: 'split', feature: 2, cut, left, right }) as const
    // cp has four values, 1 to 4. The second question at cut 0 has been answered, and so has the one at 2 below 1.
    const root = split(1, split(2, split(0, leaf(0), leaf(1)), leaf(1)), split(0, leaf(1), split(2, leaf(0), leaf(1))))
    const plan = lower({ ...tree, root }, options())
    expect(plan.server.leaves).toEqual([
      { answer: 0, edges: [{ feature: 2, upTo: 0 }] },
      { answer: 1, edges: [{ feature: 2, above: 0, upTo: 1 }] },
      { answer: 0, edges: [{ feature: 2, above: 1, upTo: 2 }] },
      { answer: 1, edges: [{ feature: 2, above: 2 }] },
    ])
    expect(plan.leakage).toMatchObject({ treeLeaves: 4, leaves: 4 })
  })
})

describe('answerGridOf', () => {
  const numbers = (minimum: number, step: number, size: number): Table['target'] => {
    const document = {
      title: null,
      description: null,
      unit: null,
      categories: new Map(),
      otherUnits: [],
      example: null,
    }
    return { kind: 'number', name: 'y', grid: { minimum, step, size }, cells: new Int32Array(), document }
  }
  const given: [string, Table['target'], number | null, object][] = [
    ['few values', numbers(0, 1, 200), null, { minimum: 0, step: 1, size: 200 }],
    ['256 values', numbers(-5, 0.1, 256), null, { minimum: -5, step: 0.1, size: 256 }],
    ['257 values', numbers(-5, 0.1, 257), null, { minimum: -5, step: 0.2, size: 129 }],
    ['many values', numbers(0, 0.01, 100_001), null, { minimum: 0, step: 5, size: 201 }],
    ['a range that is no multiple', numbers(0, 1, 258), null, { minimum: 0, step: 2, size: 130 }],
    ['a step', numbers(0, 1, 301), 0.5, { minimum: 0, step: 0.5, size: 601 }],
    ['a step beyond the range', numbers(0, 1, 11), 100, { minimum: 0, step: 100, size: 2 }],
    ['one value', numbers(7, 1, 1), null, { minimum: 7, step: 1, size: 1 }],
  ]
  test.each(given)('%s', (_, target, step, want) => expect(answerGridOf(target, step)).toEqual(want))

  test.each([0, -1, Number.NaN, 0.1])('refuses the step %d for 301 values', (step) => {
    expect(() => answerGridOf(numbers(0, 1, 301), step)).toThrow(
      /^answer-step is .*, but takes a step of at least 0.293/,
    )
  })
})
