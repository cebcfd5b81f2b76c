import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { empCompile, type Finished } from '../support/processes.ts'

let directory = ''
const run = (...args: string[]) => empCompile(args, directory)
const model = resolve('generated/heart-disease-linear')

/** The text of the summary after a label, its lines joined. */
function lineOf({ stdout }: Finished, label: string): string {
  const [, text = ''] = new RegExp(`^${label} +(.*(?:\\n {15}.*)*)`, 'm').exec(stdout) ?? []
  return text.replace(/\s+/g, ' ')
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-linear-'))
  for (const name of ['iris', 'diabetes', 'heart-disease']) {
    await copyFile(`datasets/${name}.csv`, join(directory, `${name}.csv`))
  }
})
afterAll(() => rm(directory, { recursive: true }))

test.each([
  ['iris', '0.01', 'logistic regression: 4 of 4 numbers weighted'],
  ['diabetes', '0.1', 'linear regression: 10 of 10 numbers weighted'],
])('%s compiles, says who learns what, and verifies', async (name, penalty, said) => {
  const compiled = await run(`${name}.csv`, '--model', 'linear', '--penalty', penalty)
  expect(compiled).toMatchObject({ code: 0, stderr: '' })
  expect(lineOf(compiled, 'model')).toContain(said)
  expect(lineOf(compiled, 'cost')).toMatch(/^1 ciphertext up \(\d+\.\d kB\), 1 down \(\d+\.\d kB\), lattice, set S$/)
  const questions = (name === 'iris' ? 4 : 10) + 1
  expect(lineOf(compiled, 'client learns')).toMatch(
    new RegExp(`bounded by 2\\^-2\\d, .* ${questions} questions rebuild the model`),
  )
  expect(lineOf(compiled, 'server learns')).toContain('the additive part of BFV')
  const card = await readFile(join(directory, `generated/${name}/report/MODEL_CARD.md`), 'utf8')
  expect(card).not.toMatch(/undefined|NaN|tree|Paillier/)
  const verified = await run('verify', `generated/${name}`, '--data', `${name}.csv`)
  expect(verified.stdout).toMatch(/(150 of 150|442 of 442) rows equal, all equal \(lattice, set S, /)
})

test('the recipe in model.json makes the model again', async () => {
  const flags = [
    '--model',
    'linear',
    '--penalty',
    '0.05',
    '--l1-ratio',
    '1',
    '--class-weight',
    'balanced',
    '--folds',
    '3',
  ]
  expect(await run('iris.csv', ...flags, '--out', 'first')).toMatchObject({ code: 0 })
  const { options } = JSON.parse(await readFile(join(directory, 'first/report/model.json'), 'utf8'))
  expect(options).toMatchObject({ model: 'linear', penalty: 0.05, 'l1-ratio': 1, 'class-weight': 'balanced' })
  await writeFile(join(directory, 'recipe.json'), JSON.stringify(options))
  expect(await run('iris.csv', '--config', 'recipe.json', '--out', 'first', '--check')).toMatchObject({
    code: 0,
    stdout: 'first is up to date.\n',
  })
})

test('answers are told with their chances, in a table, as CSV and as JSON', async () => {
  const lines = (await readFile(join(directory, 'heart-disease.csv'), 'utf8')).split('\n')
  await writeFile(join(directory, 'rows.csv'), `${lines.slice(0, 3).join('\n')}\n`)
  const table = await run('predict', model, '--input', 'rows.csv', '--store', 'memory:')
  expect(table.stdout).toMatch(
    /^record +answer +chance by the model\nrows.csv:2 +0 +\d\d\.\d%\nrows.csv:3 +1 +9\d\.\d%\n$/,
  )
  expect(await run('predict', model, '--input', 'rows.csv', '--store', 'memory:', '--out', 'a.csv')).toMatchObject({
    code: 0,
  })
  const csv = await readFile(join(directory, 'a.csv'), 'utf8')
  expect(csv).toMatch(
    /^line,answer,score,probability: 0,probability: 1\n2,0,-\d+,0\.\d+,0\.\d+\n3,1,\d+,0\.\d+,0\.\d+\n$/,
  )
  const json = JSON.parse((await run('predict', model, '--input', 'rows.csv', '--store', 'memory:', '--json')).stdout)
  expect(json[1]).toMatchObject({
    kind: 'class',
    answer: '1',
    probability: { 0: expect.any(Number), 1: expect.any(Number) },
  })
})

test('options of other families are refused, and say whose they are', async () => {
  const refused = async (...args: string[]) => (await run('iris.csv', ...args)).stderr
  expect(await refused('--model', 'linear', '--max-depth', '3')).toContain('it is for --model tree')
  expect(await refused('--penalty', '3')).toContain('it is for --model additive or linear')
  expect(await refused('--model', 'linear', '--l1-ratio', '2')).toContain(
    '--l1-ratio is 2, but takes a number from 0 to 1',
  )
  expect(await refused('--model', 'linear', '--reveal', 'signs')).toContain('models of the family linear take score')
})
