import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { empCompile } from '../support/processes.ts'

const reference = JSON.parse(await readFile('test/reference/assessment.json', 'utf8'))
let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-assess-'))
})
afterAll(() => rm(directory, { recursive: true }))

const run = async (words: readonly string[]) => {
  const { code, stdout, stderr } = await empCompile([...words, '--json'], process.cwd())
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

/** Every number of `want` is in `ours`, within 1e-12. */
function expectClose(ours: unknown, want: unknown, place = ''): void {
  if (typeof want === 'number') {
    expect(typeof ours, place).toBe('number')
    expect(Math.abs((ours as number) - want), `${place}: ${ours}, not ${want}`).toBeLessThan(1e-12)
    return
  }
  for (const [name, own] of Object.entries(want as object))
    expectClose((ours as Record<string, unknown>)[name], own, `${place}.${name}`)
}

const va = ['--data', 'test/cases/assess/heart-va.csv', '--target', 'disease']

describe('a model on the patients of another hospital', () => {
  test('has the figures that a script in Python computes from model.json, and the same rows refused', async () => {
    const ours = await run(['assess', 'generated/heart-disease', ...va])
    expect(Object.keys(ours)).toEqual(['rows', 'refused', 'figures'])
    expect(ours.rows).toBe(reference.outside.rows)
    expect(ours.refused.map(({ line }: { line: number }) => line)).toEqual(reference.outside.refused)
    expectClose(ours.figures, reference.outside.figures)
    expect(Object.keys(ours.figures).sort()).toEqual(Object.keys(reference.outside.figures).sort())
  })

  test.each(['label', 'points', 'linear', 'boosted'])('of every family: %s', async (family) => {
    const ours = await run(['assess', `generated/heart-disease-${family}`, ...va, '--threshold', 'sensitivity=0.95'])
    expect(ours.rows + ours.refused.length).toBe(200)
    for (const { reason } of ours.refused) expect(reason).toMatch(/\w/)
    if (ours.rows > 0) expect(ours.clinical.sensitivity.value).toBeGreaterThanOrEqual(0.95)
  })

  test('of a model that was imported, whose file names no target', async () => {
    const out = join(directory, 'imported')
    const file = 'test/2-import/models/reference/heart303-missing.xgboost.json'
    const data = 'datasets/heart-disease.csv'
    const made = ['--data', data, '--target', 'target', '--answers', '0,1', '--cuts', 'used', '--out', out]
    const compiled = await empCompile([file, ...made], process.cwd())
    expect(compiled.code, compiled.stderr).toBe(0)
    const words = ['assess', out, '--data', data, '--positive', '1']
    const { code, stderr } = await empCompile(words, process.cwd())
    expect([code, stderr]).toEqual([2, expect.stringContaining('--target')])
    const ours = await run([...words, '--target', 'target'])
    expect(ours.rows).toBe(303)
    // It was trained on these very patients.
    expect(ours.figures.accuracy.value).toBeGreaterThan(0.85)
    expect(ours.figures.rocAuc.value).toBeGreaterThan(0.9)
    expect(ours.clinical.counts.tp + ours.clinical.counts.fn).toBe(139)
  })

  test('rows are refused with their line and a reason that names no value', async () => {
    const file = join(directory, 'other.csv')
    const [header = '', ...rows] = (await readFile('datasets/heart-disease.csv', 'utf8')).trimEnd().split('\n')
    const cells = (row = '') => row.split(',')
    const bad = [cells(rows[0]).with(-1, '9'), cells(rows[1]).with(-1, ''), cells(rows[2]).with(2, '77')]
    await writeFile(file, [header, ...bad.map(String), ...rows.slice(3, 40)].join('\n'))
    const ours = await run(['assess', 'generated/heart-disease', '--data', file, '--by', 'sex,age>=60'])
    expect(ours.rows).toBe(37)
    expect(ours.refused.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4])
    expect(JSON.stringify(ours.refused)).not.toMatch(/77|"9"/)
    const rowsOf = (names: RegExp) =>
      ours.subgroups
        .filter(({ name }: { name: string }) => names.test(name))
        .reduce((sum: number, { rows: own }: { rows: number }) => sum + own, 0)
    expect([rowsOf(/^sex/), rowsOf(/age/)]).toEqual([37, 37])
  })

  test.each([
    ['a target that is not there', ['--target', 'salt'], 'salt'],
    ['an answer that is not there', ['--positive', 'yes', '--target', 'disease'], '--positive'],
    ['a threshold of words', ['--threshold', 'high', '--target', 'disease'], 'sensitivity=0.95'],
    ['a column that is not there', ['--by', 'salt', '--target', 'disease'], '--by'],
  ])('%s is named', async (_, words, named) => {
    const all = ['assess', 'generated/heart-disease', '--data', 'test/cases/assess/heart-va.csv', ...words]
    const { code, stderr } = await empCompile(all, process.cwd())
    expect(code).not.toBe(0)
    expect(stderr).toContain(named)
  })
})

describe('at compile', () => {
  const compile = ['datasets/heart-disease.csv', '--max-depth', '2', '--folds', '3']

  test('a threshold that these rows chose is said to flatter; one that was given is not', async () => {
    const words = ['assess', 'generated/heart-disease', ...va, '--threshold']
    const [chosen, given] = [
      await empCompile([...words, 'sensitivity=0.95'], process.cwd()),
      await empCompile([...words, '0.3'], process.cwd()),
    ]
    expect(chosen.stdout).toMatch(/flatters/)
    expect(given.stdout).not.toMatch(/flatters/)
  })

  test('--test-data has the figures of assess, at the threshold that rows of training chose', async () => {
    const [file, out] = [join(directory, 'va.csv'), join(directory, 'tested')]
    const va = await readFile('test/cases/assess/heart-va.csv', 'utf8')
    await writeFile(file, va.replace(/disease(?=\r?\n)/, 'target'))
    const words = [
      ...compile,
      '--test-data',
      file,
      '--threshold',
      'sensitivity=0.9',
      '--by',
      'sex,age>=60',
      '--out',
      out,
    ]
    const { figures } = await run(words)
    const { testData, assessment, subgroups } = figures
    const { threshold } = assessment.clinical
    const ours = await run(['assess', out, '--data', file, '--threshold', String(threshold)])
    expect({ rows: testData.rows, refused: testData.refused }).toEqual({ rows: ours.rows, refused: ours.refused })
    expect([testData.figures, testData.clinical]).toEqual([ours.figures, ours.clinical])
    expect(assessment.clinical.sensitivity.value).toBeGreaterThanOrEqual(0.9)
    const rowsOf = (group: RegExp) =>
      subgroups.flatMap(({ name, rows }: { name: string; rows: number }) => (group.test(name) ? rows : []))
    expect([rowsOf(/^sex = 0$/), rowsOf(/^sex = 1$/)]).toEqual([[97], [206]])
    expect(rowsOf(/age >= 60/).length).toBe(2)
    const html = await readFile(join(out, 'report/report.html'), 'utf8')
    for (const said of ['On rows of another origin', 'Groups of people apart', 'Sex: female', 'va.csv']) {
      expect(html).toContain(said)
    }
    const card = await readFile(join(out, 'report/MODEL_CARD.md'), 'utf8')
    for (const said of ['Sex: female', '| funding | 18a |', 'not stated', 'calibration slope']) {
      expect(card).toContain(said)
    }
  })

  test('columns that are left out of training can divide people, and what has too many values is refused', async () => {
    const words = [...compile, '--drop', 'sex', '--out', join(directory, 'dropped')]
    const { figures } = await run([...words, '--by', 'sex'])
    expect(figures.subgroups.map(({ rows }: { rows: number }) => rows)).toEqual([97, 206])
    expect(figures.importances.map(({ name }: { name: string }) => name)).not.toContain('sex')
    for (const by of ['chol', 'salt']) {
      const { code, stderr } = await empCompile([...words, '--by', by], process.cwd())
      expect([code, stderr]).toEqual([2, expect.stringContaining('--by')])
    }
  })

  test('the positive answer of the schema is that of the figures, unless another is named; the card says what it says', async () => {
    const schema = JSON.parse(await readFile('datasets/heart-disease.schema.json', 'utf8'))
    const field = schema.fields.find(({ name }: { name: string }) => name === 'target')
    field.positive = '0'
    const file = join(directory, 'own.schema.json')
    const card = { Funding: 'no | money', setting: '', known_limits: 'one centre' }
    await writeFile(file, JSON.stringify({ ...schema, card }))
    const words = [...compile, '--schema', file, '--out', join(directory, 'positive')]
    const { figures } = await run(words)
    expect(figures.positive).toEqual({ answer: '0', isChosen: true })
    const { counts } = figures.assessment.clinical
    expect(counts.tp + counts.fn).toBe(164)
    expect((await run([...words, '--positive', '1'])).figures.positive).toEqual({ answer: '1', isChosen: true })
    const text = await readFile(join(directory, 'positive/report/MODEL_CARD.md'), 'utf8')
    expect(text).toMatch(/\| funding \| 18a \|[^\n]*no \\\| money \|/)
    expect(text).toMatch(/\| setting \| 6a \|[^\n]*not stated \|/)
    expect(text).toContain('| known\\_limits | | | one centre |')
    field.positive = 'maybe'
    await writeFile(file, JSON.stringify(schema))
    expect((await empCompile(words, process.cwd())).stderr).toContain('--positive')
    await writeFile(file, JSON.stringify({ ...schema, card: { funding: 3 } }))
    expect((await empCompile(words, process.cwd())).stderr).toContain('"funding" of "card"')
  })
})

describe('two recipes', () => {
  test('are compared on the same folds', async () => {
    const [a, b] = [join(directory, 'a.json'), join(directory, 'b.json')]
    await writeFile(a, '{ "max-depth": 1, "reveal": "label", "cuts": 4 }')
    await writeFile(b, '{ "max-depth": 4, "seed": 5 }')
    const data = 'datasets/heart-disease.csv'
    const ours = await run(['compare', a, b, data, '--folds', '4', '--seed', '5'])
    // Each side is what a compile of the recipe prints for its own folds.
    const other = await run([data, '--config', b, '--folds', '4', '--seed', '5', '--out', join(directory, 'same')])
    expect(ours.second.figures).toEqual(other.figures.estimates)
    for (const name of ['accuracy', 'rocAuc', 'brier']) {
      const difference = ours.second.figures[name].value - ours.first.figures[name].value
      expect(ours.differences[name].value).toBeCloseTo(difference, 12)
      expect(ours.differences[name].low).toBeLessThan(difference)
    }
    const alone = ours.rightAlone.second - ours.rightAlone.first
    expect(ours.differences.accuracy.value).toBeCloseTo(alone / 303, 12)
    const { stdout } = await empCompile(['compare', a, b, data, '--folds', '4'], process.cwd())
    expect(stdout).toMatch(/^accuracy .*%.* [+-]?\d+\.\d points \([+-]?\d+\.\d points to/m)
  })

  test.each([
    ['other rows', '{ "target": "sex" }', '--target'],
    ['other weights', '{ "sample-weight": "age" }', '--sample-weight'],
    ['an option that there is not', '{ "max-dpeth": 3 }', 'max-dpeth'],
    ['an option of model files', '{ "accept-changes": true }', '--accept-changes'],
  ])('of %s are refused', async (_, second, named) => {
    const [a, b] = [join(directory, 'one.json'), join(directory, 'two.json')]
    await writeFile(a, '{}')
    await writeFile(b, second)
    const { code, stderr } = await empCompile(['compare', a, b, 'datasets/heart-disease.csv'], process.cwd())
    expect([code, stderr]).toEqual([2, expect.stringContaining(named)])
  })

  test('three files are needed', async () => {
    const { code, stderr } = await empCompile(['compare', 'a.json', 'b.json'], process.cwd())
    expect([code, stderr]).toEqual([2, expect.stringContaining('a.json b.json data.csv')])
  })
})

describe('weights', () => {
  test('count in every figure as in scikit-learn, on the same folds', async () => {
    const out = join(directory, 'weighted')
    const words = [
      'test/cases/assess/weighted.csv',
      '--sample-weight',
      'w',
      '--max-depth',
      '2',
      '--shrinkage',
      'none',
      '--positive',
      'control',
    ]
    const { figures } = await run([...words, '--out', out])
    const { figures: held, training, baseline } = reference.weighted
    const { pooledRocAuc, ...estimates } = held
    expectClose(figures.estimates, estimates)
    expectClose(figures.training, training)
    expectClose(figures.baseline, baseline)
    const { pooled } = JSON.parse(await readFile(join(out, 'report/model.json'), 'utf8')).figures.heldOut
    expectClose(pooled.rocAuc, pooledRocAuc)
    // And a model whose rows are weighted tells weighted chances elsewhere, too.
    const again = await run(['assess', out, '--data', 'test/cases/assess/weighted.csv', '--sample-weight', 'w'])
    for (const name of ['accuracy', 'rocAuc', 'logLoss', 'brier'])
      expectClose(again.figures[name].value, training[name], name)
    // The client is told them as well, where counts are published and where they are not.
    const client = await readFile(join(out, 'client.ts'), 'utf8')
    expect(client).toMatch(/shares/)
    const rows = (await readFile('test/cases/assess/weighted.csv', 'utf8')).split('\n').slice(0, 4)
    await writeFile(join(directory, 'three.csv'), rows.join('\n'))
    const checked = await run(['verify', out, '--data', join(directory, 'three.csv')])
    expect([checked.equal, checked.different]).toEqual([3, []])
  })
})
