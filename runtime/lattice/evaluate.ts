import { at } from '../at.ts'
import { ProtocolError } from '../errors.ts'
import type { RandomBytes } from '../random.ts'
import { type Blinding, drawBlinding } from './blinding.ts'
import { expand, expansionSeedBytes } from './expand.ts'
import { type Lattice, recordCoefficients } from './lattice.ts'
import type { LatticeModel } from './model.ts'
import { reduce } from './modular.ts'
import type { LatticeReply } from './open.ts'
import { packBits, unpackResidues } from './pack.ts'
import {
  addIntegers,
  coefficientsOfProduct,
  type Polynomial,
  sumOfProducts,
  type Transform,
  transform,
  transformIntegers,
} from './ring.ts'
import type { LatticeRequest } from './seal.ts'
import { switchModulus } from './switching.ts'

/** A request, read. */
export interface RequestPolynomials {
  readonly a: Polynomial
  readonly b: Polynomial
  readonly recordA: Polynomial
  readonly c0: Polynomial
}

/** A reply modulo q: all of c1, and c0 at the places of the outputs. */
export interface ReplyPolynomials {
  readonly c1: Polynomial
  readonly scores: Polynomial
}

/**
 * Computes <w, m> + bias for every output, on an encrypted m. Which operations are done depends on the parameters alone.
 *
 * Not constant in time: the sums of bias and flood, which are BigInts, and how often a draw of the flood, of u, or of a
 * word of a and a' is rejected. None of these tells a weight.
 *
 * @throws {ProtocolError} as {@link readRequest}
 */
export function evaluate(model: LatticeModel, request: LatticeRequest, random: RandomBytes): LatticeReply {
  const read = readRequest(model.lattice, request)
  return writeReply(model.lattice, multiplyPolynomials(model, read, drawBlinding(model, random)))
}

/**
 * Reads a request. a and a' come from their seeds, here: a client that chose a = 0 would read all weights.
 *
 * @throws {ProtocolError} `bad-message` if a width is another or a bit behind the last residue is set, `bad-ciphertext` if
 *   a residue is not below its prime.
 */
export function readRequest(
  lattice: Lattice,
  { keySeed, key, recordSeed, record }: LatticeRequest,
): RequestPolynomials {
  const { set } = lattice
  if (keySeed.length !== expansionSeedBytes || recordSeed.length !== expansionSeedBytes)
    throw new ProtocolError('bad-message')
  const b = unpackResidues(set, key, set.degree)
  const c0 = unpackResidues(set, record, recordCoefficients(lattice))
  return { a: expand(set, keySeed, 'key'), b, recordA: expand(set, recordSeed, 'record'), c0 }
}

/**
 * c1 = W a' + a u + e1, and c0 = W c0 + b u + e2 + flood + delta bias at the places of the outputs, modulo q.
 *
 * Not for a reply: the noise of these lies open where a client knows the score. {@link writeReply} switches them.
 */
export function multiplyPolynomials(
  model: LatticeModel,
  request: RequestPolynomials,
  blinding: Blinding,
): ReplyPolynomials {
  const { lattice, weights, biases } = model
  const { ring, set, outputs, delta } = lattice
  const { zero, maskErrors, scoreErrors, floods } = blinding.take()
  const u = transformIntegers(ring, zero)
  const { a, recordA } = request
  const c1 = addIntegers(
    ring,
    sumOfProducts(ring, [weights, transform(ring, recordA)], [transform(ring, a), u]),
    maskErrors,
  )
  const sums = sumsAtOutputs(model, request, u, zero)
  const added = Array.from({ length: outputs }, (_, r) => {
    return delta * BigInt(at(biases, r)) + BigInt(at(scoreErrors, r)) + at(floods, r)
  })
  const scores = set.primes.map((p, i) => {
    const sum = at(sums.residues, i)
    return Float64Array.from(added, (more, r) => reduce(at(sum, r) + Number(more % BigInt(p)), p))
  })
  return { c1, scores: { residues: scores } }
}

/** Up to so many outputs, their coefficients are computed one by one. */
const fewOutputs = 8

/** W c0 + b u at the places of the outputs. */
function sumsAtOutputs(
  { lattice, placed, weights }: LatticeModel,
  { b, c0 }: RequestPolynomials,
  u: Transform,
  zero: Int8Array,
): Polynomial {
  const { ring, inputs, outputs, set } = lattice
  const places = Array.from({ length: outputs }, (_, r) => r * inputs)
  if (outputs > fewOutputs) {
    const { residues } = sumOfProducts(ring, [weights, transform(ring, c0)], [transform(ring, b), u])
    return { residues: residues.map((sum) => Float64Array.from(places, (place) => at(sum, place))) }
  }
  const weighted = coefficientsOfProduct(ring, c0, placed, places)
  const hidden = coefficientsOfProduct(ring, b, zero, places)
  return {
    residues: set.primes.map((p, i) => {
      const more = at(hidden.residues, i)
      return at(weighted.residues, i).map((sum, r) => reduce(sum + at(more, r), p))
    }),
  }
}

/** Switches to k bits, and packs. */
export function writeReply({ set, replyBits: k }: Lattice, { c1, scores }: ReplyPolynomials): LatticeReply {
  return {
    mask: packBits([{ values: switchModulus(set, c1.residues, k), bits: k }]),
    scores: packBits([{ values: switchModulus(set, scores.residues, k), bits: k }]),
  }
}
