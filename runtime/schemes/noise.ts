import { ProtocolError } from '../errors.ts'
import { type RandomBytes, systemRandom } from '../random.ts'
import type { Group } from '../ristretto/group.ts'
import { generateRistrettoKey, RistrettoKey } from '../ristretto/keys.ts'
import { readyGroup } from '../ristretto/ready.ts'

/** What a client on ristretto255 draws on; the defaults are the right choice outside of tests. */
export interface RistrettoEnvironment {
  readonly random?: RandomBytes
  readonly group?: () => Promise<Group>
}

/**
 * Keys of a client on ristretto255, and the noise of its requests, drawn ahead or when it is needed.
 *
 * @param draw draws noise for one record.
 */
export function keysAndNoise<Drawn>(
  { random = systemRandom, group = readyGroup }: RistrettoEnvironment,
  draw: (key: RistrettoKey, random: RandomBytes) => Drawn,
) {
  const prepared = new WeakMap<RistrettoKey, Drawn>()

  /** There is noise for one record. @throws {ProtocolError} `wrong-key` */
  function drawn(key: RistrettoKey): Drawn {
    if (!(key instanceof RistrettoKey)) throw new ProtocolError('wrong-key')
    const noise = prepared.get(key) ?? draw(key, random)
    prepared.set(key, noise)
    return noise
  }

  return {
    generateKey: async () => generateRistrettoKey(random, await group()),
    prepare: (key: RistrettoKey) => void drawn(key),
    /** Noise for one record, never the same twice. */
    take(key: RistrettoKey): Drawn {
      const noise = drawn(key)
      prepared.delete(key)
      return noise
    },
  }
}
