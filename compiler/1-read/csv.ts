import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { CsvError, parse } from 'csv-parse'
import {
  CompileError,
  cannotRead,
  duplicateName,
  emptyFile,
  emptyName,
  malformedCsv,
  noRows,
  notUtf8,
  raggedRow,
} from '../errors.ts'
import { ColumnBuilder, IntegerList, type RawColumn } from './columns.ts'

export type { RawColumn } from './columns.ts'

export interface RawTable {
  readonly file: string
  readonly sha256: string
  readonly rows: number
  /** The line on which each row ends. */
  readonly lines: Int32Array
  readonly columns: readonly RawColumn[]
}

/**
 * Reads a CSV as a stream: UTF-8 with or without byte-order mark, any of `,` `;` tab `|` as delimiter (recognised by
 * the header unless given), quotes doubled inside quotes, blanks around cells dropped, empty lines skipped.
 *
 * As long as there are no quotes, lines are divided here, several times as fast as by the general parser, which takes
 * over at the first quote. A test compares the two.
 *
 * @param onBytes is told how many bytes more have been read.
 * @throws {CompileError} with the line, and the column where one cell is at fault.
 */
export async function readCsv(
  file: string,
  path: string,
  delimiter: string | null,
  onBytes: (count: number) => void = () => {},
): Promise<RawTable> {
  const hash = createHash('sha256')
  const take = (bytes: Buffer) => {
    hash.update(bytes)
    onBytes(bytes.length)
  }
  const rows = new RowBuilder(file)
  let divider: LineDivider | null = null
  let parser: QuotedParser | null = null
  try {
    for await (const text of decodeUtf8(file, path, take)) {
      divider ??= new LineDivider(rows, delimiter ?? detectDelimiter(text))
      if (parser === null && text.includes('"')) parser = new QuotedParser(rows, divider)
      if (parser === null) divider.write(text)
      else parser.write(text)
    }
    if (parser === null) divider?.end()
    else await parser.end()
  } catch (error) {
    if (error instanceof CompileError) throw error
    if (error instanceof CsvError) {
      const line = 'lines' in error ? Number(error.lines) + (parser?.linesBefore ?? 0) : 1
      throw malformedCsv(file, line, error.message.split(/[:,] /)[0] ?? error.code)
    }
    throw cannotRead(file, error)
  }
  return rows.finish(hash.digest('hex'))
}

/** Takes rows one after the other; the first one is the header. */
class RowBuilder {
  readonly file: string
  readonly #lines = new IntegerList()
  /** Empty before the header. */
  columns: readonly ColumnBuilder[] = []

  constructor(file: string) {
    this.file = file
  }

  addRow(cells: readonly string[], line: number): void {
    if (this.columns.length === 0) {
      this.columns = checkHeader(this.file, line, cells).map((name) => new ColumnBuilder(name))
      return
    }
    this.endRow(cells.length, line)
    for (const [i, column] of this.columns.entries()) column.add(cells[i] ?? '')
  }

  /** Takes note of a row whose cells are added to the columns directly. */
  endRow(cells: number, line: number): void {
    if (cells !== this.columns.length) throw raggedRow(this.file, line, cells, this.columns.length)
    this.#lines.add(line)
  }

  finish(sha256: string): RawTable {
    if (this.columns.length === 0) throw emptyFile(this.file)
    const lines = this.#lines.finish()
    if (lines.length === 0) throw noRows(this.file)
    return {
      file: this.file,
      sha256,
      rows: lines.length,
      lines,
      columns: this.columns.map((column) => column.finish()),
    }
  }
}

/** Divides lines without quotes into cells. */
class LineDivider {
  readonly delimiter: string
  readonly #rows: RowBuilder
  /** Lines done so far, and the beginning of the next one. */
  lines = 0
  rest = ''

  constructor(rows: RowBuilder, delimiter: string) {
    this.#rows = rows
    this.delimiter = delimiter
  }

  write(text: string): void {
    const whole = this.rest + text
    let from = 0
    for (let end = whole.indexOf('\n'); end >= 0; end = whole.indexOf('\n', from)) {
      this.#divide(whole, from, end)
      from = end + 1
    }
    this.rest = whole.slice(from)
  }

  end(): void {
    if (this.rest !== '') this.write('\n')
  }

  #divide(text: string, from: number, end: number): void {
    this.lines += 1
    const { columns } = this.#rows
    if (columns.length === 0 || this.delimiter.length !== 1) {
      const line = text.slice(from, end)
      if (!this.#isBlankLine(line, 0, line.length)) {
        this.#rows.addRow(line.split(this.delimiter).map(trimBlanks), this.lines)
      }
      return
    }
    if (this.#isBlankLine(text, from, end)) return
    const delimiter = this.delimiter.charCodeAt(0)
    let cells = 0
    for (let start = from; start <= end; cells++) {
      let stop = start
      while (stop < end && text.charCodeAt(stop) !== delimiter) stop++
      let [first, last] = [start, stop]
      while (first < last && isBlank(text.charCodeAt(first))) first++
      while (last > first && isBlank(text.charCodeAt(last - 1))) last--
      columns[cells]?.addBetween(text, first, last)
      start = stop + 1
    }
    this.#rows.endRow(cells, this.lines)
  }

  /** Nothing but blanks: a delimiter is none, even if it is a tab. */
  #isBlankLine(text: string, from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      if (!isBlank(text.charCodeAt(i)) || text[i] === this.delimiter) return false
    }
    return true
  }
}

/** What csv-parse trims: blanks, tabs, form feeds, and line breaks, of which a line has none. */
const isBlank = (character: number) => character === 32 || character === 9 || character === 12
const trimBlanks = (cell: string) => cell.replace(/^[ \t\f]+|[ \t\f]+$/g, '')

/** csv-parse, from the first line with a quote on. */
class QuotedParser {
  readonly linesBefore: number
  readonly #rows: RowBuilder
  readonly #parser: ReturnType<typeof parse>

  constructor(rows: RowBuilder, { delimiter, lines, rest }: LineDivider) {
    this.#rows = rows
    this.linesBefore = lines
    this.#parser = parse({
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      record_delimiter: '\n',
    })
    // Errors are taken from `errored` after every write; without a listener they would end the process.
    this.#parser.on('error', () => {})
    this.write(rest)
  }

  write(text: string): void {
    this.#parser.write(text)
    this.#takeRows()
    if (this.#parser.errored !== null) throw this.#parser.errored
  }

  end(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parser.on('error', reject).on('end', resolve)
      this.#parser.on('readable', () => {
        try {
          this.#takeRows()
        } catch (error) {
          reject(error)
        }
      })
      this.#parser.end()
    })
  }

  #takeRows(): void {
    for (let item = this.#parser.read(); item !== null; item = this.#parser.read()) {
      const { record, info } = item as { record: string[]; info: { lines: number } }
      this.#rows.addRow(record, this.linesBefore + info.lines)
    }
  }
}

/** The candidate that occurs most often in the first line, outside quotes. */
function detectDelimiter(text: string): string {
  const bare = text.replace(/"(?:[^"]|"")*"/g, '""')
  const header = bare.split('\n').find((line) => line.trim() !== '') ?? ''
  const count = (candidate: string) => header.split(candidate).length
  return [',', ';', '\t', '|'].reduce((best, next) => (count(next) > count(best) ? next : best))
}

/** The file's text, with every line break as a line feed. */
async function* decodeUtf8(file: string, path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = async (bytes?: Buffer) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch {
      throw notUtf8(file, await firstFaultyLine(path))
    }
  }
  let held = ''
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 18 })) {
    onBytes(bytes)
    const text = held + (await decode(bytes))
    // A carriage return at the end may be half of a line break.
    held = text.endsWith('\r') ? '\r' : ''
    const whole = held === '' ? text : text.slice(0, -1)
    if (whole !== '') yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole
  }
  await decode()
  if (held !== '') yield '\n'
}

/** The first line that is not UTF-8; a line feed is never a part of a longer character. */
async function firstFaultyLine(path: string): Promise<number> {
  const bytes = await readFile(path)
  for (let [line, from] = [1, 0]; from < bytes.length; line++) {
    const end = bytes.indexOf(10, from)
    const to = end < 0 ? bytes.length : end
    if (!isUtf8(bytes.subarray(from, to))) return line
    from = to + 1
  }
  return 1
}

function checkHeader(file: string, line: number, names: readonly string[]): readonly string[] {
  names.forEach((name, i) => {
    if (name === '') throw emptyName(file, line, i + 1)
    if (names.indexOf(name) < i) throw duplicateName(file, line, i + 1, name)
  })
  return names
}
