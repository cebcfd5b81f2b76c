import { at } from 'emp-compile-runtime/internal/at'
import { describe, expect, test } from 'vitest'
import { assessmentOf } from '../../compiler/report/assessment.ts'
import {
  answerFigures,
  clinicalOf,
  decisionCurve,
  thresholdFor,
  thresholdTable,
} from '../../compiler/report/clinical.ts'
import { estimatesOf } from '../../compiler/report/estimates.ts'
import { varianceOfModels } from '../../compiler/report/instability.ts'
import { wilsonInterval } from '../../compiler/report/metrics.ts'
import { metricsOf, type RowOutcome } from '../../compiler/report/outcome.ts'
import { announcedRandom } from '../support/seed.ts'

const random = announcedRandom('clinical')
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const z = 1.959963984540054

/** Rows of so many answers, and chances of them in steps of 1/20, so that some are alike. */
function judged(n: number, answers: number): RowOutcome[] {
  return Array.from({ length: n }, () => {
    const truth = Math.floor(answers * random())
    const raw = Array.from({ length: answers }, (_, i) => 1 + Math.floor(8 * random()) + (i === truth ? 4 : 0))
    const chances = raw.map((value) => Math.round((20 * value) / sum(raw)) / 20)
    return { truth, given: chances.indexOf(Math.max(...chances)), chances }
  })
}

const weighted = (outcomes: readonly RowOutcome[]) =>
  outcomes.map((one) => ({ ...one, weight: Math.floor(4 * random()) }))

/** The share of some rows that are hit, with Wilson's interval on Kish's number of rows. */
function share(outcomes: readonly RowOutcome[], some: (one: RowOutcome) => boolean, hit: (one: RowOutcome) => boolean) {
  const own = outcomes.filter(some)
  const weights = own.map(({ weight = 1 }) => weight)
  const all = sum(weights)
  if (all === 0) return null
  const value = sum(own.map((one, i) => (hit(one) ? (weights[i] ?? 0) : 0))) / all
  const n = all ** 2 / sum(weights.map((weight) => weight ** 2))
  return { value, ...wilsonInterval(Math.min(n, value * n), n) }
}

function expectNear(ours: unknown, want: unknown, place = ''): void {
  if (typeof want === 'number')
    expect(Math.abs((ours as number) - want), `${place} ${ours} ${want}`).toBeLessThan(1e-12)
  else if (want === null || typeof want !== 'object') expect(ours, place).toBe(want)
  else for (const [name, own] of Object.entries(want)) expectNear((ours as never)[name], own, `${place}.${name}`)
}

describe.each([
  ['rows', (outcomes: RowOutcome[]): RowOutcome[] => outcomes],
  ['weighted rows', weighted],
])('at an operating point, %s', (_, weigh) => {
  const outcomes = weigh(judged(90, 2))
  const weightOf = (some: readonly RowOutcome[]) => sum(some.map(({ weight = 1 }) => weight))

  test.each([null, 0.25, 0.5, 0.8])('%s have the shares of their counts', (threshold) => {
    const isCalled = ({ given, chances }: RowOutcome) =>
      threshold === null ? given === 1 : (chances[1] ?? 0) >= threshold
    const [ill, well] = [1, 0].map((answer) => (one: RowOutcome) => one.truth === answer) as [
      typeof isCalled,
      typeof isCalled,
    ]
    const notCalled = (one: RowOutcome) => !isCalled(one)
    expectNear(clinicalOf(outcomes, 1, threshold), {
      threshold,
      sensitivity: share(outcomes, ill, isCalled),
      specificity: share(outcomes, well, notCalled),
      ppv: share(outcomes, isCalled, ill),
      npv: share(outcomes, notCalled, well),
      counts: {
        tp: weightOf(outcomes.filter((one) => ill(one) && isCalled(one))),
        fp: weightOf(outcomes.filter((one) => well(one) && isCalled(one))),
        fn: weightOf(outcomes.filter((one) => ill(one) && notCalled(one))),
        tn: weightOf(outcomes.filter((one) => well(one) && notCalled(one))),
      },
    })
  })

  test('thresholds are chances that occur, ascending, from the lowest to the highest, a dozen at most', () => {
    const table = thresholdTable(outcomes, 1)
    const chances = [...new Set(outcomes.map((one) => at(one.chances, 1)))].sort((a, b) => a - b)
    const own = table.map(({ threshold }) => threshold ?? -1)
    expect(own.length).toBe(Math.min(12, chances.length))
    expect(own).toEqual([...new Set(own)].sort((a, b) => a - b))
    expect([own[0], own.at(-1)]).toEqual([chances[0], chances.at(-1)])
    for (const row of table) expect(row).toEqual(clinicalOf(outcomes, 1, row.threshold))
    expect(table[0]?.sensitivity?.value).toBe(1)
  })

  test.each([0.5, 0.9, 0.95, 1])(
    'the threshold for a sensitivity of %d is the largest that finds as many',
    (wanted) => {
      const chance = thresholdFor(outcomes, 1, { sensitivity: wanted })
      const found = (from: number) => clinicalOf(outcomes, 1, from).sensitivity?.value ?? 0
      expect(found(chance)).toBeGreaterThanOrEqual(wanted)
      for (const { chances } of outcomes)
        if (at(chances, 1) > chance) expect(found(at(chances, 1))).toBeLessThan(wanted)
    },
  )

  test('net benefit is what is won by true positives less what false ones cost, at the odds of the threshold', () => {
    const curve = decisionCurve(outcomes, 1)
    expect(curve.map(({ threshold }) => threshold)).toEqual(Array.from({ length: 19 }, (_, i) => (i + 1) / 20))
    const prevalence = weightOf(outcomes.filter(({ truth }) => truth === 1)) / weightOf(outcomes)
    for (const { threshold, model, all } of curve) {
      // Each row by itself: one for a true positive, and as much less as the odds for a false one.
      const won = sum(
        outcomes.map(({ truth, chances, weight = 1 }) =>
          at(chances, 1) < threshold ? 0 : truth === 1 ? weight : (-weight * threshold) / (1 - threshold),
        ),
      )
      expect(model).toBeCloseTo(won / weightOf(outcomes), 12)
      // Acting on all wins nothing where the threshold is the prevalence.
      expect(all).toBeCloseTo((prevalence - threshold) / (1 - threshold), 12)
    }
  })
})

test('each answer of several has its precision, recall and area', () => {
  const outcomes = weighted(judged(120, 3))
  for (const [i, one] of answerFigures(outcomes, ['a', 'b', 'c']).entries()) {
    const [has, given] = [({ truth }: RowOutcome) => truth === i, (one: RowOutcome) => one.given === i]
    expectNear(one, { precision: share(outcomes, given, has), recall: share(outcomes, has, given) })
    const binary = outcomes.map(({ truth, chances, weight }) => {
      const own = at(chances, i)
      return { truth: Number(truth === i), given: 0, chances: [1 - own, own], weight }
    })
    const { rocAuc } = estimatesOf(binary, 2, metricsOf(binary, 2)) as { rocAuc: object }
    expectNear(one.rocAuc, rocAuc)
  }
})

describe.each([
  ['two answers', 2],
  ['three answers', 3],
  ['numbers', null],
])('all figures of %s', (_, answers) => {
  const names = answers === null ? null : ['a', 'b', 'c'].slice(0, answers)
  const positive = answers === 2 ? { place: 1, answer: 'b', isChosen: true } : null
  const assess = (outcomes: readonly RowOutcome[]) => assessmentOf(outcomes, names, positive, null)
  const outcomes: RowOutcome[] =
    answers === null
      ? Array.from({ length: 60 }, () => ({ truth: random(), given: random(), chances: [] }))
      : judged(60, answers)
  const valuesOf = (one: ReturnType<typeof assess>) =>
    JSON.parse(JSON.stringify(one.estimates, (key, value) => (key === 'low' || key === 'high' ? undefined : value)))
  const shape = ({ rows: _, ...others }: ReturnType<typeof assess>) => others

  test('take a group of copies for one row', () => {
    const copied = outcomes.flatMap((one, group) => [1, 2, 3].map(() => ({ ...one, group })))
    const counts = (one: ReturnType<typeof assess>) =>
      JSON.parse(JSON.stringify(shape(one), (key, value) => (key === 'counts' ? undefined : value)))
    expectNear(counts(assess(copied)), counts(assess(outcomes.map((one, group) => ({ ...one, group })))))
    expectNear(valuesOf(assess(copied)), valuesOf(assess(outcomes)))
  })

  test('have the values of rows that stand as often as they weigh, and leave out those that weigh nothing', () => {
    const own = weighted(outcomes)
    const repeated = own.flatMap(({ weight, ...one }) => Array.from({ length: weight }, () => one))
    const values = (one: ReturnType<typeof assess>) =>
      JSON.parse(
        JSON.stringify(shape(one), (key, value) =>
          key === 'low' || key === 'high' || key === 'thresholds' ? undefined : value,
        ),
      )
    expectNear(values(assess(own)), values(assess(repeated)))
    const alone = own.filter(({ weight }) => weight > 0)
    expectNear({ ...shape(assess(own)), thresholds: [] }, { ...shape(assess(alone)), thresholds: [] })
  })
})

test('shares among people who are called hold what another model changes of who is called', () => {
  const outcomes: RowOutcome[] = judged(200, 2).map((one, i) => {
    const other = random() < 0.2 ? 1 - one.given : one.given
    return { ...one, again: { given: other, chances: [1 - other, other], parts: [i % 10, (i * 7 + 3) % 10] as const } }
  })
  const once = outcomes.map(({ again: _, ...one }) => one)
  const called = outcomes.filter(({ given }) => given === 1)
  const ppv = called.filter(({ truth }) => truth === 1).length / called.length
  // By how much the sum of rights less the share moves, a row that is called.
  const added = varianceOfModels(outcomes, (some) =>
    some.map(({ given, truth }) => (given === 1 ? ((truth - ppv) * 200) / called.length : 0)),
  )
  const [wide, narrow] = [clinicalOf(outcomes, 1, null).ppv, clinicalOf(once, 1, null).ppv]
  expect(wide?.value).toBeCloseTo(ppv, 12)
  expect(added).toBeGreaterThan(0)
  const n = called.length
  const middle = (ppv * n + z ** 2 / 2) / (n + z ** 2)
  const sample = (middle * (1 - middle)) / n
  const fewer = (n * sample) / (sample + added)
  expectNear(wide, { value: ppv, ...wilsonInterval(ppv * fewer, fewer) })
  expect((wide?.high ?? 0) - (wide?.low ?? 0)).toBeGreaterThan((narrow?.high ?? 1) - (narrow?.low ?? 0))
})
