import { at } from '../../at.ts'
import type { Column, Contract, MessageField } from '../../contract.ts'
import { pointBytes } from '../groups.ts'
import type { Meaning } from '../meaning.ts'

/** What stands in the contract of points, whatever is revealed: nothing of it depends on the points themselves. */
interface Shape extends Contract {
  readonly family: 'additive'
  readonly scheme: 'ristretto'
  /** Per column, of numbers ascending cells: a record's position is the number of them below its cell. Of texts none. */
  readonly cuts: readonly (readonly number[])[]
  /** Pairs of columns, by their places, that have points of their own. Public. */
  readonly pairs: readonly (readonly [number, number])[]
}

/** Points of which the client learns the sum, one for each output, and what it means. */
export interface PointsScoreContract extends Shape {
  readonly reveal: 'score'
  /** What the sums mean. */
  readonly meaning: Meaning
  readonly outputs: number
  /** A power of two, above every possible sum and every possible sum's negative. */
  readonly bound: number
}

/** One answer that a model may give; with `--probability`, with a chance. */
export interface ContractAnswer {
  /** A number in models of numbers. */
  readonly answer: string | number
  /** Only with `--probability`: the chance of the answer by the model, in whole percent. */
  readonly percent?: number
}

/** Points of which the client learns the answer alone. */
export interface PointsLabelContract extends Shape {
  readonly reveal: 'label'
  /** Every answer that any model of this contract may give. */
  readonly possible: readonly ContractAnswer[]
  /** R, a power of two: sums lie at most R - 1 apart. */
  readonly sums: number
}

export type PointsContract = PointsScoreContract | PointsLabelContract

/** The place of a sum has two bytes. */
export const mostSums = 65_536

/** Bytes that a sum takes, and the two parts of an entry of `label`: a wire and the place of a sum. */
export const sumBytes = 4
export const wireBytes = 16
export const placeBytes = 2

/** How many positions each table has: those of the columns, then those of the pairs. */
export function positionCounts({ columns, cuts, pairs }: Pick<Shape, 'columns' | 'cuts' | 'pairs'>): number[] {
  const own = columns.map((column, i) =>
    column.kind === 'number' ? at(cuts, i).length + 1 : column.levels.length + (column.missing === 'never' ? 0 : 1),
  )
  return [...own, ...pairs.map(([first, second]) => at(own, first) * at(own, second))]
}

/** Bytes that an entry holds. */
export function payloadBytes(contract: Payload): number {
  return contract.reveal === 'score' ? sumBytes * contract.outputs : wireBytes + placeBytes
}

type Payload = Pick<PointsScoreContract, 'reveal' | 'outputs'> | Pick<PointsLabelContract, 'reveal' | 'sums'>

/** The fields of its messages: an entry per position of every table, and below `label` one per possible sum. */
export function pointsMessages(contract: Pick<Shape, 'columns' | 'cuts' | 'pairs'> & Payload): {
  readonly request: readonly MessageField[]
  readonly reply: readonly MessageField[]
} {
  const counts = positionCounts(contract)
  const entries = counts.reduce((sum, count) => sum + count, 0)
  return {
    request: [
      { name: 'key', bytes: pointBytes, count: 1 },
      { name: 'ciphertexts', bytes: 2 * pointBytes, count: contract.columns.length },
    ],
    reply: [
      ...(contract.reveal === 'label' ? [{ name: 'table', bytes: placeBytes, count: contract.sums }] : []),
      { name: 'entries', bytes: payloadBytes(contract), count: entries },
      { name: 'points', bytes: pointBytes, count: counts.length },
    ],
  }
}

/**
 * The position of a record in every column: of numbers, how many cuts lie below the cell; of texts, 0 for none if that is
 * admitted, then the level's place. All cuts are looked at, whatever the cell.
 *
 * @param cells one per feature of the contract.
 */
export function tablePositions(
  { columns, features, cuts }: Pick<Shape, 'columns' | 'features' | 'cuts'>,
  cells: readonly number[],
): number[] {
  return columns.map((column, i) => {
    const own = cells.filter((_, feature) => at(features, feature).column === column.name)
    if (column.kind === 'number') return at(cuts, i).reduce((below, cut) => below + Number(cut < at(own, 0)), 0)
    return own.reduce((sum, cell, level) => sum + cell * (level + firstLevel(column)), 0)
  })
}

const firstLevel = (column: Column) => (column.missing === 'never' ? 0 : 1)

/** The position in every table: in the columns, then in the pairs. */
export function placesInTables(
  contract: Pick<Shape, 'columns' | 'cuts' | 'pairs'>,
  positions: readonly number[],
): readonly number[] {
  const counts = positionCounts(contract)
  const pairs = contract.pairs.map(
    ([first, second]) => at(positions, first) * at(counts, second) + at(positions, second),
  )
  return [...positions, ...pairs]
}
