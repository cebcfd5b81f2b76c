import { unmatchedColumns, unnamedColumns } from './errors.ts'
import type { ForeignModel } from './foreign.ts'

/**
 * Where each column of a model stands among the columns of a table: by name, never by place alone.
 *
 * @param names the table's columns.
 * @param given the model's columns in its order (`--columns`), where the file does not name them; null: not given.
 * @throws {CompileError} `unnamed-columns` if nothing names the model's columns, `unmatched-columns` if the table lacks
 *   one of them, or the names given are not as many as the model has.
 */
export function matchColumns(
  model: Pick<ForeignModel, 'columns'>,
  names: readonly string[],
  given: readonly string[] | null,
): readonly number[] {
  const own = given ?? model.columns.map(({ name }) => name)
  if (own.length !== model.columns.length) throw unmatchedColumns([...own].map(String), model.columns.length, names)
  return own.map((name) => {
    if (name === null) throw unnamedColumns(model.columns.length, names)
    const place = names.indexOf(name)
    if (place < 0) throw unmatchedColumns([name], model.columns.length, names)
    return place
  })
}
