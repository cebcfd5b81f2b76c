import { at } from '../../at.ts'
import { bigintToBytes, bytesToBigint } from '../../bytes.ts'
import type { MessageField } from '../../contract.ts'

/**
 * Integers one after another, big-endian, each in the bytes of its field.
 *
 * @throws {RangeError} if a number does not fit.
 */
export function joinNumbers(numbers: readonly bigint[], { bytes }: MessageField): Uint8Array {
  const joined = new Uint8Array(bytes * numbers.length)
  numbers.forEach((number, i) => {
    joined.set(bigintToBytes(number, bytes), i * bytes)
  })
  return joined
}

/** The integers of a field. */
export function splitNumbers(joined: Uint8Array, { bytes }: MessageField): bigint[] {
  return Array.from({ length: joined.length / bytes }, (_, i) =>
    bytesToBigint(joined.subarray(i * bytes, (i + 1) * bytes)),
  )
}

/** The fields of a contract's messages: the modulus, and the ciphertexts up and down. */
export function fieldsOf({
  messages: { request, reply },
}: {
  readonly messages: { readonly request: readonly MessageField[]; readonly reply: readonly MessageField[] }
}): { readonly key: MessageField; readonly up: MessageField; readonly down: MessageField } {
  return { key: at(request, 0), up: at(request, 1), down: at(reply, 0) }
}
