import { at } from '../../runtime/at.ts'
import { fingerprint, sha256 } from '../../runtime/contract.ts'
import { type RandomBytes, systemRandom } from '../../runtime/random.ts'
import type { RistrettoKey } from '../../runtime/ristretto/keys.ts'
import { drawNoise, multiplesOf } from '../../runtime/schemes/cipher.ts'
import { guardPoints, kappaOf, openGuards } from '../../runtime/schemes/guard.ts'
import { bitsOf, guardGroups, type LabelContract, pointBytes } from '../../runtime/schemes/label/contract.ts'
import { findAnswer } from '../../runtime/schemes/label/hidden-answer.ts'
import { readFields } from '../../runtime/wire/fields.ts'
import { messagesOf } from '../../runtime/wire/message.ts'
import { scalarBytesOf } from './label-attacker.ts'

/** The request of a client that encrypts any numbers in the place of the bits: one ciphertext each. */
export async function cheatingRequest(
  contract: LabelContract,
  key: RistrettoKey,
  values: readonly bigint[],
  random: RandomBytes = systemRandom,
  messages = fingerprint(contract).then((print) => messagesOf(contract, print)),
): Promise<Uint8Array> {
  const { group } = key
  const noise = drawNoise(key, random, bitsOf(contract))
  const added = group.scalars.add(noise.scalars, Uint8Array.from(values.flatMap((value) => [...scalarBytesOf(value)])))
  const seconds = group.borrow((space) => space.encodeDoubled(space.generate(group.scalars.halve(added))))
  const ciphertexts = new Uint8Array(2 * pointBytes * values.length)
  for (let i = 0; i < values.length; i++) {
    ciphertexts.set(noise.points.subarray(pointBytes * i, pointBytes * (i + 1)), 2 * pointBytes * i)
    ciphertexts.set(seconds.subarray(pointBytes * i, pointBytes * (i + 1)), pointBytes * (2 * i + 1))
  }
  return (await messages).encodeRequest({ key: key.point, ciphertexts })
}

/**
 * The places of the answers of all leaves that open with the key alone.
 *
 * @param positions of a guarded reply: the position of each group at which the client looks for its seed; 0 if not given.
 */
export async function openedLeaves(
  contract: LabelContract,
  key: RistrettoKey,
  request: Uint8Array,
  reply: Uint8Array,
  positions: readonly number[] = guardGroups(contract).map(() => 0),
): Promise<number[]> {
  const { leaves, guards } = fieldsOf(reply)
  const hash = await sha256(request)
  return openWith(
    contract,
    key,
    leaves,
    guards === null ? hash : kappaOf(hash, seedsAt(contract, key, guards, positions)),
  )
}

/** The leaves and guards of a reply. */
export function fieldsOf(reply: Uint8Array): { readonly leaves: Uint8Array; readonly guards: Uint8Array | null } {
  const fields = readFields(reply)
  const [leaves, guards] = [fields?.get('leaves'), fields?.get('guards')]
  if (!(leaves instanceof Uint8Array)) throw new TypeError('the reply has no leaves')
  return { leaves, guards: guards instanceof Uint8Array ? guards : null }
}

/** What the client's key makes of the seeds at these positions: 16 bytes for each group. */
export function seedsAt(
  contract: LabelContract,
  key: RistrettoKey,
  guards: Uint8Array,
  positions: readonly number[],
): Uint8Array {
  const groups = guardGroups(contract)
  return openGuards(groups, guards, positions, multiplesOf(key, guardPoints(groups, guards)))
}

/** The places of the answers of all leaves that open under kappa. */
export function openWith(contract: LabelContract, key: RistrettoKey, leaves: Uint8Array, kappa: Uint8Array): number[] {
  const width = leaves.length / contract.leaves
  const parts = Array.from({ length: contract.leaves }, (_, i) => leaves.subarray(i * width, (i + 1) * width))
  const points = parts.map((leaf) => leaf.subarray(0, pointBytes))
  return multiplesOf(key, points).flatMap(
    (d, i) => findAnswer(at(points, i), d, kappa, at(parts, i).subarray(pointBytes)) ?? [],
  )
}
