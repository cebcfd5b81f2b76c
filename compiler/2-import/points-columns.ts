import type { Column } from 'emp-compile-runtime/internal/contract'
import { inferGrid, isFeasible, rangeOfTexts } from '../1-read/grid.ts'
import type { FieldSchema, TableSchema } from '../1-read/schema.ts'
import { tooFine } from '../errors.ts'
import { pointsNoRange } from './points-errors.ts'

/**
 * A column as a schema declares it, without any data.
 *
 * @param written numbers as they stand in the table of points: their decimals tell the step if the schema does not.
 * @param admitsMissing the table has points for a missing value.
 * @throws {CompileError} `no-range`, `too-fine`
 */
export function declaredColumn(
  schema: TableSchema,
  field: FieldSchema,
  written: readonly string[],
  admitsMissing: boolean,
): Column {
  const { name } = field
  const own = field.missingValues === null ? {} : { missingValues: field.missingValues }
  if (field.type === 'text') {
    if (field.enum === null || field.enum.length === 0) throw pointsNoRange(schema.file, name)
    return { kind: 'text', name, ...own, levels: field.enum, missing: admitsMissing ? 'no-level' : 'never' }
  }
  if (field.enum === null && (field.minimum === null || field.maximum === null)) throw pointsNoRange(schema.file, name)
  const ends = [field.minimum, field.maximum].flatMap((end) => (end === null ? [] : [String(end)]))
  const grid = inferGrid(rangeOfTexts([...ends, ...written]), field)
  if (!isFeasible(grid)) throw tooFine(schema.file, name, grid.step)
  return { kind: 'number', name, ...own, grid, missing: admitsMissing ? 'below' : 'never' }
}
