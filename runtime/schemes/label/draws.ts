import type { RandomBytes } from '../../random.ts'
import { randomOrder } from '../../random.ts'
import type { Group } from '../../ristretto/group.ts'
import { drawShort, type ShortScalar } from '../../ristretto/short.ts'
import { uniformScalars } from '../../ristretto/uniform.ts'
import { drawGuard, type GuardDraws } from '../guard.ts'
import type { GuardGroup } from './contract.ts'

/** All that is drawn for one reply, and how its leaves are blinded. */
export type LabelDraws = { readonly order: readonly number[] } & (
  | {
      /** Each leaf by a multiplier of its own, on top of one fresh encryption of zero. */
      readonly kind: 'multipliers'
      /** z. */
      readonly zero: Uint8Array
      /** rho of every leaf, in the order of the reply: full scalars. */
      readonly multipliers: Uint8Array
      /** Another one each, which takes the place of rho in D where the leaf is padding. */
      readonly others: Uint8Array
    }
  | {
      /** All by one multiplier, which the guard shares, and each by a beta of its own. */
      readonly kind: 'betas'
      /** Half of rho. */
      readonly rho: ShortScalar
      /** Half of beta of every leaf, in the order of the reply: full scalars. */
      readonly betas: Uint8Array
      /** Another one each, which takes the place of beta in D where the leaf is padding. */
      readonly others: Uint8Array
      readonly guard: GuardDraws
    }
)

/** Draws for one reply. @param groups of the guard; null where there is none. */
export function drawLabel(
  group: Group,
  random: RandomBytes,
  leaves: number,
  groups: readonly GuardGroup[] | null,
): LabelDraws {
  const order = randomOrder(random, leaves)
  const scalars = (count: number) => uniformScalars(group, random, count)
  const others = scalars(leaves)
  if (groups === null) return { kind: 'multipliers', order, zero: scalars(1), multipliers: scalars(leaves), others }
  const guard = drawGuard(group, random, groups)
  return { kind: 'betas', order, rho: drawShort(random), betas: scalars(leaves), others, guard }
}
