import { at } from '../../at.ts'
import type { GuardGroup } from '../groups.ts'
import { type SumsContract, scoresPerLeaf } from './contract.ts'

/**
 * A node of a tree: scores, or a question to a column. Positions of a column of numbers are the number of cuts below its
 * cell; of texts the place of the level, after one for none where that is admitted. `inside` are the ascending positions at
 * which the set of those that go to `yes` begins and ends in turn: [0, 2, 5] is 0, 1, and all from 5 on.
 */
export type SumNode =
  | { readonly scores: readonly number[] }
  | { readonly column: number; readonly inside: readonly number[]; readonly yes: SumNode; readonly no: SumNode }

/** What a server holds: trees, and what is added to each score. */
export interface SumsModel {
  readonly trees: readonly SumNode[]
  readonly base: readonly number[]
}

/** A bit that is added or, with the sign -1, taken away. */
export interface Term {
  readonly bit: number
  readonly sign: 1 | -1
}

/**
 * A padded tree, ready to be added up. The node 0 is its root; split i makes the nodes 2 i + 1, with its indicator added, and
 * 2 i + 2, with 1 less that. A leaf is reached by the record whose sum there is 0.
 */
export interface TreeLayout {
  /** Terms of all splits, one after another; null pads. */
  readonly terms: readonly (Term | null)[]
  /** Where the terms of each split end. */
  readonly ends: readonly number[]
  /** The node that each split divides. */
  readonly from: readonly number[]
  readonly leaves: readonly LeafLayout[]
}

export interface LeafLayout {
  readonly node: number
  readonly scores: readonly number[]
  readonly isPadding: boolean
}

/** Whether a set, by where it begins and ends, holds a position. */
export const isInside = (inside: readonly number[], position: number): boolean =>
  inside.filter((change) => change <= position).length % 2 === 1

/**
 * The terms that sum to whether a column's position is outside of a set, on what a set that holds position 0 is outside of;
 * `isFlipped` if it does not hold it, and the terms are those of its complement.
 */
export function termsOf(
  { first, bits, kind }: GuardGroup,
  inside: readonly number[],
): { readonly terms: readonly Term[]; readonly isFlipped: boolean } {
  const all = Array.from({ length: bits }, (_, i) => i)
  if (kind === 'text') {
    const outside = all.filter((i) => !isInside(inside, i))
    const isFlipped = 2 * outside.length > bits
    const listed = isFlipped ? all.filter((i) => isInside(inside, i)) : outside
    return { terms: listed.map((i) => ({ bit: first + i, sign: 1 })), isFlipped }
  }
  const isFlipped = !isInside(inside, 0)
  const outside = (position: number) => Number(isInside(inside, position) === isFlipped)
  return {
    isFlipped,
    terms: all.flatMap((i): Term[] => {
      const step = outside(i + 1) - (kind === 'number' ? outside(i) : 0)
      return step === 0 ? [] : [{ bit: first + i, sign: step === 1 ? 1 : -1 }]
    }),
  }
}

/** How many leaves and terms a tree has. @throws {RangeError} if it asks for what its columns do not have. */
export function countTree(columns: readonly GuardGroup[], node: SumNode): { leaves: number; terms: number } {
  if ('scores' in node) return { leaves: 1, terms: 0 }
  const [yes, no] = [countTree(columns, node.yes), countTree(columns, node.no)]
  return {
    leaves: yes.leaves + no.leaves,
    terms: termsOf(checkedColumn(columns, node), node.inside).terms.length + yes.terms + no.terms,
  }
}

function checkedColumn(columns: readonly GuardGroup[], { column, inside }: Exclude<SumNode, { scores: unknown }>) {
  const own = columns[column]
  if (own === undefined) throw new RangeError('a tree asks for a column that the contract does not have')
  const isSet = inside.every(
    (change, i) => Number.isInteger(change) && change >= 0 && change < own.positions && change > (inside[i - 1] ?? -1),
  )
  if (!isSet) throw new RangeError('a split has no such set of positions')
  return own
}

/**
 * Lays out a tree and pads it to the contract's leaves and terms, so that the work depends on the contract alone.
 *
 * @throws {RangeError} if it has more of either, or other scores than the contract says.
 */
export function sumsLayout(
  contract: Pick<SumsContract, 'terms' | 'outputs' | 'link' | 'answers'>,
  columns: readonly GuardGroup[],
  root: SumNode,
  padded: number,
): TreeLayout {
  const perLeaf = scoresPerLeaf(contract)
  const most = contract.terms * (padded - 1)
  const terms: (Term | null)[] = []
  const [ends, from]: [number[], number[]] = [[], []]
  const leaves: LeafLayout[] = []

  function split(node: number, own: readonly Term[]): readonly [inside: number, outside: number] {
    from.push(node)
    terms.push(...own)
    ends.push(terms.length)
    return [2 * from.length - 1, 2 * from.length]
  }

  function place(tree: SumNode, node: number): void {
    if ('scores' in tree) {
      if (tree.scores.length !== perLeaf || !tree.scores.every(Number.isInteger)) {
        throw new RangeError(`a leaf has not ${perLeaf} whole numbers for scores`)
      }
      leaves.push({ node, scores: tree.scores, isPadding: false })
      return
    }
    const { terms: own, isFlipped } = termsOf(checkedColumn(columns, tree), tree.inside)
    const [inside, outside] = split(node, own)
    place(isFlipped ? tree.no : tree.yes, inside)
    place(isFlipped ? tree.yes : tree.no, outside)
  }

  place(root, 0)
  while (leaves.length < padded) {
    // Without terms it is always inside: the leaf keeps its sum, the new one has 1 more.
    const first = at(leaves, 0)
    const [inside, outside] = split(first.node, [])
    leaves[0] = { ...first, node: inside }
    leaves.push({ node: outside, scores: first.scores, isPadding: true })
  }
  if (leaves.length > padded || terms.length > most) {
    throw new RangeError(`a tree has ${leaves.length} leaves and ${terms.length} terms, more than the contract says`)
  }
  while (terms.length < most) terms.push(null)
  return { terms, ends, from, leaves }
}
