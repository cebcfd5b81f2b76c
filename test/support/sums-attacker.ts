import { at } from '../../runtime/at.ts'
import { sha256 } from '../../runtime/contract.ts'
import type { RistrettoKey } from '../../runtime/ristretto/keys.ts'
import { multiplesOf } from '../../runtime/schemes/cipher.ts'
import { findPayload } from '../../runtime/schemes/hidden.ts'
import type { SumsContract } from '../../runtime/schemes/sums/contract.ts'
import { readFields } from '../../runtime/wire/fields.ts'

/** A leaf of a reply: the point A, and the masked scores. */
export interface SumsLeaf {
  readonly point: Uint8Array
  readonly hidden: Uint8Array
}

/** The leaves of a reply, all trees one after another. */
export function leavesOf({ messages }: SumsContract, reply: Uint8Array): SumsLeaf[] {
  const bytes = readFields(reply)?.get('leaves')
  const field = messages.reply.at(-1)
  if (!(bytes instanceof Uint8Array) || field === undefined) throw new TypeError('the reply has no leaves')
  return Array.from({ length: field.count }, (_, i) => {
    const leaf = bytes.slice(i * field.bytes, (i + 1) * field.bytes)
    return { point: leaf.slice(0, 32), hidden: leaf.slice(32) }
  })
}

/** What each leaf opens to under the key, with a known difference of its D; null where it does not. */
export function openLeaves(
  key: RistrettoKey,
  kappa: Uint8Array,
  leaves: readonly SumsLeaf[],
  shift: (multiple: Uint8Array, leaf: number) => Uint8Array = (multiple) => multiple,
): (number | null)[] {
  const multiples = multiplesOf(
    key,
    leaves.map(({ point }) => point),
  )
  return leaves.map(({ point, hidden }, i) => {
    const payload = findPayload(point, shift(at(multiples, i), i), kappa, hidden)
    return payload === null ? null : new DataView(payload.buffer, payload.byteOffset).getUint32(0)
  })
}

/** The difference of two encoded points, encoded. */
export const difference = ({ group }: RistrettoKey, a: Uint8Array, b: Uint8Array): Uint8Array =>
  group.borrow((space) => space.encode(space.subtract(space.decode(a).points, space.decode(b).points)))

export const kappaOf = (request: Uint8Array) => sha256(request)
