import { describe, expect, test } from 'vitest'
import { Blinding, drawBlinding } from '../../runtime/lattice/blinding.ts'
import {
  evaluate,
  multiplyPolynomials,
  type ReplyPolynomials,
  readRequest,
  writeReply,
} from '../../runtime/lattice/evaluate.ts'
import { generateLatticeKey } from '../../runtime/lattice/keys.ts'
import type { LatticeReply } from '../../runtime/lattice/open.ts'
import { unpackBits } from '../../runtime/lattice/pack.ts'
import type { Polynomial } from '../../runtime/lattice/ring.ts'
import { seal } from '../../runtime/lattice/seal.ts'
import { latticeSets, modulusOf } from '../../runtime/lattice/sets.ts'
import { announcedStream, divide, drawModel, hits, isFull, weightsIn } from '../support/lattice.ts'

/**
 * The client as attacker on the weights: c1 of a reply is W a' + a u + e1, and the client knows a and a'. What hides W is
 * the encryption of zero (u, e1), drawn anew for each reply.
 */
const inputs = 20
const set = latticeSets.S
const random = announcedStream('lattice-masks')
const { lattice, model, weights } = drawModel(random, set, { inputs, largest: 32, numbers: 15 })
const [truth = []] = weights
const numbers = truth.map((_, i) => i % 16)
const sessions = isFull ? 50 : 5

/** A reply as it travels, brought back to modulo q. */
function liftReply({ mask }: LatticeReply): Polynomial {
  const [values = new Float64Array()] = unpackBits(mask, set.degree, [lattice.replyBits])
  const whole = Array.from(values, (c) => (BigInt(c) * modulusOf(set)) >> BigInt(lattice.replyBits))
  return { residues: set.primes.map((p) => Float64Array.from(whole, (c) => Number(c % BigInt(p)))) }
}

function subtract(a: Polynomial, b: Polynomial): Polynomial {
  return {
    residues: set.primes.map((p, i) =>
      Float64Array.from(a.residues[i] ?? [], (x, j) => (x - (b.residues[i]?.[j] ?? Number.NaN) + p) % p),
    ),
  }
}

/** How many weights are read, of those of all sessions. */
function attack(play: () => readonly [c1: Polynomial, divisor: Polynomial]): number {
  let read = 0
  for (let i = 0; i < sessions; ) {
    const quotient = divide(lattice, ...play())
    if (quotient === null) continue
    read += hits(weightsIn(quotient, inputs), truth)
    i++
  }
  return read
}

const all = inputs * sessions
/** A guess of a residue is right with a chance of 2^-26. */
const chance = 0

describe('dividing c1 by a prime', () => {
  const play = (reply: (model_: typeof model) => Blinding) => () => {
    const request = readRequest(lattice, seal(lattice, generateLatticeKey(lattice, random), numbers, random))
    return [multiplyPolynomials(model, request, reply(model)).c1, request.recordA] as const
  }

  test('weak: without a fresh zero, all weights are read from one reply', () => {
    const weak = () =>
      new Blinding({
        ...drawBlinding(model, random).take(),
        zero: new Int8Array(set.degree),
        maskErrors: new Int8Array(set.degree),
      })
    expect(attack(play(weak))).toBe(all)
  })

  test('ours: none is, not even before switching', () => {
    expect(attack(play((own) => drawBlinding(own, random)))).toBe(chance)
  })

  test('ours: none is from replies as they travel', () => {
    const read = attack(() => {
      const request = seal(lattice, generateLatticeKey(lattice, random), numbers, random)
      return [liftReply(evaluate(model, request, random)), readRequest(lattice, request).recordA]
    })
    expect(read).toBe(chance)
  })
})

describe('subtracting two replies under one key', () => {
  const play = (blindings: () => readonly [Blinding, Blinding]) => () => {
    const key = generateLatticeKey(lattice, random)
    const [one, two] = blindings()
    const sessionsOf = [one, two].map((blinding) => {
      const request = readRequest(lattice, seal(lattice, key, numbers, random))
      return { request, reply: multiplyPolynomials(model, request, blinding) }
    })
    const [first, second] = sessionsOf
    if (first === undefined || second === undefined) throw new TypeError('there are two sessions')
    return [subtract(first.reply.c1, second.reply.c1), subtract(first.request.recordA, second.request.recordA)] as const
  }

  test('weak: where u and e1 serve twice, all weights are read', () => {
    const read = attack(
      play(() => {
        const draws = drawBlinding(model, random).take()
        return [new Blinding(draws), new Blinding(draws)]
      }),
    )
    expect(read).toBe(all)
  })

  test('ours: a blinding serves once, and another one tells nothing', () => {
    const blinding = drawBlinding(model, random)
    expect(() => play(() => [blinding, blinding])()).toThrow('A blinding serves one reply.')
    expect(attack(play(() => [drawBlinding(model, random), drawBlinding(model, random)]))).toBe(chance)
  })
})

describe('choosing a and a prime', () => {
  /** c1 = W D + e1 for a' = D and a = 0: D lifts the weights over the errors and the bits that are cut off. */
  const lifted = 2 ** 40
  const polynomial = (constant: number): Polynomial => ({
    residues: set.primes.map((p) => Float64Array.from({ length: set.degree }, (_, j) => (j === 0 ? constant % p : 0))),
  })

  function readLifted(reply: LatticeReply): number {
    const [values = []] = unpackBits(reply.mask, set.degree, [lattice.replyBits])
    const modulus = 2 ** lattice.replyBits
    const unit = (lifted * modulus) / Number(modulusOf(set))
    const centred = Array.from(values, (c) => Math.round((c > modulus / 2 ? c - modulus : c) / unit))
    return hits(weightsIn(centred, inputs), truth)
  }

  test('weak: where the server takes a from the client, a = 0 reads all weights from one reply as it travels', () => {
    const request = readRequest(lattice, seal(lattice, generateLatticeKey(lattice, random), numbers, random))
    const weak: ReplyPolynomials = multiplyPolynomials(
      model,
      { ...request, a: polynomial(0), recordA: polynomial(lifted) },
      drawBlinding(model, random),
    )
    expect(readLifted(writeReply(lattice, weak))).toBe(inputs)
  })

  test('ours: a request holds seeds, and the same reading finds what chance does', () => {
    let read = 0
    for (let i = 0; i < sessions; i++) {
      const request = seal(lattice, generateLatticeKey(lattice, random), numbers, random)
      const chosen = { ...request, keySeed: new Uint8Array(32), recordSeed: new Uint8Array(32) }
      read += readLifted(evaluate(model, chosen, random))
    }
    // Guesses are uniform among 2^11 and more: a hit each has a chance below 2^-10.
    expect(read).toBeLessThan(all / 2 ** 10 + 6)
    expect(Object.keys(seal(lattice, generateLatticeKey(lattice, random), numbers, random))).toEqual([
      'keySeed',
      'key',
      'recordSeed',
      'record',
    ])
  })
})
