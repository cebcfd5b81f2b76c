import { at } from '../../at.ts'
import { cellCount } from '../../grid.ts'
import { mostPositions } from '../groups.ts'
import { mostSums, type PointsContract, positionCounts } from './contract.ts'
import type { PointsTable } from './payloads.ts'

/** What the server holds of a model. */
export interface PointsSecret {
  /** Points per position and output: of the columns, then of the pairs. */
  readonly tables: readonly PointsTable[]
  /** Of `score`, what everybody's sums begin with. */
  readonly base: readonly number[]
  /** Of `label`, the place of the answer to the least sum, and to those that are 1, 2, ... above it. */
  readonly symbols: readonly number[]
}

/** @throws {RangeError} if these are no points of the contract, or the contract itself is none. */
export function checkPoints(contract: PointsContract, { tables, base, symbols }: PointsSecret): void {
  checkShape(contract)
  const counts = positionCounts(contract)
  const outputs = contract.reveal === 'score' ? contract.outputs : 1
  const fits = tables.length === counts.length && tables.every((table, f) => table.length === counts[f])
  const areWhole = tables.flat().every((own) => own.length === outputs && own.every(Number.isInteger))
  if (!fits || !areWhole) throw new RangeError('the points are not those of the contract')
  if (contract.reveal === 'score') checkBase(contract, tables, base)
  else checkSymbols(contract, tables, symbols)
}

/** Every position can be reached by a record, and every pair is one. */
function checkShape(contract: PointsContract): void {
  const { columns, cuts, pairs } = contract
  if (cuts.length !== columns.length) throw new RangeError('not one list of cuts for each column')
  const areReached = columns.every((column, i) => {
    const last = column.kind === 'number' ? cellCount(column) - 1 : 0
    const own = at(cuts, i)
    return own.every((cut, j) => Number.isInteger(cut) && cut > (own[j - 1] ?? -1) && cut < last)
  })
  if (!areReached) throw new RangeError('the cuts of a column are not ascending cells below its last')
  if (!pairs.every(([a, b]) => a >= 0 && a < b && b < columns.length)) {
    throw new RangeError('a pair is not of two columns in their order')
  }
  const counts = positionCounts(contract)
  if (columns.length === 0 || counts.length > mostPositions || counts.some((count) => count > mostPositions)) {
    throw new RangeError(`no column, or more than ${mostPositions} positions`)
  }
}

/** A sum of `label` never leaves the table, and the table has an answer to every sum. */
function checkSymbols(
  { sums, possible }: Extract<PointsContract, { readonly reveal: 'label' }>,
  tables: readonly PointsTable[],
  symbols: readonly number[],
): void {
  const spread = tables.reduce((sum, table) => sum + widthOf(table), 0)
  if (sums > mostSums || !Number.isInteger(Math.log2(sums)) || spread >= sums) {
    throw new RangeError('the sums lie further apart than the contract says')
  }
  if (symbols.length !== sums || symbols.some((symbol) => possible[symbol] === undefined)) {
    throw new RangeError('not one answer for each sum')
  }
}

/** A sum of `score` never leaves 32 bits, nor what the contract says. */
function checkBase(
  { outputs, bound }: Extract<PointsContract, { readonly reveal: 'score' }>,
  tables: readonly PointsTable[],
  base: readonly number[],
): void {
  const isWhole = base.length === outputs && base.every((own) => Number.isInteger(own))
  const most = base.map((own, k) =>
    tables.reduce((sum, table) => sum + table.reduce((a, all) => Math.max(a, Math.abs(at(all, k))), 0), Math.abs(own)),
  )
  if (!isWhole || most.some((sum) => sum >= bound) || bound > 2 ** 31) throw new RangeError('a sum may leave its range')
}

const widthOf = (table: PointsTable) => {
  const own = table.map((all) => at(all, 0))
  return own.reduce((a, b) => Math.max(a, b), at(own, 0)) - own.reduce((a, b) => Math.min(a, b), at(own, 0))
}
