import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { version } from '../../compiler/version.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { run } from '../support/processes.ts'

let directory = ''
const tarballs: string[] = []
const tsc = resolve('node_modules/.bin/tsc')

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-package-'))
  // The build is the one under test; scripts would make it anew under the feet of other tests.
  for (const workspace of [[], ['--workspace', 'runtime']]) {
    const packed = await run('npm', [
      'pack',
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      directory,
      ...workspace,
    ])
    const parsed: unknown = JSON.parse(packed.stdout)
    const [item] = Array.isArray(parsed) ? parsed : Object.values(parsed as object)
    tarballs.push(join(directory, item.filename))
  }
  await writeFile(join(directory, 'package.json'), '{ "private": true, "type": "module" }\n')
  const installed = await run('npm', ['install', '--prefer-offline', '--no-fund', '--no-audit', ...tarballs], directory)
  expect(installed, installed.stderr).toMatchObject({ code: 0 })
  await copyFile('test/cases/package/flowers.csv', join(directory, 'flowers.csv'))
}, 240_000)
afterAll(() => rm(directory, { recursive: true, force: true }))

test('the version is said once', () => {
  expect(version).toBe(packageJson.version)
})

const filesOf = async (tarball: string | undefined) =>
  (await run('tar', ['-tzf', tarball ?? ''])).stdout
    .trim()
    .split('\n')
    .map((file) => file.replace(/^package\//, ''))

test('the tarballs hold the build, the licence and the documents, and nothing of tests or benchmarks', async () => {
  const [compiler, runtime] = await Promise.all([filesOf(tarballs[0]), filesOf(tarballs[1])])
  expect(compiler).toEqual(expect.arrayContaining(['dist/compiler/cli/main.js', 'README.md', 'LICENSE']))
  expect(runtime).toEqual(expect.arrayContaining(['dist/schemes/signs/client.d.ts', 'DEPLOY.md', 'LICENSE']))
  const known =
    /^(dist\/.*\.(js|d\.ts)|dist\/page\/page\.css|dist\/compiler\/2-import\/sklearn\/export_sklearn\.py|(compiler\/)?[A-Z]+\.md|schemas\/(recipe|table)\.json|CHANGELOG\.md|LICENSE|package\.json|deploy\/[\w.-]+)$/
  expect([...compiler, ...runtime].filter((file) => !known.test(file))).toEqual([])
  expect(compiler.filter((file) => /^dist\/(?!compiler)/.test(file))).toEqual([])
  expect(runtime.filter((file) => file.includes('kernel/'))).toEqual([])
})

test('the runtime alone brings at most 6 packages and 3 MB', async () => {
  const alone = await mkdtemp(join(tmpdir(), 'emp-runtime-'))
  try {
    await writeFile(join(alone, 'package.json'), '{ "private": true, "type": "module" }\n')
    await run('npm', ['install', '--prefer-offline', '--no-fund', '--no-audit', tarballs[1] ?? ''], alone)
    const packages = (await readdir(join(alone, 'node_modules'))).filter((name) => !name.startsWith('.'))
    expect(packages).toContain('emp-compile-runtime')
    expect(packages.length).toBeLessThanOrEqual(6)
    const { stdout } = await run('du', ['-sk', '--apparent-size', join(alone, 'node_modules')])
    expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(3000)
  } finally {
    await rm(alone, { recursive: true, force: true })
  }
}, 180_000)

test('installed in an empty folder, it compiles another CSV, and the modules type-check and run there', async () => {
  const compiled = await run('npx', ['--no-install', 'emp-compile', 'flowers.csv'], directory)
  expect(compiled, compiled.stderr).toMatchObject({ code: 0 })
  await writeFile(
    join(directory, 'use.ts'),
    `import { overStore } from 'emp-compile-runtime/session'
import { serveStore } from 'emp-compile-runtime/serve'
import { memoryStore } from 'emp-compile-runtime/store'
import { type Answer, client, type Features } from './generated/flowers/client.ts'
import { server } from './generated/flowers/server.ts'

const flower: Features = { 'petal length': 1.4, colour: 'white' }
const store = memoryStore()
const stop = new AbortController()
void serveStore(server, store, { signal: stop.signal })
const { answer }: { answer: Answer } = await client.predict(flower, { via: overStore(store, client.contract) })
stop.abort()
console.log(answer, (await store.list('')).length)
`,
  )
  await writeFile(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2023',
        module: 'nodenext',
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        verbatimModuleSyntax: true,
        erasableSyntaxOnly: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        rewriteRelativeImportExtensions: true,
        lib: ['es2023', 'dom'],
        types: [],
        outDir: 'out',
        rootDir: '.',
      },
      include: ['use.ts', 'generated'],
    }),
  )
  const checked = await run(process.execPath, [tsc, '-p', '.'], directory)
  expect(checked).toMatchObject({ code: 0, stdout: '' })
  const ran = await run(process.execPath, ['out/use.js'], directory)
  expect(ran).toMatchObject({ code: 0, stdout: 'setosa 0\n', stderr: '' })
  expect(await readFile(join(directory, 'generated/flowers/client.ts'), 'utf8')).toContain("'petal length': number")
  const page = await run('npx', ['--no-install', 'emp-compile', 'page', 'generated/flowers'], directory)
  expect(page, page.stderr).toMatchObject({ code: 0 })
  const again = await run('npx', ['--no-install', 'emp-compile', 'page', 'generated/flowers'], directory)
  expect(again.stdout).toBe(page.stdout)
  const built = (await readdir(join(directory, 'page/flowers'))).map((file) => file.replace(/[0-9a-f]{16}/, '*'))
  expect(built.sort()).toEqual([
    '.gitignore',
    '_headers',
    'icon.*.svg',
    'index.html',
    'main.*.js',
    'style.*.css',
    'worker.*.js',
  ])
}, 120_000)
