import { gridDecimals, gridValue } from '../../runtime/grid.ts'
import type { RawColumn, RawTable } from './csv.ts'
import { inferGrid, isFeasible, parseNumber } from './grid.ts'
import { countNumbers, mostLevels } from './read.ts'
import { defaultMissingValues, undeclared } from './schema.ts'

/**
 * A Table Schema to edit, out of nothing but a CSV: types, ranges, steps, texts. Reading the CSV with it gives what
 * reading it without gives, except that a column too fine for its range gets a step that is coarse enough.
 */
export function inferSchema(raw: RawTable, target: string): object {
  return {
    title: '',
    missingValues: defaultMissingValues,
    fields: raw.columns.map((column) => (column.name === target ? targetField(column) : field(column))),
  }
}

const givenTexts = ({ texts }: RawColumn) => texts.filter((text) => !defaultMissingValues.includes(text))

function targetField(column: RawColumn): object {
  const categories = givenTexts(column).length > mostLevels ? [] : givenTexts(column).toSorted()
  return {
    name: column.name,
    type: 'string',
    title: '',
    categories: categories.map((value) => ({ value, label: value })),
  }
}

function field(column: RawColumn): object {
  const texts = givenTexts(column)
  const words = { title: '', description: '' }
  const numbers = texts.filter((text) => parseNumber(text) !== null)
  const given = column.texts.flatMap((text, code) => (defaultMissingValues.includes(text) ? [] : [code]))
  const { numberRows, textRows } = countNumbers(column, given)
  if (numberRows <= textRows) {
    const constraints = texts.length > mostLevels ? {} : { enum: texts.toSorted() }
    return { name: column.name, type: 'string', ...words, constraints }
  }
  let grid = inferGrid(numbers, null)
  for (let step = grid.step; !isFeasible(grid); step *= 10) {
    grid = inferGrid(numbers, { ...undeclared, name: column.name, step: Number(step.toPrecision(1)) })
  }
  return {
    name: column.name,
    type: gridDecimals(grid) === 0 ? 'integer' : 'number',
    ...words,
    unit: '',
    step: grid.step,
    constraints: { minimum: grid.minimum, maximum: gridValue(grid, grid.size - 1) },
  }
}
