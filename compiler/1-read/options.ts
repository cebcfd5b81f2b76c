import type { OptionValues } from '../options.ts'
import type { CsvOptions } from './csv.ts'
import type { ColumnOptions, TableOptions } from './read.ts'

/** The options that say how the text of a CSV is divided, and how it writes numbers: of training data and of records. */
export const csvRows = {
  delimiter: {
    type: 'text',
    text: 'cell delimiter: a character, tab, or blanks for runs of them',
    usual: 'seen from the header',
  },
  header: { type: 'flag', default: true, text: 'the first line has the names; --no-header if it is a row' },
  names: { type: 'names', text: 'names of the columns of a file without a header line, by commas' },
  comment: { type: 'text', text: 'leave out lines that begin with this character' },
  encoding: { type: 'text', text: 'such as windows-1252', usual: 'UTF-8 or UTF-16' },
  decimal: { type: 'text', text: 'decimal sign of all numbers', usual: 'recognised' },
  thousands: { type: 'text', text: 'sign between thousands', usual: 'recognised' },
} as const

/** The options that say how a CSV is read. */
export const readRows = {
  target: { type: 'text', text: 'column to predict', usual: 'the last one' },
  schema: { type: 'text', text: 'Table Schema', usual: '<csv>.schema.json, if there' },
  ...csvRows,
  task: {
    type: 'choice',
    choices: ['classification', 'regression'],
    text: 'what the target is',
    usual: 'regression for over 10 different numbers',
  },
  drop: { type: 'names', text: 'columns to leave out, by commas' },
  'drop-unlabelled': { type: 'flag', text: 'leave out rows without a target' },
  categorical: { type: 'names', text: 'columns of numbers that are codes, by commas' },
  'sample-weight': { type: 'text', text: 'column that says how much each row counts' },
  group: {
    type: 'text',
    text: 'column that says whose a row is: rows of one patient are never on both sides of a fold',
  },
  beyond: {
    type: 'choice',
    choices: ['refuse', 'clamp'],
    default: 'refuse',
    text: 'values of a record beyond the range: refuse them, or count them as its ends',
  },
  missing: {
    type: 'choice',
    choices: ['refuse', 'allow'],
    default: 'refuse',
    text: 'gaps of a record in columns that are complete in training',
  },
} as const

export function csvOptionsOf(
  values: OptionValues<typeof csvRows>,
): CsvOptions & Pick<ColumnOptions, 'decimal' | 'thousands'> {
  const { delimiter = null, header, names, comment = null, encoding = null, decimal = null, thousands = null } = values
  return { delimiter, header, names: names.length === 0 ? null : names, comment, encoding, decimal, thousands }
}

export function readOptionsOf(csv: string, values: OptionValues<typeof readRows>): TableOptions {
  const { target = null, schema = null, task = null, drop, categorical, beyond, missing } = values
  return {
    csv,
    target,
    schema,
    ...csvOptionsOf(values),
    task,
    drop,
    dropUnlabelled: values['drop-unlabelled'],
    categorical,
    sampleWeight: values['sample-weight'] ?? null,
    group: values.group ?? null,
    beyond,
    missing,
  }
}
