/**
 * The byte with which the input of a SHA-256 begins, by its use. Inputs of one use have one length, numbers in them are
 * big-endian: so no input of one use is one of another.
 */
export const hashLabel = {
  leafKey: 0x01,
  guardEntry: 0x02,
  kappa: 0x03,
  check: 0x04,
  tableEntry: 0x05,
  pointsEntry: 0x06,
  longMask: 0x07,
} as const

/** `bytes` under a mask. @throws {RangeError} if the mask is shorter: the rest would be sent in clear. */
export function masked(bytes: Uint8Array, mask: Uint8Array): Uint8Array {
  if (mask.length < bytes.length) throw new RangeError('a mask is shorter than what it hides')
  return bytes.map((byte, i) => byte ^ (mask[i] as number))
}
