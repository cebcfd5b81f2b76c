import type { RawColumn } from './columns.ts'

export interface RawTable {
  readonly file: string
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string
  readonly rows: number
  /** The line on which each row ends. */
  readonly lines: Int32Array
  readonly columns: readonly RawColumn[]
  /** What was understood otherwise than it stands there, a sentence each. */
  readonly notes: readonly string[]
  /** Of records: what is wrong with rows that have not as many cells as the header, by row. */
  readonly faults?: ReadonlyMap<number, string>
}

/** How a CSV is to be read; what is not said is recognised. */
export interface CsvOptions {
  /** One character, or `tab` or `blanks` (runs of blanks and tabs). */
  readonly delimiter?: string | null
  /** False where the first line is a row. */
  readonly header?: boolean
  /** The first line holds names, even if they look like data: answers may be called 0 and 1. */
  readonly isNamed?: true
  /** Names of the columns of a file without a header line. */
  readonly names?: readonly string[] | null
  /** Lines that begin with this character are left out. */
  readonly comment?: string | null
  readonly encoding?: string | null
  /** Records to predict: only these columns are looked at. */
  readonly only?: readonly string[]
  /** Is told how many bytes more have been read. */
  readonly onBytes?: (count: number) => void
}
