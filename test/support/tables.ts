import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { RawTable } from '../../compiler/1-read/csv.ts'
import { tabulate } from '../../compiler/1-read/read.ts'
import type { Table } from '../../compiler/table.ts'

/** A RawTable from rows of texts, as if read from a file. */
export function rawTable(header: readonly string[], rows: readonly (readonly string[])[]): RawTable {
  const columns = header.map((name, i) => {
    const texts = [...new Set(rows.map((row) => row[i] ?? ''))]
    return { name, texts, codes: Int32Array.from(rows, (row) => texts.indexOf(row[i] ?? '')) }
  })
  return {
    file: 'test.csv',
    sha256: '0'.repeat(64),
    rows: rows.length,
    lines: Int32Array.from(rows, (_, row) => row + 2),
    columns,
  }
}

/** A Table from rows of texts, without a schema; the last column is the target. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): Table {
  return tabulate(rawTable(header, rows), null, null)
}

/** The 297 rows of heart disease without a missing value. */
export const completeHeartDisease = () => tableOfCsv('datasets/heart-disease.csv')

/** A made-up task of three answers. */
export const syntheticTask = () => tableOfCsv('test/reference/synthetic.csv')

/** The rows of a CSV without quotes, those with a missing value left out. */
function tableOfCsv(file: string): Table {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const [header = [], ...rows] = lines.filter((line) => !line.includes('?')).map((line) => line.split(','))
  return tableOf(header, rows)
}

/** Random small tables: integers, decimals, negative numbers, texts, missing cells, two to four answers. */
export const tables: fc.Arbitrary<Table> = fc
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
