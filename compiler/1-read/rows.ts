import { duplicateName, emptyFile, headerIsData, namesDoNotFit, noRows, raggedRow } from '../errors.ts'
import { upToTen } from '../text.ts'
import { CellBlock } from './cell-block.ts'
import { ColumnBuilder, IntegerList, type RawColumn } from './columns.ts'
import {
  areSeries,
  countsRows,
  emptyName,
  fitsItsColumn,
  isData,
  isRowIndex,
  rowIsHeader,
  rowIsNames,
} from './header.ts'
import type { CsvOptions, RawTable } from './raw-table.ts'
import { trimBlanks } from './words.ts'

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
  /** Whether the first line has the names that are given. */
  #isNamedTwice = false
  /** Whether the header ends with a delimiter: cells below it have to be empty, or are not there. */
  #hasNamelessEnd = false
  readonly #faults = new Map<number, string>()
  #firstFault: Error | null = null

  constructor(file: string, options: CsvOptions) {
    this.file = file
    this.#options = options
  }

  addRow(given: readonly string[], line: number): void {
    const cells = given.map(trimBlanks)
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
    else if (this.#hasNamelessEnd && column === columns && to > from) {
      const fault = emptyName(this.file, this.#headerLine, column + 1)
      if (this.#options.only === undefined) throw fault
      this.#noteFault(column + 1, fault)
    }
  }

  /** Takes down a plain number. @returns where it ends; -1 if it is not a number, or beyond the last column. */
  putNumber(column: number, text: string, from: number, end: number, delimiter: number): number {
    const columns = this.#columns.length
    if (column >= columns) return -1
    return this.#block.putNumber(this.#rowsInBlock * columns + column, text, from, end, delimiter)
  }

  /** Ends the row whose cells were put. */
  endRow(cells: number, line: number): void {
    const isWhole = cells === this.#columns.length || (this.#hasNamelessEnd && cells === this.#columns.length + 1)
    if (!isWhole) {
      const isFirst = this.#lines.length === 0
      const fault = raggedRow(this.file, line, cells, this.#columns.length, isFirst ? this.#hint(cells) : null)
      // A record with a cell too many does not stop the others.
      if (this.#options.only === undefined) throw fault
      this.#noteFault(cells, fault)
      for (let column = cells; column < this.#columns.length; column++) this.put(column, '', 0, 0)
    }
    this.#lines.add(line)
    this.#rowsInBlock += 1
    if (this.#rowsInBlock === this.#blockRows) this.#flush()
  }

  /** Takes down what is wrong with the row that is being read. */
  #noteFault(cells: number, fault: Error): void {
    this.#firstFault ??= fault
    this.#faults.set(this.#lines.length, `It has ${cells} cells, but the header has ${this.#columns.length}.`)
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
    if (this.#firstFault !== null && this.#faults.size === lines.length) throw this.#firstFault
    const columns = this.#columns.map((column, i) => column.finish(i + 1))
    const notes = this.#isNamedTwice ? ['the first line has the names that are given, so it is the header'] : []
    const kept = columns.filter((column, i) => {
      if (column.name !== '') return true
      // Of records, a column without a name is not looked at.
      if (this.#options.only !== undefined) return false
      if (i > 0 || !isRowIndex(column)) throw emptyName(this.file, this.#headerLine, i + 1)
      notes.push('the first column has no name and counts the rows: a row index, left out (name it to keep it)')
      return false
    })
    const isSure = this.#options.only !== undefined || this.#options.isNamed === true
    if (!isSure) {
      if (this.#hasHeader()) this.#checkHeader(columns)
      if (rowIsNames(columns)) throw rowIsHeader(this.file, lines[0] ?? 1, this.#hasHeader() || this.#isNamedTwice)
      const counting = kept.filter(countsRows).map(({ name }) => name)
      if (counting.length > 0)
        notes.push(`numbers that go up by 1 from row to row, as a row index: ${upToTen(counting)}`)
      const like = this.#hasHeader() ? kept.filter(fitsItsColumn).map(({ name }) => name) : []
      if (like.length > 0)
        notes.push(`names that look like the cells below them, as if there were no header: ${upToTen(like)}`)
    }
    return { file: this.file, sha256, rows: lines.length, lines, columns: kept, notes, faults: this.#faults }
  }

  #hasHeader(): boolean {
    return this.#options.header !== false && (this.#options.names ?? null) === null
  }

  /** Tells whether the first line was the header. */
  #begin(cells: readonly string[], line: number): boolean {
    const { names = null } = this.#options
    this.#isNamedTwice = names !== null && areNames(names, cells)
    const isHeader = this.#hasHeader() || this.#isNamedTwice
    if (names !== null && !isHeader && names.length !== cells.length)
      throw namesDoNotFit(this.file, line, names.length, cells.length)
    const hasEnd = isHeader && cells.length > 2 && cells.at(-1) === ''
    this.#hasNamelessEnd = hasEnd
    const own = names ?? (isHeader ? cells.slice(0, hasEnd ? -1 : undefined) : cells.map((_, i) => `x${i + 1}`))
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
    const areCells = columns.length > 1 && 2 * columns.filter(fitsItsColumn).length > columns.length
    if (names.every(isData) || ((isAnswer || areCells) && !areSeries(columns)))
      throw headerIsData(this.file, this.#headerLine, names, isAnswer ? last.name : null)
  }

  /** What may be wrong with a first row that has other cells than the header. */
  #hint(cells: number): string | null {
    const mark = this.#columns[0]?.name[0] ?? ' '
    if ('#%@!'.includes(mark)) return `A comment? Leave such lines out by ⸨comment⸩ "${mark}".`
    if (this.#columns.length === 1 && cells > 1) return 'A title? Then leave that line out.'
    if (cells !== this.#columns.length + 1) return null
    return 'One cell more than names: row names as R writes them? Write the table with row.names = FALSE.'
  }
}

/** Whether the cells of a line are these names, whatever their case. The line may end with a delimiter. */
function areNames(names: readonly string[], cells: readonly string[]): boolean {
  const own = cells.length === names.length + 1 && cells.at(-1) === '' ? cells.slice(0, -1) : cells
  return own.length === names.length && names.every((name, i) => name.toLowerCase() === own[i]?.toLowerCase())
}
