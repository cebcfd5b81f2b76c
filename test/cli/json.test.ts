import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandNames } from '../../compiler/cli/commands.ts'
import { empCompile, startServer, stop } from '../support/processes.ts'

/** `--json` of every command: the words after it, and its fields, as compiler/JSON.md lists them. */
const shapes: readonly (readonly [command: string, words: readonly string[], fields: readonly string[]])[] = [
  [
    'compile',
    ['visit.csv', '--prune', 'none', '--key-bits', '2048'],
    [
      ...[
        'name',
        'directory',
        'family',
        'reveal',
        'scheme',
        'rows',
        'figures',
        'path',
        'float',
        'quantised',
        'cuts',
        'sums',
      ],
      ...['cost', 'leakage', 'written', 'seconds'],
    ],
  ],
  ['compile --check', ['visit.csv', '--prune', 'none', '--check'], ['name', 'directory', 'stale']],
  ['schema', ['schema', 'visit.csv'], ['written', 'decide', 'notes', 'schema']],
  [
    'verify',
    ['verify', 'model', '--data', 'rows.csv'],
    ['name', 'rows', 'equal', 'different', 'refused', 'expected', 'seconds'],
  ],
  ['assess', ['assess', 'model', '--data', 'visit.csv'], ['rows', 'refused', 'figures']],
  [
    'compare',
    ['compare', 'a.json', 'b.json', 'visit.csv', '--folds', '3'],
    ['rows', 'folds', 'seed', 'first', 'second', 'differences', 'rightAlone'],
  ],
  ['predict', ['predict', 'model', '--input', 'record.json', '--store', 'memory:'], ['kind', 'answer', 'probability']],
  [
    'predict --out',
    ['predict', 'model', '--input', 'rows.csv', '--store', 'memory:', '--out', 'answers.csv'],
    ['out', 'rows', 'refused', 'before', 'seconds'],
  ],
  ['page', ['page', 'model'], ['name', 'directory', 'bytes', 'sha256', 'written']],
  ['client', ['client', 'model', '--bundle'], ['name', 'directory', 'written']],
  ['package', ['package', 'model', '--no-reply-key'], ['models', 'directory', 'written']],
  [
    'bench',
    ['bench', 'model', '--repeats', '1'],
    ['name', 'family', 'reveal', 'scheme', 'engine', 'ms', 'predicted', 'planned', 'perMillion'],
  ],
  ['code', ['code', 'visit.csv'], ['written', 'rows', 'cuts']],
  ['exporter', ['exporter'], ['file', 'script']],
  ['reply-key', ['reply-key', 'key.pem'], ['written', 'publicKey']],
  ['probe', ['probe', 'URL', '--model', 'model'], ['right', 'answer', 'seconds', 'contract']],
  ['an error', ['visit.csv', '--target', 'nobody'], ['error']],
]

let directory = ''
let served: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-json-'))
  await copyFile('test/cases/emit/visit.csv', join(directory, 'visit.csv'))
  const [header = '', ...rows] = (await readFile('test/cases/emit/visit.csv', 'utf8')).trimEnd().split('\n')
  await writeFile(join(directory, 'rows.csv'), `${[header, ...rows.slice(0, 2)].join('\n')}\n`)
  expect((await empCompile(['visit.csv', '--out', 'model', '--key-bits', '2048'], directory)).code).toBe(0)
  await writeFile(join(directory, 'a.json'), '{ "max-depth": 1 }')
  await writeFile(join(directory, 'b.json'), '{ "max-depth": 2, "shrinkage": "none" }')
  const client = await readFile(join(directory, 'model/page.json'), 'utf8')
  expect(client).not.toBe('')
  const names = header.split(',')
  const values = (rows[0] ?? '').split(',')
  await writeFile(
    join(directory, 'record.json'),
    JSON.stringify(Object.fromEntries(names.slice(0, -1).map((name, i) => [name, values[i]]))),
  )
  served = await startServer([resolve(directory, 'model'), '--port', '0', '--json', '--no-page'], directory)
})
afterAll(async () => {
  await stop(served.child)
  await rm(directory, { recursive: true })
})

test.each(shapes)('%s prints one JSON value with its fields', async (name, words, fields) => {
  const address = /http:\/\/[\w.:]+/.exec(served.log())?.[0] ?? ''
  const line = words.map((word) => (word === 'URL' ? address : word))
  const { code, stdout, stderr } = await empCompile([...line, '--json'], directory)
  const [text, other] = name === 'an error' ? [stderr, stdout] : [stdout, stderr]
  expect([code, other]).toEqual([name === 'an error' ? 2 : name.endsWith('--check') ? 1 : 0, ''])
  expect(Object.keys(JSON.parse(text))).toEqual(fields)
})

test.each([
  ['record.json', false],
  ['list.json', true],
])('predict --json of one record in %s: a list is %s', async (file, isList) => {
  const record = await readFile(join(directory, 'record.json'), 'utf8')
  await writeFile(join(directory, 'list.json'), `[${record}]`)
  const words = ['predict', 'model', '--input', file, '--store', 'memory:', '--json']
  const printed: unknown = JSON.parse((await empCompile(words, directory)).stdout)
  expect(Array.isArray(printed)).toBe(isList)
  expect([printed].flat()).toEqual([expect.objectContaining({ answer: expect.any(String) })])
})

test('serve --json logs a JSON object in each line', () => {
  const lines = served.log().trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ event: expect.any(String) })
})

test('the table has every command, and compiler/JSON.md every field', async () => {
  const tried = new Set(shapes.map(([, [word = '']]) => word))
  expect([...commandNames].filter((name) => !tried.has(name) && name !== 'serve')).toEqual([])
  const document = await readFile('compiler/JSON.md', 'utf8')
  for (const [name, , fields] of shapes) {
    const row = document.split('\n').find((line) => line.startsWith(`| \`${name}\` `) || line.startsWith(`| ${name} `))
    expect(row, name).toBeDefined()
    for (const field of fields) expect(row, `${name}: ${field}`).toContain(`\`${field}\``)
  }
})
