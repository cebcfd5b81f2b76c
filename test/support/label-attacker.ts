import { decode } from 'cborg'
import type { LabelContract } from '../../runtime/contract.ts'
import { defineLabelClient, type LabelKey } from '../../runtime/label/client.ts'
import { findAnswer, hiddenAnswerPlaces } from '../../runtime/label/hidden-answer.ts'
import { bigintToBytes, bytesToBigint, modulo } from '../../runtime/paillier/integer.ts'
import { systemRandom } from '../../runtime/random.ts'

/** The order of the group: RFC 9496, section 4.4. */
export const order = 2n ** 252n + 27742317777372353535851937790883648493n

/** Scalars are little-endian. */
export const scalarOf = (bytes: Uint8Array): bigint => modulo(bytesToBigint(bytes.toReversed()), order)
const bytesOfScalar = (scalar: bigint) => bigintToBytes(modulo(scalar, order), 32).reverse()

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
  return { key, noise, ...sealed }
}

/** One leaf of a reply: the point A, and the masked place of the answer. */
export interface SeenLeaf {
  readonly point: Uint8Array
  readonly hidden: Uint8Array
}

/** The leaves of a reply of a model of at most 256 answers. */
export function leavesOf(reply: Uint8Array): SeenLeaf[] {
  const { ciphertexts }: { ciphertexts: Uint8Array } = decode(reply)
  const width = 38
  return Array.from({ length: ciphertexts.length / width }, (_, i) => ({
    point: ciphertexts.slice(i * width, i * width + 32),
    hidden: ciphertexts.slice(i * width + 32, (i + 1) * width),
  }))
}

/**
 * The place that a leaf opens to if its D is factor A + multiple G; null if it does not, which a wrong guess does but for a
 * chance of 2^-40.
 */
export function openAs(
  { group }: LabelKey,
  { point, hidden }: SeenLeaf,
  { factor, multiple = 0n }: { readonly factor: bigint; readonly multiple?: bigint },
): number | null {
  return group.borrow(hiddenAnswerPlaces + 2, (first) => {
    const [second, scalar] = [first + 32, first + 32 * hiddenAnswerPlaces]
    const term = scalar + 32
    group.write(first, point)
    group.write(scalar, bytesOfScalar(factor))
    group.multiply(second, scalar, first)
    if (multiple !== 0n) {
      group.write(scalar, bytesOfScalar(multiple))
      group.generate(term, scalar)
      group.add(second, second, term)
    }
    return findAnswer(group, first, hidden)
  })
}
