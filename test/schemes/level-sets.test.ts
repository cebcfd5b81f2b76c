import { expect, test } from 'vitest'
import { cellsFor } from '../../compiler/missing.ts'
import { labelCost } from '../../compiler/schemes/label/cost.ts'
import { simulateLabel } from '../../compiler/schemes/label/plan.ts'
import { simulateSigns } from '../../compiler/schemes/signs/plan.ts'
import { predictTree, splitsOf, type Tree } from '../../compiler/tree.ts'
import { at } from '../../runtime/at.ts'
import { loadGroup } from '../../runtime/ristretto/load.ts'
import { defineLabelClient } from '../../runtime/schemes/label/client.ts'
import { drawLabel } from '../../runtime/schemes/label/draws.ts'
import { evaluateLabel, type LabelTask } from '../../runtime/schemes/label/evaluation.ts'
import { defineLabelServer, type LabelLeaf } from '../../runtime/schemes/label/server.ts'
import { sumsOf } from '../../runtime/schemes/label/sums.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { countingGroup } from '../support/counting-group.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { announcedRandom } from '../support/seed.ts'
import { type ClassTable, tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

const random = announcedRandom('level sets')
const pick = (count: number) => Math.floor(random() * count)

/** Twelve wards that act in three groups, four shifts, of which some are missing, and an age. */
function hospital(rows: number): ClassTable {
  const group = Array.from({ length: 12 }, () => pick(3))
  return tableOf(
    ['ward', 'shift', 'age', 'target'],
    Array.from({ length: rows }, (_, i) => {
      const [ward, shift, age] = [i < 12 ? i : pick(12), i < 4 ? i : pick(5), 20 + pick(60)]
      const risk = (at(group, ward) + (shift === 1 || shift === 3 ? 1 : 0) + (age > 50 ? 1 : 0)) % 3
      const answer = i < 2 ? i : random() < 0.1 ? pick(3) : risk
      return [`ward ${ward}`, shift === 4 ? '' : `shift ${shift}`, String(age), `answer ${answer}`]
    }),
  )
}
const options = { ...boundedOptions, maxDepth: 6, minSamplesLeaf: 2 }
const labelOptions = { name: 'sets', cuts: 8, padLeaves: 64, probability: false, answerGrid: null }
const table = hospital(240)
const setsOf = (tree: Tree) => splitsOf(tree.root).filter(({ also }) => also !== undefined)

test('sets name their levels as the table does, not by what the levels mean for the target', () => {
  const sets = setsOf(trainClasses(table, options))
  expect(sets.length).toBeGreaterThan(1)
  for (const { feature, also = [] } of sets) {
    expect([feature, ...also]).toEqual([feature, ...also].toSorted((a, b) => a - b))
  }
})

test('signs: every row gets its answer under encryption, and all levels of a column are sent', async () => {
  const tree = trainClasses(table, options)
  expect(setsOf(tree).length).toBeGreaterThan(1)
  const plan = lower(tree, { name: 'sets', keyBits: 512 })
  const [client, server] = [clientOf(plan), defineSignsServer(plan.contract, plan.server.tests)]
  const key = insecureTestKey(512)
  const features = plan.contract.features.map(({ column }) => column)
  expect(features.filter((column) => column === 'ward')).toHaveLength(12)
  const places = plan.contract.features.map((feature) =>
    tree.features.findIndex((one) => JSON.stringify(one) === JSON.stringify(feature)),
  )
  for (let row = 0; row < table.rows; row++) {
    const cells = cellsFor(table, tree)(row)
    const expected = predictTree(tree, cells)
    const own = places.map((place) => at(cells, place))
    expect(simulateSigns(plan, own)).toEqual(expected)
    if (row >= 40) continue
    const record = recordOf(table, tree, row)
    const asked = Object.fromEntries(
      Object.entries(record).filter(([name]) => features.includes(name) || plan.contract.ignored.includes(name)),
    )
    const sealed = await client.seal(asked, key)
    expect(await sealed.open(await server.evaluate(sealed.request))).toEqual(expected)
  }
})

test.each([false, true])(
  'label, guarded: %s: every row gets its answer, by the operations of the cost model',
  async (guard) => {
    const counted = countingGroup(await loadGroup())
    const tree = trainClasses(table, { ...options, cuts: 8 })
    expect(setsOf(tree).length).toBeGreaterThan(1)
    const plan = lower(tree, { ...labelOptions, guard })
    const group = async () => counted
    const client = defineLabelClient<object, string>(plan.contract, { group })
    const server = defineLabelServer(plan.contract, plan.server.leaves, {
      group,
      draw: drawLabel,
      runner: { idle: 1, run: async (task) => evaluateLabel(counted, task as LabelTask) },
    })
    const key = await client.generateKey()
    for (let row = 0; row < table.rows; row++) {
      const { answer } = predictTree(tree, cellsFor(table, tree)(row))
      expect(simulateLabel(plan, cellsFor(table, tree)(row))).toEqual({ kind: 'class', answer })
      if (row >= 40) continue
      const sealed = await client.seal(recordOf(table, tree, row), key)
      counted.taken()
      const reply = await server.evaluate(sealed.request)
      expect(counted.taken()).toEqual(labelCost(plan.contract).evaluate)
      expect(await sealed.open(reply)).toEqual({ kind: 'class', answer })
    }
  },
)

test('label: what is published tells nothing of the order, and every split adds up as many bits', () => {
  const planOf = (given: ClassTable) => lower(trainClasses(given, { ...options, cuts: 8 }), labelOptions)
  const shuffled = { ...table.target, classes: table.target.classes.toReversed() }
  const [one, other] = [planOf(table), planOf({ ...table, target: shuffled })]
  expect(other.contract).toEqual(one.contract)
  expect(other.cost).toEqual(one.cost)
  expect(other.server).not.toEqual(one.server)
  for (const { contract, server } of [one, other]) {
    const { splits } = sumsOf(contract, server.leaves)
    expect(new Set(splits.map(({ also = [] }) => also.length))).toEqual(new Set([11]))
  }
})

const level = (column: string, name: string) => ({ column, level: name })
const texts = (name: string, levels: readonly string[], missing: 'never' | 'no-level' = 'never') =>
  ({ kind: 'text', name, levels, missing }) as const
const numbers = { kind: 'number', name: 'n', grid: { minimum: 0, step: 1, size: 9 }, missing: 'never' } as const
const contract = {
  columns: [texts('a', ['x', 'y', 'z']), numbers],
  features: [level('a', 'x'), level('a', 'y'), level('a', 'z'), { column: 'n' }],
  cuts: [[0], [0], [0], [3, 5]],
  possible: [{ answer: 'p' }, { answer: 'q' }],
  leaves: 4,
}
const among = (...[feature = 0, ...also]: number[]): LabelLeaf => ({ answer: 0, edges: [{ feature, also, above: 0 }] })
const without = (...[feature = 0, ...also]: number[]): LabelLeaf => ({ answer: 1, edges: [{ feature, also, upTo: 0 }] })

test('two levels are divided by one of them, or, where a record may have neither, by both together', () => {
  const features = [level('b', 'x'), level('b', 'y')]
  const two = { features, cuts: [[0], [0]], possible: contract.possible, leaves: 2 }
  const both = [among(0, 1), without(0, 1)]
  const missing = { ...two, columns: [texts('b', ['x', 'y'], 'no-level')] }
  expect(sumsOf(missing, both).splits).toMatchObject([{ bit: 0, also: [1] }])
  const never = { ...two, columns: [texts('b', ['x', 'y'])] }
  expect(sumsOf(never, [among(0), without(0)]).splits[0]?.also).toBeUndefined()
})

test('leaves by sets of levels are those of a tree, or refused', () => {
  expect(sumsOf(contract, [among(0, 1), without(0, 1)]).splits[0]).toMatchObject({ bit: 0, also: [1, 5] })
  expect(sumsOf(contract, [among(0), among(1, 2), without(0, 1, 2)]).leaves).toHaveLength(4)
  const cut = (upTo: boolean): LabelLeaf => ({
    answer: 0,
    edges: [{ feature: 0, also: [2], above: 0 }, upTo ? { feature: 3, upTo: 1 } : { feature: 3, above: 1 }],
  })
  expect(sumsOf(contract, [cut(true), cut(false), without(0, 2)]).leaves).toHaveLength(4)
  for (const refused of [
    [among(0, 1), without(0)],
    [among(0, 1), without(0, 1, 2)],
    [among(0, 1), among(1, 2), without(0, 1, 2)],
    [among(0, 0), without(0)],
    [among(0, 3), without(0, 3)],
    [{ answer: 0, edges: [{ feature: 0, also: [1], above: 0, upTo: 0 }] }, without(0, 1)],
    [
      { answer: 0, edges: [{ feature: 3, also: [0], above: 1 }] },
      { answer: 0, edges: [{ feature: 3, upTo: 1 }] },
    ],
  ]) {
    expect(() => sumsOf(contract, refused)).toThrow(RangeError)
  }
})
