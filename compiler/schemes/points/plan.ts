import { at } from 'emp-compile-runtime/internal/at'
import { openSums } from 'emp-compile-runtime/internal/schemes/meaning'
import type { PointsSecret } from 'emp-compile-runtime/internal/schemes/points/check'
import { openedPoints } from 'emp-compile-runtime/internal/schemes/points/client'
import {
  type PointsContract,
  type PointsLabelContract,
  type PointsScoreContract,
  placesInTables,
  tablePositions,
} from 'emp-compile-runtime/internal/schemes/points/contract'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import type { Plan, Traffic } from '../../plan.ts'

/** Operations in the group, and hashes beside them. */
export interface PointsOperations {
  /** Of the generator, by full scalars. */
  readonly baseMultiplications: number
  /** Of other points, by full scalars; by scalars of 16 bytes; by numbers of positions. */
  readonly multiplications: number
  readonly shortMultiplications: number
  readonly smallMultiplications: number
  readonly additions: number
  readonly decodings: number
  readonly encodings: number
}

/** What one prediction under a fresh key takes. */
export interface PointsCost extends Traffic {
  readonly seal: PointsOperations
  readonly evaluate: PointsOperations
  readonly open: PointsOperations
}

/** Who learns what: all of it stands in the contract. */
export interface PointsLeakage {
  readonly columns: number
  readonly positions: number
  readonly pairs: number
  /** After how many honest questions a score of every record is known: 1 + sum (n - 1) + sum over pairs (n - 1)(m - 1). */
  readonly questions: number
}

interface Shared extends Plan {
  readonly server: PointsSecret
  /** Nothing of the points is the client's. */
  readonly client: Record<string, never>
  readonly cost: PointsCost
  readonly leakage: PointsLeakage
}

export interface ScorePlan extends Shared {
  readonly contract: PointsScoreContract
}

export interface PointsLabelPlan extends Shared {
  readonly contract: PointsLabelContract
}

/** The points of every table at a record's place. */
function pointsAt(contract: PointsContract, { tables }: PointsSecret, cells: readonly number[]): (readonly number[])[] {
  return placesInTables(contract, tablePositions(contract, cells)).map((place, table) => at(at(tables, table), place))
}

/** Base and points, added up for every output. */
export function simulateScore({ contract, server }: ScorePlan, cells: readonly number[]): Opened {
  const own = pointsAt(contract, server, cells)
  return openSums(
    contract,
    server.base.map((base, k) => own.reduce((sum, points) => sum + at(points, k), base)),
  )
}

/** The answer to the sum of what exceeds the least points of every table. */
export function simulatePointsLabel({ contract, server }: PointsLabelPlan, cells: readonly number[]): Opened {
  const least = server.tables.map((table) => Math.min(...table.map((points) => at(points, 0))))
  const sum = pointsAt(contract, server, cells).reduce((all, points, f) => all + at(points, 0) - at(least, f), 0)
  return openedPoints(at(contract.possible, at(server.symbols, sum)))
}
