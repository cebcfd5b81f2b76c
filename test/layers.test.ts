import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** Every import of the sources, as paths from the root of the package or names of other packages. */
const imports = ['compiler', 'runtime', 'generated'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const from = join(root, file)
      const specifiers = readFileSync(from, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)
      return [...specifiers].map(([, specifier = '']) => ({
        from,
        to: specifier.startsWith('.') ? join(dirname(from), specifier) : specifier,
      }))
    }),
)

const isIn = (path: string, ...folders: string[]) =>
  folders.some((folder) => path === folder || path.startsWith(folder))
const nouns = ['table', 'tree', 'plan', 'errors', 'version', 'wrap'].map((name) => `compiler/${name}.ts`)
const pass = (path: string) => Number(/^compiler\/(\d)-/.exec(path)?.[1] ?? 0)

test('the sources import anything at all', () => {
  expect(imports.length).toBeGreaterThan(100)
})

test.each<[rule: string, broken: (edge: { from: string; to: string }) => boolean]>([
  [
    'the runtime uses neither compiler nor generated modules',
    ({ from, to }) => isIn(from, 'runtime/') && isIn(to, 'compiler/', 'generated/'),
  ],
  [
    'of the runtime, the compiler uses contract, grid, and what a page shows; its commands, which run it, use all',
    ({ from, to }) =>
      isIn(from, 'compiler/') &&
      !isIn(from, 'compiler/cli/') &&
      isIn(to, 'runtime/') &&
      !isIn(to, 'runtime/contract.ts', 'runtime/grid.ts', 'runtime/page/documents.ts', 'runtime/page/questions.ts'),
  ],
  [
    'a pass imports lower passes and the nouns only',
    ({ from, to }) =>
      pass(from) > 0 && isIn(to, 'compiler/') && !nouns.includes(to) && !(pass(to) > 0 && pass(to) <= pass(from)),
  ],
  [
    'the nouns import nouns only',
    ({ from, to }) => nouns.includes(from) && isIn(to, 'compiler/') && !nouns.includes(to),
  ],
  [
    'nothing but the commands imports the commands',
    ({ from, to }) => isIn(to, 'compiler/cli/') && !isIn(from, 'compiler/cli/'),
  ],
  [
    'files are touched in one place of each side',
    ({ from, to }) =>
      isIn(to, 'node:fs', 'fs') && !isIn(from, 'compiler/1-read/', 'compiler/cli/', 'runtime/store/directory.ts'),
  ],
  [
    'an AWS SDK is for its own files',
    ({ from, to }) => isIn(to, '@aws-sdk/') && !isIn(from, 'runtime/store/s3', 'runtime/lambda.ts'),
  ],
  [
    'generated modules import the runtime by its public name',
    ({ from, to }) => isIn(from, 'generated/') && !isIn(to, 'emp-compile/runtime/'),
  ],
])('%s', (_, broken) => {
  expect(imports.filter(broken)).toEqual([])
})

test('the way over tickets, for browsers, holds no SDK either', async () => {
  const { metafile } = await build({
    stdin: { contents: `export { overTickets } from './runtime/session.ts'`, resolveDir: '.' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    metafile: true,
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs).toContain('runtime/over-tickets.ts')
  expect(inputs.filter((input) => /server|serve|http|hono|aws|compiler/.test(input))).toEqual([])
})

test('a client bundle for browsers holds no server code, no SDK and no built-in module of Node', async () => {
  const { metafile, outputFiles } = await build({
    stdin: { contents: `export { client } from './generated/heart-disease/client.ts'`, resolveDir: '.' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    conditions: ['emp-compile-source'],
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs).toContain('runtime/client.ts')
  expect(inputs.filter((input) => /server|serve|http|store|hono|aws|compiler/.test(input))).toEqual([])
  expect(outputFiles[0]?.text).not.toContain('defineServer')
})
