import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, startServer, stop } from './support/processes.ts'

const readme = await readFile('README.md', 'utf8')
let directory = ''
beforeAll(async () => {
  // Inside the repository, so that the examples find the package by its own name.
  directory = await mkdtemp('test/.tmp-readme-')
  await symlink(resolve('generated'), join(directory, 'generated'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** A TypeScript example of the README, by the name in the comment above it. */
function example(name: string): string {
  const source = new RegExp(`<!-- example: ${name} -->\\n\`\`\`ts\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1]
  if (source === undefined) throw new Error(`README.md has no example "${name}"`)
  return source
}

/** Bundles an example into a program that runs in the directory. */
async function program(name: string): Promise<string> {
  const file = join(directory, `${name}.ts`)
  await writeFile(file, example(name))
  await build({
    entryPoints: [file],
    outfile: join(directory, `${name}.mjs`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['emp-compile-source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return `${name}.mjs`
}

test('the examples type-check', async () => {
  const names = [...readme.matchAll(/<!-- example: (\w+) -->/g)].map(([, name = '']) => name)
  expect(names).toEqual(['predict', 'serve'])
  for (const name of names) await writeFile(join(directory, `${name}.ts`), example(name))
  const config = { extends: '../../tsconfig.json', include: ['*.ts'] }
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(config))
  expect(await run('node_modules/.bin/tsc', ['-p', directory])).toMatchObject({ code: 0, stdout: '' })
})

test('the client example runs, against the served model', async () => {
  const client = await program('predict')
  const { child } = await startServer([resolve('generated/heart-disease')], directory)
  const { code, stdout, stderr } = await run(process.execPath, [client], directory)
  await stop(child)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^[01] \[ \d+, \d+ \]\n$/)
})

test('the server example runs, answers the client example, and ends when told to', async () => {
  const [client, server] = [await program('predict'), await program('serve')]
  const child = spawn(process.execPath, [server], { cwd: directory, stdio: ['ignore', 'inherit', 'inherit'] })
  try {
    const { code, stdout } = await run(process.execPath, [client], directory)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^[01] \[ \d+, \d+ \]\n$/) })
  } finally {
    expect(await stop(child)).toBe(0)
  }
})

test('the demo prints what the README shows, but for times and the folder', { timeout: 120_000 }, async () => {
  const { code, stdout } = await run(process.execPath, ['dist/bench/demo.js'])
  expect(code).toBe(0)
  const shown = /<!-- begin: npm run demo -->\n```\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const steady = (text: string) => text.trim().replace(/ *\d+ ms/g, ' N ms')
  expect(steady(stdout)).toBe(steady(shown))
  expect(stdout).toContain('all equal to the plaintext tree')
  expect(stdout).toContain('objects left in the store: 0')
})

test('every file that a document refers to is there', async () => {
  for (const file of ['README.md', 'compiler/README.md', 'runtime/README.md', 'datasets/README.md']) {
    const text = await readFile(file, 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)\s]+)\)/g)].map(([, link = '']) => join(file, '..', link))
    for (const link of links)
      await expect(
        readFile(link).catch((error) => error.code),
        link,
      ).resolves.not.toBe('ENOENT')
  }
})
