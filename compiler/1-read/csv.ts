import { createHash } from 'node:crypto'
import { CsvError, parse } from 'csv-parse'
import { badOption, CompileError, cannotRead, malformedCsv } from '../errors.ts'
import { readText } from './decode.ts'
import type { CsvOptions, RawTable } from './raw-table.ts'
import { RowBuilder } from './rows.ts'
import { isBlank, trimBlanks } from './words.ts'

export type { RawColumn } from './columns.ts'
export type { CsvOptions, RawTable } from './raw-table.ts'

/** Stands for runs of blanks and tabs. */
const blanks = ' '

/**
 * Reads a CSV as a stream: UTF-8 or UTF-16, also compressed by gzip, any of `,` `;` tab `|` or blanks as delimiter
 * (recognised by the header unless given), quotes doubled inside quotes, white space around cells dropped, empty lines
 * skipped.
 *
 * As long as there are no quotes, lines are divided here, several times as fast as by the general parser, which takes
 * over at the first quote. A test compares the two.
 *
 * @throws {CompileError} with the line, and the column where one cell is at fault.
 */
export async function readCsv(file: string, path: string, options: CsvOptions = {}): Promise<RawTable> {
  const { onBytes = () => {}, encoding = null, comment = null } = options
  const given = delimiterOf(options.delimiter ?? null)
  if (comment !== null && comment.length !== 1) throw badOption('comment', comment, 'one character')
  const hash = createHash('sha256')
  const take = (bytes: Buffer) => {
    hash.update(bytes)
    onBytes(bytes.length)
  }
  const rows = new RowBuilder(file, options)
  let divider: LineDivider | null = null
  let parser: QuotedParser | null = null
  try {
    for await (const part of readText(file, path, encoding, take)) {
      // A line of Excel's own, before the header.
      const excel = divider === null ? /^sep=(.)\n/.exec(part) : null
      const text = excel === null ? part : part.slice(excel[0].length)
      divider ??= new LineDivider(rows, given ?? excel?.[1] ?? detectDelimiter(text, comment), comment)
      if (excel !== null) divider.lines = 1
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

/** A delimiter as given on a command line. */
function delimiterOf(given: string | null): string | null {
  if (given === null) return null
  if (given === '\\t' || given === 'tab') return '\t'
  if (given === 'blanks') return blanks
  if (given.length !== 1 || given === '"' || given === '\n') {
    throw badOption('delimiter', given, 'one character, or tab, or blanks for runs of blanks')
  }
  return given
}

/** Divides lines without quotes into cells. */
class LineDivider {
  readonly delimiter: string
  readonly comment: string | null
  readonly #rows: RowBuilder
  /** Lines done so far, and the beginning of the next one. */
  lines = 0
  rest = ''

  constructor(rows: RowBuilder, delimiter: string, comment: string | null) {
    this.#rows = rows
    this.delimiter = delimiter
    this.comment = comment
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
    if (this.#isEmptyLine(text, from, end)) return
    const rows = this.#rows
    if (!rows.hasNames || this.delimiter === blanks) {
      const line = text.slice(from, end)
      const cells = this.delimiter === blanks ? trimBlanks(line).split(/[ \t]+/) : line.split(this.delimiter)
      rows.addRow(cells, this.lines)
      return
    }
    const delimiter = this.delimiter.charCodeAt(0)
    let cells = 0
    for (let start = from; start <= end; cells++) {
      const after = rows.putNumber(cells, text, start, end, delimiter)
      if (after >= 0) {
        start = after + 1
        continue
      }
      let stop = start
      while (stop < end && text.charCodeAt(stop) !== delimiter) stop++
      let [first, last] = [start, stop]
      while (first < last && isBlank(text.charCodeAt(first))) first++
      while (last > first && isBlank(text.charCodeAt(last - 1))) last--
      rows.put(cells, text, first, last)
      start = stop + 1
    }
    rows.endRow(cells, this.lines)
  }

  /** Nothing but blanks, or a comment. A delimiter is not a blank, even if it is a tab. */
  #isEmptyLine(text: string, from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      if (isBlank(text.charCodeAt(i)) && (text[i] !== this.delimiter || this.delimiter === blanks)) continue
      return this.comment !== null && text[i] === this.comment
    }
    return true
  }
}

/** csv-parse, from the first line with a quote on. */
class QuotedParser {
  readonly linesBefore: number
  readonly #rows: RowBuilder
  readonly #parser: ReturnType<typeof parse>
  readonly #byBlanks: boolean
  readonly #comments: CommentFilter | null

  constructor(rows: RowBuilder, { delimiter, comment, lines, rest }: LineDivider) {
    this.#rows = rows
    this.linesBefore = lines
    this.#byBlanks = delimiter === blanks
    this.#comments = comment === null ? null : new CommentFilter(comment)
    this.#parser = parse({
      delimiter: this.#byBlanks ? [' ', '\t'] : delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: !this.#byBlanks,
      record_delimiter: '\n',
      // An empty cell in quotes is a cell, also between blanks.
      ...(this.#byBlanks ? { cast: (cell, { quoting }) => (quoting ? `"${cell}` : cell) } : {}),
    })
    // Errors are taken from `errored` after every write; without a listener they would end the process.
    this.#parser.on('error', () => {})
    this.write(rest)
  }

  write(text: string): void {
    this.#parser.write(this.#comments?.take(text) ?? text)
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
      this.#parser.end(this.#comments?.end() ?? '')
    })
  }

  #takeRows(): void {
    for (let item = this.#parser.read(); item !== null; item = this.#parser.read()) {
      const { record, info } = item as { record: string[]; info: { lines: number } }
      // Between two blanks of a run there is no cell.
      const cells = this.#byBlanks
        ? record.filter((cell) => cell !== '').map((cell) => (cell.startsWith('"') ? cell.slice(1) : cell))
        : record
      if (cells.length > 1 || cells.some((cell) => cell.trim() !== '')) {
        this.#rows.addRow(cells, this.linesBefore + info.lines)
      }
    }
  }
}

/** Empties the lines that are comments, so that no quote in them counts; not those within a quoted cell. */
class CommentFilter {
  readonly #comment: string
  #rest = ''
  #isQuoted = false

  constructor(comment: string) {
    this.#comment = comment
  }

  take(text: string): string {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.map((line) => `${this.#without(line)}\n`).join('')
  }

  end(): string {
    return this.#without(this.#rest)
  }

  #without(line: string): string {
    if (!this.#isQuoted && isComment(line, this.#comment)) return ''
    if (line.split('"').length % 2 === 0) this.#isQuoted = !this.#isQuoted
    return line
  }
}

const isComment = (line: string, comment: string) => trimBlanks(line).startsWith(comment)

/**
 * The candidate that occurs most often in the first line, outside quotes, and of those that occur as often in all of the
 * first lines, if there are any; blanks if none occurs, but all of the first lines have equally many words.
 */
function detectDelimiter(text: string, comment: string | null): string {
  const told = comment === null ? text : new CommentFilter(comment).take(`${text}\n`)
  const bare = told.replace(/"(?:[^"]|"")*"/g, '""')
  const lines = bare.split('\n').filter((line) => line.trim() !== '')
  const [header = '', ...rest] = lines.slice(0, 10)
  const count = (candidate: string, line = header) => line.split(candidate).length
  const most = (candidates: readonly string[]) =>
    candidates.reduce((best, next) => (count(next) > count(best) ? next : best))
  const best = most([',', ';', '\t', '|'])
  // The last line may be cut off by the end of the part.
  const whole = rest.slice(0, -1)
  const even = [',', ';', '\t', '|'].filter(
    (candidate) => count(candidate) > 1 && whole.every((line) => count(candidate, line) === count(candidate)),
  )
  if (whole.length > 1 && even.length > 0) return most(even)
  if (count(best) > 1 || rest.length === 0) return best
  const words = (line: string) => line.trim().split(/[ \t]+/).length
  const [first = header] = rest
  // A header of R has one word less: it does not name the names of the rows.
  const isOfR = words(first) === words(header) + 1
  return words(header) > 1 && rest.every((line) => words(line) === words(header) + Number(isOfR)) ? blanks : best
}
