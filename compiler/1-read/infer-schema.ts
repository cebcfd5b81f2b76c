import type { NumberColumn } from 'emp-compile-runtime/internal/contract'
import { type Grid, gridDecimals, gridValue } from 'emp-compile-runtime/internal/grid'
import { CompileError } from '../errors.ts'
import type { Scale } from '../table.ts'
import { readColumn } from './column.ts'
import { type ColumnContext, contextOf } from './context.ts'
import type { RawTable } from './csv.ts'
import { Notes } from './notes.ts'
import { hasDecimalCommas, numberTextsOf } from './number-texts.ts'
import { type ColumnOptions, columnDefaults, labelled } from './read.ts'
import { readTarget } from './target.ts'
import { defaultMissingValues } from './words.ts'

export interface InferredSchema {
  readonly schema: object
  /** What is to be decided by hand: columns that cannot be read as they are. */
  readonly troubles: readonly CompileError[]
  /** What was understood otherwise than it stands in the file. */
  readonly notes: readonly string[]
}

/**
 * A Table Schema to edit, out of nothing but a CSV: types, ranges, steps, texts. Reading the CSV with it gives what
 * reading it without gives.
 */
export function inferSchema(whole: RawTable, target: string, options: ColumnOptions = {}): InferredSchema {
  const notes = new Notes()
  const defaults = columnDefaults(options)
  const raw = options.dropUnlabelled === true ? labelled(whole, target, null, defaults, notes) : whole
  const contexts = raw.columns.map((column) => contextOf(raw, column, null, defaults, notes))
  const commaDecimals = contexts.some(hasDecimalCommas)
  const troubles: CompileError[] = []
  const fieldOf = (context: ColumnContext): object => {
    const { name } = context.raw
    const undecided = { name, type: 'any', title: '', description: '' }
    if (context.given.length === 0) return undecided
    try {
      return name === target ? targetField(context, commaDecimals, options) : field(context, commaDecimals)
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      troubles.push(error)
      return undecided
    }
  }
  const fields = contexts.map(fieldOf)
  return {
    schema: { title: '', missingValues: defaultMissingValues, fields },
    troubles,
    notes: [...raw.notes, ...notes.list()],
  }
}

function targetField(context: ColumnContext, commaDecimals: boolean, { task = null }: ColumnOptions): object {
  const numbers = numberTextsOf(context, commaDecimals)
  const target = readTarget(context, numbers, task)
  if (target.kind === 'number') return numberField(target.name, target.grid, { format: numbers.format })
  return {
    name: target.name,
    type: 'string',
    title: '',
    categories: target.answers.map((value) => ({ value, label: value })),
  }
}

function field(context: ColumnContext, commaDecimals: boolean): object {
  const { column, scale } = readColumn(context, commaDecimals, false).column
  if (column.kind === 'number') return numberField(column.name, column.grid, column, scale)
  const constraints = column.other === undefined ? { enum: column.levels } : {}
  return { name: column.name, type: 'string', title: '', description: '', constraints }
}

function numberField(name: string, grid: Grid, { format }: Pick<NumberColumn, 'format'>, scale?: Scale): object {
  const isPlain = format === undefined || (format.decimalChar === '.' && format.groupChar === null && format.bareNumber)
  return {
    name,
    type: gridDecimals(grid) === 0 && (isPlain || format.groupChar === null) ? 'integer' : 'number',
    title: '',
    description: '',
    unit: '',
    step: grid.step,
    ...(scale === undefined ? {} : { scale }),
    ...(isPlain ? {} : { decimalChar: format.decimalChar, groupChar: format.groupChar ?? undefined }),
    constraints: { minimum: grid.minimum, maximum: gridValue(grid, grid.size - 1) },
  }
}
