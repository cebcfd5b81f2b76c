import { type RandomBytes, systemRandom } from '../random.ts'
import { encodingBytes, type Group } from './group.ts'
import { readyGroup } from './ready.ts'
import { uniformScalars } from './uniform.ts'

/**
 * A secret scalar x and the public point P = x G. The scalar stays inside: printing, `JSON.stringify`, spreading and
 * structured cloning do not reach private fields. Made by {@link generateRistrettoKey}.
 *
 * Not promised: secrecy from code that reads the getter, nor from a debugger.
 */
export class RistrettoKey {
  readonly #point: Uint8Array
  readonly #scalar: Uint8Array
  readonly #group: Group

  constructor(group: Group, point: Uint8Array, scalar: Uint8Array) {
    this.#point = point.slice()
    this.#scalar = scalar.slice()
    this.#group = group
    Object.freeze(this)
  }

  /** P, encoded in 32 bytes: not the identity. */
  get point(): Uint8Array {
    return this.#point.slice()
  }

  /** x, little-endian in 32 bytes: not 0. */
  get scalar(): Uint8Array {
    return this.#scalar.slice()
  }

  /** The group that the key is of, ready to compute in. */
  get group(): Group {
    return this.#group
  }

  toString(): string {
    return 'RistrettoKey(not shown)'
  }

  toJSON(): string {
    return this.toString()
  }

  /** What Node prints, whatever it is told to show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** A fresh key: a uniform scalar. @param group the fastest one by default. */
export async function generateRistrettoKey(random: RandomBytes = systemRandom, group?: Group): Promise<RistrettoKey> {
  const own = group ?? (await readyGroup())
  for (;;) {
    const scalar = uniformScalars(own, random, 1)
    const point = own.borrow((space) => space.encode(space.generate(scalar)))
    if (point.length === encodingBytes && point.some((byte) => byte !== 0)) return new RistrettoKey(own, point, scalar)
  }
}
