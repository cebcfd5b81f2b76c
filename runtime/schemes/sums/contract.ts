import { at } from '../../at.ts'
import type { Contract } from '../../contract.ts'
import { bitMessages, bitsOf, checkBytes, type PublicCuts, pointBytes } from '../groups.ts'
import { type Link, scoreCount } from '../link.ts'

export { bitsOf, columnGroups, type GuardGroup, guardGroups } from '../groups.ts'
export { scoreLimit } from '../link.ts'

/**
 * The contract of a sum of trees of which the client learns the scores, on ristretto255. Of the trees it says how many there
 * are, how many leaves each has, padded, and to which score each adds.
 */
export interface SumsContract extends Contract, PublicCuts {
  readonly family: 'boosted'
  readonly reveal: 'score'
  readonly scheme: 'ristretto'
  /** Of each tree the number of leaves in a reply: its own, padded to a power of two. */
  readonly leaves: readonly number[]
  /** Of each tree the score that it adds to; null if the leaves of all trees hold all scores. */
  readonly outputs: readonly number[] | null
  /** A tree's splits ask for at most so many bits for each split that it has when padded. */
  readonly terms: number
  /** What the scores mean. */
  readonly link: Link
  /** Where there is one, replies are good for requests alone that encrypt a record: see `guard.ts`. */
  readonly guard?: 1
}

/** What of a contract says how its trees are laid out. */
export type SumsShape = Pick<SumsContract, 'leaves' | 'outputs' | 'terms' | 'link' | 'answers'>

/** Bytes of a masked score. */
export const scoreBytes = 4

/** The scores that a leaf of each tree holds. */
export function scoresPerLeaf(contract: Pick<SumsContract, 'outputs' | 'link' | 'answers'>): number {
  return contract.outputs === null ? scoreCount(contract) : 1
}

/** Splits of all padded trees, the (split, bit) terms of each, and leaves of all. */
export function sizesOf({ leaves, terms }: Pick<SumsContract, 'leaves' | 'terms'>) {
  const splits = leaves.map((count) => count - 1)
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  return { splits: sum(splits), terms: terms * sum(splits), leaves: sum(leaves) }
}

/** Whether rho multiplies every bit of a request, as they are fewer, or every term of every tree. */
export function multipliesBits(contract: Pick<SumsContract, 'cuts' | 'leaves' | 'terms'>): boolean {
  return bitsOf(contract) <= sizesOf(contract).terms
}

/** The fields of its messages. */
export function sumsMessages(contract: PublicCuts & SumsShape & Pick<SumsContract, 'guard'>): Contract['messages'] {
  const bytes = pointBytes + scoreBytes * scoresPerLeaf(contract) + checkBytes
  return bitMessages(contract, { bytes, count: sizesOf(contract).leaves })
}

/** Where each tree's leaves begin in a reply. */
export const firstLeaves = (leaves: readonly number[]): number[] =>
  leaves.map((_, tree) => leaves.slice(0, tree).reduce((sum, count) => sum + count, 0))

/** What a tree adds to each of `outputs` scores, by what one of its leaves holds. */
export function addedBy(
  { outputs }: Pick<SumsContract, 'outputs'>,
  tree: number,
  held: readonly number[],
): readonly (readonly [output: number, score: number])[] {
  return held.map((score, i) => [outputs === null ? i : at(outputs, tree), score] as const)
}
