/** Byte strings, and what they are written as. Timing depends on the values; nothing here is constant time. */

/** Unsigned big-endian bytes as an integer. Empty is 0. */
export function bytesToBigint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`)
}

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Two hexadecimal digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += hexPairs[byte]
  return hex
}

/** The value of a hexadecimal digit in small letters, by its code: '0' is 48, 'a' is 97. */
const digitOf = (code: number) => (code < 58 ? code - 48 : code - 87)

/**
 * An integer as `length` unsigned big-endian bytes.
 *
 * @throws {RangeError} if it is negative or does not fit.
 */
export function bigintToBytes(value: bigint, length: number): Uint8Array {
  const hex = (value === 0n ? '' : value.toString(16)).padStart(2 * length, '0')
  if (value < 0n || hex.length > 2 * length) throw new RangeError('integer does not fit')
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    bytes[i] = 16 * digitOf(hex.charCodeAt(2 * i)) + digitOf(hex.charCodeAt(2 * i + 1))
  }
  return bytes
}

/** A base64 or base64url text as bytes. @throws if it is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
}

/** Tells whether two byte strings are equal. For public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Byte strings one after another. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** SHA-256 by WebCrypto. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
}
