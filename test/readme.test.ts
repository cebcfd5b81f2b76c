import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
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
  const source = new RegExp(`<!-- example: ${name} -->\\n+\`\`\`ts\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1]
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
  expect(stdout).toMatch(/^[01] \[ 0\.\d+, 0\.\d+ \]\n$/)
})

test('the server example runs, answers the client example, and ends when told to', async () => {
  const [client, server] = [await program('predict'), await program('serve')]
  const child = spawn(process.execPath, [server], { cwd: directory, stdio: ['ignore', 'inherit', 'inherit'] })
  try {
    const { code, stdout } = await run(process.execPath, [client], directory)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^[01] \[ 0\.\d+, 0\.\d+ \]\n$/) })
  } finally {
    expect(await stop(child)).toBe(0)
  }
})

test('the demo prints what README and tutorial show, but for times and the folder', { timeout: 120_000 }, async () => {
  const { code, stdout } = await run(process.execPath, ['dist/test/scripts/demo.js'])
  expect(code).toBe(0)
  const shownIn = (text: string, name: string) =>
    new RegExp(`<!-- begin: ${name} -->\\n+\`\`\`\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? expect.fail(name)
  const steady = (text: string) =>
    text
      .trim()
      .replace(/ *\d+ ms/g, ' N ms')
      .replace(/\b\d+\.\d s\b/g, 'N s')
  expect(steady(stdout)).toBe(steady(shownIn(await readFile('compiler/TUTORIAL.md', 'utf8'), 'npm run demo')))
  const end = steady(shownIn(readme, 'npm run demo \\(its end\\)'))
  expect(steady(stdout).endsWith(end)).toBe(true)
  expect(end).toContain('$ emp-compile serve')
  expect(stdout).toContain('all equal to the plaintext tree')
  expect(stdout).toContain('objects left in the store: 0')
})

test('it is short, and its first screen holds the table, the commands and an example', () => {
  const lines = readme.split('\n')
  expect(lines.length - 1).toBeLessThanOrEqual(220)
  const screen = lines.slice(0, 60).join('\n')
  for (const words of [
    'npm run demo',
    'npm test',
    '<!-- end: npm run readme -- models -->',
    'console.log(answer, shares)\n```',
  ]) {
    expect(screen).toContain(words)
  }
})

test('bytes and accuracy of its tables are those of the reports', async () => {
  const models = {
    'tree`, `signs': '',
    'tree`, `label': '-label',
    'additive`, `label': '-points',
    'linear`, `score': '-linear',
  }
  for (const [name, suffix] of Object.entries(models)) {
    const report = JSON.parse(await readFile(`generated/heart-disease${suffix}/report/model.json`, 'utf8'))
    const { requestBytes, replyBytes } = report.cost
    const rows = readme.split('\n').filter((line) => line.startsWith(`| \`${name}\` `))
    const [overview = '', costs = ''] = rows.map((row) => row.replace(/ +/g, ' '))
    expect(rows.length, name).toBe(2)
    expect(overview).toContain(`| ${(100 * report.figures.heldOut.pooled.accuracy).toFixed(1)} % |`)
    expect(overview).toContain(`| ${(requestBytes / 1000).toFixed(1)} + ${(replyBytes / 1000).toFixed(1)} |`)
    expect(costs).toContain(`| ${requestBytes} | ${replyBytes} |`)
  }
})

test('every file that a document refers to is there', async () => {
  const documents = ['.', 'compiler', 'runtime', 'datasets'].map(async (root) =>
    (await readdir(root)).filter((file) => file.endsWith('.md')).map((file) => join(root, file)),
  )
  for (const file of (await Promise.all(documents)).flat()) {
    const text = await readFile(file, 'utf8')
    const found = [...text.matchAll(/\]\((?!https?:|#)([^)\s#]+)(?:#[^)]*)?\)/g)]
    const links = found.map(([, link = '']) => join(file, '..', link))
    for (const link of links)
      await expect(
        readFile(link).catch((error) => error.code),
        link,
      ).resolves.not.toBe('ENOENT')
  }
})
