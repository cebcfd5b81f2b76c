import type { Grid } from 'emp-compile-runtime/internal/grid'
import type { Scale } from '../table.ts'
import type { ColumnContext } from './context.ts'
import { gridPositions } from './number-column.ts'
import type { NumberTexts } from './number-texts.ts'

/** A range is divided so before anything is known of a column: the parts that even cuts make of it. */
const evenParts = 16

/** Of the rows, as many as lie in the first part if even cuts are of no use. */
const mostInFirst = 0.9

/**
 * How public cuts are to be placed on a column of which nobody declared the scale, nor the range. It follows from the rows, as
 * the range does: in the logarithm, if nine of ten values lie in the first sixteenth of the range, and none below 0. Hormones and
 * enzymes are such columns: even cuts see their outliers alone.
 */
export function inferScale(context: ColumnContext, numbers: NumberTexts, grid: Grid): Scale | null {
  const { field, given, rowsOf } = context
  const isDeclared = field.minimum !== null || field.maximum !== null || field.enum !== null
  if (isDeclared || grid.minimum < 0 || grid.size < evenParts ** 2) return null
  const positions = gridPositions(context, numbers, grid)
  const rows = rowsOf()
  let [all, inFirst] = [0, 0]
  for (const code of given) {
    const own = rows[code] as number
    all += own
    if ((positions[code] as number) < grid.size / evenParts) inFirst += own
  }
  return inFirst < mostInFirst * all ? null : 'log'
}
