import { at } from 'emp-compile-runtime/internal/at'
import { badOption } from '../errors.ts'
import type { ColumnDocument } from '../table.ts'
import { significant } from '../text.ts'
import { shown } from './assessment.ts'
import { type Clinical, clinicalOf, type Positive } from './clinical.ts'
import { type Estimates, estimatesOf } from './estimates.ts'
import { metricsOf, type RowOutcome } from './outcome.ts'

/** The figures of some of the rows. */
export interface Subgroup {
  /** `sex = 1`, `age >= 65`, `not age >= 65`. */
  readonly name: string
  /** The same in the words of the schema, where it has some: `Sex: male`. */
  readonly title?: string
  readonly rows: number
  readonly figures: Estimates
  readonly clinical: Clinical | null
}

/** With more different values, a column is to be divided by a condition. */
const mostValues = 20

/**
 * Figures apart: for each value of a column, or for the rows that meet a condition and the others. Rows without the value
 * are apart as well.
 *
 * @param values for each outcome what stands in the columns.
 * @param conditions `sex`, `age>=65`: a column, or a column, one of <= >= < > = and a value.
 * @param threshold that of the operating point.
 * @param documents by column.
 */
export function subgroupsOf(
  outcomes: readonly RowOutcome[],
  values: readonly ReadonlyMap<string, unknown>[],
  conditions: readonly string[],
  answers: readonly string[] | null,
  positive: Positive | null,
  threshold: number | null,
  documents: ReadonlyMap<string, ColumnDocument> = new Map(),
): readonly Subgroup[] {
  return conditions.flatMap((condition) => {
    const nameOf = namerOf(condition)
    const names = values.map(nameOf)
    const different = [...new Set(names)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    if (different.length > mostValues)
      throw badOption(
        'by',
        condition,
        `columns of at most ${mostValues} different values, or a condition: ${condition}>=65`,
      )
    return different.flatMap((name): Subgroup[] => {
      const own = outcomes.filter((_, i) => at(names, i) === name)
      if (own.every(({ weight }) => weight === 0)) return []
      const count = answers === null ? null : answers.length
      const figures = estimatesOf(own, count, metricsOf(own, count), positive?.place)
      const clinical = positive === null ? null : clinicalOf(own, positive.place, threshold)
      const title = titleOf(name, documents)
      return [{ name, ...(title === name ? {} : { title }), rows: own.length, figures, clinical }]
    })
  })
}

/** What the subgroup of a row is called. */
function namerOf(condition: string): (values: ReadonlyMap<string, unknown>) => string {
  const [, column = condition, sign, bound = ''] = /^(.*?)\s*(<=|>=|<|>|=)\s*(.*)$/.exec(condition) ?? []
  const valueIn = (values: ReadonlyMap<string, unknown>) => values.get(column.trim()) ?? null
  if (sign === undefined)
    return (values) => (valueIn(values) === null ? `${column} is missing` : `${column} = ${valueIn(values)}`)
  const name = `${column} ${sign} ${bound}`
  return (values) => {
    const value = valueIn(values)
    if (value === null) return `${column} is missing`
    return meets(value, sign, bound) ? name : `not ${name}`
  }
}

/** The columns that conditions ask. */
export const columnsBy = (by: readonly string[]): readonly string[] => [
  ...new Set(by.map((one) => one.split(/<=|>=|<|>|=/)[0]?.trim() ?? '')),
]

/** Rows without a value are a group of their own, so what is not above is below. */
const signs: Readonly<Record<string, string>> = {
  '<=': '≤',
  '>=': '≥',
  'not <=': '>',
  'not >=': '<',
  'not <': '≥',
  'not >': '≤',
  'not =': '≠',
}

/** A name in the words of the schema. */
function titleOf(name: string, documents: ReadonlyMap<string, ColumnDocument>): string {
  const [, not = '', column = '', sign = '', value = ''] =
    /^(not )?(.*?) (<=|>=|<|>|=|is missing)(?: (.*))?$/.exec(name) ?? []
  const document = documents.get(column)
  if (document === undefined) return name
  const title = document.title ?? column
  const label = document.categories.get(value)
  if (sign === '=' && label !== undefined) return `${title}: ${not}${label}`
  const unit = sign === 'is missing' || sign === '=' || document.unit === null ? '' : ` ${document.unit}`
  return `${title} ${signs[`${not}${sign}`] ?? sign}${value === '' ? '' : ` ${value}`}${unit}`
}

function meets(value: unknown, sign: string, bound: string): boolean {
  const [a, b] = [Number(value), Number(bound)]
  switch (sign) {
    case '<=':
      return a <= b
    case '>=':
      return a >= b
    case '<':
      return a < b
    case '>':
      return a > b
    default:
      return String(value) === bound || a === b
  }
}

/** As a table; its first row is the head. */
export function subgroupTable(subgroups: readonly Subgroup[]): readonly (readonly string[])[] {
  const hasClinical = subgroups.some(({ clinical }) => clinical !== null)
  const head = subgroups.some(({ figures }) => 'accuracy' in figures) ? ['accuracy', 'AUC'] : ['RMSE', 'MAE']
  return [
    ['subgroup', 'rows', ...head, ...(hasClinical ? ['sensitivity', 'specificity'] : [])],
    ...subgroups.map(({ name, title = name, rows, figures, clinical }) => [
      title,
      String(rows),
      ...('accuracy' in figures
        ? [shown(figures.accuracy), shown(figures.rocAuc, (value) => value.toFixed(2))]
        : [shown(figures.rmse, significant), shown(figures.mae, significant)]),
      ...(hasClinical ? [shown(clinical?.sensitivity ?? null), shown(clinical?.specificity ?? null)] : []),
    ]),
  ]
}
