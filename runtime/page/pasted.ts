import type { Contract } from '../contract.ts'
import type { Value } from '../grid.ts'
import { type Choice, type Question, readNumber } from './questions.ts'

/**
 * Reads the line of one person out of a table: cells between tabs, semicolons or commas, with the line of the titles above
 * it or without. A title that fits two columns, or a column that two titles fit, is left out.
 *
 * @param questions of the columns of the contract, in its order.
 * @param decimalSign of the language in which the form is filled in.
 * @returns the values by the place of their question; what no question takes is left out.
 */
export function readLine(
  text: string,
  { columns, missingValues }: Pick<Contract, 'columns' | 'missingValues'>,
  questions: readonly Question[],
  decimalSign: string,
): ReadonlyMap<number, Value> {
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '')
  const [first, second] = lines
  if (first === undefined) return new Map()
  const divider = dividerOf(first)
  const head = cellsOf(first, divider)
  const places = placesOf(
    head,
    columns.map(({ name }, i) => ({ name, title: questions[i]?.title ?? name })),
  )
  const isHead = second !== undefined && places !== null
  const cells = isHead ? cellsOf(second, divider) : head
  // Without titles the cells are the columns of the model, one by one: else nobody knows which is which.
  if (!isHead && cells.length !== columns.length) return new Map()
  const values = new Map<number, Value>()
  for (const [i, question] of questions.entries()) {
    const cell = cells[isHead ? (places.get(i) ?? -1) : i]?.trim()
    const value = cell === undefined ? undefined : cellValue(cell, question, missingValues, decimalSign)
    if (value !== undefined) values.set(i, value)
  }
  return values
}

const plain = (name: string) => name.trim().toLowerCase()

/** Where in a line of titles each column stands; null if it has the title of none. Exact names go before all others. */
function placesOf(
  head: readonly string[],
  columns: readonly { readonly name: string; readonly title: string }[],
): ReadonlyMap<number, number> | null {
  const ways: readonly ((cell: string, column: (typeof columns)[number]) => boolean)[] = [
    (cell, { name }) => cell.trim() === name.trim(),
    (cell, { name }) => plain(cell) === plain(name),
    (cell, { title }) => plain(cell) === plain(title),
  ]
  const fits = head.map((cell) => {
    const way = ways.findIndex((is) => columns.some((column) => is(cell, column)))
    return { way, own: columns.flatMap((column, i) => (ways[way]?.(cell, column) === true ? [i] : [])) }
  })
  if (fits.every(({ own }) => own.length === 0)) return null
  const places = new Map<number, number>()
  for (const i of columns.keys()) {
    const named = fits.flatMap(({ way, own }, place) => (own.length === 1 && own[0] === i ? [{ way, place }] : []))
    const best = Math.min(...named.map(({ way }) => way))
    const [first, other] = named.filter(({ way }) => way === best)
    if (first !== undefined && other === undefined) places.set(i, first.place)
  }
  return places
}

/**
 * What stands between the cells of a line: a tab before all others, else whichever of semicolon and comma is there more.
 * Beside a semicolon a comma between digits is a decimal sign.
 */
function dividerOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  if (bare.includes('\t')) return '\t'
  const semicolons = bare.split(';').length - 1
  if (semicolons === 0) return ','
  return semicolons < bare.replace(/(\d),(?=\d)/g, '$1').split(',').length - 1 ? ',' : ';'
}

/** The cells of a line, quoted ones without their quotes. */
function cellsOf(line: string, divider: string): readonly string[] {
  const cells: string[] = []
  let [cell, isQuoted] = ['', false]
  for (let i = 0; i < line.length; i++) {
    const sign = line[i] ?? ''
    if (sign === '"' && isQuoted && line[i + 1] === '"') {
      cell += '"'
      i++
    } else if (sign === '"') isQuoted = !isQuoted
    else if (sign === divider && !isQuoted) {
      cells.push(cell)
      cell = ''
    } else cell += sign
  }
  return [...cells, cell]
}

/** The value of a cell; undefined where the question does not take it. */
function cellValue(
  cell: string,
  question: Question,
  missingValues: readonly string[],
  decimalSign: string,
): Value | undefined {
  if (missingValues.includes(cell)) return question.mayBeMissing ? null : undefined
  if (question.kind === 'number') {
    const [unit] = question.units
    const given = unit === undefined ? null : readNumber(cell, unit, decimalSign)
    return given !== null && 'value' in given ? given.value : undefined
  }
  const isNumber = (text: string) => text !== '' && Number.isFinite(Number(text))
  const ways: readonly ((choice: Choice) => boolean)[] = [
    ({ text }) => text === cell,
    ({ text }) => isNumber(text) && isNumber(cell) && Number(text) === Number(cell),
    ({ label }) => label === cell,
    ({ label }) => plain(label) === plain(cell),
  ]
  const fitting = ways.map((is) => question.choices.filter(is)).find((choices) => choices.length > 0) ?? []
  return fitting.length === 1 ? fitting[0]?.value : undefined
}
