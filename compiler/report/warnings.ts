import { at } from 'emp-compile-runtime/internal/at'
import type { Table, TableFeature } from '../table.ts'

/** From this many rows on, a column of nothing but different values looks like a number that was given to the rows. */
const fewestRows = 20

/** What the owner of a table should look at before trusting a tree: columns that say nothing, or too much. */
export function warningsOf(table: Table): string[] {
  return table.columns.flatMap(({ column: { name } }) => {
    const features = table.features.filter(({ feature }) => feature.column === name)
    const quoted = JSON.stringify(name)
    if (features.every(({ cells }) => cells.length === 1)) return [`${quoted} has the same value in every row`]
    if (features.some((feature) => tellsTarget(table, feature))) {
      return [`${quoted} alone tells the target: was it known before the answer was? --drop leaves it out`]
    }
    const [only] = features
    if (features.length === 1 && only !== undefined && isNumbering(table, only)) {
      return [`${quoted} is different in every row, as an identifier is; --drop leaves it out`]
    }
    return []
  })
}

/** Whole numbers in an unbroken series, in whatever order: every row has another one. */
function isNumbering({ rows }: Table, { cells }: TableFeature): boolean {
  const span = (cells.at(-1) ?? 0) - at(cells, 0) + 1
  return rows >= fewestRows && cells.length === rows && span === rows
}

/** Every cell occurs with one answer only, and cells are few enough for that to be no accident. */
function tellsTarget({ target, rows }: Table, { codes, cells }: TableFeature): boolean {
  if (target.kind === 'number' || rows < fewestRows || cells.length > rows / 5) return false
  const answerOf = new Map<number, number>()
  for (let row = 0; row < rows; row++) {
    const [code, answer] = [at(codes, row), at(target.classes, row)]
    if ((answerOf.get(code) ?? answer) !== answer) return false
    answerOf.set(code, answer)
  }
  return true
}
