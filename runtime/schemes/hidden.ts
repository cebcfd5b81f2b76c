import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '../bytes.ts'
import { checkBytes } from './groups.ts'
import { hashLabel, masked } from './hash-labels.ts'

/**
 * Hides a payload behind the points A and D, encoded: who knows both finds it, who lacks D does not. With
 * K = SHA-256(0x01, A, D, kappa) it is the payload, masked by the beginning of K, or where it is longer than that by
 * SHA-256(0x07, K, i) for i = 0, 1, ... in two bytes; and the beginning of SHA-256(0x04, K, payload).
 *
 * @param kappa what binds the reply to its request: 32 bytes.
 */
export function hidePayload(a: Uint8Array, d: Uint8Array, kappa: Uint8Array, payload: Uint8Array): Uint8Array {
  const key = keyOf(a, d, kappa)
  return concatBytes([masked(payload, maskOf(key, payload.length)), checkOf(key, payload)])
}

/** The payload that was hidden behind the points; null if it was hidden behind others, or damaged, but for a chance of 2^-40. */
export function findPayload(a: Uint8Array, d: Uint8Array, kappa: Uint8Array, hidden: Uint8Array): Uint8Array | null {
  const key = keyOf(a, d, kappa)
  const width = hidden.length - checkBytes
  const payload = masked(hidden.subarray(0, width), maskOf(key, width))
  return checkOf(key, payload).some((byte, i) => byte !== hidden[width + i]) ? null : payload
}

const keyOf = (a: Uint8Array, d: Uint8Array, kappa: Uint8Array) =>
  sha256(concatBytes([Uint8Array.of(hashLabel.leafKey), a, d, kappa]))

const checkOf = (key: Uint8Array, payload: Uint8Array) =>
  sha256(concatBytes([Uint8Array.of(hashLabel.check), key, payload])).subarray(0, checkBytes)

function maskOf(key: Uint8Array, length: number): Uint8Array {
  if (length <= key.length) return key
  const blocks = Array.from({ length: Math.ceil(length / key.length) }, (_, i) =>
    sha256(concatBytes([Uint8Array.of(hashLabel.longMask), key, Uint8Array.of(i >> 8, i & 255)])),
  )
  return concatBytes(blocks)
}
