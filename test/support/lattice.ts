import { createCipheriv, createHash } from 'node:crypto'
import type { ReplyPolynomials } from '../../runtime/lattice/evaluate.ts'
import type { LatticeKey } from '../../runtime/lattice/keys.ts'
import { type Lattice, makeLattice, scoreBitsFor } from '../../runtime/lattice/lattice.ts'
import { type LatticeModel, prepareModel } from '../../runtime/lattice/model.ts'
import { invert, reduce } from '../../runtime/lattice/modular.ts'
import { largestFlood } from '../../runtime/lattice/noise.ts'
import type { LatticeReply } from '../../runtime/lattice/open.ts'
import { unpackBits } from '../../runtime/lattice/pack.ts'
import { type Polynomial, transform } from '../../runtime/lattice/ring.ts'
import { type LatticeSet, modulusOf } from '../../runtime/lattice/sets.ts'
import { modInverse } from '../../runtime/paillier/integer.ts'
import type { RandomBytes } from '../../runtime/random.ts'

/** Bytes that follow from a text: ChaCha20 (RFC 8439) with its SHA-256 as key, nonce and counter 0. */
export function streamOf(text: string): RandomBytes {
  const key = createHash('sha256').update(text).digest()
  const cipher = createCipheriv('chacha20', key, Buffer.alloc(16))
  return (length) => Uint8Array.from(cipher.update(Buffer.alloc(length)))
}

/** A stream whose text is printed, and taken from the environment (`SEED`) to have a run again. */
export function announcedStream(what: string): RandomBytes {
  const seed = process.env.SEED ?? String(Math.floor(Math.random() * 2 ** 31))
  console.log(`${what}: SEED=${seed}`)
  return streamOf(seed)
}

/** A uniform integer of `least .. most`, of at most 2^24 values. Its bias is below 2^-24. */
export function integerOf(random: RandomBytes, least: number, most: number): number {
  const value = random(6).reduce((sum, byte) => 256 * sum + byte, 0)
  return least + (value % (most - least + 1))
}

/** A product modulo X^N + 1 and p, by the definition. */
export function schoolbook(a: readonly number[], b: readonly number[], p: number): number[] {
  const sums = a.map(() => 0n)
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      const place = (i + j) % a.length
      sums[place] = (sums[place] ?? 0n) + BigInt(i + j < a.length ? x : -x) * BigInt(y)
    })
  })
  return sums.map((sum) => Number(((sum % BigInt(p)) + BigInt(p)) % BigInt(p)))
}

/** What a model of integers asks of a record: the oracle. */
export function scoresOf(
  weights: readonly (readonly number[])[],
  biases: readonly number[],
  numbers: readonly number[],
) {
  return weights.map((row, r) =>
    row.reduce((sum, w, i) => sum + w * (numbers[i] ?? Number.NaN), biases[r] ?? Number.NaN),
  )
}

export interface Drawn {
  readonly lattice: Lattice
  readonly model: LatticeModel
  readonly weights: readonly (readonly number[])[]
  readonly biases: readonly number[]
}

/** A model of random weights in `-largest .. largest`, with the largest flood that it admits. */
export function drawModel(
  random: RandomBytes,
  set: LatticeSet,
  { inputs, outputs = 1, largest, numbers }: { inputs: number; outputs?: number; largest: number; numbers: number },
): Drawn {
  const weights = Array.from({ length: outputs }, () =>
    Array.from({ length: inputs }, () => integerOf(random, -largest, largest)),
  )
  const biases = weights.map(() => integerOf(random, -largest, largest))
  const bits = scoreBitsFor(largest * (inputs * numbers + 1))
  const lattice = makeLattice({ set, inputs, outputs, scoreBits: bits })
  const flood = largestFlood(
    set,
    bits,
    weights.flat().reduce((sum, w) => sum + Math.abs(w), 0),
  )
  return { lattice, model: prepareModel(lattice, { weights, biases, flood }), weights, biases }
}

/** The integer of `0 .. q - 1` that residues stand for. */
export function lift(set: LatticeSet, residues: readonly number[]): bigint {
  const q = modulusOf(set)
  return set.primes.reduce((sum, prime, i) => {
    const [p, c] = [BigInt(prime), BigInt(residues[i] ?? Number.NaN)]
    return (sum + c * (q / p) * modInverse(q / p, p)) % q
  }, 0n)
}

/** What a client finds beside delta times a score that it knows, modulo q, centred. */
export function noiseOfReply(
  { set, inputs, delta }: Lattice,
  { secret }: LatticeKey,
  { c1, scores }: ReplyPolynomials,
  output: number,
  score: number,
): bigint {
  const [q, place] = [modulusOf(set), inputs * output]
  const residues = set.primes.map((prime, i) => {
    const [mask, p] = [c1.residues[i] ?? [], BigInt(prime)]
    // Ternary coefficients: the sum stays below 2^53.
    let sum = scores.residues[i]?.[output] ?? Number.NaN
    for (let j = 0; j < set.degree; j++) {
      const other = (j <= place ? secret[place - j] : secret[set.degree + place - j]) ?? Number.NaN
      sum += (j <= place ? 1 : -1) * (mask[j] ?? Number.NaN) * other
    }
    return Number(((BigInt(sum) % p) + p) % p)
  })
  const noise = (((lift(set, residues) - delta * BigInt(score)) % q) + q) % q
  return noise > q / 2n ? noise - q : noise
}

/**
 * What a client finds beside a score that it knows in a reply as it travels, of output 0, in units of the noise modulo q.
 */
export function residueOfReply(lattice: Lattice, key: LatticeKey, reply: LatticeReply, score: number): number {
  const { set, replyBits: k, scoreBits } = lattice
  const [mask = new Float64Array()] = unpackBits(reply.mask, set.degree, [k])
  const [scores = new Float64Array()] = unpackBits(reply.scores, lattice.outputs, [k])
  const { secret } = key
  const sum = mask.reduce(
    (total, c, j) => total + c * (j === 0 ? (secret[0] ?? Number.NaN) : -(secret[set.degree - j] ?? Number.NaN)),
    scores[0] ?? Number.NaN,
  )
  const modulus = 2 ** k
  const beside = (((sum - score * 2 ** (k - scoreBits)) % modulus) + modulus) % modulus
  return ((beside > modulus / 2 ? beside - modulus : beside) * Number(modulusOf(set))) / modulus
}

/** The quotient of two polynomials modulo the first prime, its coefficients centred; null if the divisor has no inverse. */
export function divide({ ring, set }: Lattice, dividend: Polynomial, divisor: Polynomial): number[] | null {
  const [p = Number.NaN] = set.primes
  const [over = new Float64Array(), under = new Float64Array()] = [dividend, divisor].map(
    (polynomial) => transform(ring, polynomial).values[0],
  )
  if (under.includes(0)) return null
  const quotient = over
    .map((value, j) => reduce(value, p) * invert(reduce(under[j] ?? Number.NaN, p), p))
    .map((x) => reduce(x, p))
  ring.transformers[0]?.inverse(quotient)
  return Array.from(quotient, (x) => (x > p / 2 ? x - p : x))
}

/** The weights of a row that a polynomial holds as W does: w_0 at X^0, w_i at X^-i. */
export function weightsIn(coefficients: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? (coefficients[0] ?? Number.NaN) : -(coefficients[coefficients.length - i] ?? Number.NaN),
  )
}

/** How many of the guesses are right. */
export function hits(guesses: readonly number[], truth: readonly number[]): number {
  return guesses.filter((guess, i) => guess === truth[i]).length
}

/** As `npm run attacks` runs them: long. */
export const isFull = process.env.EMP_ATTACKS === 'full'
