import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** The sources by their path. */
const sources = new Map(
  ['compiler', 'runtime', 'generated'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/(^|\/)(dist|node_modules)\//.test(file))
      .map((file): [string, string] => [join(root, file), readFileSync(join(root, file), 'utf8')]),
  ),
)

/** Every import, as paths from the root of the repository or names of other packages; types among them. */
const imports = [...sources].flatMap(([from, text]) =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) => ({
    from,
    to: specifier.startsWith('.')
      ? join(dirname(from), specifier)
      : specifier.replace(/^emp-compile-runtime\/internal\/(.*)$/, 'runtime/$1.ts'),
  })),
)

const isIn = (path: string, ...folders: string[]) =>
  folders.some((folder) => path === folder || path.startsWith(folder))
const nouns = [
  ...[
    'table',
    'model',
    'tree',
    'points',
    'points-fault',
    'linear',
    'network',
    'polynomial',
    'trees',
    'plan',
    'errors',
    'version',
    'text',
    'options',
    'evidence',
    'folds',
    'missing',
    'public-cuts',
    'nearest',
    'watch',
  ],
].map((name) => `compiler/${name}.ts`)
const pass = (path: string) => Number(/^compiler\/(\d)-/.exec(path)?.[1] ?? 0)

test('the sources import anything at all', () => {
  expect(imports.length).toBeGreaterThan(100)
})

test.each<[rule: string, broken: (edge: { from: string; to: string }) => boolean]>([
  [
    'the runtime uses neither compiler nor generated modules',
    ({ from, to }) => isIn(from, 'runtime/') && isIn(to, 'compiler/', 'generated/', 'emp-compile'),
  ],
  [
    'the compiler imports the runtime by its name',
    ({ from, to }) => isIn(from, 'compiler/') && isIn(to, 'runtime/') && !sources.has(to),
  ],
  [
    'the cryptosystems know no contract',
    ({ from, to }) =>
      isIn(from, 'runtime/paillier/', 'runtime/ristretto/', 'runtime/lattice/') &&
      isIn(to, 'runtime/contract.ts', 'runtime/schemes/', 'runtime/wire/', 'runtime/session/', 'runtime/serving/'),
  ],
  [
    'schemes stand behind their doors: of one, only the lists import',
    ({ from, to }) =>
      /^(compiler|runtime)\/schemes\/\w+\//.test(to) &&
      !isIn(from, 'compiler/schemes/', 'runtime/schemes/', 'generated/'),
  ],
  [
    'a scheme imports no other one',
    ({ from, to }) => {
      const [own, other] = [from, to].map((path) => /^(?:compiler|runtime)\/schemes\/(\w+)\//.exec(path)?.[1])
      return own !== undefined && other !== undefined && own !== other
    },
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
    'report and schemes import no trainer and no reader',
    ({ from, to }) => isIn(from, 'compiler/report/', 'compiler/schemes/', 'compiler/emit/') && pass(to) > 0,
  ],
  [
    'nothing but the commands imports the commands',
    ({ from, to }) => isIn(to, 'compiler/cli/') && !isIn(from, 'compiler/cli/'),
  ],
  [
    'files are touched in one place of each side',
    ({ from, to }) =>
      isIn(to, 'node:fs', 'fs') &&
      !isIn(from, 'compiler/1-read/', 'compiler/cli/', 'runtime/store/directory', 'runtime/paillier/kernel/') &&
      !isIn(from, 'runtime/ristretto/kernel/'),
  ],
  [
    'an AWS SDK is for its own files',
    ({ from, to }) => isIn(to, '@aws-sdk/') && !isIn(from, 'runtime/store/s3', 'runtime/serving/lambda.ts'),
  ],
  ['libsodium is for one file', ({ from, to }) => isIn(to, 'libsodium') && !isIn(from, 'runtime/ristretto/sodium')],
  [
    'what a kernel is made from is in no build of it',
    ({ from, to }) => /^runtime\/\w+\/kernel\//.test(to) && !/^runtime\/\w+\/kernel\//.test(from),
  ],
  [
    'generated modules import the runtime by its public name, and nothing else',
    ({ from, to }) => isIn(from, 'generated/') && !isIn(to, 'emp-compile-runtime/schemes/'),
  ],
])('%s', (_, broken) => {
  expect(imports.filter(broken)).toEqual([])
})

test('no import closes a circle, types included', () => {
  const edges = new Map<string, string[]>()
  for (const { from, to } of imports) if (sources.has(to)) edges.set(from, [...(edges.get(from) ?? []), to])
  const state = new Map<string, 'open' | 'done'>()
  const circles: string[] = []
  const visit = (file: string, path: readonly string[]) => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      return
    }
    state.set(file, 'open')
    for (const next of edges.get(file) ?? []) visit(next, [...path, file])
    state.set(file, 'done')
  }
  for (const file of sources.keys()) visit(file, [])
  expect(circles).toEqual([])
})

test('no file outside of schemes names a scheme', () => {
  const names = readdirSync('compiler/schemes', { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  )
  expect(names.length).toBeGreaterThan(1)
  const reveals = ['signs', 'label', 'score']
  const literal = new RegExp(`(['"\`])(${reveals.join('|')})\\1`)
  // The words themselves are English too; what stands for a scheme is a name made with one of them.
  const kinds = ['Contract', 'Plan', 'Cost', 'Key', 'Answer', 'Client', 'Server', 'Leakage', 'Task', 'Settings']
  const identifier = new RegExp(`\\b(${names.join('|')})(${kinds.join('|')})\\b`, 'i')
  const offenders = [...sources]
    .filter(([file]) => !isIn(file, 'compiler/schemes/', 'runtime/schemes/', 'generated/'))
    // A cryptosystem may have a scheme's name; it knows no contract.
    .filter(([file]) => !isIn(file, 'runtime/lattice/'))
    // An element of HTML has the name of a reveal.
    .map(([file, text]) => [file, text.replaceAll("element('label',", '')] as const)
    .filter(([, text]) => literal.test(text) || identifier.test(text))
  expect(offenders.map(([file]) => file)).toEqual([])
})

test('files are short, and the root of the runtime holds what both ends know', () => {
  const long = [...sources].filter(([file, text]) => !isIn(file, 'generated/') && text.split('\n').length - 1 > 320)
  expect(long.map(([file]) => file)).toEqual([])
  const atRoot = readdirSync('runtime').filter((file) => file.endsWith('.ts'))
  expect(atRoot.length).toBeLessThanOrEqual(8)
})

test('an exported name has one meaning', () => {
  const places = new Map<string, string[]>()
  for (const [file, text] of sources) {
    // A model's modules all export the same; so do assembled kernels, and what writes them.
    if (isIn(file, 'generated/') || /\/(wasm-\w+|kernel\/build)\.ts$/.test(file)) continue
    const declared = /^export (?:async |abstract )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm
    // Overloads and a type beside its constant are one name of one file.
    for (const name of new Set([...text.matchAll(declared)].map(([, name = '']) => name)))
      places.set(name, [...(places.get(name) ?? []), file])
  }
  expect(places.size).toBeGreaterThan(500)
  expect([...places].filter(([, files]) => files.length > 1)).toEqual([])
})

test('the way over tickets, for browsers, holds no SDK either', async () => {
  const { metafile } = await build({
    stdin: { contents: `export { overTickets } from './runtime/session/index.ts'`, resolveDir: '.' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    metafile: true,
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs).toContain('runtime/session/over-tickets.ts')
  expect(inputs.filter((input) => /server|serve|hono|aws|compiler/.test(input))).toEqual([])
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
  ['heart-disease', 'runtime/schemes/signs/client.ts', /schemes\/label|libsodium/],
  [
    'heart-disease-label',
    'runtime/schemes/label/client.ts',
    /schemes\/signs|paillier\/(?!integer)|label\/(evaluation|sums)/,
  ],
  [
    'heart-disease-linear',
    'runtime/schemes/lattice/client.ts',
    /schemes\/(signs|label)|paillier\/(?!integer)|ristretto|libsodium|lattice\/(evaluate|model|noise|blinding)/,
  ],
  [
    'heart-disease-boosted',
    'runtime/schemes/sums/client.ts',
    /schemes\/(signs|lattice|points)|paillier\/(?!integer)|sums\/(evaluation|layout|server)/,
  ],
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
