import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { answerOfPoints, type Points, type PointsColumn, positionCount, positionsOf } from '../../../compiler/points.ts'
import { simulatePointsLabel, simulateScore } from '../../../compiler/schemes/points/plan.ts'
import { at } from '../../../runtime/at.ts'
import { cellsOf } from '../../../runtime/grid.ts'
import { engines, loadGroup } from '../../../runtime/ristretto/load.ts'
import { readyGroup } from '../../../runtime/ristretto/ready.ts'
import { definePointsClient } from '../../../runtime/schemes/points/client.ts'
import { placesInTables, positionCounts } from '../../../runtime/schemes/points/contract.ts'
import { drawPoints } from '../../../runtime/schemes/points/draws.ts'
import { evaluatePoints, type PointsTask } from '../../../runtime/schemes/points/evaluation.ts'
import { definePointsServer } from '../../../runtime/schemes/points/server.ts'
import type { Task } from '../../../runtime/schemes/scheme.ts'
import { replyError } from '../../../runtime/wire/message.ts'
import { counted } from '../../support/counted-group.ts'
import { labelPlan, numbers, pointsOf, recordAt, scorePlan, serverOf, texts } from '../../support/points.ts'

const columns = [
  numbers('age', 5, [-3, 0, 2, 5, 9, -1], true),
  texts('sex', ['f', 'm'], [0, 4]),
  texts('eyes', ['blue', 'brown', 'green'], [7, 1, -2, 3], true),
  numbers('still', 1, [6]),
]
const crossed = Array.from({ length: 12 }, (_, i) => [5 - i])
const models: readonly (readonly [string, Points])[] = [
  ['two answers', pointsOf(columns, { base: [-4] })],
  ['a number', pointsOf(columns, { link: 'identity', answers: null, unit: 0.5 })],
  ['a power of e', pointsOf(columns, { link: 'exponential', answers: null, unit: 7 })],
  [
    'classes',
    pointsOf(columns, {
      link: 'identity',
      answers: null,
      classes: [
        { label: 'low', upTo: 2 },
        { label: 'high', upTo: null },
      ],
    }),
  ],
  [
    'pairs',
    pointsOf(columns, {
      pairs: [
        { columns: [0, 1], points: crossed },
        { columns: [1, 2], points: crossed.slice(0, 8) },
      ],
    }),
  ],
  [
    'nine answers, whose sums are longer than a hash',
    pointsOf(
      columns.map(
        (one): PointsColumn => ({
          ...one,
          points: one.points.map(([own = 0]) => Array.from({ length: 9 }, (_, k) => own * k)),
        }),
      ),
      { link: 'softmax', base: [1, 2, 3, 4, 5, 6, 7, 8, 9], answers: [...'abcdefghi'] },
    ),
  ],
]

/** All combinations of positions. */
const everyRecord = (model: Points) =>
  model.columns
    .map(positionCount)
    .reduce<number[][]>(
      (all, count) => all.flatMap((one) => Array.from({ length: count }, (_, j) => [...one, j])),
      [[]],
    )

describe.each(models)('score of %s', (_, model) => {
  test('every record, exactly, on every engine', async () => {
    const plan = scorePlan(model)
    const all = everyRecord(model)
    for (const [e, engine] of engines.entries()) {
      const group = await loadGroup(engine)
      const client = definePointsClient<object, string | number>(plan.contract, { group: async () => group })
      const server = serverOf(plan)
      const key = await client.generateKey()
      for (const positions of all.filter((__, i) => e === 0 || i % 13 === 0)) {
        const record = recordAt(model, positions)
        const cells = cellsOf(plan.contract, record)
        const expected = answerOfPoints(model, cells)
        expect(positionsOf(model, cells)).toEqual(positions)
        expect(simulateScore(plan, cells)).toEqual(expected)
        const sealed = await client.seal(record, key)
        expect(await sealed.open(await server.evaluate(sealed.request))).toEqual(expected)
      }
    }
  })
})

const grid = { minimum: -40, step: 1, size: 200 }
const revealed: readonly (readonly [string, Points, object])[] = [
  ['two answers', pointsOf(columns, { base: [-4] }), {}],
  ['two answers with their chance', pointsOf(columns, { base: [-4] }), { probability: true }],
  ['classes', at(models, 3)[1], {}],
  ['numbers', at(models, 1)[1], { answerGrid: grid }],
  ['few points', pointsOf([numbers('x', 3, [0, 1, 3])]), { points: 3 }],
  ['one sum', pointsOf([numbers('x', 1, [2])]), { points: 1 }],
]

describe.each(revealed)('label of %s', (_, model, settings) => {
  test('every record, exactly', async () => {
    const plan = labelPlan(model, settings)
    const client = definePointsClient<object, string | number>(plan.contract)
    const server = serverOf(plan)
    const key = await client.generateKey()
    for (const positions of everyRecord(model)) {
      const record = recordAt(model, positions)
      const cells = cellsOf(plan.contract, record)
      const expected = simulatePointsLabel(plan, cells)
      expect(expected.answer).toBe(toldBy(model, plan.contract.possible, cells))
      const sealed = await client.seal(record, key)
      expect(await sealed.open(await server.evaluate(sealed.request))).toEqual(expected)
    }
  })
})

function toldBy(model: Points, possible: readonly { readonly answer: string | number }[], cells: readonly number[]) {
  const { answer } = answerOfPoints(model, cells)
  if (typeof answer === 'string') return answer
  const distance = (one: { readonly answer: string | number }) => Math.abs(Number(one.answer) - answer)
  return possible.reduce((best, one) => (distance(one) <= distance(best) ? one : best), at(possible, 0)).answer
}

test('the number of sums is the least power of two above the points, whatever the model uses', () => {
  const model = pointsOf([numbers('x', 3, [0, 1, 3])])
  const sums = (points: number | null) => labelPlan(model, { points }).contract.sums
  expect([sums(null), sums(3), sums(4), sums(63), sums(255), sums(4095)]).toEqual([256, 4, 8, 64, 256, 4096])
  expect(() => labelPlan(model, { points: 2 })).toThrow(/points is 2/)
})

test('what label cannot do is refused with what can', () => {
  expect(() => labelPlan(at(models, 5)[1])).toThrow(/score/)
  expect(() => labelPlan(at(models, 4)[1])).toThrow(/pairs/)
})

test('operations are those of the cost, of every contract, good requests and bad', async () => {
  for (const [, model] of models) {
    const plan = scorePlan(model)
    const { group, operations } = counted(await readyGroup())
    const client = definePointsClient<object, string | number>(plan.contract, { group: async () => group })
    const before = operations()
    const key = await client.generateKey()
    const sealed = await client.seal(
      recordAt(
        model,
        model.columns.map(() => 0),
      ),
      key,
    )
    expect(operations(before)).toEqual(plan.cost.seal)
    const evaluated = operations()
    const runner = { idle: 1, run: async (task: Task) => evaluatePoints(group, task as PointsTask) }
    const reply = await serverOf(plan, { runner }).evaluate(sealed.request)
    expect(operations(evaluated)).toEqual(plan.cost.evaluate)
    const opened = operations()
    await sealed.open(reply)
    expect(operations(opened)).toEqual(plan.cost.open)
    expect([sealed.request.length, reply.length]).toEqual([plan.cost.requestBytes, plan.cost.replyBytes])
  }
})

test('a draw is consumed: a second use throws', async () => {
  const plan = scorePlan(pointsOf(columns))
  const drawn = drawPoints(await readyGroup(), (length) => new Uint8Array(length).fill(7), plan.contract)
  const client = definePointsClient<object, string | number>(plan.contract)
  const sealed = await client.seal(recordAt(pointsOf(columns), [0, 0, 0, 0]), await client.generateKey())
  const server = serverOf(plan, { draw: () => drawn })
  expect(replyError(await server.evaluate(sealed.request))).toBe(null)
  expect(replyError(await server.evaluate(sealed.request))).toBe('server-failed')
})

test('keys and points that are none are refused, and nothing foreign is printed', async () => {
  const warn = vi.spyOn(console, 'warn')
  const model = pointsOf(columns)
  const plan = scorePlan(model)
  const client = definePointsClient<object, string | number>(plan.contract)
  const { request } = await client.seal(recordAt(model, [0, 0, 0, 0]), await client.generateKey())
  const server = serverOf(plan)
  const bytes = plan.contract.messages.request.map(({ bytes: width, count }) => width * count)
  // The ciphertexts are the last field.
  const ends = request.length
  const ciphertexts = ends - at(bytes, 1)
  const broken = (from: number, change: (own: Uint8Array) => void) => {
    const copy = request.slice()
    change(copy.subarray(from, from + 32))
    return copy
  }
  const identity = (own: Uint8Array) => own.fill(0)
  const odd = (own: Uint8Array) => own.set([at(own, 0) ^ 1])
  for (const change of [identity, odd]) {
    expect(replyError(await server.evaluate(broken(ciphertexts, change)))).toBe('bad-ciphertext')
    expect(replyError(await server.evaluate(broken(ends - 32, change)))).toBe('bad-ciphertext')
  }
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})

test('a damaged reply is refused, or opens to a sum within the bound', async () => {
  const model = pointsOf(columns)
  const plan = labelPlan(model)
  const client = definePointsClient<object, string | number>(plan.contract)
  const sealed = await client.seal(recordAt(model, [1, 1, 1, 0]), await client.generateKey())
  const reply = await serverOf(plan).evaluate(sealed.request)
  const damaged = reply.slice()
  damaged[reply.length - 1] = at(reply, reply.length - 1) ^ 1
  await expect(sealed.open(damaged)).rejects.toMatchObject({ name: 'ProtocolError' })
})

test('points that are none of the contract are refused when the server is defined', () => {
  const { contract, server } = scorePlan(pointsOf(columns))
  const define =
    (some: Partial<typeof server>, more: object = {}) =>
    () =>
      definePointsServer({ ...contract, ...more }, { ...server, ...some })
  expect(define({})).not.toThrow()
  expect(define({ base: [2 ** 30] })).toThrow(/range/)
  expect(define({ base: [0.5] })).toThrow(RangeError)
  expect(define({ tables: server.tables.slice(1) })).toThrow(/points/)
  expect(define({}, { cuts: [[1, 1], [], [], []] })).toThrow(/cuts/)
  expect(define({}, { cuts: [[5], [], [], []] })).toThrow(/cuts/)
  expect(define({}, { pairs: [[1, 0]] })).toThrow(/pair/)
  const label = labelPlan(pointsOf(columns))
  expect(() => definePointsServer(label.contract, { ...label.server, symbols: label.server.symbols.slice(1) })).toThrow(
    /answer/,
  )
  expect(() => definePointsServer({ ...label.contract, sums: 8 }, label.server)).toThrow(/apart/)
})

test('after so many questions as the report says the points of every position are known, and not sooner', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), (sizes) => {
      const own = sizes.map((size, i) =>
        numbers(
          `x${i}`,
          size,
          Array.from({ length: size }, () => 1),
        ),
      )
      const { leakage, contract } = scorePlan(pointsOf(own))
      const counts = positionCounts(contract)
      const rows = everyRecord(pointsOf(own)).map((positions) =>
        counts.flatMap((count, f) =>
          Array.from({ length: count }, (_, j) => Number(placesInTables(contract, positions)[f] === j)),
        ),
      )
      expect(rank(rows)).toBe(leakage.questions)
    }),
    { numRuns: 30 },
  )
})

/** How many of the rows no others add up to. */
function rank(given: readonly (readonly number[])[]): number {
  const rows = given.map((row) => [...row])
  let found = 0
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const pivot = rows.findIndex((row, i) => i >= found && Math.abs(at(row, column)) > 1e-9)
    if (pivot < 0) continue
    const [a, b] = [at(rows, found), at(rows, pivot)]
    rows[found] = b
    rows[pivot] = a
    for (let i = found + 1; i < rows.length; i++) {
      const factor = at(at(rows, i), column) / at(b, column)
      rows[i] = at(rows, i).map((own, j) => own - factor * at(b, j))
    }
    found++
  }
  return found
}
