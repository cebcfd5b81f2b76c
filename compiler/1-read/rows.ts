import { readingsOf } from 'emp-compile-runtime/internal/text/numbers'
import { duplicateName, emptyFile, emptyName, headerIsData, namesDoNotFit, noRows, raggedRow } from '../errors.ts'
import { CellBlock } from './cell-block.ts'
import { ColumnBuilder, IntegerList, type RawColumn } from './columns.ts'
import type { CsvOptions, RawTable } from './raw-table.ts'
import { defaultMissingValues } from './words.ts'

/** Cells in a block, about, and rows at least. */
const blockCells = 1 << 17
const fewestBlockRows = 64

/** Takes rows one after the other; the first one is the header, unless the file has none. */
export class RowBuilder {
  readonly file: string
  readonly #options: CsvOptions
  readonly #lines = new IntegerList()
  #headerLine = 1
  #columns: readonly ColumnBuilder[] = []
  /** Rows are gathered in a block, so that a column takes many cells at once. */
  #block = new CellBlock(0)
  #blockRows = 0
  #rowsInBlock = 0

  constructor(file: string, options: CsvOptions) {
    this.file = file
    this.#options = options
  }

  addRow(given: readonly string[], line: number): void {
    const cells = given.map((cell) => cell.trim())
    if (!this.hasNames) {
      const isHeader = this.#begin(cells, line)
      if (isHeader) return
    }
    for (const [i, cell] of cells.entries()) this.put(i, cell, 0, cell.length)
    this.endRow(cells.length, line)
  }

  get hasNames(): boolean {
    return this.#columns.length > 0
  }

  /** Takes down a cell of the row that is being read: the text between two places of a longer one. */
  put(column: number, text: string, from: number, to: number): void {
    const columns = this.#columns.length
    if (column < columns) this.#block.put(this.#rowsInBlock * columns + column, text, from, to)
  }

  /** Takes down a plain number. @returns where it ends; -1 if it is not a number, or beyond the last column. */
  putNumber(column: number, text: string, from: number, end: number, delimiter: number): number {
    const columns = this.#columns.length
    if (column >= columns) return -1
    return this.#block.putNumber(this.#rowsInBlock * columns + column, text, from, end, delimiter)
  }

  /** Ends the row whose cells were put. */
  endRow(cells: number, line: number): void {
    if (cells !== this.#columns.length) {
      const isFirst = this.#lines.length === 0
      throw raggedRow(this.file, line, cells, this.#columns.length, isFirst ? this.#hint(cells) : null)
    }
    this.#lines.add(line)
    this.#rowsInBlock += 1
    if (this.#rowsInBlock === this.#blockRows) this.#flush()
  }

  #flush(): void {
    const columns = this.#columns.length
    for (const [i, column] of this.#columns.entries()) column.take(this.#block, i, columns, this.#rowsInBlock)
    this.#block.texts.length = 0
    this.#rowsInBlock = 0
  }

  finish(sha256: string): RawTable {
    if (this.#columns.length === 0) throw emptyFile(this.file)
    this.#flush()
    const lines = this.#lines.finish()
    if (lines.length === 0) throw noRows(this.file)
    const columns = this.#columns.map((column, i) => column.finish(i + 1))
    const notes: string[] = []
    const kept = columns.filter((column, i) => {
      if (column.name !== '') return true
      // Of records, a column without a name is not looked at.
      if (this.#options.only !== undefined) return false
      if (i > 0 || !isRowIndex(column)) throw emptyName(this.file, this.#headerLine, i + 1)
      notes.push('the first column has no name and counts the rows: a row index, left out (name it to keep it)')
      return false
    })
    const isSure = this.#options.only !== undefined || this.#options.isNamed === true
    if (this.#hasHeader() && !isSure) this.#checkHeader(columns)
    return { file: this.file, sha256, rows: lines.length, lines, columns: kept, notes }
  }

  #hasHeader(): boolean {
    return this.#options.header !== false && (this.#options.names ?? null) === null
  }

  /** Tells whether the first line was the header. */
  #begin(cells: readonly string[], line: number): boolean {
    const { names = null } = this.#options
    if (names !== null && names.length !== cells.length)
      throw namesDoNotFit(this.file, line, names.length, cells.length)
    const isHeader = this.#hasHeader()
    const own = names ?? (isHeader ? cells : cells.map((_, i) => `x${i + 1}`))
    this.#headerLine = line
    this.#checkNames(own, line)
    this.#columns = own.map((name) => new ColumnBuilder(name, own.length))
    this.#blockRows = Math.max(fewestBlockRows, Math.floor(blockCells / own.length))
    this.#block = new CellBlock(this.#blockRows * own.length)
    return isHeader
  }

  #checkNames(names: readonly string[], line: number): void {
    const only = this.#options.only === undefined ? null : new Set(this.#options.only)
    const seen = new Set<string>()
    for (const [i, name] of names.entries()) {
      if (only !== null && !only.has(name)) continue
      if (name === '' && i > 0) throw emptyName(this.file, line, i + 1)
      if (seen.has(name)) throw duplicateName(this.file, line, i + 1, name, isData(name))
      seen.add(name)
    }
  }

  #checkHeader(columns: readonly RawColumn[]): void {
    const names = columns.map(({ name }) => name)
    const last = columns.at(-1)
    const isAnswer =
      last !== undefined && Array.from({ length: last.size }, (_, code) => last.textAt(code)).includes(last.name)
    if (names.every(isData) || isAnswer)
      throw headerIsData(this.file, this.#headerLine, names, isAnswer ? last.name : null)
  }

  /** What may be wrong with a first row that has other cells than the header. */
  #hint(cells: number): string | null {
    const mark = this.#columns[0]?.name[0] ?? ' '
    if ('#%@!'.includes(mark)) return `A comment? Leave such lines out by ⸨comment⸩ "${mark}".`
    if (cells !== this.#columns.length + 1) return null
    return 'One cell more than names: row names as R writes them? Write the table with row.names = FALSE.'
  }
}

const isData = (name: string) => name === '' || defaultMissingValues.includes(name) || readingsOf(name).length > 0

/** Counts the rows, from 0 or from 1. */
function isRowIndex({ size, codes, digits, decimals }: RawColumn): boolean {
  const [first = Number.NaN] = digits
  return (
    size === codes.length &&
    (first === 0 || first === 1) &&
    digits.every((n, i) => n === first + i && decimals[i] === 0)
  )
}
