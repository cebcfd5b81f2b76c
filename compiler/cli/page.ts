import { readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import type { Connection, PageDocuments } from '../../runtime/page/documents.ts'
import { badOption, noPageDocuments } from '../errors.ts'
import type { BuiltPage } from '../page/build.ts'
import { loadClient } from './load.ts'
import { isGenerated, writeFiles } from './output.ts'

interface PageArguments {
  readonly model: string
  readonly output: string | undefined
  readonly server: string | undefined
  readonly tickets: string | undefined
  readonly storage: string | undefined
}

export const pageCommand: CommandModule<object, PageArguments> = {
  command: 'page <model>',
  describe: 'build the page of a model: a form that encrypts in the browser, for any static host',
  builder: (argv) =>
    argv
      .positional('model', { type: 'string', demandOption: true, describe: 'directory written by emp-compile' })
      .option('output', { type: 'string', describe: 'directory to write', defaultDescription: 'page/<name>' })
      .option('server', {
        type: 'string',
        describe: 'address of the server that answers',
        defaultDescription: 'where the page comes from',
      })
      .option('tickets', { type: 'string', describe: 'address that hands out tickets for a store; needs --storage' })
      .option('storage', { type: 'string', describe: "origin of that store, for the page's policy" })
      .conflicts('server', 'tickets')
      .requiresArg(['output', 'server', 'tickets', 'storage'])
      .example('$0 page generated/heart-disease', 'writes page/heart-disease/')
      .example('$0 page generated/heart-disease --server https://predict.example', ''),
  handler: run,
}

async function run({ model, output, server, tickets, storage }: PageArguments): Promise<void> {
  if ((tickets === undefined) !== (storage === undefined)) {
    throw badOption('--storage', storage ?? null, 'the origin of the store, together with --tickets')
  }
  const url = server ?? tickets ?? null
  const connection: Connection = { kind: tickets === undefined ? 'http' : 'tickets', url }
  const given = [
    ['--server', server],
    ['--tickets', tickets],
    ['--storage', storage],
  ] as const
  const origins = given.flatMap(([option, address]) => (address === undefined ? [] : [originOf(option, address)]))
  const { name, page } = await loadPage(model, connection, [...new Set(origins)])
  const directory = output ?? join('page', name)
  await writeFiles(directory, page.files)
  await removeFormer(directory, page.files)
  const bytes = [...page.files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  console.log(
    `${directory}: index.html and what it loads (${Math.round(bytes / 1000)} kB). Publish the folder over https.`,
  )
  console.log(`SHA-256 of the page: ${page.hash}`)
}

/** @throws {CompileError} `bad-option` if the address is none of the web. */
function originOf(option: string, address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol)) throw badOption(option, address, 'an http(s) address')
  return url.origin
}

/**
 * Builds the page of a model's directory.
 *
 * @throws {CompileError} `not-a-model`, `no-page-documents`
 */
export async function loadPage(
  model: string,
  connection: Connection,
  origins: readonly string[],
): Promise<{ readonly name: string; readonly page: BuiltPage }> {
  const { contract } = await loadClient(model)
  const documents = await loadDocuments(model)
  // Loaded here, as it brings the bundler along.
  const { buildPage } = await import('../page/build.ts')
  const page = await buildPage({ directory: resolve(model), contract, documents, connection, origins })
  return { name: contract.model, page }
}

async function loadDocuments(model: string): Promise<PageDocuments> {
  try {
    return JSON.parse(await readFile(join(model, 'page.json'), 'utf8')) as PageDocuments
  } catch (error) {
    throw noPageDocuments(model, error)
  }
}

/** Removes the files of an earlier build, whose names were other hashes. */
async function removeFormer(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const former = (await readdir(directory)).filter(
    (file) => /^(main|worker|style|icon)\.[0-9a-f]{16}\.(js|css|svg)$/.test(file) && !files.has(file),
  )
  for (const file of former) {
    const path = join(directory, file)
    if (isGenerated(await readFile(path, 'utf8'))) await rm(path)
  }
}
