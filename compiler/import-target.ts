import type { Grid } from 'emp-compile-runtime/internal/grid'
import { inferGrid, isFeasible, rangeOfTexts } from './1-read/grid.ts'
import { undeclared, undocumented } from './1-read/schema.ts'
import { answersGridNeed, importNeeds } from './2-import/errors.ts'
import type { Sample } from './2-import/sample.ts'
import type { ForeignFamily } from './report/imported-report.ts'
import type { SchemeDoor } from './schemes/scheme.ts'
import type { Target } from './table.ts'

/**
 * What an imported model predicts, as pages and modules document it.
 *
 * @param given its name, which data or schema may know; `answer` by default.
 * @throws {CompileError} `import-needs` where clients are told one of several numbers, and nothing says between which.
 */
export function importTarget(
  file: string,
  given: string | null,
  model: ForeignFamily,
  sample: Sample,
  { options }: SchemeDoor,
): Target {
  const name = given ?? 'answer'
  const document = sample.schema?.fields.find((field) => field.name === name)?.document ?? undocumented
  const { answers } = model
  if (answers !== null) return { kind: 'classes', name, answers, classes: new Int32Array(), document }
  const step = model.family === 'tree' ? 1 : 1 / model.link.unit
  const known = model.family === 'tree' ? gridOf(name, sample) : null
  if (known === null && 'answer-step' in options) throw importNeeds(file, [answersGridNeed])
  const grid = known ?? { minimum: 0, step, size: 2 }
  return { kind: 'number', name, grid, cells: new Int32Array(), document }
}

/** Between which numbers a target lies, by the schema or the rows of the data; no leaf of the model tells. */
function gridOf(name: string, { schema, raw }: Sample): Grid | null {
  const field = schema?.fields.find((one) => one.name === name) ?? { ...undeclared, name }
  const column = raw?.columns.find((one) => one.name === name)
  const written = column === undefined ? [] : Array.from(new Set(column.codes), (code) => column.textAt(code))
  const numbers = written.filter((text) => text !== '' && Number.isFinite(Number(text)))
  const ends = [field.minimum, field.maximum].flatMap((end) => (end === null ? [] : [String(end)]))
  if (ends.length < 2 && numbers.length < 2) return null
  const grid = inferGrid(rangeOfTexts([...ends, ...numbers]), field)
  return isFeasible(grid) ? grid : null
}
