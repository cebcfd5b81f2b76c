import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aucInterval } from '../../compiler/report/area.ts'
import { classificationMetrics, rocBand, wilsonInterval } from '../../compiler/report/metrics.ts'
import { expectClose, scored } from '../support/scores.ts'

const z = 1.959963984540054
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]) => sum(values) / values.length

/** 1 in the right order, 1/2 for a tie. */
const inOrder = (positive: number, negative: number) => (Math.sign(positive - negative) + 1) / 2

describe('aucInterval', () => {
  test('is the chance of the right order, with the covariances of DeLong, pair by pair', () => {
    let defined = 0
    fc.assert(
      fc.property(scored, ({ positives, negatives, truth, scores }) => {
        const auc = mean(positives.flatMap((x) => negatives.map((y) => inOrder(x, y))))
        const probabilities = scores.map((score) => [1 - (score + 3) / 12, (score + 3) / 12])
        const { rocAuc } = classificationMetrics({ truth, probabilities, given: truth, classes: 2 })
        expectClose(rocAuc, auc)
        const covariance = (placements: readonly number[]) =>
          sum(placements.map((placement) => (placement - auc) ** 2)) / (placements.length - 1)
        const s10 = covariance(positives.map((x) => mean(negatives.map((y) => inOrder(x, y)))))
        const s01 = covariance(negatives.map((y) => mean(positives.map((x) => inOrder(x, y)))))
        const standardError = Math.sqrt(s10 / positives.length + s01 / negatives.length)
        const interval = aucInterval(truth, scores)
        if (standardError < 1e-12) {
          expect(interval).toBeNull()
          return
        }
        defined += 1
        const [low, high] = [Math.max(0, auc - z * standardError), Math.min(1, auc + z * standardError)]
        expectClose(interval, { auc, standardError, low, high })
      }),
      { numRuns: 500 },
    )
    expect(defined).toBeGreaterThan(100)
  })

  test('holds the true area about 95 times of 100', () => {
    // Scores of 60 rows: uniform against the greater of two uniforms, which is above with probability 2/3.
    let state = 1
    const random = () => {
      state = (state * 48271) % 2147483647
      return state / 2147483647
    }
    const truth = Int32Array.from({ length: 60 }, (_, row) => row % 2)
    const holds = Array.from({ length: 2000 }, () => {
      const scores = Array.from(truth, (answer) => (answer === 1 ? Math.max(random(), random()) : random()))
      const { low, high } = aucInterval(truth, scores) ?? { low: 1, high: 0 }
      return low <= 2 / 3 && 2 / 3 <= high ? 1 : 0
    })
    expect(mean(holds)).toBeGreaterThan(0.92)
    expect(mean(holds)).toBeLessThan(0.97)
  })

  test.each([
    ['one positive row', [1, 0, 0], [2, 1, 3]],
    ['one negative row', [1, 1, 0], [2, 1, 3]],
    ['no negative row', [1, 1, 1], [2, 1, 3]],
    ['perfect order', [0, 0, 1, 1], [1, 2, 3, 4]],
    ['the opposite order', [1, 1, 0, 0], [1, 2, 3, 4]],
    ['all scores alike', [0, 0, 1, 1], [1, 1, 1, 1]],
  ])('is null for %s', (_, truth, scores) => {
    expect(aucInterval(Int32Array.from(truth), scores)).toBeNull()
  })
})

describe('rocBand', () => {
  const truth = Int32Array.of(1, 1, 0, 1, 0, 1, 0, 0)
  const scores = [9, 8, 7, 6, 6, 5, 4, 3]
  // (0, 0) (0, 1/4) (0, 1/2) (1/4, 1/2) (1/2, 3/4) (1/2, 1) (3/4, 1) (1, 1)
  test.each([
    [0, 0.5],
    [0.125, 0.5],
    [0.25, 0.5],
    [0.375, 0.625],
    [0.5, 1],
    [0.6, 1],
    [1, 1],
  ])('at %d has the rate %d, with the interval of a share of the positive rows', (fpr, tpr) => {
    expectClose(rocBand(truth, scores, [fpr]), [{ fpr, tpr, ...wilsonInterval(tpr * 4, 4) }])
  })
})

describe('wilsonInterval', () => {
  test('holds exactly the shares that are at most z of their own standard errors away', () => {
    const shares = fc.double({ min: 0, max: 1, noNaN: true })
    const trials = fc.integer({ min: 1, max: 300 }).chain((n) => fc.tuple(fc.nat({ max: n }), fc.constant(n)))
    fc.assert(
      fc.property(trials, shares, fc.constantFrom(1, z, 3), ([successes, n], p, z) => {
        const { low, high } = wilsonInterval(successes, n, z)
        const [distance, error] = [Math.abs(successes / n - p), Math.sqrt((p * (1 - p)) / n)]
        fc.pre(Math.abs(distance - z * error) > 1e-12)
        expect(low <= p && p <= high).toBe(distance <= z * error)
        expect([low >= 0, high <= 1]).toEqual([true, true])
      }),
      { numRuns: 1000 },
    )
  })

  test.each([5, 10, 20, 40])('of %d trials holds the true share about 95 times of 100, over all shares', (n) => {
    const intervals = Array.from({ length: n + 1 }, (_, successes) => wilsonInterval(successes, n))
    const coverages = Array.from({ length: 999 }, (_, i) => {
      const p = (i + 1) / 1000
      let chance = (1 - p) ** n
      let covered = 0
      for (const [successes, { low, high }] of intervals.entries()) {
        if (low <= p && p <= high) covered += chance
        chance *= (((n - successes) / (successes + 1)) * p) / (1 - p)
      }
      return covered
    })
    expect(mean(coverages)).toBeGreaterThan(0.945)
    expect(mean(coverages)).toBeLessThan(0.96)
    expect(Math.min(...coverages)).toBeGreaterThan(0.83)
  })

  test('ends at 0 and 1 where it should', () => {
    for (let n = 1; n < 100; n++) {
      for (const z of [1, 1.6448536269514722, 1.959963984540054, 2.5758293035489004, 3.1]) {
        expect(wilsonInterval(0, n, z).low).toBe(0)
        expect(wilsonInterval(n, n, z).high).toBe(1)
      }
    }
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 })
    // Newcombe, Statistics in Medicine 17 (1998), table I.
    expectClose(
      [wilsonInterval(81, 263), wilsonInterval(15, 148)].map(({ low, high }) => [low.toFixed(4), high.toFixed(4)]),
      [
        ['0.2553', '0.3662'],
        ['0.0624', '0.1605'],
      ],
    )
  })

  test.each([
    [-1, 5],
    [6, 5],
    [Number.NaN, 5],
  ])('refuses %d of %d', (successes, n) => {
    expect(() => wilsonInterval(successes, n)).toThrow(RangeError)
  })
})
