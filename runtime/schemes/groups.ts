import { at } from '../at.ts'
import type { Contract, MessageField } from '../contract.ts'

/** The part of a contract whose requests hold bits of public cuts, encrypted one by one on ristretto255. */
export interface PublicCuts extends Pick<Contract, 'columns' | 'features'> {
  /** Per feature, ascending cells c: the bits [cell > c] that a request holds. Public. */
  readonly cuts: readonly (readonly number[])[]
}

/** Bytes of a point of ristretto255 (RFC 9496, section 4.3.2). A ciphertext of a bit is two of them. */
export const pointBytes = 32

/** Bytes by which an answer shows that it is one: anything else passes for one with a chance of 2^-40. */
export const checkBytes = 5

/** The bits of a request: one for every cut of every feature. */
export const bitsOf = ({ cuts }: Pick<PublicCuts, 'cuts'>): number => cuts.reduce((sum, { length }) => sum + length, 0)

/** The bits of one column, and which of their vectors are a record's. */
export interface GuardGroup {
  /** Of the first bit in the request; the others follow. */
  readonly first: number
  readonly bits: number
  /**
   * Of numbers: the position j has the first j bits set. Of texts: the position of a level has its bit set alone, and where
   * none is admitted, or a level has no feature, there is one more, before all, without any.
   */
  readonly kind: 'number' | 'text' | 'text-or-none'
  /** At least 1: one more than the bits, or of texts without none as many. */
  readonly positions: number
}

/** Bytes of a seed that a group gives away, and of its masked copies. */
export const seedBytes = 16

/** Most groups or tables, and positions of one: their places are hashed in two bytes. */
export const mostPositions = 65_535

/** The bits of every column, in their order. */
export function columnGroups({ columns, features, cuts }: PublicCuts): GuardGroup[] {
  const lengths = cuts.map(({ length }) => length)
  return columns.map((column): GuardGroup => {
    const own = features.flatMap((feature, i) => (feature.column === column.name ? [i] : []))
    const first = lengths.slice(0, own[0] ?? 0).reduce((sum, length) => sum + length, 0)
    const bits = own.reduce((sum, i) => sum + at(lengths, i), 0)
    // A level without a feature of its own shows as none.
    const hasAll = column.kind === 'text' && column.missing === 'never' && bits === column.levels.length
    const kind = column.kind === 'number' ? 'number' : hasAll ? 'text' : 'text-or-none'
    return { first, bits, kind, positions: kind === 'text' ? bits : bits + 1 }
  })
}

/** The groups of a contract's bits, in the order of its columns. Every bit is in one; columns without cuts have none. */
export const guardGroups = (contract: PublicCuts): GuardGroup[] => columnGroups(contract).filter(({ bits }) => bits > 0)

/** Bytes of the guard's field in a reply. */
export function guardBytes(contract: PublicCuts): number {
  return guardGroups(contract).reduce((sum, { positions }) => sum + pointBytes + seedBytes * positions, 0)
}

/** The messages of a contract whose requests hold bits: a reply has leaves, and before them what guards them. */
export function bitMessages(
  contract: PublicCuts & { readonly guard?: unknown },
  leaves: Omit<MessageField, 'name'>,
): Contract['messages'] {
  const [reply, guards] = [
    { name: 'leaves', ...leaves },
    { name: 'guards', bytes: guardBytes(contract), count: 1 },
  ]
  return {
    request: [
      { name: 'key', bytes: pointBytes, count: 1 },
      { name: 'ciphertexts', bytes: 2 * pointBytes, count: bitsOf(contract) },
    ],
    reply: contract.guard === undefined ? [reply] : [guards, reply],
  }
}
