import { describe, expect, test } from 'vitest'
import { Blinding, drawBlinding } from '../../runtime/lattice/blinding.ts'
import { evaluate, multiplyPolynomials, readRequest } from '../../runtime/lattice/evaluate.ts'
import { generateLatticeKey, type LatticeKey } from '../../runtime/lattice/keys.ts'
import type { LatticeModel } from '../../runtime/lattice/model.ts'
import { prepareModel } from '../../runtime/lattice/model.ts'
import { largestFlood } from '../../runtime/lattice/noise.ts'
import { drawErrors } from '../../runtime/lattice/sample.ts'
import { type LatticeRequest, sealDrawn } from '../../runtime/lattice/seal.ts'
import { latticeSets } from '../../runtime/lattice/sets.ts'
import {
  announcedStream,
  drawModel,
  hits,
  integerOf,
  isFull,
  noiseOfReply,
  residueOfReply,
  scoresOf,
} from '../support/lattice.ts'

/**
 * The client as attacker on the noise: beside the score stands W e' + e u + e1 s + e2, whose first term holds the weights,
 * and the client knows e'. What hides it is the flood; switching cuts most of it off.
 */
const set = latticeSets.S
const inputs = 20
const random = announcedStream('lattice-noise')
const { lattice, model, weights, biases } = drawModel(random, set, { inputs, largest: 32, numbers: 15 })
const [truth = []] = weights

/** What a client finds beside the score, in one reply. */
type Server = (own: LatticeModel, request: LatticeRequest, key: LatticeKey, score: number) => number

/** Neither flood nor switching. */
const weak: Server = (own, request, key, score) => {
  const bare = new Blinding({ ...drawBlinding(own, random).take(), floods: [0n] })
  return Number(noiseOfReply(lattice, key, multiplyPolynomials(own, readRequest(lattice, request), bare), 0, score))
}
const ours: Server = (own, request, key, score) => residueOfReply(lattice, key, evaluate(own, request, random), score)

/** Weights by least squares: noise over the client's own errors. */
function regress(server: Server, replies: number, drawOwn: () => readonly number[]): number[] {
  const key = generateLatticeKey(lattice, random)
  const squares = truth.map(() => truth.map(() => 0))
  const sides = truth.map(() => 0)
  for (let r = 0; r < replies; r++) {
    const numbers = truth.map(() => integerOf(random, 0, 15))
    const [score = Number.NaN] = scoresOf(weights, biases, numbers)
    const errors = drawOwn()
    const noise = server(model, sealDrawn(lattice, key, numbers, { seed: random(32), errors }), key, score)
    errors.forEach((x, i) => {
      sides[i] = (sides[i] ?? Number.NaN) + x * noise
      errors.forEach((y, j) => {
        const row = squares[i] ?? []
        row[j] = (row[j] ?? Number.NaN) + x * y
      })
    })
  }
  return solve(squares, sides).map((w) => Math.round(w))
}

/** Gauss and Jordan, for a positive definite matrix. */
function solve(matrix: readonly (readonly number[])[], sides: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, sides[i] ?? Number.NaN])
  rows.forEach((pivotRow, pivot) => {
    const scale = pivotRow[pivot] ?? Number.NaN
    pivotRow.forEach((x, j) => {
      pivotRow[j] = x / scale
    })
    rows.forEach((row, i) => {
      const factor = row[pivot] ?? Number.NaN
      if (i !== pivot) {
        row.forEach((x, j) => {
          row[j] = x - factor * (pivotRow[j] ?? Number.NaN)
        })
      }
    })
  })
  return rows.map((row) => row.at(-1) ?? Number.NaN)
}

const honest = () => [...drawErrors(random, inputs)]
const inflated = () => truth.map(() => integerOf(random, -(2 ** 16), 2 ** 16))
const replies = isFull ? 3000 : 150
/** Milliseconds that a test may take. */
const long = isFull ? 1_200_000 : 180_000

describe('regressing the noise on own errors', () => {
  test('weak: without flood and switching, and errors of 2^16, 100 replies tell all weights', () => {
    expect(hits(regress(weak, 100, inflated), truth)).toBe(inputs)
  })

  // The flood is 2^35 here: estimates are off by 2^12 and more, so a hit each has a chance below 2^-12.
  test(
    `ours: ${replies} honest replies tell none`,
    () => {
      expect(hits(regress(ours, replies, honest), truth)).toBe(0)
    },
    long,
  )

  test(
    `ours: ${replies} replies to errors of 2^16 tell none`,
    () => {
      expect(hits(regress(ours, replies, inflated), truth)).toBeLessThan(2)
    },
    long,
  )
})

describe('telling two models with one score by the size of the noise', () => {
  const each = isFull ? 600 : 150
  const modelOf = (size: number) => {
    const row = truth.map((_, i) => (i % 2 === 0 ? size : -size))
    const flood = largestFlood(set, lattice.scoreBits, 20 * 32)
    return prepareModel(lattice, { weights: [row], biases: [5], flood })
  }
  // All numbers are 1, and the weights of each cancel: the score is 5.
  const numbers = truth.map(() => 1)

  /** How much more often the noise of the second is above the median of all. */
  function advantage(server: Server, first: LatticeModel, second: LatticeModel): number {
    const key = generateLatticeKey(lattice, random)
    const sizes = [first, second].map((own) =>
      Array.from({ length: each }, () => {
        const request = sealDrawn(lattice, key, numbers, { seed: random(32), errors: honest() })
        return Math.abs(server(own, request, key, 5))
      }),
    )
    const median = sizes.flat().sort((a, b) => a - b)[each] ?? Number.NaN
    const [low = Number.NaN, high = Number.NaN] = sizes.map((some) => some.filter((x) => x > median).length / each)
    return high - low
  }

  // Expected are 0.43 and 0.22; a standard deviation is 1 / sqrt(2 each), or less.
  const sizes = [{ size: 32, least: 0.22 }, ...(isFull ? [{ size: 16, least: 0.08 }] : [])]
  test.each(sizes)(
    'weak: weights of $size are told from none',
    ({ size, least }) => {
      expect(advantage(weak, modelOf(0), modelOf(size))).toBeGreaterThan(least)
    },
    long,
  )

  test(
    'ours: they are not',
    () => {
      // Expected is 0.
      expect(Math.abs(advantage(ours, modelOf(0), modelOf(32)))).toBeLessThan(4.2 / Math.sqrt(2 * each))
    },
    long,
  )
})
