import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../compiler/folds.ts'
import { empCompile, type Finished } from '../support/processes.ts'

let directory = ''
/** Compiles with small keys, as they are of no matter here. */
const compile = (...args: string[]) => empCompile([...args, '--key-bits', '2048'], directory)
const textOf = (file: string) => readFile(join(directory, file), 'utf8')
const write = (file: string, header: string, rows: readonly (readonly unknown[])[]) =>
  writeFile(join(directory, file), `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`)
const times = <T>(n: number, of: (i: number) => T) => Array.from({ length: n }, (_, i) => of(i))

interface Model {
  readonly depth: number
  readonly leaves: number
  readonly classes: readonly string[] | null
  readonly columns: readonly { name: string; kind: string }[]
  readonly options: Record<string, unknown>
  readonly tree: unknown
  readonly figures: { heldOut: { folds: number | null; pooled: { rows: number } } | null }
}
const modelOf = async (out: string): Promise<Model> => JSON.parse(await textOf(`${out}/report/model.json`))

/** Compiles, and gives the model that has been written. */
async function model(out: string, ...args: string[]): Promise<Model> {
  const finished = await compile(...args, '--name', 'model', '--out', out)
  expect(finished).toMatchObject({ code: 0, stderr: '' })
  return modelOf(out)
}

/** Every file below a directory, with its contents. */
async function contentsOf(out: string): Promise<Record<string, string>> {
  const entries = await readdir(join(directory, out), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const names = files.map((file) => file.slice(join(directory, out).length))
  return Object.fromEntries(
    await Promise.all(files.map(async (file, i) => [names[i] ?? '', await readFile(file, 'utf8')])),
  )
}

/** The summary's figure on rows not seen, in percent. */
const accuracyOf = ({ stdout }: Finished) =>
  Number(/^accuracy +([\d.]+)%[\s\S]*? on rows\s+not\s+seen/m.exec(stdout)?.[1])

/** A message for people: one error, no stack. */
function expectRefusal({ code, stdout, stderr }: Finished, ...says: string[]): void {
  expect(stderr).toMatch(/^emp-compile: .*/)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(stderr).not.toMatch(/undefined|\[object/)
  for (const words of says) expect(stderr).toContain(words)
  expect([code, stdout]).toEqual([2, ''])
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-recipe-'))
  await copyFile('datasets/heart-disease.csv', join(directory, 'heart.csv'))
  for (const file of ['datasets/iris.csv', 'datasets/diabetes.csv', 'test/reference/synthetic.csv']) {
    await copyFile(file, join(directory, basename(file)))
  }
  await write('duplicate.csv', 'x,z,x,y', [
    [1, 2, 3, 'a'],
    [2, 3, 4, 'b'],
  ])
  await write(
    'levels.csv',
    'text,y',
    times(10_000, (i) => [`level ${i}`, 'ab'[i % 2]]),
  )
  await write('row.csv', 'x,y', [[1, 'a']])
  await write(
    'constant.csv',
    'x,z,y',
    times(40, (i) => [7, 'red', 'ab'[i % 2]]),
  )
  await write(
    'constant-numbers.csv',
    'x,z,y',
    times(40, (i) => [7, 1.5, i]),
  )
  const weighted = (weight: (i: number) => unknown) =>
    times(60, (i) => [i, weight(i), i % 9 === 0 ? 'b' : 'ab'[+(i > 29)]])
  await write(
    'weighted.csv',
    'x,w,y',
    weighted((i) => (i % 9 === 0 ? 20 : 0.5)),
  )
  await write(
    'negative.csv',
    'x,w,y',
    weighted((i) => (i === 7 ? -1.5 : 1)),
  )
  await write(
    'text.csv',
    'x,w,y',
    weighted((i) => (i === 7 ? 'much' : 1)),
  )
  await write(
    'missing.csv',
    'x,w,y',
    weighted((i) => (i === 7 ? '?' : 1)),
  )
  await write(
    'nothing.csv',
    'x,w,y',
    weighted(() => 0),
  )
  await write(
    'rare.csv',
    'x,y',
    times(60, (i) => [i, i < 10 ? 'rare' : 'frequent']),
  )
})
afterAll(() => rm(directory, { recursive: true }))

describe('--prune', () => {
  test('is the default: fewer leaves than --max-depth 9, and no less accurate on rows not seen', async () => {
    const [pruned, deep] = [
      await compile('heart.csv', '--out', 'pruned'),
      await compile('heart.csv', '--out', 'deep', '--max-depth', '9'),
    ]
    expect([pruned.code, deep.code]).toEqual([0, 0])
    const [few, many] = [await modelOf('pruned'), await modelOf('deep')]
    expect(few.leaves).toBeGreaterThan(1)
    expect(few.leaves).toBeLessThan(many.leaves / 3)
    expect(accuracyOf(pruned)).toBeGreaterThan(60)
    expect(accuracyOf(pruned)).toBeGreaterThanOrEqual(accuracyOf(deep))
    expect(pruned.stdout).toMatch(new RegExp(`^pruning +${few.leaves} leaves of \\d+`, 'm'))
    expect(deep.stdout).not.toMatch(/^pruning/m)
    expect([few.options, many.options]).toMatchObject([
      { prune: 'cv', seed: 0 },
      { prune: 'none', 'max-depth': 9 },
    ])
  })

  test('none keeps all, and bounds are then those of scikit-learn', async () => {
    const whole = await model('whole', 'heart.csv', '--prune', 'none')
    expect(whole.options).toMatchObject({ prune: 'none', 'min-samples-leaf': 1, 'min-samples-split': 2 })
    expect(Object.keys(whole.options)).not.toContain('ccp-alpha')
    expect(whole.leaves).toBeGreaterThan(50)
  })

  test('cv with bounds prunes within them', async () => {
    const bounded = await model('bounded', 'heart.csv', '--max-depth', '9', '--prune', 'cv')
    expect(bounded.options).toMatchObject({ 'max-depth': 9, prune: 'cv', seed: 0 })
    expect(bounded.leaves).toBeLessThan(20)
  })

  test('--folds and --seed are those of the pruning and of the figures', async () => {
    const some = await model('some', 'heart.csv', '--folds', '4', '--seed', '3')
    expect(some.options).toMatchObject({ prune: 'cv', folds: 4, seed: 3 })
    expect(some.figures.heldOut?.folds).toBe(4)
  })
})

describe('--config', () => {
  const config = async (recipe: unknown) => {
    await writeFile(join(directory, 'recipe.json'), JSON.stringify(recipe))
    return ['--config', 'recipe.json']
  }

  test('gives the same files as the same options on the command line', async () => {
    const options = {
      criterion: 'entropy',
      'max-depth': 4,
      'min-samples-leaf': 0.02,
      'class-weight': '{"1": 2}',
      drop: 'chol,fbs',
      categorical: 'cp',
      folds: 5,
      seed: 9,
    }
    const line = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
    const direct = await model('direct', 'heart.csv', ...line)
    expect(direct.options).toMatchObject({ criterion: 'entropy', 'max-depth': 4, 'min-samples-leaf': 0.02 })
    await model('configured', 'heart.csv', ...(await config(options)))
    expect(await contentsOf('configured')).toEqual(await contentsOf('direct'))
    expect(Object.keys(await contentsOf('direct')).length).toBeGreaterThanOrEqual(5)
  })

  test('takes the options of a model.json, and makes the model again', async () => {
    const growth = ['--max-depth', '4', '--prune', 'cv', '--folds', '4', '--criterion', 'entropy', '--drop', 'chol']
    const { options } = await model('first', 'heart.csv', ...growth)
    await model('second', 'heart.csv', ...(await config(options)))
    expect(await contentsOf('second')).toEqual(await contentsOf('first'))
  })

  test('the command line comes first', async () => {
    const both = await model('both', 'heart.csv', ...(await config({ 'max-depth': 2, seed: 4 })), '--max-depth', '3')
    expect(both.depth).toBe(3)
  })

  test('takes lists and objects, as JSON has them', async () => {
    const direct = await model(
      'direct-lists',
      'heart.csv',
      '--drop',
      'chol,fbs',
      '--class-weight',
      '{"0": 1.5, "1": 2}',
    )
    const recipe = await config({ drop: ['chol', 'fbs'], 'class-weight': { 0: 1.5, 1: 2 } })
    expect(await model('lists', 'heart.csv', ...recipe)).toEqual(direct)
  })

  test.each([
    ['an unknown key', { 'max-dept': 3 }, 'max-dept'],
    ['an unknown key beside known ones', { 'max-depth': 3, prunning: 'cv' }, 'prunning'],
    ['a value out of range', { 'max-depth': 0 }, '--max-depth'],
    ['a wrong choice', { prune: 'maybe' }, 'maybe'],
    ['a text for a number', { 'ccp-alpha': 'much' }, 'ccp-alpha'],
  ])('refuses %s', async (_, recipe, says) => {
    expectRefusal(await compile('heart.csv', '--out', 'refused', ...(await config(recipe))), says)
    await expect(readdir(join(directory, 'refused'))).rejects.toThrow('ENOENT')
  })

  test('refuses a recipe that is not there, or no JSON, by name', async () => {
    expectRefusal(await compile('heart.csv', '--config', 'absent.json'), 'absent.json')
    await writeFile(join(directory, 'broken.json'), '{"max-depth": 3')
    expectRefusal(await compile('heart.csv', '--config', 'broken.json'), 'broken.json')
  })
})

describe('what the data is', () => {
  const namesOf = ({ columns }: Model) => columns.map(({ name }) => name)
  const used = 'age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal'.split(',')

  test('--drop leaves columns out, everywhere', async () => {
    const without = await model('dropped', 'heart.csv', '--drop', 'thal, cp')
    expect(namesOf(without)).toEqual(used.filter((name) => !['thal', 'cp'].includes(name)))
    expect(await textOf('dropped/client.ts')).not.toMatch(/\bthal\b/)
    expect(JSON.stringify(without.tree)).not.toMatch(/"feature":"(thal|cp)\b/)
  })

  test('--categorical makes codes of numbers one feature per level', async () => {
    const before = await model('codes', 'heart.csv', '--max-depth', '4')
    expect(before.columns.find(({ name }) => name === 'cp')?.kind).toBe('number')
    const after = await model('categories', 'heart.csv', '--max-depth', '4', '--categorical', 'cp,thal')
    const kinds = after.columns.filter(({ kind }) => kind === 'text').map(({ name }) => name)
    expect(kinds).toEqual(['cp', 'thal'])
    expect(JSON.stringify(after.tree)).toMatch(/"feature":"(cp|thal) = \\"[1-7]/)
  })

  test('--task makes numbers of answers, and answers of numbers', async () => {
    const numbers = await model('numbers', 'heart.csv', '--task', 'regression')
    expect(numbers.classes).toBeNull()
    expect(Object.keys(numbers.options)).not.toContain('criterion')
    const few = times(60, (i) => [i, i % 12])
    await write('twelve.csv', 'x,y', few)
    expect((await model('twelve', 'twelve.csv', '--max-depth', '2')).classes).toBeNull()
    const answers = await model('answers', 'twelve.csv', '--max-depth', '2', '--task', 'classification')
    expect(answers.classes).toEqual(times(12, String))
    expect((await compile('heart.csv', '--task', 'regression')).stdout).toMatch(/^error +RMSE [\d.]+ /m)
  })

  test('--class-weight, balanced and as JSON', async () => {
    const growth = ['--max-depth', '1', '--min-samples-leaf', '20', '--drop', 'none']
    // At 0 three quarters are common, at 1 all of them.
    const rows = times(100, (i) => [+(i >= 60), i % 7, i < 60 && i % 4 === 0 ? 'rare' : 'common'])
    await write('unbalanced.csv', 'x,none,y', rows)
    const plain = await model('plain', 'unbalanced.csv', ...growth)
    const balanced = await model('balanced', 'unbalanced.csv', ...growth, '--class-weight', 'balanced')
    const given = await model('given', 'unbalanced.csv', ...growth, '--class-weight', '{"rare": 3.5}')
    const less = await model('less', 'unbalanced.csv', ...growth, '--class-weight', '{"rare": 2.5}')
    const answersOf = async (out: string) =>
      [...(await textOf(`${out}/client.ts`)).matchAll(/answer: '(\w+)'/g)].map(([, answer]) => answer)
    expect([plain, balanced, given, less].map(({ options }) => options['class-weight'])).toEqual([
      undefined,
      'balanced',
      { rare: 3.5 },
      { rare: 2.5 },
    ])
    expect(await answersOf('balanced')).toContain('rare')
    expect(await answersOf('given')).toEqual(await answersOf('balanced'))
    expect(await answersOf('plain')).not.toContain('rare')
    expect(await answersOf('less')).not.toContain('rare')
  })

  test('--sample-weight weighs rows, and is no feature', async () => {
    const growth = ['--max-depth', '2', '--min-samples-leaf', '5']
    const unweighted = await model('unweighted', 'weighted.csv', ...growth, '--drop', 'w')
    const weighted = await model('weighted', 'weighted.csv', ...growth, '--sample-weight', 'w')
    expect([namesOf(unweighted), namesOf(weighted)]).toEqual([['x'], ['x']])
    expect(weighted.tree).not.toEqual(unweighted.tree)
    for (const text of Object.values(await contentsOf('weighted'))) expect(text).not.toContain('[object')
    expect(await textOf('weighted/client.ts')).not.toMatch(/\bw\b['"]?:/)
  })

  test('--criterion log_loss is entropy, and is not gini', async () => {
    const growth = ['heart.csv', '--min-samples-leaf', '15', '--criterion']
    const { tree } = await model('log-loss', ...growth, 'log_loss')
    await model('entropy', ...growth, 'entropy')
    expect(await contentsOf('log-loss')).toEqual(await contentsOf('entropy'))
    expect((await model('gini', ...growth, 'gini')).tree).not.toEqual(tree)
  })
})

describe('--test-size', () => {
  test('holds rows out once instead of cross-validation', async () => {
    const held = await model('held', 'heart.csv', '--test-size', '0.25')
    expect(held.figures.heldOut).toMatchObject({ folds: null, pooled: { rows: 76 } })
    const other = await model('held-otherwise', 'heart.csv', '--test-size', '0.25', '--seed', '5')
    expect(other.figures.heldOut?.pooled).not.toEqual(held.figures.heldOut?.pooled)
  })

  test('may leave fewer rows of an answer than there are folds', async () => {
    const held = await model('held-rare', 'rare.csv', '--test-size', '0.3')
    expect(held.figures.heldOut?.pooled.rows).toBe(18)
  })
})

describe('refuses', () => {
  const features = 'age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal'
  const given: [string, string[], ...string[]][] = [
    ['a criterion that is not there', ['heart.csv', '--criterion', 'mse'], 'criterion', 'mse', 'gini', 'squared_error'],
    ['squared_error of answers', ['heart.csv', '--criterion', 'squared_error'], '--criterion', 'squared_error', 'gini'],
    ['gini of numbers', ['diabetes.csv', '--criterion', 'gini'], '--criterion', '"gini"', 'squared_error'],
    ['log_loss of numbers', ['diabetes.csv', '--criterion', 'log_loss'], '--criterion', 'squared_error'],
    ['a negative alpha', ['heart.csv', '--ccp-alpha', '-0.1'], '--ccp-alpha', '-0.1', 'at least 0'],
    ['an alpha of no number', ['heart.csv', '--ccp-alpha', 'x'], '--ccp-alpha', 'at least 0'],
    ['weights of numbers', ['diabetes.csv', '--class-weight', 'balanced'], '--class-weight', '"balanced"', 'numbers'],
    ['a class that is not there', ['heart.csv', '--class-weight', '{"2":1}'], '--class-weight', '"2"', '"0", "1"'],
    ['weights that are no JSON', ['heart.csv', '--class-weight', '{1:2}'], '--class-weight', '{1:2}', 'balanced'],
    ['weights in a list', ['heart.csv', '--class-weight', '[1,2]'], '--class-weight', '[1,2]', 'balanced'],
    ['a weight of 0', ['heart.csv', '--class-weight', '{"1":0}'], '--class-weight', 'above 0', '"1"'],
    ['a weight of text', ['heart.csv', '--class-weight', '{"1":"2"}'], '--class-weight', 'above 0', '"1"'],
    ['one fold', ['heart.csv', '--folds', '1'], '--folds', ' 1,', 'at least 2'],
    ['half a fold', ['heart.csv', '--folds', '2.5'], '--folds', '2.5', 'whole number'],
    ['more folds than rows', ['rare.csv', '--folds', '100000'], '--folds', '100000', 'number of rows'],
    ['more folds than rows of numbers', ['diabetes.csv', '--folds', '443'], '--folds', '443', 'rows'],
    ['no repeats', ['heart.csv', '--repeats', '0'], '--repeats', ' 0,', 'at least 1'],
    ['a negative seed', ['heart.csv', '--seed', '-1'], '--seed', '-1', 'at least 0'],
    ['a test size of 1.5', ['heart.csv', '--test-size', '1.5'], '--test-size', '1.5', 'between 0 and 1'],
    ['a test size of 0', ['heart.csv', '--test-size', '0'], '--test-size', ' 0,', 'between 0 and 1'],
    ['a share above 1', ['heart.csv', '--min-samples-leaf', '1.5'], '--min-samples-leaf', '1.5', 'share'],
    ['a column that is not there', ['heart.csv', '--drop', 'age,salt'], 'heart.csv:1', '--drop', '"salt"', '"age"'],
    ['the target dropped', ['heart.csv', '--drop', 'target'], '--drop', '"target"'],
    ['all columns dropped', ['heart.csv', '--drop', features], '--drop'],
    ['a category that is not there', ['heart.csv', '--categorical', 'salt'], '--categorical', '"salt"'],
    ['a name twice', ['duplicate.csv'], 'duplicate.csv:1:3', '"x"', 'Rename'],
    ['a text for every row', ['levels.csv'], 'levels.csv:2:1', '"text"', '10000', 'at most 32'],
    ['one row', ['row.csv'], 'row.csv', '"a"', '"y"'],
    ['weights that are not there', ['weighted.csv', '--sample-weight', 'v'], '--sample-weight', '"v"', '"w"'],
    ['negative weights', ['negative.csv', '--sample-weight', 'w'], 'negative.csv:9:2', '"-1.5"', '--sample-weight'],
    ['weights of text', ['text.csv', '--sample-weight', 'w'], 'text.csv:9:2', '"much"', '--sample-weight'],
    ['weights that are missing', ['missing.csv', '--sample-weight', 'w'], 'missing.csv:9:2', '"?"', '--sample-weight'],
    ['weights of nothing but 0', ['nothing.csv', '--sample-weight', 'w'], 'nothing.csv', '--sample-weight', '0'],
  ]
  test.each(given)('%s', async (_, args, ...says) => {
    expectRefusal(await compile(...args, '--out', 'refused'), ...says)
    await expect(readdir(join(directory, 'refused'))).rejects.toThrow('ENOENT')
  })
})

test('a tree pruned to a single leaf does not blame the bounds', async () => {
  const random = seededRandom(1)
  await write(
    'noise.csv',
    'x,y',
    times(200, () => [Math.floor(random() * 100), 'ab'[Math.floor(random() * 2)]]),
  )
  const { code, stdout } = await compile('noise.csv', '--out', 'noise', '--prune-rule', '1-se')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^pruning +1 leaf of \d\d/m)
  expect(stdout).toMatch(/^tree +a single leaf/m)
  expect(stdout).not.toMatch(/no cut|--min-samples-leaf/)
  // Nor is it moved towards a group around it, nor is there a smaller tree.
  await write(
    'few.csv',
    'x,y',
    times(150, () => [Math.floor(random() * 100), random() < 0.2 ? 'b' : 'a']),
  )
  const least = await compile('few.csv', '--out', 'noise')
  expect(least.stdout).toMatch(/^pruning +1 leaf of \d\d/m)
  for (const said of [stdout, least.stdout]) expect(said).not.toMatch(/group around|takes a smaller/)
})

describe('columns that never change', () => {
  test.each(['constant', 'constant-numbers'])('make a single leaf, which is said: %s', async (name) => {
    const { code, stdout, stderr } = await compile(`${name}.csv`, '--out', name)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^tree +a single leaf/m)
    expect(stdout).not.toMatch(/NaN|undefined/)
    expect(await modelOf(name)).toMatchObject({ depth: 0, leaves: 1 })
  })
})

describe('the data sets', () => {
  test.each([
    ['iris', 150, 'a classification', /^accuracy +9\d\.\d%/m],
    ['diabetes', 40, 'a regression', /^error +RMSE 6\d\./m],
    ['synthetic', 40, 'a classification', /^accuracy +7\d\.\d%/m],
  ])(
    '%s compiles, and %i rows evaluate the same under encryption',
    async (name, rows, task, figure) => {
      const { code, stdout, stderr } = await compile(`${name}.csv`, '--out', `models/${name}`)
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toContain(task)
      expect(stdout).toMatch(figure)
      const lines = (await textOf(`${name}.csv`)).trim().split('\n')
      await writeFile(join(directory, `${name}.rows.csv`), `${lines.slice(0, rows + 1).join('\n')}\n`)
      const verified = await empCompile(['verify', `models/${name}`, '--data', `${name}.rows.csv`], directory)
      expect(verified.stdout).toContain(`${rows} of ${rows} rows equal, all equal (2048-bit keys`)
      expect(verified.code).toBe(0)
    },
    240_000,
  )
})
