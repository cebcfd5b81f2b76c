import { join, resolve } from 'node:path'
import { CompileError } from '../errors.ts'
import type { OptionValues } from '../options.ts'
import { moduleOf } from './command.ts'
import { loadClient } from './load.ts'
import { writeFiles } from './output.ts'
import { loadDocuments } from './page.ts'
import { jsonRow, modelArgument, outRow } from './rows.ts'

const rows = {
  out: outRow('directory to write', 'client/<name>'),
  bundle: { type: 'flag', text: 'one file with all that it needs' },
  form: { type: 'flag', text: 'with the element <emp-form>, a form for the page of an app' },
  json: jsonRow,
} as const

export const { builder, handler, optionNames } = moduleOf({
  argument: modelArgument,
  options: rows,
  examples: [['client generated/heart-disease --bundle', 'writes client/heart-disease/client.js and client.d.ts']],
  run,
})

async function run({ out, bundle, form, json }: OptionValues<typeof rows>, model: string): Promise<void> {
  if (!bundle)
    throw new CompileError(
      'bad-option',
      null,
      `the client of ${model} is its client.ts. Add ⸨bundle⸩ for one file with all that it needs.`,
    )
  const { contract } = await loadClient(model)
  // Loaded here, as it brings the bundler along.
  const { bundleClient } = await import('../client/bundle.ts')
  const files = await bundleClient(resolve(model), form ? await loadDocuments(model) : null)
  const directory = out ?? join('client', contract.name)
  await writeFiles(directory, files)
  const bytes = [...files].map(([file, text]) => ({ file: join(directory, file), bytes: Buffer.byteLength(text) }))
  if (json) {
    const { name } = contract
    return console.log(JSON.stringify({ name, directory, written: bytes.map(({ file }) => file) }, null, 2))
  }
  const size = Math.round((bytes[0]?.bytes ?? 0) / 1000)
  console.log(`${directory}: client.js (${size} kB; it holds no part of the model, publish it) and client.d.ts.`)
}
