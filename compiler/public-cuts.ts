import type { Column } from 'emp-compile-runtime/internal/contract'
import type { Grid } from 'emp-compile-runtime/internal/grid'
import type { Scale, TableColumn } from './table.ts'
import { upToTen } from './text.ts'

/**
 * The cuts that a model may use where they are published before it is trained: ascending cells, all of a small Grid, else
 * `most` of them, which divide the Grid evenly, or evenly in the logarithm. Missing values lie below all numbers, and the
 * first cut of a column that has them parts the two. A function of Grid and scale alone: no row and no model plays a part.
 *
 * @param most at least 1.
 */
export function publicCuts(column: Column, most: number, scale: Scale = 'linear'): number[] {
  const values = column.kind === 'text' ? 2 : column.grid.size
  const missing = column.kind === 'text' || column.missing === 'never' ? 0 : 1
  const parts = Math.min(values, most - missing + 1)
  const between =
    scale === 'log' && column.kind === 'number'
      ? logarithmicCuts(column.grid, parts)
      : Array.from({ length: parts - 1 }, (_, i) => Math.floor(((i + 1) * values) / parts) - 1)
  const cuts = between.map((cut) => cut + missing)
  return missing === 0 ? cuts : [0, ...cuts]
}

/**
 * Cuts that divide a Grid evenly in the logarithm: of its values if all are above 0, else of the steps from its least
 * value. Where they fall together, at the lower end of a coarse Grid, they move up to the next free value.
 */
function logarithmicCuts({ minimum, step, size }: Grid, parts: number): number[] {
  const lowest = minimum > 0 ? minimum / step : 1
  const ratio = (lowest + size) / lowest
  const cuts: number[] = []
  for (let i = 1; i < parts; i++) {
    // Without the noise of doubles, a power that is whole stays whole.
    const even = Math.floor(Number((lowest * ratio ** (i / parts) - lowest).toPrecision(12))) - 1
    cuts.push(Math.min(Math.max(even, (cuts.at(-1) ?? -1) + 1), size - 1 - parts + i))
  }
  return cuts
}

/** What is to be said of columns whose cuts lie otherwise than evenly because their rows show it, where cuts are published. */
export function describeScales(columns: readonly TableColumn[]): readonly string[] {
  const inferred = columns.filter(({ isScaleInferred }) => isScaleInferred === true).map(({ column }) => column.name)
  if (inferred.length === 0) return []
  return [
    `public cuts lie evenly in the logarithm, as outliers stretch the range: ${upToTen(inferred)} ("scale" in the schema says otherwise)`,
  ]
}
