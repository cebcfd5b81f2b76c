import { createHash } from 'node:crypto'
import { type Contract, fingerprint } from 'emp-compile-runtime/internal/contract'
import {
  type Connection,
  documentsIn,
  type LanguageFile,
  type LanguageTexts,
  type PageDocuments,
  type PageLanguage,
  type PageModel,
  wordsOf,
} from 'emp-compile-runtime/internal/page/documents'
import { build, type Plugin } from 'esbuild'
import {
  bundleForBrowsers,
  conditions,
  ownRuntime,
  withKernel,
  withoutErrorTexts,
  withoutFallback,
} from '../deploy/bundle.ts'
import { generatedBy } from '../version.ts'
import { type Asset, pageHtml } from './html.ts'
import { ownLanguage } from './languages.ts'
import { contentPolicy, headersFile, type Policies, workerPolicy } from './policy.ts'

export interface PageOptions {
  /** Where the model's `client.ts` lies. */
  readonly directory: string
  readonly contract: Contract
  readonly documents: PageDocuments
  /** Of the page; its markup is in the first. English without it. */
  readonly languages?: readonly [PageLanguage, ...PageLanguage[]]
  readonly connection: Connection
  /** Origins beside the page's own that it talks to. */
  readonly origins: readonly string[]
  /** Who runs the page, in their own words. */
  readonly operator?: string
}

export interface BuiltPage {
  /** By name, all in one folder. The names of all but `index.html` and `_headers` are hashes. */
  readonly files: ReadonlyMap<string, string>
  readonly policies: Policies
  /** SHA-256 of `index.html`, hexadecimal: it pins all that the page runs. */
  readonly hash: string
}

/** Builds the page of a model out of what its owner publishes. The same bytes on every machine. */
export async function buildPage({
  directory,
  contract,
  documents: given,
  languages = [ownLanguage('en')],
  connection,
  origins,
  operator,
}: PageOptions): Promise<BuiltPage> {
  const [first, ...others] = languages
  const documents = documentsFor(given, first)
  const policies = { page: contentPolicy(origins), worker: workerPolicy(documents.sealing) }
  const { usesWasm } = documents.sealing
  const [workerText, plainText, styleText] = await Promise.all([
    script(workerEntry, directory, [withKernel.simd]),
    usesWasm ? script(workerEntry, directory, [withKernel.plain]) : null,
    style(),
  ])
  const worker = asset('worker', 'js', workerText)
  const plainWorker = plainText === null ? null : asset('worker', 'js', plainText)
  const texts = others.map((language) => textsOf(given, language))
  const model: PageModel = {
    contract,
    documents,
    languages: [first, ...texts.map(({ language }) => language)],
    connection,
    operator: operator ?? null,
    worker,
    plainWorker,
  }
  const mainText = await script(
    `import { runPage } from 'emp-compile-runtime/internal/page/main'; ${ways[connection.kind]}; runPage(${JSON.stringify(model)}, over)`,
    directory,
  )
  const [main, css, icon] = [
    asset('main', 'js', mainText),
    asset('style', 'css', styleText),
    asset('icon', 'svg', iconText),
  ]
  const print = Buffer.from(await fingerprint(contract)).toString('hex')
  const html = pageHtml({
    contract,
    documents,
    languages,
    fingerprint: print,
    policy: policies.page,
    script: main,
    style: css,
    icon: icon.file,
    operator: operator ?? null,
  })
  const files = new Map<string, string>([
    ['index.html', html],
    [main.file, mainText],
    [worker.file, workerText],
    ...(plainWorker === null || plainText === null ? [] : [[plainWorker.file, plainText] as const]),
    [css.file, styleText],
    [icon.file, iconText],
    ...texts.map(({ language, text }) => [language.texts.file, text] as const),
  ])
  files.set('_headers', headersFile([...files.keys()], policies))
  return { files, policies, hash: createHash('sha256').update(html).digest('hex') }
}

/** The documents as a page in one language has them. */
function documentsFor(documents: PageDocuments, { lang }: PageLanguage): PageDocuments {
  const { languages: _, ...own } = documentsIn(documents, lang)
  return own
}

/** A language beside the first, and the text of its file. */
function textsOf(documents: PageDocuments, language: PageLanguage): { language: LanguageFile; text: string } {
  const { lang, name, words } = language
  const texts: LanguageTexts = { words, documents: wordsOf(documentsFor(documents, language)) }
  const text = `${JSON.stringify({ x_generator: generatedBy, ...texts })}\n`
  return { language: { lang, name, texts: asset(`texts-${lang}`, 'json', text) }, text }
}

function asset(name: string, extension: string, text: string): Asset {
  const short = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const integrity = `sha384-${createHash('sha384').update(text).digest('base64')}`
  return { file: `${name}.${short}.${extension}`, integrity }
}

/** How requests reach a server: a page holds the one way that it uses. */
const ways = {
  http: `import { overHttp as over } from 'emp-compile-runtime/internal/session/over-http'`,
  tickets: `import { overTickets as over } from 'emp-compile-runtime/internal/session/over-tickets'`,
} as const

const workerEntry = `import { runWorker } from 'emp-compile-runtime/internal/page/worker'; import { client } from './client.ts'; runWorker(client)`

const script = (entry: string, directory: string, plugins: readonly Plugin[] = []) =>
  bundleForBrowsers(entry, {
    directory,
    legalComments: 'none',
    plugins: [...plugins, withoutFallback, withoutErrorTexts],
  })

async function style(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['emp-compile-runtime/page.css'],
    conditions,
    plugins: [ownRuntime],
    write: false,
    minify: true,
    banner: { css: `/* ${generatedBy} */` },
  })
  return outputFiles[0]?.text ?? ''
}

const iconText = `<!-- ${generatedBy} -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5394"/><path d="M10 15v-3a6 6 0 0 1 12 0v3h1v9H9v-9zm2.5 0h7v-3a3.5 3.5 0 0 0-7 0z" fill="#fff"/></svg>
`
