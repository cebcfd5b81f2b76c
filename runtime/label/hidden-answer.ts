import { answerBytes } from '../contract.ts'
import { type Address, type Group, placeBytes } from './group.ts'

/** An answer is hidden by its place among the contract's, which is below this. */
export const mostAnswers = 65_536

/** Bytes of an answer's place; what is left of {@link answerBytes} shows that it is one. */
const numberBytes = 2

/** Places in memory that hiding and finding need: A and D, which are there, and three more. */
export const hiddenAnswerPlaces = 5

/**
 * Hides the place of an answer behind the points A and D at `points`: who knows both finds it, who lacks D does not. With
 * K = SHA-256(A, D) it is the place, masked by the beginning of K, and the beginning of SHA-256(K, place).
 */
export function hideAnswer(group: Group, points: Address, answer: number): Uint8Array {
  const key = keyOf(group, points)
  const hidden = new Uint8Array(answerBytes)
  const place = Uint8Array.of(answer >> 8, answer & 255)
  hidden.set(place.map((byte, i) => byte ^ (key[i] ?? 0)))
  hidden.set(checkOf(group, points, place), numberBytes)
  return hidden
}

/** The place that was hidden behind the points; null if it was hidden behind others, or damaged, but for a chance of 2^-48. */
export function findAnswer(group: Group, points: Address, hidden: Uint8Array): number | null {
  const key = keyOf(group, points)
  const place = hidden.slice(0, numberBytes).map((byte, i) => byte ^ (key[i] ?? 0))
  const check = checkOf(group, points, place)
  if (check.some((byte, i) => byte !== hidden[numberBytes + i])) return null
  return ((place[0] ?? 0) << 8) | (place[1] ?? 0)
}

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
  return group.read(out).subarray(0, answerBytes - numberBytes)
}
