import { createHash } from 'node:crypto'
import { build } from 'esbuild'
import { type Contract, fingerprint } from '../../runtime/contract.ts'
import type { Connection, PageDocuments, PageModel } from '../../runtime/page/documents.ts'
import { ownPackage, root } from '../deploy/bundle.ts'
import { generatedBy } from '../version.ts'
import { type Asset, pageHtml } from './html.ts'
import { contentPolicy, headersFile, type Policies, workerPolicy } from './policy.ts'

export interface PageOptions {
  /** Where the model's `client.ts` lies. */
  readonly directory: string
  readonly contract: Contract
  readonly documents: PageDocuments
  readonly connection: Connection
  /** Origins beside the page's own that it talks to. */
  readonly origins: readonly string[]
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
  documents,
  connection,
  origins,
}: PageOptions): Promise<BuiltPage> {
  const policies = { page: contentPolicy(origins), worker: workerPolicy(contract.reveal) }
  const [workerText, styleText] = await Promise.all([
    script(
      `import { runWorker } from 'emp-compile/runtime/page/worker'; import { client } from './client.ts'; runWorker(client)`,
      directory,
    ),
    style(),
  ])
  const worker = asset('worker', 'js', workerText)
  const model: PageModel = { contract, documents, connection, worker }
  const mainText = await script(
    `import { runPage } from 'emp-compile/runtime/page/main'; runPage(${JSON.stringify(model)})`,
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
    fingerprint: print,
    policy: policies.page,
    script: main,
    style: css,
    icon: icon.file,
  })
  const files = new Map([
    ['index.html', html],
    [main.file, mainText],
    [worker.file, workerText],
    [css.file, styleText],
    [icon.file, iconText],
  ])
  files.set('_headers', headersFile([...files.keys()], policies))
  return { files, policies, hash: createHash('sha256').update(html).digest('hex') }
}

function asset(name: string, extension: string, text: string): Asset {
  const short = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const integrity = `sha384-${createHash('sha384').update(text).digest('base64')}`
  return { file: `${name}.${short}.${extension}`, integrity }
}

/** A module for browsers, with all that it imports. */
async function script(contents: string, resolveDir: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, sourcefile: 'entry.ts', loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    banner: { js: `// ${generatedBy}` },
    plugins: [ownPackage],
  })
  return outputFiles[0]?.text ?? ''
}

async function style(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}runtime/page/page.css`],
    write: false,
    minify: true,
    banner: { css: `/* ${generatedBy} */` },
  })
  return outputFiles[0]?.text ?? ''
}

const iconText = `<!-- ${generatedBy} -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5394"/><path d="M10 15v-3a6 6 0 0 1 12 0v3h1v9H9v-9zm2.5 0h7v-3a3.5 3.5 0 0 0-7 0z" fill="#fff"/></svg>
`
