import { basename } from 'node:path'
import type { CommandModule } from 'yargs'
import { readCsv } from '../1-read/csv.ts'
import { inferSchema } from '../1-read/infer-schema.ts'
import { schemaPath } from '../1-read/schema.ts'
import { noTarget } from '../errors.ts'
import { writeNewFile } from './output.ts'

interface SchemaArguments {
  readonly csv: string
  readonly target: string | undefined
  readonly delimiter: string | undefined
  readonly out: string | undefined
}

export const schemaCommand: CommandModule<object, SchemaArguments> = {
  command: 'schema <csv>',
  describe: 'write a Table Schema to edit: ranges, units, meanings of codes',
  builder: (argv) =>
    argv
      .positional('csv', { type: 'string', demandOption: true, describe: 'training data, one header line' })
      .option('target', { type: 'string', describe: 'column to predict', defaultDescription: 'the last one' })
      .option('delimiter', { type: 'string', describe: 'cell delimiter', defaultDescription: 'seen from the header' })
      .option('out', {
        type: 'string',
        nargs: 1,
        describe: 'file to write, - for standard output',
        defaultDescription: '<csv>.schema.json',
      })
      .requiresArg(['target', 'delimiter']),
  async handler({ csv, target, delimiter, out }) {
    const raw = await readCsv(basename(csv), csv, delimiter ?? null)
    const names = raw.columns.map(({ name }) => name)
    if (target !== undefined && !names.includes(target)) throw noTarget(raw.file, target, names)
    const text = `${JSON.stringify(inferSchema(raw, target ?? names.at(-1) ?? ''), null, 2)}\n`
    if (out === '-') {
      process.stdout.write(text)
      return
    }
    const path = out ?? schemaPath(csv)
    await writeNewFile(path, text)
    console.log(`${path} written. Edit titles, units and ranges: what it says is published, and fixes the Grids.`)
  },
}
