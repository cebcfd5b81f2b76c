import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { empCompile } from '../support/processes.ts'

let directory = ''
const run = (...args: string[]) => empCompile(args, directory)
/** Without cross-validation of the recipe, and folds enough for figures. */
const quick = ['--model', 'boosted', '--trees', '12', '--max-depth', '2', '--learning-rate', '0.3', '--folds', '2']

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-boosted-'))
  for (const name of ['iris.csv', 'diabetes.csv', 'heart-disease.csv', 'heart-disease.schema.json']) {
    await copyFile(`datasets/${name}`, join(directory, name))
    const lines = (await readFile(`datasets/${name}`, 'utf8')).split('\n')
    await writeFile(join(directory, `rows-${name}`), `${lines.slice(0, 41).join('\n')}\n`)
  }
})
afterAll(() => rm(directory, { recursive: true }))

test.each([
  ['iris', 36, '40 of 40', []],
  ['diabetes', 12, '40 of 40', []],
  ['heart-disease', 12, '40 of 40', ['--guard']],
])('%s compiles, says who learns what, and verifies', async (name, trees, equal, words) => {
  const compiled = await run(`${name}.csv`, ...quick, ...words)
  expect(compiled).toMatchObject({ code: 0, stderr: '' })
  const text = compiled.stdout.replace(/\s+/g, ' ')
  expect(Number(/trees (\d+) trees, /.exec(text)?.[1])).toBeLessThanOrEqual(trees)
  expect(text).toContain('limit its rate')
  const card = await readFile(join(directory, `generated/${name}/report/MODEL_CARD.md`), 'utf8')
  expect(card).not.toMatch(/undefined|NaN/)
  expect(card).toContain('Gradient boosting for')
  const verified = await run('verify', `generated/${name}`, '--data', `rows-${name}.csv`)
  expect(verified.stdout).toContain(`${equal} rows equal, all equal`)
})

test('the recipe in model.json makes the model again, and the report tells what was compared', async () => {
  const words = ['--model', 'boosted', '--learning-rate', '0.3', '--max-depth', '1', '--folds', '2', '--cuts', '5']
  expect(await run('iris.csv', ...words, '--out', 'first')).toMatchObject({ code: 0 })
  const { options, boosting } = JSON.parse(await readFile(join(directory, 'first/report/model.json'), 'utf8'))
  expect(options).toMatchObject({ model: 'boosted', 'learning-rate': 0.3, 'max-depth': 1, cuts: 5, folds: 2 })
  expect(boosting.path.length).toBeGreaterThan(2)
  expect(await readFile(join(directory, 'first/report/report.html'), 'utf8')).toContain(`${boosting.trees} (chosen)`)
  // There is no pruning path that could flatter.
  expect(await readFile(join(directory, 'first/report/report.html'), 'utf8')).toMatch(/Another flatters: [\d.]+%/)
  await writeFile(join(directory, 'recipe.json'), JSON.stringify(options))
  expect(await run('iris.csv', '--config', 'recipe.json', '--out', 'first', '--check')).toMatchObject({
    code: 0,
    stdout: 'first is up to date.\n',
  })
})

test('the model in the repository predicts with its chance', async () => {
  const lines = (await readFile(join(directory, 'heart-disease.csv'), 'utf8')).split('\n')
  await writeFile(join(directory, 'rows.csv'), `${lines.slice(0, 3).join('\n')}\n`)
  const model = resolve('generated/heart-disease-boosted')
  const table = await run('predict', model, '--input', 'rows.csv', '--store', 'memory:')
  expect(table.stdout).toMatch(
    /^record +answer +chance by the model\nrows.csv:2 +0 +\d\d\.\d%\nrows.csv:3 +1 +[89]\d\.\d%\n$/,
  )
})

test('options of other families are refused, and say whose they are', async () => {
  const refused = async (...args: string[]) => (await run('iris.csv', ...args)).stderr
  expect(await refused('--model', 'boosted', '--penalty', '3')).toContain('it is for --model additive or linear')
  expect(await refused('--trees', '3')).toContain('it is for --model boosted')
  expect(await refused('--rounds', '3')).toContain('it is for --model additive')
  expect(await refused('--model', 'boosted', '--max-depth', '5')).toContain('takes a whole number from 1 to 4')
  expect(await refused('--model', 'boosted', '--reveal', 'label')).toContain('models of the family boosted take score')
})

test('--rounds of a model file: best, all, or as many as it has', async () => {
  const model = resolve('test/2-import/models/reference/heart-early-stopping.xgboost.json')
  const refused = async (rounds: string) => (await run(model, '--rounds', rounds)).stderr
  expect(await refused('13')).toContain('has 12 rounds, so --rounds 13 cannot be taken')
  expect(await refused('most')).toContain('takes best, all or a whole number from 1')
  expect(await refused('all')).toContain('rows with --data')
})
