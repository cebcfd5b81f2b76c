import { at } from '../at.ts'
import { type Column, cellCount, type Feature } from '../grid.ts'
import { guardGroups, mostPositions, type PublicCuts } from './groups.ts'

/**
 * Checks that the bits of every column show its positions, and that each position is some record's. Were it otherwise,
 * vectors of bits that no record has would pass for a record's.
 *
 * @throws {RangeError}
 */
export function requireCuts(contract: PublicCuts): void {
  const { columns, features, cuts } = contract
  const ordered = columns.flatMap((column) => featuresOf(column, features))
  const isOrdered = ordered.length === features.length && ordered.every((feature, i) => feature === features[i])
  if (!isOrdered || cuts.length !== features.length) {
    throw new RangeError('the features are not those of the columns, in their order, each with its cuts')
  }
  for (const column of columns) {
    const own = cuts.filter((_, i) => at(features, i).column === column.name)
    if (own.some((some) => !areAscending(some, cellCount(column)))) {
      throw new RangeError(`the cuts of "${column.name}" are not ascending cells that a record can exceed`)
    }
    if (column.kind === 'text' && own.some(({ length }) => length !== 1)) {
      throw new RangeError(`a level of "${column.name}" has one cut`)
    }
  }
  const groups = guardGroups(contract)
  if (groups.length > mostPositions || groups.some(({ positions }) => positions > mostPositions)) {
    throw new RangeError(`more than ${mostPositions} columns, or positions of one`)
  }
}

/** The features that a column may have: itself, or each of its levels once. */
function featuresOf(column: Column, features: readonly Feature[]): Feature[] {
  const own = features.filter((feature) => feature.column === column.name)
  if (column.kind === 'number') return own.slice(0, 1)
  const levels = own.map((feature) => ('level' in feature ? feature.level : null))
  return own.filter((_, i) => {
    const level = at(levels, i)
    return level !== null && column.levels.includes(level) && levels.indexOf(level) === i
  })
}

/** Whole cells, each above the one before; the last cell of a column is above all of them. */
function areAscending(cuts: readonly number[], cells: number): boolean {
  return cuts.every((cut, i) => Number.isInteger(cut) && cut > (i === 0 ? -1 : at(cuts, i - 1)) && cut < cells - 1)
}
