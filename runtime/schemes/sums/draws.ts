import { at } from '../../at.ts'
import { concatBytes } from '../../bytes.ts'
import { type RandomBytes, randomOrder } from '../../random.ts'
import type { Group } from '../../ristretto/group.ts'
import { drawShort, type ShortScalar } from '../../ristretto/short.ts'
import { uniformScalars } from '../../ristretto/uniform.ts'
import type { GuardGroup } from '../groups.ts'
import { drawGuard, type GuardDraws } from '../guard.ts'
import { addedBy, type SumsContract, scoreBytes, scoresPerLeaf } from './contract.ts'

/** All that is drawn for one reply. */
export interface SumsDraws {
  /** Half of rho. */
  readonly rho: ShortScalar
  /** Half of beta of every leaf, in the order of the reply: full scalars. */
  readonly betas: Uint8Array
  /** Another one each, which takes the place of beta in D where the leaf is padding. */
  readonly others: Uint8Array
  /** Of each tree the order of its leaves in the reply. */
  readonly orders: readonly (readonly number[])[]
  /** mu of each tree for each score that its leaves hold; for every score they sum to the base, modulo 2^32. */
  readonly masks: readonly (readonly number[])[]
  /** Null where there is no guard. */
  readonly guard: GuardDraws | null
}

/** What the draws of a reply depend on. */
export type DrawShape = Pick<SumsContract, 'leaves' | 'outputs' | 'link' | 'answers'>

/** Draws for one reply. @param groups of the guard; null where there is none. */
export function drawSums(
  group: Group,
  random: RandomBytes,
  contract: DrawShape,
  base: readonly number[],
  groups: readonly GuardGroup[] | null,
): SumsDraws {
  const { leaves } = contract
  const count = leaves.reduce((sum, own) => sum + own, 0)
  return {
    rho: drawShort(random),
    betas: uniformScalars(group, random, count),
    others: uniformScalars(group, random, count),
    orders: leaves.map((own) => randomOrder(random, own)),
    masks: drawMasks(random, contract, base),
    guard: groups === null ? null : drawGuard(group, random, groups),
  }
}

/** All masks of a score but the last are uniform; the last one is what lacks to the base. */
export function drawMasks(random: RandomBytes, contract: DrawShape, base: readonly number[]): number[][] {
  const { leaves } = contract
  const perLeaf = scoresPerLeaf(contract)
  const bytes = random(scoreBytes * perLeaf * leaves.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const masks = leaves.map((_, tree) =>
    Array.from({ length: perLeaf }, (__, i) => view.getUint32(scoreBytes * (tree * perLeaf + i))),
  )
  base.forEach((wanted, output) => {
    const own = masks.flatMap((held, tree) =>
      addedBy(contract, tree, held).flatMap(([to, mask], i) => (to === output ? [{ tree, i, mask }] : [])),
    )
    const last = own.at(-1)
    if (last === undefined) throw new RangeError('a score has no tree')
    const others = own.slice(0, -1).reduce((sum, { mask }) => (sum + mask) % 2 ** 32, 0)
    at(masks, last.tree)[last.i] = modulo32(wanted - others)
  })
  return masks
}

/** A number of at most 53 bits modulo 2^32. */
const modulo32 = (number: number) => ((number % 2 ** 32) + 2 ** 32) % 2 ** 32

/** The payloads of all leaves in the order of the reply: masked scores, big-endian in 4 bytes each. */
export function payloadsOf(
  { orders, masks }: Pick<SumsDraws, 'orders' | 'masks'>,
  scores: readonly (readonly (readonly number[])[])[],
): Uint8Array {
  return concatBytes(
    orders.flatMap((order, tree) =>
      order.map((leaf) => {
        const own = at(at(scores, tree), leaf)
        const payload = new Uint8Array(scoreBytes * own.length)
        const view = new DataView(payload.buffer)
        own.forEach((score, i) => {
          view.setUint32(scoreBytes * i, modulo32(score + at(at(masks, tree), i)))
        })
        return payload
      }),
    ),
  )
}

const consumed = new WeakSet<SumsDraws>()

/** Draws, to be used now. @throws {Error} at the second call for the same ones: two replies must have nothing in common. */
export function consume(draws: SumsDraws): SumsDraws {
  if (consumed.has(draws)) throw new Error('what was drawn for one reply is used for another')
  consumed.add(draws)
  return draws
}
