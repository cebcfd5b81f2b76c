import { basename } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import type { Contract } from 'emp-compile-runtime/internal/contract'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { readCsv } from '../1-read/csv.ts'
import { expectedColumns, expectedRows } from '../2-import/errors.ts'

/** A library's predictions beside what clients open: how far the farthest is, and where. */
export interface ComparedExpected {
  readonly rows: number
  readonly largest: number
  /** The line of the farthest in the file of predictions. */
  readonly line: number
}

/**
 * Compares predictions in a CSV, a column named probability or one for every answer or one named score, with what was opened.
 *
 * @param unit steps of a score that make 1.
 * @throws {CompileError} `not-as-expected` if there are other rows or columns.
 */
export async function compareOpened(
  path: string,
  { answers }: Contract,
  opened: readonly Opened[],
  unit: number,
): Promise<ComparedExpected> {
  const raw = await readCsv(basename(path), path, { isNamed: true })
  if (raw.rows !== opened.length) throw expectedRows(raw.file, raw.rows, opened.length)
  const names = raw.columns.map(({ name }) => name)
  const sharesOf = (one: Opened) => (one.kind === 'class' ? (one.shares ?? []) : [])
  const ofScore = { name: /^score$/i, of: (one: Opened) => at(one.scores ?? [], 0) / unit }
  const ofSecond = {
    name: /^probability$/,
    of: (one: Opened) => (one.kind === 'class' ? at(sharesOf(one), 1) : one.answer),
  }
  const [single] = [ofScore, ofSecond].flatMap(({ name, of }) => {
    const column = raw.columns.find((own) => name.test(own.name))
    return column === undefined ? [] : [{ column, of }]
  })
  const each = (answers ?? []).flatMap((answer, i) => {
    const column = raw.columns.find(({ name }) => name === answer)
    return column === undefined ? [] : [{ column, of: (one: Opened) => at(sharesOf(one), i) }]
  })
  const asked = single === undefined ? each : [single]
  if (asked.length === 0) throw expectedColumns(raw.file, names)
  const differences = opened.map((one, row) =>
    Math.max(...asked.map(({ column, of }) => Math.abs(Number(column.textAt(at(column.codes, row))) - of(one)))),
  )
  const largest = differences.reduce((a, b) => Math.max(a, b), 0)
  return { rows: raw.rows, largest, line: at(raw.lines, Math.max(0, differences.indexOf(largest))) }
}
