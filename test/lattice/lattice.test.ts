import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Blinding, drawBlinding } from '../../runtime/lattice/blinding.ts'
import { evaluate, multiplyPolynomials, readRequest, writeReply } from '../../runtime/lattice/evaluate.ts'
import { generateLatticeKey, LatticeKey, makeKey } from '../../runtime/lattice/keys.ts'
import { latticeWidths, makeLattice, recordCoefficients } from '../../runtime/lattice/lattice.ts'
import { prepareModel } from '../../runtime/lattice/model.ts'
import { largestFlood } from '../../runtime/lattice/noise.ts'
import { open } from '../../runtime/lattice/open.ts'
import { type LatticeRequest, seal, sealDrawn } from '../../runtime/lattice/seal.ts'
import { latticeSets, modulusOf } from '../../runtime/lattice/sets.ts'
import { systemRandom } from '../../runtime/random.ts'
import { announcedStream, drawModel, integerOf, noiseOfReply, scoresOf } from '../support/lattice.ts'

const { S, L } = latticeSets
const shapes = [
  { set: S, inputs: 1, largest: 1, numbers: 1 },
  { set: S, inputs: 20, largest: 32, numbers: 100 },
  { set: S, inputs: 104, largest: 16, numbers: 9 },
  { set: S, inputs: 20, outputs: 10, largest: 32, numbers: 15 },
  { set: S, inputs: 512, outputs: 4, largest: 3, numbers: 1 },
  { set: S, inputs: 2048, largest: 15, numbers: 1 },
  { set: L, inputs: 104, largest: 128, numbers: 17 },
  { set: L, inputs: 2379, largest: 7, numbers: 81 },
  { set: L, inputs: 409, outputs: 10, largest: 127, numbers: 100 },
  { set: L, inputs: 30, largest: 2 ** 20, numbers: 1000 },
]

/** Numbers that make scores largest, smallest, or anything. */
const records = (random: typeof systemRandom, weights: readonly (readonly number[])[], numbers: number) => [
  (weights[0] ?? []).map((w) => (w < 0 ? -numbers : numbers)),
  (weights.at(-1) ?? []).map((w) => (w < 0 ? numbers : -numbers)),
  (weights[0] ?? []).map(() => integerOf(random, -numbers, numbers)),
]

describe('a session', () => {
  test.each(shapes)('of $set.name, $inputs numbers, $outputs outputs, is exact', ({ set, ...shape }) => {
    const random = announcedStream('session')
    const { lattice, model, weights, biases } = drawModel(random, set, shape)
    for (const numbers of records(random, weights, shape.numbers)) {
      const key = generateLatticeKey(lattice, random)
      const request = seal(lattice, key, numbers, random)
      const reply = evaluate(model, request, random)
      expect(open(lattice, key, reply)).toEqual(scoresOf(weights, biases, numbers))
      const widths = Object.entries({ ...request, ...reply }).map(([name, bytes]) => [name, bytes.length])
      expect(Object.fromEntries(widths)).toEqual(latticeWidths(lattice))
    }
  })

  test('takes numbers as large as they may be', () => {
    const largest = 2 ** 50 - 1
    const lattice = makeLattice({ set: S, inputs: 3, outputs: 1, scoreBits: 4 })
    const model = prepareModel(lattice, { weights: [[1, 1, 0]], biases: [0], flood: 1n })
    const key = generateLatticeKey(lattice, systemRandom)
    const numbers = [largest, 3 - largest, -largest]
    expect(open(lattice, key, evaluate(model, seal(lattice, key, numbers, systemRandom), systemRandom))).toEqual([3])
  })

  test('takes the bytes that protocols of its kind publish', () => {
    const total = (set: typeof S, inputs: number, outputs: number, tau: number) => {
      const { mask, scores, ...request } = latticeWidths({ set, inputs, outputs, scoreBits: tau })
      return { up: Object.values(request).reduce((sum, bytes) => sum + bytes, 0), down: mask + scores }
    }
    expect(total(S, 20, 1, 16)).toEqual({ up: 13_248, down: 7428 })
    expect(total(S, 104, 1, 13)).toEqual({ up: 13_783, down: 6660 })
    expect(total(L, 104, 1, 17)).toEqual({ up: 41_014, down: 15_876 })
  })
})

/**
 * Draws that make each part of the noise largest at the place of an output: all errors 21, secrets that give every term of
 * the product one sign, and floods of F.
 */
function worstDraws(sign: 1 | -1, { lattice, model }: ReturnType<typeof drawModel>, output: number) {
  const { set, inputs, outputs } = lattice
  const place = inputs * output
  const aligned = Int8Array.from({ length: set.degree }, (_, j) => (j <= place ? 1 : -1))
  const errors = new Int8Array(set.degree).fill(21 * sign)
  const weighted = Int8Array.from({ length: recordCoefficients(lattice) }, (_, j) => {
    const w = j <= place ? model.placed[place - j] : -(model.placed[set.degree + place - j] ?? Number.NaN)
    return 21 * sign * Math.sign(w ?? Number.NaN)
  })
  return {
    key: { secret: aligned, errors },
    record: { errors: weighted },
    reply: {
      zero: aligned,
      maskErrors: errors,
      scoreErrors: new Int8Array(outputs).fill(21 * sign),
      floods: Array.from({ length: outputs }, () => BigInt(sign) * model.flood),
    },
  }
}

describe('with the largest errors that there are', () => {
  test.each(shapes.flatMap((shape) => [1, -1].map((sign) => ({ ...shape, sign: sign as 1 | -1 }))))(
    '$set.name, $inputs numbers, $outputs outputs, sign $sign: the noise is the budget, and the answer right',
    ({ set, sign, ...shape }) => {
      const random = announcedStream('worst')
      const drawn = drawModel(random, set, shape)
      const { lattice, model, weights, biases } = drawn
      for (const output of new Set([0, lattice.outputs - 1])) {
        const draws = worstDraws(sign, drawn, output)
        const key = makeKey(lattice, { seed: random(32), ...draws.key })
        const numbers = (weights[output] ?? []).map((w) => (w * sign < 0 ? -shape.numbers : shape.numbers))
        const request = sealDrawn(lattice, key, numbers, { seed: random(32), ...draws.record })
        const reply = multiplyPolynomials(model, readRequest(lattice, request), new Blinding(draws.reply))
        const want = scoresOf(weights, biases, numbers)
        const sum = weights.flat().reduce((total, w) => total + Math.abs(w), 0)
        const budget = 21n * (BigInt(sum) + 2n * BigInt(set.degree) + 1n) + model.flood
        expect(noiseOfReply(lattice, key, reply, output, want[output] ?? Number.NaN)).toBe(BigInt(sign) * budget)
        expect(open(lattice, key, writeReply(lattice, reply))).toEqual(want)
      }
    },
  )

  test('a flood of twice the largest breaks the answer', () => {
    const random = announcedStream('broken')
    const drawn = drawModel(random, S, { inputs: 20, largest: 32, numbers: 100 })
    const { lattice, model, weights, biases } = drawn
    const { key: keyDraws, record, reply } = worstDraws(1, drawn, 0)
    const key = makeKey(lattice, { seed: random(32), ...keyDraws })
    const numbers = Array.from({ length: 20 }, () => 1)
    const request = readRequest(lattice, sealDrawn(lattice, key, numbers, { seed: random(32), ...record }))
    const answer = (flood: bigint) =>
      open(
        lattice,
        key,
        writeReply(lattice, multiplyPolynomials(model, request, new Blinding({ ...reply, floods: [flood] }))),
      )
    expect(answer(model.flood)).toEqual(scoresOf(weights, biases, numbers))
    expect(answer(2n * model.flood)).not.toEqual(scoresOf(weights, biases, numbers))
  })
})

describe('requests and replies', () => {
  const { lattice, model } = drawModel(systemRandom, S, { inputs: 5, largest: 9, numbers: 9 })
  const key = generateLatticeKey(lattice, systemRandom)
  const request = seal(lattice, key, [1, 2, 3, 4, 5], systemRandom)
  const fields = ['keySeed', 'key', 'recordSeed', 'record'] as const

  test.each(fields)('a request whose %s is shorter or longer is refused', (field) => {
    for (const bytes of [request[field].slice(1), Uint8Array.of(...request[field], 0), new Uint8Array()]) {
      const bad: LatticeRequest = { ...request, [field]: bytes }
      expect(() => evaluate(model, bad, systemRandom)).toThrow(expect.objectContaining({ code: 'bad-message' }))
    }
  })

  test.each(['key', 'record'] as const)('a request whose %s holds a residue that is none is refused', (field) => {
    const bytes = request[field].slice()
    bytes.fill(255, 0, 4)
    expect(() => evaluate(model, { ...request, [field]: bytes }, systemRandom)).toThrow(
      expect.objectContaining({ code: 'bad-ciphertext' }),
    )
  })

  test('a record with a bit behind its last residue is refused', () => {
    // 5 coefficients of 51 bits are 255 of 256 bits.
    const record = request.record.slice()
    record[31] = (record[31] ?? 0) | 128
    expect(() => evaluate(model, { ...request, record }, systemRandom)).toThrow(
      expect.objectContaining({ code: 'bad-message' }),
    )
  })

  test.each(['mask', 'scores'] as const)('a reply whose %s is shorter or longer is refused', (field) => {
    const reply = evaluate(model, request, systemRandom)
    for (const bytes of [reply[field].slice(1), Uint8Array.of(...reply[field], 0)]) {
      expect(() => open(lattice, key, { ...reply, [field]: bytes })).toThrow(
        expect.objectContaining({ code: 'bad-message' }),
      )
    }
  })

  test('no two requests of a record, nor replies to a request, are alike', () => {
    const again = seal(lattice, key, [1, 2, 3, 4, 5], systemRandom)
    expect(again.recordSeed).not.toEqual(request.recordSeed)
    expect(again.record).not.toEqual(request.record)
    const [one, two] = [0, 1].map(() => evaluate(model, request, systemRandom))
    expect(one?.mask).not.toEqual(two?.mask)
    expect(one?.scores).not.toEqual(two?.scores)
  })

  test('a blinding serves once', () => {
    const blinding = drawBlinding(model, systemRandom)
    const read = readRequest(lattice, request)
    multiplyPolynomials(model, read, blinding)
    expect(() => multiplyPolynomials(model, read, blinding)).toThrow('A blinding serves one reply.')
  })

  test('a key is not shown', () => {
    const shown = [String(key), JSON.stringify(key), inspect(key, { showHidden: true }), JSON.stringify({ ...key })]
    expect(shown).toEqual(['LatticeKey(not shown)', '"LatticeKey(not shown)"', 'LatticeKey(not shown)', '{}'])
    expect(key).toBeInstanceOf(LatticeKey)
  })
})

describe('wrong use', () => {
  const lattice = makeLattice({ set: S, inputs: 3, outputs: 2, scoreBits: 12 })
  const [weights, biases] = [
    [
      [1, 2, 3],
      [-4, 5, -6],
    ],
    [7, -8],
  ]
  const flood = largestFlood(S, 12, 21)

  test.each([
    ['no inputs', { inputs: 0, outputs: 1, scoreBits: 12 }, 'at least 1 and at most 2048'],
    ['no outputs', { inputs: 1, outputs: 0, scoreBits: 12 }, 'at least 1 and at most 2048'],
    ['half an input', { inputs: 1.5, outputs: 1, scoreBits: 12 }, 'at least 1 and at most 2048'],
    ['too many numbers', { inputs: 1025, outputs: 2, scoreBits: 12 }, 'at least 1 and at most 2048'],
    ['scores of a bit', { inputs: 1, outputs: 1, scoreBits: 1 }, 'set S holds 2 to 38'],
    ['scores of 39 bits', { inputs: 1, outputs: 1, scoreBits: 39 }, 'set S holds 2 to 38'],
  ])('a lattice of %s', (_, parameters, text) => {
    expect(() => makeLattice({ set: S, ...parameters })).toThrow(text)
  })

  test.each([
    ['a row too few', { weights: weights.slice(1), biases, flood }, '2 rows of 3 weights'],
    [
      'a short row',
      {
        weights: [
          [1, 2],
          [3, 4, 5],
        ],
        biases,
        flood,
      },
      '2 rows of 3 weights',
    ],
    [
      'half a weight',
      {
        weights: [
          [1, 2, 0.5],
          [3, 4, 5],
        ],
        biases,
        flood,
      },
      'no integer',
    ],
    [
      'a weight of 2^26',
      {
        weights: [
          [1, 2, 2 ** 26],
          [3, 4, 5],
        ],
        biases,
        flood,
      },
      'no integer',
    ],
    ['a bias too few', { weights, biases: [1], flood }, '2 integer biases'],
    ['a bias of t/2', { weights, biases: [1, 2048], flood }, '2 integer biases'],
    ['no flood', { weights, biases, flood: 0n }, 'flood'],
    ['too much flood', { weights, biases, flood: flood + 1n }, 'flood'],
  ])('a model with %s', (_, model, text) => {
    expect(() => prepareModel(lattice, { weights, biases, flood })).not.toThrow()
    expect(() => prepareModel(lattice, model)).toThrow(text)
  })

  test('numbers that are too few, no integers, or under a key of another lattice', () => {
    const key = generateLatticeKey(lattice, systemRandom)
    expect(() => seal(lattice, key, [1, 2], systemRandom)).toThrow('A record has 3 numbers, not 2.')
    expect(() => seal(lattice, key, [1, 2, 0.5], systemRandom)).toThrow('no integer')
    expect(() => seal(lattice, key, [1, 2, 2 ** 50], systemRandom)).toThrow('no integer')
    const other = makeLattice({ set: S, inputs: 3, outputs: 2, scoreBits: 12 })
    expect(() => seal(other, key, [1, 2, 3], systemRandom)).toThrow('another lattice')
  })

  test('the sets are what their source admits', () => {
    expect(modulusOf(S) < 2n ** 51n && modulusOf(L) < 2n ** 101n).toBe(true)
    for (const { degree, primes } of [S, L]) {
      for (const p of primes) {
        expect(p % (2 * degree)).toBe(1)
        for (let d = 2; d * d <= p; d++) if (p % d === 0) throw new Error(`${p} is no prime`)
      }
    }
  })
})
