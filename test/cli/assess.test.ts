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

  test.each(['label', 'points', 'linear'])('of every family: %s', async (family) => {
    const ours = await run(['assess', `generated/heart-disease-${family}`, ...va, '--threshold', 'sensitivity=0.95'])
    expect(ours.rows + ours.refused.length).toBe(200)
    for (const { reason } of ours.refused) expect(reason).toMatch(/\w/)
    if (ours.rows > 0) expect(ours.clinical.sensitivity.value).toBeGreaterThanOrEqual(0.95)
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
  })
})
