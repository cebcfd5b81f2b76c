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

/** A column as written: its different texts in order of appearance, and for every row the position of its text. */
export interface RawColumn {
  readonly name: string
  readonly texts: readonly string[]
  readonly codes: Int32Array
}

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
 * @throws {CompileError} with the line, and the column where one cell is at fault.
 */
export async function readCsv(file: string, path: string, delimiter: string | null): Promise<RawTable> {
  const hash = createHash('sha256')
  const builders: ColumnBuilder[] = []
  let parser: ReturnType<typeof parse> | null = null
  const lines = new IntegerList()
  const takeRecords = () => {
    for (let item = parser?.read(); item !== null && item !== undefined; item = parser?.read()) {
      const { record, info } = item as { record: string[]; info: { lines: number } }
      if (builders.length === 0) {
        builders.push(...checkHeader(file, info.lines, record).map((name) => new ColumnBuilder(name)))
        continue
      }
      if (record.length !== builders.length) throw raggedRow(file, info.lines, record.length, builders.length)
      for (const [i, builder] of builders.entries()) builder.add(record[i] ?? '')
      lines.add(info.lines)
    }
  }
  try {
    for await (const text of decodeUtf8(file, path, (bytes) => hash.update(bytes))) {
      parser ??= newParser(delimiter ?? detectDelimiter(text))
      parser.write(text)
      takeRecords()
      if (parser.errored !== null) throw parser.errored
    }
    if (parser === null) throw emptyFile(file)
    await new Promise<void>((resolve, reject) => {
      parser?.on('error', reject).on('end', resolve)
      parser?.on('readable', () => {
        try {
          takeRecords()
        } catch (error) {
          reject(error)
        }
      })
      parser?.end()
    })
  } catch (error) {
    if (error instanceof CompileError) throw error
    if (error instanceof CsvError) {
      const line = 'lines' in error ? Number(error.lines) : 1
      throw malformedCsv(file, line, error.message.split(/[:,] /)[0] ?? error.code)
    }
    throw cannotRead(file, error)
  }
  if (builders.length === 0) throw emptyFile(file)
  const [rowLines, columns] = [lines.finish(), builders.map((builder) => builder.finish())]
  if (rowLines.length === 0) throw noRows(file)
  return { file, sha256: hash.digest('hex'), rows: rowLines.length, lines: rowLines, columns }
}

function newParser(delimiter: string) {
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    record_delimiter: '\n',
  })
  // Errors are taken from `errored` after every write; without a listener they would end the process.
  parser.on('error', () => {})
  return parser
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
  for await (const bytes of createReadStream(path)) {
    onBytes(bytes)
    const text = held + (await decode(bytes))
    // A carriage return at the end may be half of a line break.
    held = text.endsWith('\r') ? '\r' : ''
    const whole = (held === '' ? text : text.slice(0, -1)).replace(/\r\n?/g, '\n')
    if (whole !== '') yield whole
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
  if (names.every((name) => name === '')) throw emptyFile(file)
  names.forEach((name, i) => {
    if (name === '') throw emptyName(file, line, i + 1)
    if (names.indexOf(name) < i) throw duplicateName(file, line, i + 1, name)
  })
  return names
}

/** Grows a dictionary-coded column row by row. */
class ColumnBuilder {
  readonly #name: string
  readonly #positions = new Map<string, number>()
  readonly #codes = new IntegerList()

  constructor(name: string) {
    this.#name = name
  }

  add(text: string): void {
    let position = this.#positions.get(text)
    if (position === undefined) {
      position = this.#positions.size
      this.#positions.set(text, position)
    }
    this.#codes.add(position)
  }

  finish(): RawColumn {
    return { name: this.#name, texts: [...this.#positions.keys()], codes: this.#codes.finish() }
  }
}

/** A list of 32-bit integers that grows by doubling. */
class IntegerList {
  #items = new Int32Array(1024)
  #length = 0

  add(item: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(2 * this.#length)
      larger.set(this.#items)
      this.#items = larger
    }
    this.#items[this.#length++] = item
  }

  finish(): Int32Array {
    return this.#items.slice(0, this.#length)
  }
}
