import { bytesToBigint } from '../../bytes.ts'
import { type RandomBytes, randomBelow } from '../../random.ts'
import type { Group } from '../../ristretto/group.ts'
import { drawShort, type ShortScalar } from '../../ristretto/short.ts'
import { uniformScalars } from '../../ristretto/uniform.ts'
import { type Drawn, drawnOnce } from '../once.ts'
import { type PointsContract, positionCounts } from './contract.ts'

/** The prime that wires are counted by: 2^127 - 1. */
export const wirePrime = 2n ** 127n - 1n

/** All that is drawn for one reply. */
export type PointsDraws = {
  /** Half of rho, the multiplier of all tables. */
  readonly rho: ShortScalar
  /** Half of beta of every table: full scalars. */
  readonly betas: Uint8Array
} & (
  | {
      readonly kind: 'masks'
      /** Per table but the last one, and in it per output, 32 bits: the last table's follow from them. */
      readonly masks: Uint32Array
    }
  | {
      readonly kind: 'wires'
      /** Delta: not 0, below the prime. */
      readonly delta: bigint
      /** B of every table, below the prime. */
      readonly wires: readonly bigint[]
      /** c of every table, below the number of sums. */
      readonly places: readonly number[]
    }
)

/** Draws for one reply. */
export function drawPoints(group: Group, random: RandomBytes, contract: PointsContract): Drawn<PointsDraws> {
  const tables = positionCounts(contract).length
  const shared = { rho: drawShort(random), betas: uniformScalars(group, random, tables) }
  if (contract.reveal === 'score') {
    const bytes = random(4 * (tables - 1) * contract.outputs)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const masks = Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i))
    return drawnOnce({ ...shared, kind: 'masks', masks })
  }
  return drawnOnce({
    ...shared,
    kind: 'wires',
    delta: 1n + randomBelow(random, wirePrime - 1n),
    wires: Array.from({ length: tables }, () => randomBelow(random, wirePrime)),
    // The number of sums is a power of two, so the low bits of two bytes are uniform.
    places: Array.from({ length: tables }, () => Number(bytesToBigint(random(2))) % contract.sums),
  })
}
