import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import { readCsv } from '../1-read/csv.ts'
import { inferSchema } from '../1-read/infer-schema.ts'
import { csvOptionsOf, csvRows, readRows } from '../1-read/options.ts'
import { tabulate } from '../1-read/read.ts'
import { readSchema, schemaPath } from '../1-read/schema.ts'
import { type CodedTable, codeTable } from '../2-import/code-table.ts'
import { describeScales } from '../public-cuts.ts'
import { moduleOf } from './command.ts'
import { keepFromGit } from './keep-from-git.ts'
import { refuseExisting, writeNewFile } from './output.ts'
import { csvArgument, jsonRow, outRow, targetRow } from './rows.ts'

export const { builder, handler, optionNames } = moduleOf({
  argument: csvArgument,
  options: {
    target: targetRow,
    schema: { type: 'text', text: 'Table Schema', usual: '<csv>.schema.json, if there' },
    cuts: { type: 'number', whole: true, least: 1, most: 1024, default: 16, text: 'most public cuts of each column' },
    ...csvRows,
    'drop-unlabelled': readRows['drop-unlabelled'],
    out: outRow('CSV to write; its schema goes beside it', '<csv>.coded.csv'),
    json: jsonRow,
  },
  examples: [['code train.csv --cuts 16', 'writes train.coded.csv and train.coded.schema.json']],
  async run({ target, schema: given, cuts, out, json, ...options }, csv) {
    const reading = { ...csvOptionsOf(options), dropUnlabelled: options['drop-unlabelled'] }
    const raw = await readCsv(basename(csv), csv, reading)
    const from = given ?? schemaPath(csv)
    const schema = await readSchema(basename(from), from, given !== undefined)
    const table = tabulate(raw, schema, { ...reading, target: target ?? null })
    const coded = codeTable(table, cuts)
    const described = schema === null ? inferSchema(raw, table.target.name, reading).schema : await jsonOf(from)
    const path = out ?? `${csv.replace(/\.gz$/, '').replace(/\.[^./\\]*$/, '')}.coded.csv`
    const written = [path, schemaPath(path)] as const
    for (const file of written) await refuseExisting(file)
    await keepFromGit(path)
    await writeNewFile(path, `${coded.rows.map((row) => row.map(quoted).join(',')).join('\n')}\n`)
    await writeNewFile(written[1], `${JSON.stringify(withCuts(described, coded.numbers), null, 2)}\n`)
    const published = coded.numbers.reduce((sum, { cuts: own }) => sum + own.length, 0)
    if (json) return console.log(JSON.stringify({ written, rows: table.rows, cuts: published }, null, 2))
    for (const note of [...table.notes, ...describeScales(table.columns)]) console.log(`read: ${note}`)
    console.log(`${path} written: ${table.rows} rows, each number replaced by how many of its public cuts it exceeds.`)
    console.log(`${written[1]} written: the ranges and the ${published} cuts, which are published.`)
    console.log(`\nNext: train on ${path}, then emp-compile <model file> --schema ${written[1]} --data ${csv}`)
  },
})

const jsonOf = async (path: string): Promise<object> =>
  JSON.parse((await readFile(path, 'utf8')).replace(/^\ufeff/, ''))

/** A cell, in quotes where it has to be. */
const quoted = (cell: string) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** A Table Schema with the Grids that the table has, and the cuts by which it was coded. */
function withCuts(schema: object, numbers: CodedTable['numbers']): object {
  const fields: readonly Record<string, unknown>[] =
    'fields' in schema && Array.isArray(schema.fields) ? schema.fields : []
  const found = numbers.map(({ name }) => fields.find((field) => field.name === name))
  const own = numbers.map(({ name, grid, cuts }, i) => {
    const field = found[i] ?? { name, type: 'number' }
    const constraints = typeof field.constraints === 'object' ? field.constraints : {}
    const { minimum, step, size } = grid
    return { ...field, step, cuts, constraints: { ...constraints, minimum, maximum: gridValue(grid, size - 1) } }
  })
  const others = fields.filter(({ name }) => !numbers.some((one) => one.name === name))
  return { ...schema, fields: [...own, ...others] }
}
