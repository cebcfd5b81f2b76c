import { type RandomBytes, systemRandom } from '../random.ts'
import { type Group, placeBytes, readyGroup } from './group.ts'
import { drawScalars } from './scalars.ts'

/**
 * A secret scalar x and the public point P = x G. The scalar stays inside: printing, `JSON.stringify`, spreading and
 * structured cloning do not reach private fields. Made by {@link generateLabelKey}.
 *
 * Not promised: secrecy from code that reads the getter, nor from a debugger.
 */
export class LabelKey {
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
    return 'LabelKey(ristretto255, not shown)'
  }

  toJSON(): string {
    return this.toString()
  }

  /** What Node prints, whatever it is told to show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** A fresh key: a uniform scalar. */
export async function generateLabelKey(random: RandomBytes = systemRandom): Promise<LabelKey> {
  const group = await readyGroup
  return group.borrow(2, (scalar) => {
    const point = scalar + placeBytes
    do {
      drawScalars(group, random, 1, scalar)
      group.generate(point, scalar)
    } while (!group.isPoint(point))
    return new LabelKey(group, group.read(point), group.read(scalar))
  })
}
