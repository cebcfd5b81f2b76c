import { checkBytes } from '../contract.ts'
import { type Address, type Group, placeBytes } from './group.ts'

/** Places in memory that hiding and finding need: A and D, which are there, and three more. */
export const hiddenAnswerPlaces = 5

/**
 * Hides the place of an answer, big-endian, behind the points A and D at `points`: who knows both finds it, who lacks D does
 * not. With K = SHA-256(A, D) it is the place, masked by the beginning of K, and the beginning of SHA-256(K, place).
 */
export function hideAnswer(group: Group, points: Address, place: Uint8Array): Uint8Array {
  const masked = maskedBy(keyOf(group, points), place)
  return Uint8Array.from([...masked, ...checkOf(group, points, place)])
}

/** The place that was hidden behind the points; null if it was hidden behind others, or damaged, but for a chance of 2^-40. */
export function findAnswer(group: Group, points: Address, hidden: Uint8Array): number | null {
  const width = hidden.length - checkBytes
  const place = maskedBy(keyOf(group, points), hidden.subarray(0, width))
  if (checkOf(group, points, place).some((byte, i) => byte !== hidden[width + i])) return null
  return place.reduce((number, byte) => 256 * number + byte, 0)
}

const maskedBy = (key: Uint8Array, bytes: Uint8Array) => bytes.map((byte, i) => byte ^ (key[i] ?? 0))

/** Leaves K in the place after the points. */
function keyOf(group: Group, points: Address): Uint8Array {
  const key = points + 2 * placeBytes
  group.hash(key, points)
  return group.read(key)
}

/** The hash of K and a place, K being where {@link keyOf} leaves it. */
function checkOf(group: Group, points: Address, place: Uint8Array): Uint8Array {
  const key = points + 2 * placeBytes
  const [second, out] = [key + placeBytes, key + 2 * placeBytes]
  const padded = new Uint8Array(placeBytes)
  padded.set(place)
  group.write(second, padded)
  group.hash(out, key)
  return group.read(out).subarray(0, checkBytes)
}
