import { describe, expect, test } from 'vitest'
import { labelModel } from '../../bench/label-models.ts'
import { at } from '../../runtime/at.ts'
import { bytesToBigint, concatBytes, toHex } from '../../runtime/bytes.ts'
import { modInverse } from '../../runtime/paillier/integer.ts'
import { systemRandom } from '../../runtime/random.ts'
import { readyGroup } from '../../runtime/ristretto/ready.ts'
import { defineLabelClient } from '../../runtime/schemes/label/client.ts'
import { type GuardGroup, guardGroups } from '../../runtime/schemes/label/contract.ts'
import { drawLabel } from '../../runtime/schemes/label/draws.ts'
import { evaluateLabel } from '../../runtime/schemes/label/evaluation.ts'
import { defineLabelServer } from '../../runtime/schemes/label/server.ts'
import { sumsOf } from '../../runtime/schemes/label/sums.ts'
import { curiousSession, leavesOf, order, scalarBytesOf } from '../support/label-attacker.ts'
import { guardDrawnWith } from '../support/label-draws.ts'
import {
  ask,
  bitsAt,
  type Draw,
  type Evaluate,
  type Guarded,
  openTrying,
  openUnder,
  positionsAt,
  type Seen,
  seedsOf,
} from '../support/label-guard.ts'
import { labelVectors } from '../support/label-vectors.ts'
import { isFull } from '../support/lattice.ts'
import { announcedRandom } from '../support/seed.ts'

/** What the guard is made of, left out piece by piece: each build falls to the attack that ours withstands. */
const random = announcedRandom('guard weakened')
const below = (bound: number) => Math.floor(random() * bound)
const garbage = () => bytesToBigint(systemRandom(32)) % order
const answers = Array.from({ length: 8 }, (_, i) => ({ answer: `answer ${i}` }))
const model = labelModel({ features: 2, cuts: 6, leaves: 5, padded: 8, answers, seed: below(1e9), guard: true })
const { contract } = model
const groups = guardGroups(contract)
const count = contract.cuts.flat().length
const used = new Set(sumsOf(contract, model.leaves).splits.flatMap(({ bit }) => (bit === count ? [] : [bit])))
/** A tree that asks for nothing, with the same contract. */
const single: Guarded = { contract, leaves: [{ answer: 3, edges: [] }] }
const anyCells = () => contract.features.map(() => below(7))

/** A draw with other weights; they are little-endian. */
const weighing = (weightOf: (bit: number, weight: Uint8Array) => Uint8Array): Draw =>
  guardDrawnWith(({ guard }) => ({
    guard: {
      ...guard,
      weights: concatBytes(
        Array.from({ length: guard.weights.length / 8 }, (_, bit) =>
          weightOf(bit, guard.weights.slice(8 * bit, 8 * bit + 8)),
        ),
      ),
    },
  }))
const zero = new Uint8Array(8)
/** Uniform in 1 .. 255. */
const ofOneByte = (_: number, weight: Uint8Array) => zero.with(0, 1 + (Number(bytesToBigint(weight)) % 255))

describe('every honest position opens', () => {
  test('missing, no level, first, last and all between, one column after the other', async () => {
    const wide = labelVectors.find((one) => one.contract.guard === 1) ?? expect.fail('no guarded vectors')
    const client = defineLabelClient<object, string>(wide.contract)
    const server = defineLabelServer(wide.contract, wide.leaves)
    const usual = { age: 40, dose: 1, smoker: 'no', ward: 'A', site: 'here', fixed: 0 }
    const all = [
      ...[0, 19, 20, 39, 40, 60, 79, 80, 99].map((age) => ({ age })),
      ...[null, 0, 1, 2, 4].map((dose) => ({ dose, age: 3 })),
      ...['no', 'yes'].map((smoker) => ({ smoker })),
      ...[null, 'A', 'B', 'C'].map((ward) => ({ ward })),
    ]
    for (const some of all) {
      const record = { ...usual, ...some }
      const { age, dose, smoker, ward } = record
      const old = smoker === 'yes' ? 'middle' : ward === 'A' ? 'high' : 'low'
      const expected = age > 39 ? old : dose === null ? 'low' : 'middle'
      const opened = await client.predict(record, { via: server.evaluate })
      expect([record, opened.answer]).toEqual([record, expected])
    }
  })
})

describe('weights', () => {
  /** The cuts between neighbouring positions of an honest record's reply that show one seed. */
  async function neighbours(draw?: Draw): Promise<number[]> {
    const cells = anyCells()
    const own = positionsAt(contract, cells)
    const seen = await ask(model, bitsAt(contract, cells), draw === undefined ? {} : { draw })
    return seedsOf(groups, seen).flatMap((seeds, g) => {
      const seed = toHex(at(seeds, at(own, g)))
      return seeds.flatMap((other, j) => (j !== at(own, g) && toHex(other) === seed ? [at(groups, g).first + j] : []))
    })
  }

  test('for used cuts only: an honest client sees which cuts beside its own are not used', async () => {
    const weak = weighing((bit, weight) => (used.has(bit) ? weight : zero))
    const found: number[] = []
    for (let i = 0; i < 12; i++) found.push(...(await neighbours(weak)))
    expect(found.length).toBeGreaterThan(0)
    const strong: number[] = []
    for (let i = 0; i < 12; i++) strong.push(...(await neighbours()))
    expect(strong).toEqual([])
  })

  /** Garbage in the first column, before a tree that asks for nothing: only the guard refuses it. */
  async function spoilt(draw: Draw): Promise<number[]> {
    const cells = anyCells()
    const values = bitsAt(contract, cells).map((bit, i) => (i < 6 ? garbage() : bit))
    const own = positionsAt(contract, cells)
    return openTrying(contract, await ask(single, values, { draw }), [null, [at(own, 1)]])
  }

  test('of zero in a group: garbage in it passes', async () => {
    expect(await spoilt(weighing((bit, weight) => (bit < 6 ? zero : weight)))).not.toEqual([])
    for (let i = 0; i < 10; i++) expect(await spoilt(drawLabel)).toEqual([])
  })

  /** Two cuts of one column, with the bit of the second set alone: it passes if the weights are equal. */
  const narrow = labelModel({ features: 1, cuts: 2, leaves: 1, padded: 2, answers, guard: true })
  const passes = async (draw: Draw): Promise<boolean> =>
    openTrying(narrow.contract, await ask(narrow, [0n, 1n], { draw }), [null]).length > 0

  /** The same in 40 columns at once: in how many of all the client finds the seed. */
  async function passing(draw: Draw, questions: number): Promise<number> {
    const wide = labelModel({ features: 40, cuts: 2, leaves: 1, padded: 2, answers, guard: true })
    const values = wide.contract.cuts.flatMap(() => [0n, 1n])
    let passed = 0
    for (let i = 0; i < questions; i++) {
      let hidden = new Uint8Array()
      const watched: Draw = (...given) => {
        const drawn = draw(...given)
        if (drawn.kind === 'betas') hidden = Uint8Array.from(drawn.guard.seeds)
        return drawn
      }
      const found = seedsOf(guardGroups(wide.contract), await ask(wide, values, { draw: watched }))
      const isFound = (seeds: readonly Uint8Array[], g: number) =>
        seeds.some((seed) => toHex(seed) === toHex(hidden.subarray(16 * g, 16 * g + 16)))
      passed += found.filter(isFound).length
    }
    return passed
  }
  const questions = isFull ? 250 : 100

  test('of 8 bits: what is no record passes once in 255 groups', async () => {
    const passed = await passing(weighing(ofOneByte), questions)
    const rounds = 40 * questions
    const [mean, deviation] = [rounds / 255, Math.sqrt((rounds * 254) / 255 ** 2)]
    console.log(`guard: ${passed} of ${rounds} pass with weights of 8 bits; ${mean.toFixed(1)} are expected`)
    expect(passed).toBeGreaterThan(Math.max(0, mean - 5.6 * deviation))
    expect(passed).toBeLessThan(mean + 7 * deviation)
  }, 600_000)

  test('of 64 bits: none passes', async () => {
    expect(await passing(drawLabel, questions)).toBe(0)
  }, 600_000)

  test('kept over replies: what has passed once passes ever after, where weights that are drawn anew refuse it', async () => {
    // Weights of a byte each, so that the first pass is soon found.
    const again = 40
    async function passesAgain(weakened: () => Draw): Promise<number> {
      for (;;) {
        const draw = weakened()
        if (!(await passes(draw))) continue
        let passed = 0
        for (let i = 0; i < again; i++) passed += Number(await passes(draw))
        return passed
      }
    }
    const keeping = () => {
      const first = 1 + below(15)
      const second = 1 + below(15)
      return weighing((bit) => zero.with(0, bit === 0 ? first : second))
    }
    const fresh = () => weighing((_, weight) => zero.with(0, 1 + (Number(bytesToBigint(weight)) % 15)))
    expect(await passesAgain(keeping)).toBe(again)
    expect(await passesAgain(fresh)).toBeLessThan(again / 2)
  })
})

describe('texts guarded level by level', () => {
  /** One column of texts of three levels; the tree asks for the first, then for the second. */
  const columns = [{ kind: 'text', name: 'ward', levels: ['A', 'B', 'C'], missing: 'no-level' } as const]
  const features = ['A', 'B', 'C'].map((level) => ({ column: 'ward', level }))
  const bytes = 32 + 16 * 4
  const texts: Guarded = {
    contract: {
      ...contract,
      columns,
      features,
      cuts: [[0], [0], [0]],
      leaves: 4,
      messages: {
        request: contract.messages.request.map((field) =>
          field.name === 'ciphertexts' ? { ...field, count: 3 } : field,
        ),
        reply: [
          { name: 'guards', bytes, count: 1 },
          { name: 'leaves', bytes: 38, count: 4 },
        ],
      },
    },
    leaves: [
      {
        answer: 0,
        edges: [
          { feature: 0, upTo: 0 },
          { feature: 1, upTo: 0 },
        ],
      },
      {
        answer: 1,
        edges: [
          { feature: 0, upTo: 0 },
          { feature: 1, above: 0 },
        ],
      },
      {
        answer: 2,
        edges: [{ feature: 0, above: 0 }],
      },
    ],
  }
  const byLevel: readonly GuardGroup[] = [0, 1, 2].map((first) => ({ first, bits: 1, kind: 'number', positions: 2 }))
  const levelByLevel: Evaluate = async (task) => {
    const group = await readyGroup()
    return evaluateLabel(group, { ...task, groups: byLevel, draws: drawLabel(group, systemRandom, 4, byLevel) })
  }

  test('a leaf that no record reaches is not served, so two levels at once can be led to none of its own', async () => {
    const unreached = {
      answer: 3,
      edges: [
        { feature: 0, above: 0 },
        { feature: 1, above: 0 },
      ],
    }
    const served = async () => ask({ ...texts, leaves: [...texts.leaves, unreached] }, [1n, 0n, 0n])
    await expect(served).rejects.toThrow('a leaf has no such edge')
  })

  test('two levels at once pass', async () => {
    const seen = await ask(texts, [1n, 1n, 0n], { evaluate: levelByLevel })
    expect(openTrying(texts.contract, seen, [[1], [1], [0]], byLevel)).toEqual([2])
  })

  test('by columns they do not, and one does', async () => {
    expect(openTrying(texts.contract, await ask(texts, [1n, 1n, 0n]), [null])).toEqual([])
    expect(openTrying(texts.contract, await ask(texts, [0n, 1n, 0n]), [[2]])).toEqual([1])
    expect(openTrying(texts.contract, await ask(texts, [0n, 0n, 0n]), [[0]])).toEqual([0])
  })

  test('a column of one level is guarded too, and a level without a feature is none', async () => {
    const single: Guarded = {
      contract: {
        ...texts.contract,
        columns: [{ kind: 'text', name: 'ward', levels: ['A'], missing: 'never' }],
        features: [{ column: 'ward', level: 'A' }],
        cuts: [[0]],
        leaves: 2,
      },
      leaves: [
        { answer: 0, edges: [{ feature: 0, upTo: 0 }] },
        { answer: 1, edges: [{ feature: 0, above: 0 }] },
      ],
    }
    const sizes = [
      { name: 'guards', bytes: 48, count: 1 },
      { name: 'leaves', bytes: 38, count: 2 },
    ]
    const request = single.contract.messages.request.map((field) =>
      field.name === 'ciphertexts' ? { ...field, count: 1 } : field,
    )
    const sized: Guarded = { ...single, contract: { ...single.contract, messages: { request, reply: sizes } } }
    expect(openTrying(sized.contract, await ask(sized, [1n]), [[0]])).toEqual([1])
    expect(openTrying(sized.contract, await ask(sized, [0n]), [[0]])).toEqual([])
    expect(guardGroups({ ...texts.contract, features: features.slice(1), cuts: [[0], [0]] })).toEqual([
      { first: 0, bits: 2, kind: 'text-or-none', positions: 3 },
    ])
  })
})

describe('cuts that show no positions are refused when the server is defined', () => {
  const number = { kind: 'number', name: 'x0', grid: { minimum: 0, step: 1, size: 7 }, missing: 'never' } as const
  test.each<[string, Partial<typeof contract>]>([
    ['equal', { cuts: [[0, 1, 1, 3, 4, 5], at(contract.cuts, 1)] }],
    ['descending', { cuts: [[5, 4, 3, 2, 1, 0], at(contract.cuts, 1)] }],
    ['that no record exceeds', { cuts: [[1, 2, 3, 4, 5, 6], at(contract.cuts, 1)] }],
    ['below all records', { cuts: [[-1, 0, 1, 2, 3, 4], at(contract.cuts, 1)] }],
    ['between cells', { cuts: [[0, 1, 1.5, 3, 4, 5], at(contract.cuts, 1)] }],
    ['of features in another order', { features: contract.features.toReversed() }],
    ['of one column twice', { columns: [number], features: [{ column: 'x0' }, { column: 'x0' }] }],
    ['of a column that is none', { features: [{ column: 'x0' }, { column: 'x7' }] }],
    ['for no feature', { cuts: [...contract.cuts, [0]] }],
  ])('%s', (_, changed) => {
    expect(() => defineLabelServer({ ...contract, ...changed }, model.leaves)).toThrow(RangeError)
  })
})

describe('rho, shared by all leaves', () => {
  const bits = count
  /** Every set of up to three edges on different bits, as a number for each bit: -1, 0 or 1. */
  const paths = (length: number, from = 0): { bit: number; sign: bigint }[][] =>
    length === 0
      ? [[]]
      : [
          [],
          ...Array.from({ length: bits - from }, (_, i) => from + i).flatMap((bit) =>
            paths(length - 1, bit + 1).flatMap((rest) => [1n, -1n].map((sign) => [{ bit, sign }, ...rest])),
          ),
        ]

  /** The guessed paths by which two leaves have one rho G: A divided by the sum of the client's own k. */
  async function meetings(draw: Draw): Promise<number> {
    const record = Object.fromEntries(anyCells().map((cell, i) => [`x${i}`, cell]))
    const { noise, request } = await curiousSession(contract, record)
    const reply = await defineLabelServer(contract, model.leaves, { draw }).evaluate(request)
    // Those of padding are, unblinded, all that of the first leaf.
    const points = [...new Map(leavesOf(reply).map(({ point }) => [toHex(point), point])).values()]
    const sums = paths(2)
      .filter(({ length }) => length > 0)
      .map((path) => path.reduce((sum, { bit, sign }) => sum + sign * at(noise, bit), 0n))
    const group = await readyGroup()
    const inverses = concatBytes(sums.map((sum) => scalarBytesOf(modInverse(((sum % order) + order) % order, order))))
    const found = points.map((point) =>
      group.borrow((space) => {
        const { points: decoded } = space.decode(point)
        const encoded = space.encodeDoubled(space.multiply(decoded.at(sums.map(() => 0)), inverses))
        return new Set(sums.map((_, i) => toHex(encoded.subarray(32 * i, 32 * i + 32))))
      }),
    )
    const all = found.flatMap((own) => [...own])
    return all.length - new Set(all).size
  }

  test('without a beta of each leaf, their paths are read from one honest reply', async () => {
    const unblinded = guardDrawnWith(({ betas, others }) => ({
      betas: new Uint8Array(betas.length),
      others: new Uint8Array(others.length),
    }))
    expect(await meetings(unblinded)).toBeGreaterThan(0)
  })

  test('with it, nothing meets', async () => {
    expect(await meetings(drawLabel)).toBe(0)
  })
})

describe('kappa', () => {
  /** Garbage in the first column, before a tree that asks for nothing: only the guard refuses it. */
  const spoilt = () => bitsAt(contract, anyCells()).map((bit, i) => (i < 6 ? garbage() : bit))
  const withoutGroups: Evaluate = async (task) =>
    evaluateLabel(await readyGroup(), { ...structuredClone(task), groups: null })
  /** Ours, but the check is that of a key without kappa. */
  const freeCheck: Evaluate = async (task) => {
    const [bare, whole] = [await withoutGroups(task), evaluateLabel(await readyGroup(), task)]
    const from = whole.length - bare.length
    return whole.map((byte, i) => ((i - from) % 38 >= 33 && i >= from ? at(bare, i - from) : byte))
  }

  test('left out of the key: the leaf opens whatever was asked', async () => {
    const seen = await ask(single, spoilt(), { evaluate: withoutGroups })
    expect(openUnder(contract, seen, [seen.request])).toEqual([3])
    const own = await ask(single, spoilt())
    expect(openUnder(contract, own, [own.request])).toEqual([])
  })

  /** Puts each possible answer in the place of the hidden one; those whose checks fit under the key without kappa. */
  function guessed(seen: Seen): number[] {
    return Array.from({ length: 256 }, (_, byte) => {
      const leaves = seen.leaves.map((given, i) => (i % 38 === 32 ? byte : given))
      return openUnder(contract, { ...seen, leaves }, [seen.request])
    }).flat()
  }

  test('left out of the check: the answer is guessed until the check fits', async () => {
    expect(guessed(await ask(single, spoilt(), { evaluate: freeCheck }))).toEqual([3])
    expect(guessed(await ask(single, spoilt()))).toEqual([])
  })
})
