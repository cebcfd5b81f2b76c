import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { empCompile } from '../support/processes.ts'

let directory = ''
const run = (...args: string[]) => empCompile(args, directory)
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-bench-'))
  await run(resolve('test/cases/emit/visit.csv'), '--out', 'visit', '--key-bits', '2048', '--max-depth', '3')
})
afterAll(() => rm(directory, { recursive: true }))

test('measures a model, and agrees with its report on what is counted', async () => {
  const { code, stdout, stderr } = await run('bench', 'visit', '--repeats', '1', '--json')
  expect([code, stderr]).toEqual([0, ''])
  const { ms, predicted, planned, perMillion, name, engine } = JSON.parse(stdout)
  expect([name, engine]).toEqual(['visit', 'openssl'])
  for (const stage of ['key', 'seal', 'evaluate', 'open', 'sealAgain', 'evaluateAgain']) {
    expect(ms[stage], stage).toBeGreaterThan(0)
  }
  for (const stage of ['seal', 'evaluate', 'open']) expect(predicted[stage], stage).toBeGreaterThan(0)
  const report = JSON.parse(await readFile(join(directory, 'visit/report/model.json'), 'utf8'))
  expect(planned).toEqual(report.cost)
  expect(perMillion).toBeGreaterThan(12.2)
})

test('asks only for values that an enumeration admits', async () => {
  const model = resolve('generated/heart-disease')
  expect(await run('bench', model, '--repeats', '3', '--json')).toMatchObject({ code: 0, stderr: '' })
})

test('says in words what it measured, and what a million cost by the prices given', async () => {
  const { code, stdout } = await run('bench', 'visit', '--repeats', '1', '--price', '0', '--request-price', '7.5')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^visit: \d+ tests, \d+ features, 2048-bit keys$/m)
  expect(stdout).toMatch(/^evaluate +\d+\.\d ms +\d+\.\d ms +\d+\.\d ms$/m)
  expect(stdout).toContain('a million predictions on Lambda: $7.50 ')
})

test.each([
  [['--repeats', '0'], '--repeats'],
  [['--memory', '100'], '--memory'],
  [['--price', '-1'], '--price'],
])('refuses %j', async (args, names) => {
  const { code, stdout, stderr } = await run('bench', 'visit', ...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(names)
})

test('what is no model is named', async () => {
  const { code, stderr } = await run('bench', 'nowhere')
  expect(code).toBe(2)
  expect(stderr).toContain('nowhere')
})
