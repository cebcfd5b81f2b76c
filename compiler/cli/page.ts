import { readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Connection, PageDocuments } from 'emp-compile-runtime/internal/page/documents'
import { badOption, cannotRead, noPageDocuments } from '../errors.ts'
import type { OptionValues } from '../options.ts'
import type { BuiltPage } from '../page/build.ts'
import type { WordsFile } from '../page/words-file.ts'
import { moduleOf } from './command.ts'
import { keepFolderFromGit } from './keep-from-git.ts'
import { loadClient } from './load.ts'
import { isGenerated, writeFiles } from './output.ts'
import { jsonRow, langRow, modelArgument, outRow } from './rows.ts'

const rows = {
  out: outRow('directory to write', 'page/<name>'),
  server: { type: 'text', text: 'address of the server that answers', usual: 'where the page comes from' },
  tickets: { type: 'text', text: 'address that hands out tickets for a store; needs --storage' },
  storage: { type: 'text', text: "origin of that store, for the page's policy" },
  operator: { type: 'text', text: 'who runs the page, as it says on it', usual: 'the address alone' },
  lang: langRow('or one with --words'),
  words: { type: 'texts', text: 'file of words in another language; once for each' },
  'words-template': { type: 'flag', text: 'print a file of words to translate, and write nothing' },
  json: jsonRow,
} as const

export const { builder, handler, optionNames } = moduleOf({
  argument: modelArgument,
  options: rows,
  conflicts: [['server', 'tickets']],
  examples: [
    ['page generated/heart-disease', 'writes page/heart-disease/'],
    ['page generated/heart-disease --server https://predict.example', ''],
    ['page generated/heart-disease --lang fr,de,en', 'in three languages, with a switch'],
  ],
  run,
})

async function run(
  { out, server, tickets, storage, operator, lang, words, 'words-template': template, json }: OptionValues<typeof rows>,
  model: string,
): Promise<void> {
  if (template) {
    const { wordsTemplate } = await import('../page/words-file.ts')
    const [tag = 'en', ...others] = lang
    if (others.length > 0) throw badOption('lang', lang.join(), 'one language with ⸨words-template⸩')
    process.stdout.write(wordsTemplate(await loadDocuments(model), tag))
    return
  }
  if ((tickets === undefined) !== (storage === undefined)) {
    throw badOption('storage', storage ?? null, 'the origin of the store, together with ⸨tickets⸩')
  }
  const url = server ?? tickets ?? null
  const connection: Connection = { kind: tickets === undefined ? 'http' : 'tickets', url }
  const given = [
    ['server', server],
    ['tickets', tickets],
    ['storage', storage],
  ] as const
  const origins = given.flatMap(([option, address]) => (address === undefined ? [] : [originOf(option, address)]))
  const { name, page } = await loadPage(model, connection, {
    origins: [...new Set(origins)],
    operator,
    lang,
    words: words === false ? [] : (words ?? []),
  })
  const directory = out ?? join('page', name)
  await writeFiles(directory, new Map([...page.files, ...(await keepFolderFromGit(directory, page.files.keys()))]))
  await removeFormer(directory, page.files)
  const bytes = [...page.files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (json) {
    const written = [...page.files.keys()].map((file) => join(directory, file))
    return console.log(JSON.stringify({ name, directory, bytes, sha256: page.hash, written }, null, 2))
  }
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

/** How a page is to be. */
export interface PageSettings {
  /** Whom it talks to beside where it comes from. */
  readonly origins: readonly string[]
  readonly operator?: string | undefined
  /** Tags of its languages; English without any. */
  readonly lang?: readonly string[] | undefined
  /** Paths of files of words; undefined where none can be given. */
  readonly words?: readonly string[] | undefined
}

/**
 * Builds the page of a model's directory.
 *
 * @throws {CompileError} `not-a-model`, `no-page-documents`, `cannot-read`, `malformed-words`, `bad-option`
 */
export async function loadPage(
  model: string,
  connection: Connection,
  { origins, operator, lang = [], words }: PageSettings,
): Promise<{ readonly name: string; readonly page: BuiltPage }> {
  const { contract } = await loadClient(model)
  const given = await loadDocuments(model)
  // Loaded here, as it brings the bundler along.
  const { buildPage } = await import('../page/build.ts')
  const { inLanguages } = await import('../page/words-file.ts')
  const { documents, languages } = inLanguages(
    given,
    lang,
    words === undefined ? null : await Promise.all(words.map(readWords)),
  )
  const page = await buildPage({
    directory: resolve(model),
    contract,
    documents,
    languages,
    connection,
    origins,
    ...(operator === undefined ? {} : { operator }),
  })
  return { name: contract.name, page }
}

/** @throws {CompileError} `cannot-read` */
async function readWords(path: string): Promise<WordsFile> {
  try {
    return { file: path, text: await readFile(path, 'utf8') }
  } catch (error) {
    throw cannotRead(path, error)
  }
}

/** What a model says in words, for pages and forms. @throws {CompileError} `no-page-documents` */
export async function loadDocuments(model: string): Promise<PageDocuments> {
  try {
    return JSON.parse(await readFile(join(model, 'page.json'), 'utf8')) as PageDocuments
  } catch (error) {
    throw noPageDocuments(model, error)
  }
}

/** Removes the files of an earlier build, whose names were other hashes. */
async function removeFormer(directory: string, files: ReadonlyMap<string, string>): Promise<void> {
  const former = (await readdir(directory)).filter(
    (file) => /^(main|worker|style|icon|texts-[\w-]+)\.[0-9a-f]{16}\.(js|css|svg|json)$/.test(file) && !files.has(file),
  )
  for (const file of former) {
    const path = join(directory, file)
    if (isGenerated(await readFile(path, 'utf8'))) await rm(path)
  }
}
