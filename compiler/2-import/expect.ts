import { basename } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { readCsv } from '../1-read/csv.ts'
import { decideClosest } from './closest-split.ts'
import { expectedColumns, expectedRows, unexpected } from './errors.ts'
import type { ForeignModel, ForeignRow } from './foreign.ts'
import type { ForeignPrediction } from './predict.ts'

/** The library's own predictions, beside what the reader makes of the same rows. */
export interface Expected {
  readonly rows: number
  /** Rows that are equal to the last digit written. */
  readonly equal: number
  readonly largest: number
}

/** Libraries print numbers of 32 bits: so far a prediction may be off, in shares of 1 or, beyond that, of itself. */
const tolerance = 2e-6

/**
 * Compares the predictions in a CSV (a column named score, or probability, or one for every answer) with the reader's, row by row.
 *
 * @throws {CompileError} `not-as-expected` at the first row that differs, naming the tree and split that are nearest to its
 *   values.
 */
export async function compareExpected(
  path: string,
  model: ForeignModel,
  answers: readonly string[] | null,
  rows: readonly ForeignRow[],
  own: readonly ForeignPrediction[],
): Promise<Expected> {
  const raw = await readCsv(basename(path), path, { isNamed: true })
  const names = raw.columns.map(({ name }) => name)
  if (raw.rows !== rows.length) throw expectedRows(raw.file, raw.rows, rows.length)
  const asked = columnsOf(names, answers)
  if (asked === null) throw expectedColumns(raw.file, names)
  let [equal, largest] = [0, 0]
  for (let row = 0; row < raw.rows; row++) {
    let isEqual = true
    for (const { name, of } of asked) {
      const column = at(raw.columns, names.indexOf(name))
      const text = column.textAt(at(column.codes, row))
      const [wanted, given] = [Number(text), of(at(own, row))]
      const difference = Math.abs(wanted - given) / Math.max(1, Math.abs(wanted))
      isEqual &&= Math.fround(wanted) === Math.fround(given)
      largest = Math.max(largest, Math.abs(wanted - given))
      if (!(difference <= tolerance)) {
        const where = decideClosest(model, at(rows, row))
        throw unexpected({ file: raw.file, line: at(raw.lines, row) }, name, wanted, given, where)
      }
    }
    equal += isEqual ? 1 : 0
  }
  return { rows: raw.rows, equal, largest }
}

interface Asked {
  readonly name: string
  readonly of: (prediction: ForeignPrediction) => number
}

function columnsOf(names: readonly string[], answers: readonly string[] | null): readonly Asked[] | null {
  const raw = names.find((name) => /^score$/i.test(name))
  if (raw !== undefined) return [{ name: raw, of: ({ scores }) => at(scores, 0) }]
  // Of two answers it is that of the second, whether the library has a score for the first one or not.
  if (names.includes('probability'))
    return [{ name: 'probability', of: ({ values }) => at(values, values.length === 2 ? 1 : 0) }]
  if (answers?.every((answer) => names.includes(answer)) !== true) return null
  return answers.map((name, i) => ({
    name,
    of: ({ values }) => (values.length > 1 ? at(values, i) : i === 1 ? at(values, 0) : 1 - at(values, 0)),
  }))
}
