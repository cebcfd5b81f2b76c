import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pythonWith } from './2-import/python.ts'
import { type Finished, run, startServer, stop } from './support/processes.ts'
import { folderWithPackages, runStep, stepsOf } from './support/steps.ts'

const document = 'compiler/IMPORTING.md'
const steps = stepsOf(document, 'step')
const scripts = stepsOf(document, 'python', 'python')
const models = 'test/2-import/models'

let directory = ''
/** Lines of the CSV that lack no value. */
let whole: readonly number[] = []
beforeAll(async () => {
  directory = await folderWithPackages()
  const [header = '', ...lines] = (await readFile('datasets/heart-disease.csv', 'utf8')).trim().split('\n')
  whole = lines.flatMap((line, i) => (line.includes('?') ? [] : [i]))
  const rows = whole.map((i) => lines[i]?.replace(/,0$/, ',no').replace(/,1$/, ',yes'))
  await writeFile(join(directory, 'patients.csv'), `${[header, ...rows].join('\n')}\n`)
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }\n')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const step = (name: string) => runStep(steps.get(name) ?? expect.fail(`no step ${name}`), directory)

/** What all imports print, and ten records encrypted. */
async function imports(name: string): Promise<Finished> {
  const done = await step(name)
  expect(done.code, done.stderr).toBe(0)
  expect(done.stdout).toMatch(/^predictions +297 of the library’s compared: /m)
  expect(done.stdout).toMatch(/^client learns .*\n( .*\n)*server learns /m)
  expect(done.stdout).toMatch(/10 of 10 rows equal, all equal/)
  return done
}

/** The Python half: skipped with a visible line where its library is not installed, and failed in CI. */
const testWithLibrary = (name: string, modules: readonly string[], body: () => Promise<void>) => {
  const python = pythonWith(...modules)
  if (python === null && process.env.CI === undefined) {
    console.log(`skipped: apt-get install ${modules.map((own) => `python3-${own}`).join(' ')} for this tutorial`)
    return test.skip(`skipped, without ${modules.join(' and ')}: ${name}`, body)
  }
  return test(name, { timeout: 120_000 }, async () => {
    if (python === null) throw new Error(`${modules.join(' and ')} are not installed`)
    await writeFile(join(directory, 'train.py'), scripts.get(name) ?? expect.fail(`no script ${name}`))
    const { code, stderr } = await run(python, ['train.py'], directory, { OMP_NUM_THREADS: '1' })
    expect(code, stderr).toBe(0)
    await body()
  })
}

test('the document has these steps, in this order, and these scripts', () => {
  expect([...steps.keys()]).toEqual(['exporter', 'sklearn', 'xgboost', 'lightgbm', 'onnx', 'serve', 'program'])
  expect([...scripts.keys()]).toEqual(['sklearn', 'xgboost'])
})

test('exporter: one file', async () => {
  expect(await step('exporter')).toMatchObject({ code: 0, stderr: '' })
  expect(await readFile(join(directory, 'export_sklearn.py'), 'utf8')).toContain('def export(')
})

testWithLibrary('sklearn', ['sklearn', 'pandas'], async () => {
  expect((await imports('sklearn')).stdout).toMatch(/^cuts +even:32: /m)
})

testWithLibrary('xgboost', ['xgboost', 'pandas', 'sklearn'], async () => {
  const { stdout, stderr } = await imports('xgboost')
  expect(stdout).toMatch(/^cuts +even:64: /m)
  // Its first line is an error on purpose: it lists the ways to publish cuts.
  expect(stderr).toMatch(/--cuts even:32: \d+ cuts published, \d+ of 297/)
})

test('lightgbm: the file of a model, and its predictions', { timeout: 60_000 }, async () => {
  await copyFile(`${models}/lightgbm-4.7/no-missing.txt`, join(directory, 'lightgbm.txt'))
  const { expected } = JSON.parse(await readFile(`${models}/lightgbm-4.7/no-missing.expected.json`, 'utf8'))
  const own = whole.map((i) => expected.prediction[i])
  await writeFile(join(directory, 'lightgbm.predictions.csv'), `probability\n${own.join('\n')}\n`)
  expect((await imports('lightgbm')).stdout).toMatch(/compared: 297 equal to the last digit/)
})

test('onnx: the file of a network, and its predictions', { timeout: 60_000 }, async () => {
  for (const [from, to] of [
    ['heart.onnx', 'network.onnx'],
    ['heart.predictions.csv', 'network.predictions.csv'],
  ] as const) {
    await copyFile(`${models}/onnx-network/${from}`, join(directory, to))
  }
  const { stdout: printed } = await imports('onnx')
  expect(printed).toMatch(/^approximation +\d+ of 297 rows: answers changed/m)
  expect(printed).toMatch(/^trust .*\n( .*\n)*/m)
})

test('serve and predict: a page, and the same answer from a program and the command', { timeout: 60_000 }, async () => {
  // Without Python there is no such model, but that of the network answers as well.
  const name = pythonWith('sklearn', 'pandas') === null ? 'network' : 'sklearn'
  const script = steps.get('serve') ?? ''
  expect(script).toBe('node_modules/.bin/emp-compile serve generated/sklearn --port 8080 --store mailbox\n')
  const words = script.trim().replace('8080', '0').replace('sklearn', name).split(' ').slice(2)
  const { child, log } = await startServer(words, directory)
  const deadline = performance.now() + 30_000
  while (!/http:\/\/[\d.:]+/.test(log()) && performance.now() < deadline) {
    await new Promise((done) => setTimeout(done, 50))
  }
  const address = /http:\/\/[\d.:]*\d/.exec(log())?.[0] ?? expect.fail(log())
  expect(await (await fetch(address)).text()).toContain('<emp-form')
  const program = (steps.get('program') ?? '').replaceAll('http://127.0.0.1:8080', address).replaceAll('sklearn', name)
  const done = await runStep(program, directory)
  expect(done.code, done.stderr).toBe(0)
  expect(done.stdout).toMatch(/^yes\n/)
  expect(done.stdout).toMatch(/record\.json +yes/)
  await stop(child)
})
