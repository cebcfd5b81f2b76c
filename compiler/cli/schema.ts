import type { CommandModule } from 'yargs'
import { gridDecimals, gridValue } from '../../runtime/grid.ts'
import { type ReadOptions, read } from '../1-read/read.ts'
import { defaultMissingValues, schemaPath } from '../1-read/schema.ts'
import type { Table, TableColumn } from '../table.ts'
import { inputOptions } from './compile.ts'
import { writeNewFile } from './output.ts'

interface SchemaArguments {
  readonly csv: string
  readonly target: string | undefined
  readonly schema: string | undefined
  readonly delimiter: string | undefined
  readonly out: string | undefined
}

export const schemaCommand: CommandModule<object, SchemaArguments> = {
  command: 'schema <csv>',
  describe: 'write a Table Schema to edit: ranges, units, meanings of codes',
  builder: (argv) =>
    inputOptions(argv).option('out', {
      type: 'string',
      describe: 'file to write, - for standard output',
      defaultDescription: '<csv>.schema.json',
    }),
  async handler({ csv, target, schema, delimiter, out }) {
    const options: ReadOptions = {
      csv,
      target: target ?? null,
      schema: schema ?? null,
      delimiter: delimiter ?? null,
    }
    const text = `${JSON.stringify(tableSchema(await read(options)), null, 2)}\n`
    if (out === '-') {
      process.stdout.write(text)
      return
    }
    const path = out ?? schemaPath(csv)
    await writeNewFile(path, text)
    console.log(`${path} written. Edit titles, units and ranges: what it says is published, and fixes the Grids.`)
  },
}

/** The schema that reads the table as it was read without one. */
export function tableSchema({ source, columns, target }: Table): object {
  return {
    title: source.title ?? '',
    missingValues: defaultMissingValues,
    fields: [
      ...columns.map(describeColumn),
      {
        name: target.name,
        type: 'string',
        title: '',
        categories: target.answers.map((value) => ({ value, label: value })),
      },
    ],
  }
}

function describeColumn({ column, document }: TableColumn): object {
  const { title, description, unit } = document
  const words = { title: title ?? '', description: description ?? '' }
  if (column.kind === 'text') {
    return { name: column.name, type: 'string', ...words, constraints: { enum: column.levels } }
  }
  const { minimum, step, size } = column.grid
  return {
    name: column.name,
    type: gridDecimals(column.grid) === 0 ? 'integer' : 'number',
    ...words,
    unit: unit ?? '',
    step,
    constraints: { minimum, maximum: gridValue(column.grid, size - 1) },
  }
}
