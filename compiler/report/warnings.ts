import { at } from 'emp-compile-runtime/internal/at'
import { gridDecimals } from 'emp-compile-runtime/internal/grid'
import { rowsWithCell, type Table, type TableFeature } from '../table.ts'

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
    const isIdentifier = features.every(({ feature }) => 'level' in feature)
      ? isNaming(features)
      : features.some((feature) => isNumbering(table, feature))
    if (!isIdentifier && table.groups == null && features.some((feature) => isRepeated(table, feature))) {
      return [`${quoted} looks like numbers of patients with several rows: --group ${name} keeps each in one fold`]
    }
    return isIdentifier ? [`${quoted} is different in every row, as an identifier is; --drop leaves it out`] : []
  })
}

/** Every row has another number: an unbroken series in whatever order, or whole numbers that rise or fall with the rows. */
function isNumbering({ rows, columns }: Table, { feature, codes, cells }: TableFeature): boolean {
  if (rows < fewestRows || cells.length !== rows) return false
  const span = (cells.at(-1) ?? 0) - at(cells, 0) + 1
  if (span === rows) return true
  const column = columns.find(({ column: { name } }) => name === feature.column)?.column
  const isWhole = column?.kind === 'number' && gridDecimals(column.grid) === 0
  // Codes are in the order of the cells, so they are the ranks.
  return isWhole && (codes.every((code, row) => code === row) || codes.every((code, row) => code === rows - 1 - row))
}

/** Whole numbers that each stand for some rows: for equally many, or for blocks of rows in their order. */
function isRepeated({ rows, columns }: Table, { feature, codes, cells }: TableFeature): boolean {
  const column = columns.find(({ column: { name } }) => name === feature.column)?.column
  if (column?.kind !== 'number' || gridDecimals(column.grid) > 0) return false
  if (cells.length < fewestRows || rows < 2 * cells.length) return false
  const counts = new Int32Array(cells.length)
  for (const code of codes) counts[code] = at(counts, code) + 1
  if (counts.every((count) => count === counts[0])) return true
  return codes.every((code, row) => row === 0 || code === at(codes, row - 1) || code === at(codes, row - 1) + 1)
}

/** Every text stands in one row only. Where there are more of them than levels may be, reading refuses the column. */
function isNaming(features: readonly TableFeature[]): boolean {
  return features.length >= fewestRows && features.every((feature) => rowsWithCell(feature, 1) === 1)
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
