import { findPayload, hidePayload } from '../hidden.ts'

/** Hides the place of an answer, big-endian, behind the points A and D, as {@link hidePayload} does. */
export const hideAnswer = hidePayload

/** The place that was hidden behind the points; null if it was hidden behind others, or damaged, but for a chance of 2^-40. */
export function findAnswer(a: Uint8Array, d: Uint8Array, kappa: Uint8Array, hidden: Uint8Array): number | null {
  return findPayload(a, d, kappa, hidden)?.reduce((number, byte) => 256 * number + byte, 0) ?? null
}
