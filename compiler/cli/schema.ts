import { existsSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { readCsv } from '../1-read/csv.ts'
import { inferSchema } from '../1-read/infer-schema.ts'
import { csvOptionsOf, csvRows, readRows } from '../1-read/options.ts'
import { schemaPath } from '../1-read/schema.ts'
import { noTarget } from '../errors.ts'
import { moduleOf } from './command.ts'
import { writeNewFile } from './output.ts'
import { csvArgument, jsonRow, outRow, targetRow } from './rows.ts'
import { styled } from './terminal.ts'

export const { builder, handler, optionNames } = moduleOf({
  argument: csvArgument,
  options: {
    target: targetRow,
    ...csvRows,
    'drop-unlabelled': readRows['drop-unlabelled'],
    out: outRow('file to write, - for standard output', '<csv>.schema.json'),
    json: jsonRow,
  },
  examples: [['schema train.csv --target outcome', 'writes train.schema.json']],
  async run({ target, out, json, ...options }, csv) {
    const reading = csvOptionsOf(options)
    const raw = await readCsv(basename(csv), csv, reading)
    const names = raw.columns.map(({ name }) => name)
    if (target !== undefined && !names.includes(target)) throw noTarget(raw.file, target, names)
    const { schema, troubles, notes } = inferSchema(raw, target ?? at(names, names.length - 1), {
      ...reading,
      dropUnlabelled: options['drop-unlabelled'],
    })
    const path = out === '-' ? null : (out ?? schemaPath(csv))
    const described = path === null ? schema : { ...jsonSchemaFor(path), ...schema }
    const text = `${JSON.stringify(described, null, 2)}\n`
    if (path !== null) await writeNewFile(path, text)
    if (json) {
      const decide = troubles.map(({ message }) => message)
      return console.log(JSON.stringify({ written: path === null ? [] : [path], decide, notes, schema }, null, 2))
    }
    for (const trouble of troubles) {
      const message = trouble.messageFor((option) => `--${option}`)
      console.error(`${styled('yellow', 'to decide:', process.stderr)} ${message}`)
    }
    if (path === null) {
      process.stdout.write(text)
      return
    }
    for (const note of notes) console.log(`read: ${note}`)
    console.log(`${path} written. Edit titles, units and ranges: what it says is published, and fixes the Grids.`)
    console.log(`\nNext: emp-compile ${csv}${options['drop-unlabelled'] ? ' --drop-unlabelled' : ''}`)
  },
})

/** `$schema` for editors, by a path: if the package is installed in the folder of the file, or in one above it. */
function jsonSchemaFor(path: string): { readonly $schema?: string } {
  const own = 'node_modules/emp-compile/schemas/table.json'
  const folder = dirname(resolve(path))
  for (let above = folder; ; above = dirname(above)) {
    const file = relative(folder, join(above, own)).replaceAll('\\', '/')
    if (existsSync(join(above, own))) return { $schema: file.startsWith('.') ? file : `./${file}` }
    if (above === dirname(above)) return {}
  }
}
