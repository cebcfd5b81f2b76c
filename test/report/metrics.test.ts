import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classificationMetrics, regressionMetrics, rocBand, rocCurve } from '../../compiler/report/metrics.ts'
import { expectClose, scored } from '../support/scores.ts'

interface Classification {
  readonly name: string
  readonly truth: number[]
  readonly probabilities: number[][]
  readonly given: number[]
  readonly classes: number
  readonly weights: number[] | null
  readonly want: Record<string, unknown>
  readonly curve: number[][] | null
}
interface Regression {
  readonly name: string
  readonly truth: number[]
  readonly given: number[]
  readonly weights: number[] | null
  readonly want: Record<string, unknown>
}
/** What scikit-learn 1.2.1 measures: see make-metrics.py. */
const reference: { classifications: Classification[]; regressions: Regression[] } = JSON.parse(
  readFileSync(new URL('../reference/metrics.json', import.meta.url), 'utf8'),
)

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const weightsOf = (weights: readonly number[] | null) => (weights === null ? null : Float64Array.from(weights))

describe('classificationMetrics', () => {
  test('the reference has cases', () => {
    expect(reference.classifications.length).toBeGreaterThan(5)
    expect(reference.regressions.length).toBeGreaterThan(2)
  })

  test.each(reference.classifications)("are scikit-learn's: $name", (given) => {
    const ours = classificationMetrics({
      truth: Int32Array.from(given.truth),
      probabilities: given.probabilities,
      given: Int32Array.from(given.given),
      classes: given.classes,
      weights: weightsOf(given.weights),
    })
    expectClose(ours, given.want)
  })

  test('rank two classes by the probability of the second, and make probabilities add up to 1', () => {
    const measured = classificationMetrics({
      truth: Int32Array.of(0, 1),
      probabilities: [
        [0.5, 0.3],
        [0.5, 0.5],
      ],
      given: Int32Array.of(0, 0),
      classes: 2,
    })
    expect(measured.rocAuc).toBe(1)
    expectClose(measured.logLoss, -(Math.log(0.625) + Math.log(0.5)) / 2)
  })

  test('weighing a row 0, 1, 2, 3 is leaving it out or repeating it', () => {
    const rows = fc.array(
      fc.record({
        truth: fc.nat({ max: 2 }),
        given: fc.nat({ max: 2 }),
        counts: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.constant(1)),
        weight: fc.nat({ max: 3 }),
      }),
      { minLength: 1, maxLength: 20 },
    )
    fc.assert(
      fc.property(rows, (rows) => {
        fc.pre(rows.some(({ weight }) => weight > 0))
        const measure = (of: typeof rows, weights: Float64Array | null) => {
          const { rows, ...measured } = classificationMetrics({
            truth: Int32Array.from(of, ({ truth }) => truth),
            probabilities: of.map(({ counts }) => counts.map((count) => count / sum(counts))),
            given: Int32Array.from(of, ({ given }) => given),
            classes: 3,
            weights,
          })
          expect(rows).toBe(of.length)
          return measured
        }
        const repeated = rows.flatMap((row) => new Array<typeof row>(row.weight).fill(row))
        expectClose(
          measure(
            rows,
            Float64Array.from(rows, ({ weight }) => weight),
          ),
          measure(repeated, null),
        )
      }),
    )
  })

  test.each<[string, Partial<Parameters<typeof classificationMetrics>[0]>]>([
    ['no rows', { truth: new Int32Array(), given: new Int32Array(), probabilities: [] }],
    ['too few given classes', { given: Int32Array.of(0) }],
    ['too few weights', { weights: Float64Array.of(1) }],
    ['too few rows of probabilities', { probabilities: [[0.5, 0.5]] }],
    [
      'too few probabilities',
      {
        probabilities: [[0.5, 0.5], [1]],
      },
    ],
    ['a true class that there is not', { truth: Int32Array.of(0, 2) }],
    ['a given class that there is not', { given: Int32Array.of(0, 2) }],
  ])('refuses %s', (_, bad) => {
    const probabilities = [
      [0.5, 0.5],
      [0.1, 0.9],
    ]
    const good = { truth: Int32Array.of(0, 1), given: Int32Array.of(0, 1), probabilities, classes: 2 }
    expect(classificationMetrics(good).accuracy).toBe(1)
    expect(() => classificationMetrics({ ...good, ...bad })).toThrow(RangeError)
  })
})

describe('regressionMetrics', () => {
  test.each(reference.regressions)("are scikit-learn's: $name", ({ truth, given, weights, want }) => {
    const [expected, predicted] = [Float64Array.from(truth), Float64Array.from(given)]
    expectClose(regressionMetrics({ truth: expected, given: predicted, weights: weightsOf(weights) }), want)
  })

  test('have no r2 where the truth is constant', () => {
    // The mean of three times 0.1 is not 0.1.
    const truth = Float64Array.of(0.1, 0.1, 0.1)
    const measured = regressionMetrics({ truth, given: Float64Array.of(0.1, 0.1, 0.4) })
    expect(measured.r2).toBeNull()
    expectClose(measured, { rows: 3, rmse: Math.sqrt(0.03), mae: 0.1, r2: null })
    const weights = Float64Array.of(1, 2, 0)
    const alike = Float64Array.of(5, 5, 6)
    expect(regressionMetrics({ truth: alike, given: alike, weights }).r2).toBeNull()
    expect(regressionMetrics({ truth: alike, given: alike }).r2).toBe(1)
  })

  test('refuse no rows, and columns of different lengths', () => {
    const [none, one, two] = [new Float64Array(), Float64Array.of(1), Float64Array.of(1, 2)]
    expect(() => regressionMetrics({ truth: none, given: none })).toThrow(RangeError)
    expect(() => regressionMetrics({ truth: one, given: two })).toThrow(RangeError)
    expect(() => regressionMetrics({ truth: two, given: two, weights: one })).toThrow(RangeError)
  })
})

describe('rocCurve', () => {
  const cases = reference.classifications.filter(({ curve }) => curve !== null)
  test.each(cases)("is scikit-learn's: $name", ({ truth, probabilities, weights, curve }) => {
    const scores = probabilities.map((chances) => chances[1] ?? Number.NaN)
    const points = rocCurve(Int32Array.from(truth), scores, weightsOf(weights)) ?? []
    expect(points[0]).toEqual({ fpr: 0, tpr: 0, threshold: Number.POSITIVE_INFINITY })
    const later = points.slice(1).map(({ fpr, tpr, threshold }) => [fpr, tpr, threshold])
    expectClose(later, curve)
  })

  test('has the shares of what scores at least the threshold, for every score', () => {
    fc.assert(
      fc.property(scored, ({ positives, negatives, truth, scores }) => {
        const thresholds = [Number.POSITIVE_INFINITY, ...[...new Set(scores)].sort((a, b) => b - a)]
        const share = (of: readonly number[], threshold: number) =>
          of.filter((score) => score >= threshold).length / of.length
        expect(rocCurve(truth, scores)).toEqual(
          thresholds.map((threshold) => ({
            fpr: share(negatives, threshold),
            tpr: share(positives, threshold),
            threshold,
          })),
        )
      }),
    )
  })

  test('is null where a class is absent', () => {
    expect(rocCurve(Int32Array.of(1, 1), [0.1, 0.2])).toBeNull()
    expect(rocCurve(Int32Array.of(0, 0), [0.1, 0.2])).toBeNull()
    expect(rocCurve(Int32Array.of(0, 1), [0.1, 0.2], Float64Array.of(1, 0))).toBeNull()
    expect(rocBand(Int32Array.of(0, 0), [0.1, 0.2], [0.5])).toBeNull()
  })

  test('refuses no rows, and columns of different lengths', () => {
    expect(() => rocCurve(new Int32Array(), [])).toThrow(RangeError)
    expect(() => rocCurve(Int32Array.of(0, 1), [0.1])).toThrow(RangeError)
    expect(() => rocCurve(Int32Array.of(0, 1), [0.1, 0.2], Float64Array.of(1))).toThrow(RangeError)
  })
})
