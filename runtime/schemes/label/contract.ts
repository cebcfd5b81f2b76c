import type { Contract } from '../../contract.ts'
import { bitMessages, checkBytes, type PublicCuts, pointBytes } from '../groups.ts'

export { bitsOf, checkBytes, type GuardGroup, guardGroups, mostPositions, pointBytes, seedBytes } from '../groups.ts'

/** One answer that a model may give, with `--probability` in one of its shares. */
export interface LabelAnswer {
  /** A number in models of numbers. */
  readonly answer: string | number
  /** Only with `--probability`: the share of the answer among the leaf's training rows, in whole percent. */
  readonly percent?: number
}

/**
 * The contract of a tree of which the client learns the answer alone, on ristretto255. Nothing in it depends on the tree
 * but what its owner publishes: all columns of the schema stand in it, used or not, the cuts were fixed before training,
 * and the number of leaves is padded.
 */
export interface LabelContract extends Contract {
  readonly family: 'tree'
  readonly reveal: 'label'
  readonly scheme: 'ristretto'
  /** Per feature, ascending cells c: the bits [cell > c] that a request holds. Public, fixed before training. */
  readonly cuts: readonly (readonly number[])[]
  /** Every answer that any model of this contract may give; an answer's place is what the reply encodes. */
  readonly possible: readonly LabelAnswer[]
  /** Leaves in a reply: the tree's own, padded. At least 1. */
  readonly leaves: number
  /** Where there is one, replies are good for requests alone that encrypt a record: see `guard.ts`. */
  readonly guard?: 1
}

/** Bytes that hold the place of an answer among the possible ones. */
export const placeBytesOf = ({ possible }: Pick<LabelContract, 'possible'>): number => (possible.length > 256 ? 2 : 1)

/**
 * The bits that every split of a tree adds up: a test on a column of texts may ask for any of its levels. A column of two is
 * divided by one of them, unless a record may have neither: then both together are a test, too.
 */
export function splitWidth({ features, columns }: Pick<LabelContract, 'features' | 'columns'>): number {
  const counts = new Map<string, number>()
  for (const feature of features) {
    if ('level' in feature) counts.set(feature.column, (counts.get(feature.column) ?? 0) + 1)
  }
  const mayHaveNone = (name: string, count: number) => {
    const column = columns.find((own) => own.name === name)
    return column?.kind === 'text' && (column.missing !== 'never' || count < column.levels.length)
  }
  const dividing = [...counts].filter(([name, count]) => count >= 3 || (count === 2 && mayHaveNone(name, count)))
  return Math.max(1, ...dividing.map(([, count]) => count))
}

/** What of a contract says how long its messages are. */
export type LabelSizes = PublicCuts & Pick<LabelContract, 'possible' | 'leaves' | 'guard'>

/** The fields of its messages. */
export const labelMessages = (contract: LabelSizes): Contract['messages'] =>
  bitMessages(contract, { bytes: pointBytes + placeBytesOf(contract) + checkBytes, count: contract.leaves })
