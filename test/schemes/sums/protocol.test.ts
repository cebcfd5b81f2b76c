import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lowerSums } from '../../../compiler/schemes/sums/lower.ts'
import { simulateSums } from '../../../compiler/schemes/sums/plan.ts'
import { predictTrees, type Trees } from '../../../compiler/trees.ts'
import { cellsOf } from '../../../runtime/grid.ts'
import { readyGroup } from '../../../runtime/ristretto/ready.ts'
import { runTask } from '../../../runtime/schemes/index.ts'
import { defineSumsClient } from '../../../runtime/schemes/sums/client.ts'
import { multipliesBits } from '../../../runtime/schemes/sums/contract.ts'
import { defineSumsServer } from '../../../runtime/schemes/sums/server.ts'
import { replyError } from '../../../runtime/wire/message.ts'
import { countingGroup } from '../../support/counting-group.ts'
import { randomRecord, scoreTrees, stairs } from '../../support/score-trees.ts'

const planOf = (model: Trees, guard = false) => lowerSums(model, { guard }, { name: 'test' })

/** Twelve trees of one bit: rho multiplies the bits. One tree of few splits and many bits: it multiplies the terms. */
const ofBits = stairs([
  [1, 2],
  [3, 4],
  [5, 6],
  [7, 8],
])
const ofTerms: Trees = {
  ...stairs([[1, 2]]),
  cuts: [[0, 1, 2, 3, 4, 5]],
  columns: [{ kind: 'number', name: 'x', grid: { minimum: 0, step: 1, size: 8 }, missing: 'never' }],
}

test('predict = simulate for random trees, whose splits are any sets of positions', () => {
  fc.assert(
    fc.property(scoreTrees, (model) => {
      const plan = planOf(model)
      for (let i = 0; i < 5; i++) {
        const cells = cellsOf(plan.contract, randomRecord(model, randomInt))
        expect(simulateSums(plan, cells)).toEqual(predictTrees(model, cells))
      }
    }),
    { numRuns: 100 },
  )
})

test('predict = open(evaluate(seal)) for random trees, guarded or not, in messages as long as the plan says', async () => {
  await fc.assert(
    fc.asyncProperty(scoreTrees, fc.boolean(), async (model, guard) => {
      const { contract, server: parts, cost } = planOf(model, guard)
      const client = defineSumsClient<object, string>(contract)
      const server = defineSumsServer(contract, parts)
      const key = await client.generateKey()
      for (let i = 0; i < 3; i++) {
        const record = randomRecord(model, randomInt)
        const sealed = await client.seal(record, key)
        const reply = await server.evaluate(sealed.request)
        expect(await sealed.open(reply)).toEqual(predictTrees(model, cellsOf(contract, record)))
        expect([sealed.request.length, reply.length]).toEqual([cost.requestBytes, cost.replyBytes])
      }
    }),
    { numRuns: 25 },
  )
})

test.each([false, true])('a model that asks nothing answers all the same; guarded: %s', async (guard) => {
  const { contract, server: parts } = planOf({ ...stairs([[7], [8]], 5), cuts: [[]] }, guard)
  const client = defineSumsClient<object, number>(contract)
  const sealed = await client.seal({ x: 1 }, await client.generateKey())
  const opened = await sealed.open(await defineSumsServer(contract, parts).evaluate(sealed.request))
  expect(opened).toEqual({ kind: 'number', answer: 20, scores: [20] })
})

test('rho multiplies what is fewer: bits or terms', () => {
  expect(multipliesBits(planOf(ofBits).contract)).toBe(true)
  expect(multipliesBits(planOf(ofTerms).contract)).toBe(false)
})

describe('what a session takes is what the plan says', () => {
  test.each([
    ['where rho multiplies bits', ofBits, false],
    ['where it multiplies terms', ofTerms, false],
    ['with a guard', ofBits, true],
    ['with a guard, where it multiplies terms', ofTerms, true],
  ] as const)('%s', async (_, model, guard) => {
    const { contract, server: parts, cost } = planOf(model, guard)
    const group = countingGroup(await readyGroup())
    const environment = { group: async () => group }
    const client = defineSumsClient<object, number>(contract, environment)
    const server = defineSumsServer(contract, parts).with({
      runner: {
        idle: 1,
        run: async (task) =>
          (await import('../../../runtime/schemes/sums/evaluation.ts')).evaluateSums(group, task as never),
      },
    })
    group.taken()
    const key = await client.generateKey()
    const sealed = await client.seal({ x: 1 }, key)
    expect(group.taken()).toEqual(cost.seal)
    const reply = await server.evaluate(sealed.request)
    expect(group.taken()).toEqual(cost.evaluate)
    await sealed.open(reply)
    expect(group.taken()).toEqual(cost.open)
  })
})

test('two forests with one contract take the same operations, whatever their shapes', async () => {
  const [balanced, chain] = [stairs([[1, 2, 3, 4]]), stairs([[9, 8, 7]])].map((model) =>
    planOf({ ...model, cuts: [[0, 1, 2]], columns: stairs([[1, 2, 3, 4]]).columns }),
  )
  expect(balanced?.contract).toEqual(chain?.contract)
  expect(balanced?.cost).toEqual(chain?.cost)
})

test('what threads do comes to the same', async () => {
  const { contract, server: parts } = planOf(ofBits)
  const client = defineSumsClient<object, number>(contract)
  const server = defineSumsServer(contract, parts).with({
    runner: { idle: 3, run: (task) => runTask(structuredClone(task)) },
  })
  const sealed = await client.seal({ x: 1 }, await client.generateKey())
  expect(await sealed.open(await server.evaluate(sealed.request))).toEqual({ kind: 'number', answer: 20, scores: [20] })
})

test('what is no point, or the identity, is refused, wherever it stands', async () => {
  const { contract, server: parts } = planOf(ofBits)
  const client = defineSumsClient<object, number>(contract)
  const server = defineSumsServer(contract, parts)
  const sealed = await client.seal({ x: 1 }, await client.generateKey())
  for (const place of [sealed.request.length - 64, sealed.request.length - 32]) {
    for (const filler of [0, 255]) {
      const damaged = sealed.request.slice()
      damaged.fill(filler, place, place + 32)
      expect(replyError(await server.evaluate(damaged))).toBe('bad-ciphertext')
    }
  }
})

describe('a server that is not its contract’s is refused', () => {
  const { contract, server: parts } = planOf(ofBits)
  const changed = (tree: (typeof parts.trees)[number]) => ({ ...parts, trees: [tree, ...parts.trees.slice(1)] })
  test.each([
    ['more leaves than it says', changed(planOf(stairs([[1, 2, 3]])).server.trees[0] ?? { scores: [] })],
    ['a tree less', { ...parts, trees: parts.trees.slice(1) }],
    ['a leaf of two scores', changed({ scores: [1, 2] })],
    ['a score that is no whole number', changed({ scores: [0.5] })],
    ['a column that there is not', changed({ column: 7, inside: [0], yes: { scores: [1] }, no: { scores: [1] } })],
    [
      'a set of positions that there are not',
      changed({ column: 0, inside: [0, 9], yes: { scores: [1] }, no: { scores: [1] } }),
    ],
    ['scores that reach 2^31', { ...parts, base: [2 ** 31 - 8] }],
    ['no base', { ...parts, base: [] }],
  ])('%s', (_, other) => {
    expect(() => defineSumsServer(contract, other)).toThrow(RangeError)
  })
})
