import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { ColumnBuilder } from '../../compiler/1-read/columns.ts'
import type { RawTable } from '../../compiler/1-read/csv.ts'
import { type TableOptions, tabulate } from '../../compiler/1-read/read.ts'
import type { ClassTarget, NumberTarget, Table } from '../../compiler/table.ts'

/** A table whose target is answers. */
export type ClassTable = Table & { readonly target: ClassTarget }

/** A table whose target is numbers. */
export type NumberTable = Table & { readonly target: NumberTarget }

export function classTable(table: Table): ClassTable {
  const { target } = table
  if (target.kind !== 'classes') throw new TypeError('a target of numbers, where one of answers is expected')
  return { ...table, target }
}

export function numberTable(table: Table): NumberTable {
  const { target } = table
  if (target.kind !== 'number') throw new TypeError('a target of answers, where one of numbers is expected')
  return { ...table, target }
}

/** A RawTable from rows of texts, as if read from a file. */
export function rawTable(header: readonly string[], rows: readonly (readonly string[])[]): RawTable {
  const columns = header.map((name, i) => {
    const column = new ColumnBuilder(name)
    for (const row of rows) column.add(row[i] ?? '')
    return column.finish(i + 1)
  })
  return {
    file: 'test.csv',
    sha256: '0'.repeat(64),
    rows: rows.length,
    lines: Int32Array.from(rows, (_, row) => row + 2),
    columns,
    notes: [],
  }
}

/** A Table from rows of texts, without a schema; the last column is the target, of answers. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): ClassTable {
  return classTable(tabulate(rawTable(header, rows), null, { target: null }))
}

/** The same where the target is numbers: told by their number, or by the task. */
export function numberTableOf(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  task: NonNullable<TableOptions['task']> | null = null,
): NumberTable {
  return numberTable(tabulate(rawTable(header, rows), null, { target: null, task }))
}

/** The 297 rows of heart disease without a missing value. */
export const completeHeartDisease = () => tableOf(...rowsOfCsv('datasets/heart-disease.csv'))

/** A made-up task of three answers. */
export const syntheticTask = () => tableOf(...rowsOfCsv('test/reference/synthetic.csv'))

/** The progress of diabetes: a task of numbers. */
export const diabetes = () => numberTableOf(...rowsOfCsv('datasets/diabetes.csv'))

/** Header and rows of a CSV without quotes, rows with a missing value left out. */
function rowsOfCsv(file: string): [string[], string[][]] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const [header = [], ...rows] = lines.filter((line) => !line.includes('?')).map((line) => line.split(','))
  return [header, rows]
}

/** Random small tables: integers, decimals, negative numbers, texts, missing cells, two to four answers. */
export const tables: fc.Arbitrary<ClassTable> = fc
  .record({
    columns: fc.array(columnOfCells(), { minLength: 1, maxLength: 5 }),
    answers: fc.array(fc.nat(3), { minLength: 8, maxLength: 40 }),
  })
  .map(({ columns, answers }) => {
    // The first two rows differ in their answer, and hold one value of each kind, so that every table can be read.
    const classes = answers.map((answer, row) => (row < 2 ? row : answer))
    const rows = classes.map((answer, row) => [
      ...columns.map((cells) => cells[row % cells.length] ?? ''),
      `answer ${answer}`,
    ])
    return tableOf([...columns.map((_, i) => `column ${i}`), 'target'], rows)
  })

/**
 * Random small tables of the same columns with numbers for a target, of up to three decimals and either sign: more than
 * ten different ones, or a few that the task makes numbers.
 */
export const numberTables: fc.Arbitrary<NumberTable> = fc
  .record({
    columns: fc.array(columnOfCells(), { minLength: 1, maxLength: 5 }),
    values: fc.oneof(
      fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 8, maxLength: 40 }),
      fc.uniqueArray(fc.integer({ min: -500, max: 4000 }), { minLength: 11, maxLength: 40 }),
      fc.array(fc.integer({ min: -500, max: 4000 }), { minLength: 8, maxLength: 40 }),
    ),
    decimals: fc.nat(3),
  })
  .map(({ columns, values, decimals }) => {
    // The first two rows differ, as in the tables above.
    const [first = 0, second = 0, ...rest] = values
    const texts = [first, second === first ? first + 1 : second, ...rest].map((value) =>
      (value / 10 ** decimals).toFixed(decimals),
    )
    const rows = texts.map((text, row) => [...columns.map((cells) => cells[row % cells.length] ?? ''), text])
    const task = new Set(texts).size > 10 ? null : 'regression'
    return numberTableOf([...columns.map((_, i) => `column ${i}`), 'target'], rows, task)
  })

function columnOfCells(): fc.Arbitrary<string[]> {
  const integer = fc.integer({ min: -20, max: 400 }).map(String)
  const decimal = fc.integer({ min: -50, max: 50 }).map((tenths) => (tenths / 10).toFixed(1))
  const level = fc.constantFrom('red', 'green', 'dark blue', "it's")
  const cells = (cell: fc.Arbitrary<string>) =>
    fc
      .tuple(cell, fc.array(fc.option(cell, { nil: '?', freq: 8 }), { minLength: 7, maxLength: 39 }))
      .map(([first, rest]) => [first, ...rest])
  const complete = (cell: fc.Arbitrary<string>) => fc.array(cell, { minLength: 8, maxLength: 40 })
  return fc.oneof(complete(integer), cells(integer), cells(decimal), complete(level), cells(level))
}
