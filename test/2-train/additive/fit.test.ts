import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CodedColumn, pairColumns } from '../../../compiler/2-train/additive/coded.ts'
import { fittedScores, type PointsFit } from '../../../compiler/2-train/additive/fit.ts'
import {
  logisticPointsLoss,
  type PointsLoss,
  type State,
  softmaxPointsLoss,
  squaredPointsLoss,
} from '../../../compiler/2-train/additive/loss.ts'
import { fitPenalised } from '../../../compiler/2-train/additive/penalised.ts'
import { roundFit } from '../../../compiler/2-train/additive/round.ts'
import { boostStumps } from '../../../compiler/2-train/additive/stumps.ts'
import { seededRandom } from '../../../compiler/folds.ts'

const rows = 80
const random = seededRandom(11)
const codes = (positions: number) => Uint8Array.from({ length: rows }, () => Math.floor(random() * positions))
const columns: readonly CodedColumn[] = [
  { codes: codes(5), positions: 5, shape: { kind: 'chain', missing: false } },
  { codes: codes(4), positions: 4, shape: { kind: 'chain', missing: true } },
  { codes: codes(3), positions: 3, shape: { kind: 'levels' } },
]
const weights = Float64Array.from({ length: rows }, () => 0.5 + random())
const of = (column: number, row: number) => columns[column]?.codes[row] ?? 0
const classes = Int32Array.from({ length: rows }, (_, i) => (of(0, i) + of(2, i) + 2 * random() > 4 ? 1 : 0))
const losses: readonly (readonly [string, PointsLoss])[] = [
  ['two answers', logisticPointsLoss(Uint8Array.from(classes), weights)],
  [
    'three answers',
    softmaxPointsLoss(
      classes.map((one, i) => one + (of(1, i) === 0 ? 1 : 0)),
      3,
      weights,
    ),
  ],
  [
    'numbers',
    squaredPointsLoss(
      Float64Array.from(classes, (one, i) => one + of(1, i)),
      weights,
    ),
  ],
]
const lossOver = (loss: PointsLoss, scores: Float64Array) =>
  weights.reduce((sum, weight, row) => sum + weight * loss.at(scores, row), 0)

describe.each(losses)('the loss of %s', (_, loss) => {
  const length = loss.outputs * rows
  const scoresAt = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: length, maxLength: length })
  test('lies below its parabolas, and touches them with the right slope', () => {
    fc.assert(
      fc.property(
        scoresAt,
        fc.nat(rows - 1),
        fc.nat(loss.outputs - 1),
        fc.double({ min: -6, max: 6, noNaN: true }),
        (given, row, output, step) => {
          const scores = Float64Array.from(given)
          const state: State = {
            scores,
            gradients: new Float64Array(rows),
            curvatures: new Float64Array(rows),
            powers: new Float64Array(loss.kept),
          }
          loss.refresh(state)
          loss.derive(state, output)
          const [weight = 0, slope = 0, bend = 0] = [weights[row], state.gradients[row], state.curvatures[row]]
          const along = (by: number) => {
            const moved = scores.slice()
            moved[output * rows + row] = (moved[output * rows + row] ?? 0) + by
            return weight * (loss.at(moved, row) - loss.at(scores, row))
          }
          expect(along(step)).toBeLessThanOrEqual(slope * step + (bend * step * step) / 2 + 1e-9)
          expect((along(1e-5) - along(-1e-5)) / 2e-5).toBeCloseTo(slope, 5)
        },
      ),
      { numRuns: 200 },
    )
  })

  test.each([0.3, 3])('of strength %d has its least penalised value where the fit ends', (strength) => {
    const { value: fit } = fitPenalised(columns, loss, [strength]).next()
    if (fit === undefined) throw new TypeError('no fit')
    const objective = ({ base, tables }: PointsFit) =>
      lossOver(loss, fittedScores(columns, { base, tables }, rows)) + strength * costOf(tables)
    const least = objective(fit)
    for (const [c, table] of fit.tables.entries()) {
      for (let j = 0; j < table.length; j++) {
        for (const by of [0.05, -0.05]) {
          const moved = fit.tables.map((own, other) => (other === c ? own.with(j, (own[j] ?? 0) + by) : own))
          expect(objective({ base: fit.base, tables: moved })).toBeGreaterThan(least - 1e-3)
        }
      }
    }
  })

  test('falls with every stop of the stumps', () => {
    const seen: number[] = []
    for (const fit of boostStumps(columns, loss, [0, 3, 9, 30, 90, 300]))
      seen.push(lossOver(loss, fittedScores(columns, fit, rows)))
    expect(seen).toEqual(seen.toSorted((a, b) => b - a))
    expect(seen.at(-1)).toBeLessThan(0.9 * (seen[0] ?? 0))
  })

  test('rounded, no sum is further from its score than half a point for every column and the base, nearly', () => {
    const { value: fit } = fitPenalised(columns, loss, [1]).next()
    if (fit === undefined) throw new TypeError('no fit')
    const scores = fittedScores(columns, fit, rows)
    for (const width of [63, 255, 4095]) {
      const { tables, base, unit } = roundFit(columns, fit, scores, weights, width)
      const whole: PointsFit = {
        base: Float64Array.from(base),
        tables: tables.map((table) => Float64Array.from(table)),
      }
      const sums = fittedScores(columns, whole, rows)
      const furthest = sums.reduce((most, sum, i) => Math.max(most, Math.abs(sum - unit * (scores[i] ?? 0))), 0)
      expect(furthest).toBeLessThan((columns.length + 1) / 2 + 1)
      for (let k = 0; k < loss.outputs; k++) expect(widthOf(tables, k)).toBeLessThanOrEqual(width)
      const widest = Math.max(...Array.from({ length: loss.outputs }, (_, k) => widthOf(tables, k)))
      expect(widest).toBeGreaterThan(0.6 * width)
    }
  })
})

function widthOf(tables: readonly Int32Array[], output: number): number {
  return columns.reduce((sum, { positions }, c) => {
    const own = tables[c]?.slice(output * positions, (output + 1) * positions) ?? []
    return sum + Math.max(...own) - Math.min(...own)
  }, 0)
}

/** Half of what unlike points cost, by the words of the penalty: every output of every column on its own. */
function costOf(tables: readonly Float64Array[]): number {
  let cost = 0
  for (const [c, { positions, shape }] of columns.entries()) {
    const table = tables[c] ?? new Float64Array()
    const first = shape.kind === 'chain' && shape.missing ? 1 : 0
    const steps = Math.max(1, positions - 1 - first)
    for (let from = 0; from < table.length; from += positions) {
      const own = table.subarray(from, from + positions)
      for (const [j, points] of own.entries()) {
        cost += ((shape.kind === 'levels' || j < first ? 1 : 0.02) * points ** 2) / 2
        if (shape.kind === 'chain' && j > first) cost += (steps * (points - (own[j - 1] ?? 0)) ** 2) / 2
      }
    }
  }
  return cost
}

test('a pair has the positions of the first, times those of the second', () => {
  const [first, second] = columns
  if (first === undefined || second === undefined) throw new TypeError('no columns')
  const pair = pairColumns(first, second)
  expect(pair.positions).toBe(20)
  expect(Array.from(pair.codes)).toEqual(Array.from(first.codes, (code, row) => code * 4 + of(1, row)))
})
