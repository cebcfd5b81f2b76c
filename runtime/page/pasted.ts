import type { Contract } from '../contract.ts'
import type { Value } from '../grid.ts'
import { type Question, readNumber } from './questions.ts'

/**
 * Reads the line of one person out of a table: cells between tabs, semicolons or commas, with the line of the titles above
 * it or without.
 *
 * @param questions of the columns of the contract, in its order.
 * @returns the values by the place of their question; what no question takes is left out.
 */
export function readLine(
  text: string,
  { columns, missingValues }: Pick<Contract, 'columns' | 'missingValues'>,
  questions: readonly Question[],
): ReadonlyMap<number, Value> {
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '')
  const [first, second] = lines
  if (first === undefined) return new Map()
  const divider = dividerOf(first)
  const head = cellsOf(first, divider)
  const named = columns.map(({ name }, i) => {
    const wanted = [name, questions[i]?.title ?? name].map(plain)
    return head.findIndex((cell) => wanted.includes(plain(cell)))
  })
  const isHead = second !== undefined && named.some((place) => place >= 0)
  const cells = isHead ? cellsOf(second, divider) : head
  // Without titles the cells are the columns of the model, one by one: else nobody knows which is which.
  if (!isHead && cells.length !== columns.length) return new Map()
  const values = new Map<number, Value>()
  for (const [i, question] of questions.entries()) {
    const cell = cells[isHead ? (named[i] ?? -1) : i]?.trim()
    const value = cell === undefined ? undefined : cellValue(cell, question, missingValues)
    if (value !== undefined) values.set(i, value)
  }
  return values
}

const plain = (name: string) => name.trim().toLowerCase()

/** What stands between the cells of a line: whichever is there most, a tab before all others. */
function dividerOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  if (bare.includes('\t')) return '\t'
  return bare.includes(';') ? ';' : ','
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
function cellValue(cell: string, question: Question, missingValues: readonly string[]): Value | undefined {
  if (missingValues.includes(cell)) return question.mayBeMissing ? null : undefined
  if (question.kind === 'number') {
    const [unit] = question.units
    const given = unit === undefined ? null : readNumber(cell, unit)
    return given !== null && 'value' in given ? given.value : undefined
  }
  const isNumber = (text: string) => text !== '' && Number.isFinite(Number(text))
  return question.choices.find(
    ({ text, label }) =>
      text === cell ||
      plain(label) === plain(cell) ||
      (isNumber(text) && isNumber(cell) && Number(text) === Number(cell)),
  )?.value
}
