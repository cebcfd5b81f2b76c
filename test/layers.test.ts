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
  ['libsodium is for one file', ({ from, to }) => isIn(to, 'libsodium') && !isIn(from, 'runtime/label/group.ts')],
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

test('opening a store loads the SDK for S3 only', async () => {
  const { metafile } = await build({
    entryPoints: ['runtime/store/index.ts'],
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'out',
    metafile: true,
  })
  const entry = metafile.outputs['out/index.js']?.imports ?? []
  const loadedAtOnce = (output: string): string[] =>
    (metafile.outputs[output]?.imports ?? [])
      .filter(({ kind }) => kind === 'import-statement')
      .flatMap(({ path }) => [path, ...loadedAtOnce(path)])
  expect(entry.filter(({ kind }) => kind === 'dynamic-import')).toHaveLength(1)
  expect(loadedAtOnce('out/index.js').filter((path) => path.startsWith('@aws-sdk/'))).toEqual([])
})

test.each([
  ['heart-disease', 'runtime/client.ts', /runtime\/label|libsodium/],
  ['heart-disease-label', 'runtime/label/client.ts', /runtime\/client|paillier\/(?!integer)|label\/(evaluation|sums)/],
])(
  'a client bundle of %s for browsers holds no server code, no SDK, no built-in module of Node, and nothing of the other way',
  async (model, own, others) => {
    const { metafile, outputFiles } = await build({
      stdin: { contents: `export { client } from './generated/${model}/client.ts'`, resolveDir: '.' },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      metafile: true,
      conditions: ['emp-compile-source'],
    })
    const inputs = Object.keys(metafile.inputs)
    expect(inputs).toContain(own)
    expect(inputs.filter((input) => /server|serve|http|store|hono|aws|compiler/.test(input))).toEqual([])
    expect(inputs.filter((input) => others.test(input))).toEqual([])
    expect(outputFiles[0]?.text).not.toMatch(/define(Label)?Server/)
  },
)
