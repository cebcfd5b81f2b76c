import { parseNumber } from '../1-read/grid.ts'
import type { TableSchema } from '../1-read/schema.ts'
import type { FilePlace } from '../errors.ts'
import { parseLines } from './points-csv.ts'
import { malformedPoints, pointsUnknownColumn } from './points-errors.ts'

/** What a coefficient belongs to: everybody, a column of numbers, or a level of one of texts. */
export interface CoefficientTarget {
  readonly column: string | null
  readonly level: string | null
}

/** A line of a table of coefficients. */
export interface Coefficient {
  readonly term: string
  readonly value: number
  /** Of the term in training, which is subtracted before it counts; 0 where the table has none. */
  readonly mean: number
  readonly place: FilePlace
  readonly target: CoefficientTarget
}

/** The names of an intercept: statsmodels', patsy's, R's. */
const interceptNames: readonly string[] = ['const', 'Intercept', '(Intercept)']
/** The names of the column of terms: of R and pandas, which leave it empty, of broom and lifelines. */
const termNames: readonly string[] = ['', 'term', 'covariate', 'variable', 'predictor', 'name']
/** The names of the column of coefficients: statsmodels', R's. */
const coefficientNames: readonly string[] = ['coef', 'Coef.', 'Estimate', 'estimate', 'coefficient', 'beta']
/** The names of the column of means: coefficients count from there. */
const meanNames: readonly string[] = ['mean', 'Mean', 'center', 'centre']

/** Tells a table of coefficients by its header: a first column of terms, and one of coefficients. */
export function isCoefficientTable(text: string): boolean {
  const header = headerOf(text)
  return termNames.includes(header[0] ?? 'x') && placeIn(header, coefficientNames) > 0
}

const headerOf = (text: string): string[] => {
  const [line = ''] = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const delimiter = line.includes(';') ? ';' : line.includes('\t') ? '\t' : ','
  return line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
}

const placeIn = (header: readonly string[], names: readonly string[]) =>
  header.findIndex((name, i) => i > 0 && names.includes(name))

/**
 * The coefficients of a table as statsmodels, R and lifelines print it, each with what it belongs to: a column of numbers by
 * its name, a level as `sex[T.male]`, `C(sex)[T.male]` or `sexmale`.
 *
 * @throws {CompileError} naming file, line, the value, and the remedy.
 */
export function readCoefficients(file: string, text: string, schema: TableSchema): readonly Coefficient[] {
  const header = headerOf(text)
  const [place, meanPlace] = [placeIn(header, coefficientNames), placeIn(header, meanNames)]
  if (place < 1)
    throw malformedPoints({ file, line: 1 }, `no column of the header is ${coefficientNames.join(' or ')}.`)
  const numberAt = (cells: readonly string[], at: number, line: number) => {
    const written = cells[at] ?? ''
    const value = parseNumber(written)
    if (value === null)
      throw malformedPoints({ file, line }, `${JSON.stringify(written)} is no coefficient. Give numbers.`)
    return value
  }
  const terms = parseLines(file, text).map(({ line, cells }) => {
    const term = cells[0] ?? ''
    const mean = meanPlace < 1 ? 0 : numberAt(cells, meanPlace, line)
    return { term, value: numberAt(cells, place, line), mean, line, target: targetOf(schema, term) }
  })
  const names = schema.fields.map(({ name }) => name)
  const strange = terms.find(({ target }) => target === null)
  if (strange !== undefined) throw pointsUnknownColumn({ file, line: strange.line }, strange.term, names)
  const twice = terms.find(({ term }, i) => terms.findIndex((other) => other.term === term) < i)
  if (twice !== undefined)
    throw malformedPoints({ file, line: twice.line }, `${JSON.stringify(twice.term)} is there twice.`)
  return terms.flatMap(({ term, value, mean, line, target }) =>
    target === null ? [] : [{ term, value, mean, place: { file, line }, target }],
  )
}

/** What a term belongs to; null if to nothing. */
function targetOf(schema: TableSchema, term: string): CoefficientTarget | null {
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
