import { describe, expect, test } from 'vitest'
import { differencesOf, rightAlone } from '../../compiler/report/differences.ts'
import { estimatesOf } from '../../compiler/report/estimates.ts'
import { metricsOf, type RowOutcome } from '../../compiler/report/outcome.ts'
import { announcedRandom } from '../support/seed.ts'

const random = announcedRandom('differences')
const z = 1.959963984540054
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

interface Row extends RowOutcome {
  readonly weight?: number
}

/** Rows that two models judge, one of them better. */
function judged(n: number, answers: number | null, isWeighted: boolean): [Row[], Row[]] {
  const both = Array.from({ length: n }, () => {
    const weight = isWeighted ? { weight: 1 + Math.floor(3 * random()) } : {}
    if (answers === null) {
      const truth = 10 * random()
      return [2, 4].map((noise) => ({ truth, given: truth + noise * (random() - 0.5), chances: [], ...weight }))
    }
    const truth = Math.floor(answers * random())
    return [0.5, 0.3].map((signal) => {
      const raw = Array.from({ length: answers }, (_, i) => 0.2 + random() + (i === truth ? signal : 0))
      const chances = raw.map((value) => value / sum(raw))
      return { truth, given: chances.indexOf(Math.max(...chances)), chances, ...weight }
    })
  })
  return [0, 1].map((i) => both.map((one) => one[i] as Row)) as [Row[], Row[]]
}

const held = (outcomes: readonly RowOutcome[], answers: number | null) => ({
  outcomes,
  estimates: estimatesOf(outcomes, answers, metricsOf(outcomes, answers)),
})

const valuesOf = (outcomes: readonly RowOutcome[], answers: number | null) =>
  metricsOf(outcomes, answers) as unknown as Readonly<Record<string, number>>

describe.each([
  ['two answers', 2, false],
  ['two answers, weighted', 2, true],
  ['four answers', 4, false],
  ['numbers', null, false],
  ['numbers, weighted', null, true],
])('of %s', (_, answers, isWeighted) => {
  const n = 130
  const [first, second] = judged(n, answers, isWeighted)
  const differences = differencesOf(held(first, answers), held(second, answers), answers)

  test('each value is the second less the first', () => {
    const [a, b] = [valuesOf(first, answers), valuesOf(second, answers)]
    const names = Object.keys(differences)
    expect(names).toEqual(
      answers === null ? ['rmse', 'mae', 'r2'] : ['accuracy', 'balancedAccuracy', 'rocAuc', 'logLoss', 'brier'],
    )
    for (const name of names) expect(differences[name]?.value, name).toBeCloseTo((b[name] ?? 0) - (a[name] ?? 0), 12)
  })

  test('each standard error is that of leaving out one row at a time', () => {
    for (const [name, difference] of Object.entries(differences)) {
      if (difference?.low == null || difference.high === null) {
        expect([name, answers]).toEqual(['rocAuc', 4])
        continue
      }
      const left = Array.from({ length: n }, (_, out) => {
        const [a, b] = [first, second].map((rows) => valuesOf(rows.toSpliced(out, 1), answers)[name] ?? 0)
        return (b ?? 0) - (a ?? 0)
      })
      const mean = sum(left) / n
      const error = Math.sqrt(((n - 1) / n) * sum(left.map((one) => (one - mean) ** 2)))
      const own = (difference.high - difference.low) / (2 * z)
      expect(own / error, name).toBeGreaterThan(0.9)
      expect(own / error, name).toBeLessThan(1.1)
    }
  })

  test('a recipe does not differ from itself, and the other way round the sign changes', () => {
    const same = differencesOf(held(first, answers), held(first, answers), answers)
    for (const [name, one] of Object.entries(same)) {
      expect(Math.abs(one?.value ?? 1), name).toBe(0)
      if (one?.low != null) expect([Math.abs(one.low), Math.abs(one.high ?? 1)], name).toEqual([0, 0])
    }
    const back = differencesOf(held(second, answers), held(first, answers), answers)
    for (const [name, one] of Object.entries(back)) expect(one?.value).toBeCloseTo(-(differences[name]?.value ?? 0), 12)
  })
})

test('the difference of areas has the covariance of DeLong, pair by pair', () => {
  const [first, second] = judged(90, 2, false)
  const difference = differencesOf(held(first, 2), held(second, 2), 2).rocAuc
  const split = (rows: readonly RowOutcome[], truth: number) =>
    rows.filter((one) => one.truth === truth).map(({ chances }) => chances[1] ?? 0)
  const parts = [first, second].map((rows) => {
    const [positives, negatives] = [split(rows, 1), split(rows, 0)]
    const order = (a: number, b: number) => (Math.sign(a - b) + 1) / 2
    return {
      v10: positives.map((a) => sum(negatives.map((b) => order(a, b))) / negatives.length),
      v01: negatives.map((b) => sum(positives.map((a) => order(a, b))) / positives.length),
    }
  })
  const variance = (values: readonly number[]) => {
    const mean = sum(values) / values.length
    return sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1) / values.length
  }
  const minus = (name: 'v10' | 'v01') => (parts[1]?.[name] ?? []).map((one, i) => one - (parts[0]?.[name][i] ?? 0))
  const error = Math.sqrt(variance(minus('v10')) + variance(minus('v01')))
  expect(((difference?.high ?? 0) - (difference?.low ?? 0)) / (2 * z)).toBeCloseTo(error, 12)
})

test('rows that only one answers rightly are counted, and other rows are refused', () => {
  const row = (truth: number, given: number) => ({ truth, given, chances: [0.5, 0.5] })
  const [first, second] = [
    [row(0, 0), row(1, 0), row(1, 1), row(0, 0)],
    [row(0, 0), row(1, 1), row(1, 0), row(0, 1)],
  ] as const
  expect(rightAlone(first, second)).toEqual({ first: 2, second: 1 })
  expect(() => rightAlone(first, second.slice(1))).toThrow(RangeError)
})

test.each([
  ['two answers', 2],
  ['numbers', null],
])(
  'of %s, recipes that change places have the interval mirrored, also where one had fewer folds again',
  (_, answers) => {
    const flipped = (one: Row): Pick<Row, 'given' | 'chances'> =>
      answers === null
        ? { given: one.given + random() - 0.5, chances: [] }
        : { given: random() < 0.2 ? 1 - one.given : one.given, chances: [...one.chances].reverse() }
    const again = (rows: readonly Row[], folds: number) =>
      rows.map((one, i) => {
        const parts = [i % 10, (7 * i + Math.floor(i / 10)) % 10] as const
        return parts[1] < folds ? { ...one, again: { ...flipped(one), parts } } : one
      })
    const [a, b] = judged(200, answers, false)
    const [whole, some] = [held(again(a, 10), answers), held(again(b, 3), answers)]
    const [there, back] = [differencesOf(whole, some, answers), differencesOf(some, whole, answers)]
    for (const [name, one] of Object.entries(there)) {
      expect(one?.low, name).toBeCloseTo(-(back[name]?.high ?? Number.NaN), 12)
      expect(one?.high, name).toBeCloseTo(-(back[name]?.low ?? Number.NaN), 12)
    }
    const once = differencesOf(held(a, answers), held(b, answers), answers)
    for (const [name, one] of Object.entries(once)) expect(there[name]?.low, name).toBeLessThan(one?.low ?? Number.NaN)
  },
)
