import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { empCompile, startServer, stop } from '../support/processes.ts'

const model = resolve('generated/heart-disease')
const record = {
  age: 63,
  sex: 1,
  cp: 1,
  trestbps: 145,
  chol: 233,
  thalach: 150,
  oldpeak: 2.3,
  slope: 3,
  ca: 0,
  thal: 6,
}

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-serve-'))
  await writeFile(join(directory, 'record.json'), JSON.stringify(record))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test('serve and predict meet in the default directory, at real key size, and leave it empty', async () => {
  const { child, firstLine } = await startServer([model], directory)
  expect(firstLine).toBe('serving heart-disease on the store mailbox')
  const predicted = await empCompile(['predict', model, '--input', 'record.json', '--json'], directory)
  expect(predicted).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(predicted.stdout)).toEqual({
    kind: 'class',
    answer: '0',
    counts: { 0: expect.any(Number), 1: expect.any(Number) },
    probability: { 0: expect.any(Number), 1: expect.any(Number) },
  })
  expect(await stop(child)).toBe(0)
  const files = await readdir(join(directory, 'mailbox'), { recursive: true, withFileTypes: true })
  expect(files.filter((entry) => entry.isFile())).toEqual([])
})

test('serve and predict meet over HTTP', async () => {
  const { child, firstLine } = await startServer([model, '--port', '0'], directory)
  const url = /^serving heart-disease on (http:\/\/127\.0\.0\.1:\d+)$/.exec(firstLine)?.[1] ?? ''
  const predicted = await empCompile(['predict', model, '--input', 'record.json', '--server', url], directory)
  expect(predicted).toMatchObject({ code: 0, stderr: '' })
  expect(predicted.stdout).toMatch(/^record +answer +share, training rows like it\nrecord\.json +0 +\d+\.\d%, \d+\n$/)
  const busy = await empCompile(['serve', model, '--port', url.split(':').at(-1) ?? ''], directory)
  expect(busy.code).toBe(2)
  expect(busy.stderr).toContain('EADDRINUSE')
  expect(await stop(child)).toBe(0)
})

test('without a server, predict gives up at its deadline and says what to look for', async () => {
  const args = ['predict', model, '--input', 'record.json', '--store', 'nobody', '--deadline', '0.3']
  const { code, stderr } = await empCompile(args, directory)
  expect(code).toBe(2)
  expect(stderr).toBe('emp-compile: No reply came before the deadline. Is a server running on this store?\n')
})

test('a client compiled from another model is told so', async () => {
  const other = join(directory, 'other')
  const csv = resolve('datasets/heart-disease.csv')
  await empCompile([csv, '--name', 'heart-disease', '--max-depth', '2', '--out', other])
  const { child, firstLine } = await startServer([model, '--port', '0'], directory)
  const url = firstLine.split(' ').at(-1) ?? ''
  const { code, stderr } = await empCompile(['predict', other, '--input', 'two.json', '--server', url], directory)
  expect(stderr).toContain('two.json')
  await writeFile(join(directory, 'two.json'), JSON.stringify({ cp: 4, ca: 0, thal: 3 }))
  const stale = await empCompile(['predict', other, '--input', 'two.json', '--server', url], directory)
  await stop(child)
  expect([code, stale.code]).toEqual([2, 2])
  expect(stale.stderr).toContain('compiled from different models')
})

test('several models behind one address are all served', async () => {
  const { child, firstLine } = await startServer([model, `${model}-label`, '--port', '0', '--no-page'], directory)
  const url = /(http:\/\/127\.0\.0\.1:\d+)$/.exec(firstLine)?.[1] ?? ''
  const health = (await (await fetch(`${url}/health`)).json()) as { models: { model: string }[] }
  expect(health.models.map((one) => one.model)).toEqual(['heart-disease', 'heart-disease-label'])
  expect(await stop(child)).toBe(0)
})
