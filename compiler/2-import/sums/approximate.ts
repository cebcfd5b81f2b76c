import { at } from 'emp-compile-runtime/internal/at'
import type { Weighing } from 'emp-compile-runtime/internal/schemes/monomials'
import { affine, type Coefficients, combine, multiplier } from '../../polynomial.ts'
import type { NetworkBody } from '../foreign.ts'
import { activated } from '../predict.ts'
import { fitPolynomial, leastSquares } from './least-squares.ts'

/** A number of the network: as a polynomial in a client's inputs, what that is for every record, and what it should be. */
interface Signal {
  readonly polynomial: Coefficients
  readonly given: Float64Array
  readonly wanted: Float64Array
}

/** How strongly the last layer is held to its own weights, in shares of the deviation of what they weigh. */
const held = 1e-3

/**
 * A network as one polynomial for each score: every unit's activation becomes the polynomial that is closest to it on the
 * range that records give it, and the last layer is fitted again to the network's own scores.
 *
 * @param degrees one for each hidden layer.
 * @param wanted the network's own inputs, for every record.
 */
export function approximate(
  weighing: Weighing,
  body: NetworkBody,
  inputs: readonly Coefficients[],
  wanted: readonly Float64Array[],
  degrees: readonly number[],
): Coefficients[] {
  const multiply = multiplier(weighing)
  let signals = inputs.map((polynomial, i): Signal => {
    const own = at(wanted, i)
    return { polynomial, given: own, wanted: own }
  })
  for (const [place, layer] of body.layers.slice(0, -1).entries()) {
    const before = signals
    signals = layer.weights.map((weights, unit): Signal => {
      const sum = weigh(before, weights, at(layer.intercepts, unit))
      if (layer.activation === 'identity') return sum
      const of = (x: number) => activated(layer.activation, x)
      const fit = fitPolynomial(of, sum.wanted, at(degrees, place))
      const inside = combine([
        [1 / fit.half, sum.polynomial],
        [1, affine(-fit.middle / fit.half, [])],
      ])
      return {
        polynomial: horner(fit.coefficients, inside, multiply),
        given: sum.given.map((x) =>
          fit.coefficients.reduceRight((value, c) => value * ((x - fit.middle) / fit.half) + c, 0),
        ),
        wanted: sum.wanted.map(of),
      }
    })
  }
  const last = at(body.layers, body.layers.length - 1)
  return last.weights.map((weights, output) => {
    const score = weigh(signals, weights, at(last.intercepts, output)).wanted
    const [constant, ...refitted] = refit(signals, weights, at(last.intercepts, output), score)
    return combine([
      [1, affine(constant ?? 0, [])],
      ...signals.map(({ polynomial }, i) => [at(refitted, i), polynomial] as const),
    ])
  })
}

function weigh(signals: readonly Signal[], weights: readonly number[], intercept: number): Signal {
  const sum = (of: 'given' | 'wanted') => {
    const values = new Float64Array(signals[0]?.given.length ?? 0).fill(intercept)
    signals.forEach((signal, i) => {
      for (let row = 0; row < values.length; row++) {
        values[row] = (values[row] as number) + at(weights, i) * (signal[of][row] as number)
      }
    })
    return values
  }
  return {
    polynomial: combine([
      [1, affine(intercept, [])],
      ...signals.map(({ polynomial }, i) => [at(weights, i), polynomial] as const),
    ]),
    given: sum('given'),
    wanted: sum('wanted'),
  }
}

/** `c0 + x (c1 + x (c2 + ...))` */
function horner(
  coefficients: readonly number[],
  x: Coefficients,
  multiply: (a: Coefficients, b: Coefficients) => Coefficients,
): Coefficients {
  return coefficients.reduceRight<Coefficients>(
    (value, c) =>
      combine([
        [1, multiply(value, x)],
        [1, affine(c, [])],
      ]),
    new Map(),
  )
}

/** An intercept and weights of units as they are given, by which a score is closest to the one wanted. */
function refit(
  signals: readonly Signal[],
  weights: readonly number[],
  intercept: number,
  wanted: Float64Array,
): readonly number[] {
  const rows = wanted.length
  const shares = new Float64Array(rows).fill(1 / rows)
  const costs = signals.map(({ given }) => {
    const mean = given.reduce((sum, value) => sum + value, 0) / rows
    return (held * given.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / rows + 1e-12
  })
  return leastSquares(
    [new Float64Array(rows).fill(1), ...signals.map(({ given }) => given)],
    wanted,
    shares,
    [intercept, ...weights],
    [1e-12, ...costs],
  )
}
