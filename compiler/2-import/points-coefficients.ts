import { at } from 'emp-compile-runtime/internal/at'
import type { Column } from 'emp-compile-runtime/internal/contract'
import type { TableSchema } from '../1-read/schema.ts'
import { badOption } from '../errors.ts'
import { featuresOf, type Points, type PointsColumn } from '../points.ts'
import { publicCuts } from '../public-cuts.ts'
import { readCoefficients } from './coefficient-table.ts'
import { declaredColumn } from './points-columns.ts'
import { checkedPoints, type PointsMeaning } from './points-csv.ts'

/**
 * Reads the coefficients of a generalised linear model, as statsmodels and R print them, that was fitted on coded columns:
 * a column of numbers counts times its position, the number of public cuts below its value, and a level of a column of texts,
 * `sex[T.male]`, `C(sex)[T.male]` or `sexmale`, counts where it is given. The first level that has none counts nothing.
 * All points are rounded to whole ones.
 *
 * @param meaning its unit is how many points make one of the model's linear predictor.
 * @param most public cuts of a column, as it was coded with.
 * @throws {CompileError} naming file, line, the value, and the remedy.
 */
export function importCoefficients(
  file: string,
  text: string,
  schema: TableSchema,
  meaning: PointsMeaning,
  most: number,
): Points {
  if (!(Number.isInteger(most) && most >= 1)) throw badOption('cuts', most, 'a whole number of at least 1')
  if (!(meaning.unit > 0))
    throw badOption('unit', meaning.unit, 'a number above 0: points for one of the linear predictor')
  const terms = readCoefficients(file, text, schema)
  const points = (value: number) => Math.round(value * meaning.unit) + 0
  const columns = schema.fields.flatMap((field): PointsColumn[] => {
    const own = terms.flatMap(({ target, value }) =>
      target.column === field.name ? [{ level: target.level, value }] : [],
    )
    if (own.length === 0) return []
    const column = declaredColumn(schema, field, [], false)
    if (column.kind === 'number') {
      const cuts = publicCuts(column, most, field.scale ?? 'linear')
      const slope = at(own, 0).value
      return [{ column, cuts, points: Array.from({ length: cuts.length + 1 }, (_, j) => [points(slope * j)]) }]
    }
    const ofLevel = (level: string) => own.find((one) => one.level === level)?.value ?? 0
    return [{ column, cuts: [], points: column.levels.map((level) => [points(ofLevel(level))]) }]
  })
  const intercept = terms.find(({ target }) => target.column === null)
  const all: readonly Column[] = columns.map(({ column }) => column)
  return checkedPoints(file, {
    family: 'additive',
    missingValues: schema.missingValues,
    columns,
    pairs: [],
    features: featuresOf(all),
    base: [points(intercept?.value ?? 0)],
    ...meaning,
    evidence: null,
  })
}
