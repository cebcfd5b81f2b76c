import { at } from 'emp-compile-runtime/internal/at'
import { publicCuts } from '../public-cuts.ts'
import { columnNamed, narrowCodes, type Table, type TableFeature } from '../table.ts'
import { type PlacedTable, placeBelow } from './missing.ts'

/**
 * A table that can be divided at public cuts only: every cell is replaced by the number of cuts below it. So the cut `i`
 * of such a table is the cell `cuts[i]` of the feature. Missing values lie below the range, as a side chosen by the data
 * would show in the contract.
 */
export function onPublicCuts(table: Table, most: number): PlacedTable {
  const { columns, features } = placeBelow(table)
  const cuts = features.map(({ feature }) => {
    const { column, scale } = columnNamed(columns, feature.column)
    return publicCuts(column, most, scale)
  })
  return { columns, features: features.map((feature, i) => betweenCuts(feature, at(cuts, i))), cuts }
}

function betweenCuts({ feature, codes, cells }: TableFeature, cuts: readonly number[]): TableFeature {
  const intervals = Array.from(cells, (cell) => cuts.filter((cut) => cut < cell).length)
  const occurring = Int32Array.from(new Set(intervals))
  const recoded = intervals.map((interval) => occurring.indexOf(interval))
  const newCodes = Int32Array.from(codes, (code) => at(recoded, code))
  return { feature, codes: narrowCodes(newCodes, occurring.length), cells: occurring }
}
