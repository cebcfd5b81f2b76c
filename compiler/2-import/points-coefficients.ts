import { at } from 'emp-compile-runtime/internal/at'
import type { Column } from 'emp-compile-runtime/internal/contract'
import { parseNumber } from '../1-read/grid.ts'
import type { TableSchema } from '../1-read/schema.ts'
import { badOption } from '../errors.ts'
import { featuresOf, type Points, type PointsColumn } from '../points.ts'
import { publicCuts } from '../public-cuts.ts'
import { declaredColumn } from './points-columns.ts'
import { checkedPoints, type PointsMeaning, parseLines } from './points-csv.ts'
import { malformedPoints, pointsUnknownColumn } from './points-errors.ts'

/** The names of an intercept: statsmodels', patsy's, R's. */
const interceptNames: readonly string[] = ['const', 'Intercept', '(Intercept)']
/** The names of the column of coefficients: statsmodels', R's. */
const coefficientNames: readonly string[] = ['coef', 'Coef.', 'Estimate', 'estimate', 'coefficient']

/** Tells a table of coefficients by its header: an unnamed or named first column, and one of coefficients. */
export function isCoefficientTable(text: string): boolean {
  return coefficientPlace(headerOf(text)) > 0
}

const headerOf = (text: string): string[] => {
  const [line = ''] = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const delimiter = line.includes(';') ? ';' : line.includes('\t') ? '\t' : ','
  return line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
}

const coefficientPlace = (header: readonly string[]) =>
  header.findIndex((name, i) => i > 0 && coefficientNames.includes(name))

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
  const place = coefficientPlace(headerOf(text))
  if (place < 1)
    throw malformedPoints({ file, line: 1 }, `no column of the header is ${coefficientNames.join(' or ')}.`)
  const terms = parseLines(file, text).map(({ line, cells }) => {
    const [term = '', written = ''] = [cells[0], cells[place]]
    const value = parseNumber(written)
    if (value === null)
      throw malformedPoints({ file, line }, `${JSON.stringify(written)} is no coefficient. Give numbers.`)
    return { term, value, line, target: targetOf(schema, term) }
  })
  const names = schema.fields.map(({ name }) => name)
  const strange = terms.find(({ target }) => target === null)
  if (strange !== undefined) throw pointsUnknownColumn({ file, line: strange.line }, strange.term, names)
  const twice = terms.find(({ term }, i) => terms.findIndex((other) => other.term === term) < i)
  if (twice !== undefined)
    throw malformedPoints({ file, line: twice.line }, `${JSON.stringify(twice.term)} is there twice.`)
  const points = (value: number) => Math.round(value * meaning.unit) + 0
  const columns = schema.fields.flatMap((field): PointsColumn[] => {
    const own = terms.flatMap(({ target, value }) =>
      target?.column === field.name ? [{ level: target.level, value }] : [],
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
  const intercept = terms.find(({ target }) => target?.column === null)
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

/** What a coefficient belongs to: the base, a column of numbers, or a level of one of texts; null if to nothing. */
function targetOf(
  schema: TableSchema,
  term: string,
): { readonly column: string | null; readonly level: string | null } | null {
  if (interceptNames.includes(term)) return { column: null, level: null }
  for (const { name, type, enum: levels } of schema.fields) {
    if (type !== 'text') {
      if (term === name) return { column: name, level: null }
      continue
    }
    const level = levels?.find((one) => [`${name}[T.${one}]`, `C(${name})[T.${one}]`, `${name}${one}`].includes(term))
    if (level !== undefined) return { column: name, level }
  }
  return null
}
