import type { RandomBytes } from '../random.ts'
import { expand, expansionSeedBytes } from './expand.ts'
import type { Lattice } from './lattice.ts'
import { packResidues } from './pack.ts'
import { addIntegers, type Ring, sumOfProducts, type Transform, transform, transformIntegers } from './ring.ts'
import { drawErrors, drawTernary } from './sample.ts'

/**
 * A secret polynomial s of coefficients -1, 0, 1, and its public companion (a, b = e - a s), a by its seed. The secret
 * stays inside: printing, `JSON.stringify`, spreading and structured cloning do not reach private fields.
 *
 * It is for one session: requests under one key are recognised as one client's. Made by {@link generateLatticeKey}.
 *
 * Not promised: secrecy from code that reads the getters, nor from a debugger.
 */
export class LatticeKey {
  readonly #ring: Ring
  readonly #secret: Int8Array
  readonly #negated: Transform
  readonly #seed: Uint8Array
  readonly #bytes: Uint8Array

  constructor(ring: Ring, secret: Int8Array, negated: Transform, seed: Uint8Array, bytes: Uint8Array) {
    this.#ring = ring
    this.#secret = secret
    this.#negated = negated
    this.#seed = seed
    this.#bytes = bytes
    Object.freeze(this)
  }

  /** The ring that the key is of. */
  get ring(): Ring {
    return this.#ring
  }

  /** s. */
  get secret(): Int8Array {
    return this.#secret.slice()
  }

  /** The transform of -s. */
  get negated(): Transform {
    return this.#negated
  }

  /** The seed of a. */
  get seed(): Uint8Array {
    return this.#seed.slice()
  }

  /** b, packed. */
  get bytes(): Uint8Array {
    return this.#bytes.slice()
  }

  toString(): string {
    return 'LatticeKey(not shown)'
  }

  toJSON(): string {
    return this.toString()
  }

  /** What Node prints, whatever it is told to show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** What is drawn for a key, in this order: 32 bytes, N ternary numbers, N errors. */
export interface KeyDraws {
  readonly seed: Uint8Array
  readonly secret: Int8Array
  readonly errors: Int8Array
}

/** A fresh key. Its time does not depend on the secret, as far as JavaScript lets a program say so. */
export function generateLatticeKey(lattice: Lattice, random: RandomBytes): LatticeKey {
  const degree = lattice.set.degree
  return makeKey(lattice, {
    seed: random(expansionSeedBytes),
    secret: drawTernary(random, degree),
    errors: drawErrors(random, degree),
  })
}

/** The key that draws make: the part of {@link generateLatticeKey} that draws nothing. */
export function makeKey({ ring, set }: Lattice, { seed, secret, errors }: KeyDraws): LatticeKey {
  const negated = transformIntegers(
    ring,
    secret.map((x) => -x),
  )
  const product = sumOfProducts(ring, [transform(ring, expand(set, seed, 'key')), negated])
  return new LatticeKey(ring, secret, negated, seed, packResidues(set, addIntegers(ring, product, errors), set.degree))
}
