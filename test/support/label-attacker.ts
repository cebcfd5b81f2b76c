import { bigintToBytes, bytesToBigint } from '../../runtime/bytes.ts'
import { sha256 } from '../../runtime/contract.ts'
import { modulo } from '../../runtime/paillier/integer.ts'
import { systemRandom } from '../../runtime/random.ts'
import { defineLabelClient, type LabelContract, type RistrettoKey } from '../../runtime/schemes/label/client.ts'
import { findAnswer } from '../../runtime/schemes/label/hidden-answer.ts'
import { readFields } from '../../runtime/wire/fields.ts'

/** The order of the group: RFC 9496, section 4.4. */
export const order = 2n ** 252n + 27742317777372353535851937790883648493n

/** Scalars are little-endian. */
export const scalarOf = (bytes: Uint8Array): bigint => modulo(bytesToBigint(bytes.toReversed()), order)
export const scalarBytesOf = (scalar: bigint): Uint8Array => bigintToBytes(modulo(scalar, order), 32).reverse()

/** A session of a curious client that keeps everything it draws: its key, and the k of each of its bits. */
export async function curiousSession(contract: LabelContract, record: object) {
  const drawn: Uint8Array[] = []
  const random = (length: number) => {
    const bytes = systemRandom(length)
    // A copy: what is drawn is wiped after use.
    drawn.push(bytes.slice())
    return bytes
  }
  const client = defineLabelClient<object, string>(contract, { random })
  const key = await client.generateKey()
  const sealed = await client.seal(record, key)
  const wide = drawn[1] ?? new Uint8Array()
  const noise = Array.from({ length: wide.length / 64 }, (_, i) => scalarOf(wide.slice(64 * i, 64 * (i + 1))))
  return { key, noise, kappa: await sha256(sealed.request), ...sealed }
}

/** One leaf of a reply: the point A, and the masked place of the answer. */
export interface SeenLeaf {
  readonly point: Uint8Array
  readonly hidden: Uint8Array
}

/** The leaves of a reply of a model of at most 256 answers. */
export function leavesOf(reply: Uint8Array): SeenLeaf[] {
  const ciphertexts = readFields(reply)?.get('leaves')
  if (!(ciphertexts instanceof Uint8Array)) throw new TypeError('the reply has no leaves')
  const width = 38
  return Array.from({ length: ciphertexts.length / width }, (_, i) => ({
    point: ciphertexts.slice(i * width, i * width + 32),
    hidden: ciphertexts.slice(i * width + 32, (i + 1) * width),
  }))
}

/**
 * The place that a leaf opens to if its D is factor A + multiple G; null if it does not, which a wrong guess does but for a
 * chance of 2^-40.
 *
 * @param kappa SHA-256 of the request.
 */
export function openAs(
  { group }: RistrettoKey,
  kappa: Uint8Array,
  { point, hidden }: SeenLeaf,
  { factor, multiple = 0n }: { readonly factor: bigint; readonly multiple?: bigint },
): number | null {
  return group.borrow((space) => {
    const own = space.multiply(space.decode(point).points, scalarBytesOf(factor))
    const d = space.add(own, space.generate(scalarBytesOf(multiple)))
    return findAnswer(point, space.encode(d), kappa, hidden)
  })
}
