import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../generated/heart-disease-label/client.ts'
import type { Server } from '../../runtime/server.ts'
import { empCompile, type Finished, startServer, stop } from '../support/processes.ts'

let directory = ''
const run = (...args: string[]) => empCompile(args, directory)
const compile = (...args: string[]) => run(...args, '--reveal', 'label')
const textOf = (file: string) => readFile(join(directory, file), 'utf8')
const growth = ['--min-samples-leaf', '1', '--max-depth', '3', '--cuts', '8']
const model = resolve('generated/heart-disease-label')

const engines = ['simd', 'scalar', 'sodium']

/** A message for people: one error, no stack. */
function expectRefusal({ code, stdout, stderr }: Finished, ...says: string[]): void {
  expect(stderr).toMatch(/^emp-compile: .*/)
  expect(stderr).not.toMatch(/^\s+at |undefined|\[object/m)
  for (const words of says) expect(stderr).toContain(words)
  expect([code, stdout]).toEqual([2, ''])
}

/** The text of the summary after a label, its lines joined. */
function lineOf({ stdout }: Finished, label: string): string {
  const [, text = ''] = new RegExp(`^${label} +(.*(?:\\n {15}.*)*)`, 'm').exec(stdout) ?? []
  return text.replace(/\s+/g, ' ')
}

let compiled: Finished
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-label-'))
  await copyFile('test/cases/emit/visit.csv', join(directory, 'visit.csv'))
  for (const name of ['heart-disease', 'iris', 'diabetes']) {
    await copyFile(`datasets/${name}.csv`, join(directory, `${name}.csv`))
  }
  await copyFile('datasets/heart-disease.schema.json', join(directory, 'heart-disease.schema.json'))
  compiled = await compile('visit.csv', '--probability', ...growth)
})
afterAll(() => rm(directory, { recursive: true }))

describe('emp-compile <csv> --reveal label', () => {
  test('says who learns what, what the cuts cost, and what is sent, in the figures of the model', async () => {
    expect(compiled).toMatchObject({ code: 0, stderr: '' })
    expect(lineOf(compiled, 'cuts')).toMatch(
      /^at most 8 for each feature, fixed before training: [\d.]+% on rows not seen, /,
    )
    expect(lineOf(compiled, 'cost')).toMatch(/^21 ciphertexts up \(1\.4 kB\), \d+ down \(0\.\d kB\), ristretto255$/)
    const learns = lineOf(compiled, 'client learns')
    expect(learns).toMatch(/^its answer, one of 202, with its share of the training rows that ended like the record/)
    expect(learns).toContain('the 21 cuts of 7 features')
    expect(learns).toMatch(/at most (4|8) leaves/)
    expect(lineOf(compiled, 'server learns')).toMatch(/ElGamal on ristretto255/)
    const card = await textOf('generated/visit/report/MODEL_CARD.md')
    expect(card).toContain('| seal (client) | 21 | 1450 up (1.4 kB) | 43 | 0 | 0 |')
    expect(card).toContain('Cuts: at most 8 for each feature')
    expect(card).toMatch(/\| ward \| A, B \| refused \| (yes|no) \|/)
    expect(card).not.toMatch(/undefined|NaN|Paillier/)
  })

  test('heart disease at 32 cuts loses no more than one standard error', async () => {
    const json = JSON.parse(await readFile(join(model, 'report/model.json'), 'utf8'))
    const { cuts, score, freeScore, error } = json.figures.restriction
    expect([cuts, json.options.reveal, json.reveal]).toEqual([32, 'label', 'label'])
    expect(freeScore - score).toBeLessThanOrEqual(error)
    expect(error).toBeCloseTo(Math.sqrt((freeScore * (1 - freeScore)) / 303), 12)
    // The free score is that of the tree of signs, over the same folds.
    const signs = JSON.parse(await readFile('generated/heart-disease/report/model.json', 'utf8'))
    expect(freeScore).toBeCloseTo(signs.figures.heldOut.pooled.accuracy, 12)
    expect(score).toBeCloseTo(json.figures.heldOut.pooled.accuracy, 12)
  })

  test('--guard gives cheats nothing, and is nothing for signs, with the reason', async () => {
    const { code, stdout } = await compile('visit.csv', '--name', 'guarded', '--json', '--guard', ...growth)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ cost: { requestBytes: 1450, evaluate: { weightMultiplications: 63 } } })
    const card = await textOf('generated/guarded/report/MODEL_CARD.md')
    expect(card).toContain('gets an honest record’s answer, or nothing')
    const signs = await run('visit.csv', '--name', 'unguarded', '--guard')
    expectRefusal(signs, 'guard is true, but takes nothing: it is for --reveal label')
  })

  test('reports as JSON', async () => {
    const { code, stdout } = await compile('visit.csv', '--name', 'json', '--json', ...growth)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      figures: { restriction: { cuts: 8 } },
      cost: { requestCiphertexts: 21, seal: { baseMultiplications: 43 } },
      reveal: 'label',
      leakage: { features: 7, cuts: 21, answers: 2 },
    })
  })

  test('--check tells fresh from stale', async () => {
    const check = (...args: string[]) => compile('visit.csv', '--probability', '--check', ...growth, ...args)
    expect(await check()).toEqual({ code: 0, stdout: 'generated/visit is up to date.\n', stderr: '' })
    expect(await check('--pad-leaves', '9')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^generated\/visit is stale: client\.ts, server\.ts, server\.js, page\.json, report/,
      ),
    })
  })

  test('--config gives the same files as the same options on the command line', async () => {
    const options = { reveal: 'label', cuts: 4, 'pad-leaves': 16, probability: true, drop: 'ward', 'max-depth': 2 }
    await writeFile(join(directory, 'recipe.json'), JSON.stringify(options))
    const line = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
    await run('visit.csv', '--out', 'direct', ...line)
    expect(await run('visit.csv', '--out', 'configured', '--config', 'recipe.json')).toMatchObject({ code: 0 })
    for (const file of await readdir(join(directory, 'direct'), { recursive: true })) {
      if (/\./.test(file)) expect(await textOf(`configured/${file}`), file).toBe(await textOf(`direct/${file}`))
    }
    const client = await textOf('direct/client.ts')
    expect(client).toContain('leaves: 16,')
    expect(client).not.toMatch(/\bward\b/)
    expect(client).toMatch(/percent: 100/)
  })

  const refused: [string, string[], ...string[]][] = [
    ['cuts without label', ['visit.csv', '--cuts', '8'], '--cuts', '8', '--reveal label'],
    ['padding without label', ['visit.csv', '--pad-leaves', '8'], '--pad-leaves', '--reveal label'],
    ['shares without label', ['visit.csv', '--probability'], '--probability', '--reveal label'],
    ['steps without label', ['diabetes.csv', '--answer-step', '5'], '--answer-step', '--reveal label'],
    ['key bits with label', ['visit.csv', '--reveal', 'label', '--key-bits', '2048'], '--key-bits', '--reveal signs'],
    ['no cuts', ['visit.csv', '--reveal', 'label', '--cuts', '0'], '--cuts', 'from 1 to 1024'],
    ['too many cuts', ['visit.csv', '--reveal', 'label', '--cuts', '1025'], '--cuts', 'from 1 to 1024'],
    ['half a leaf', ['visit.csv', '--reveal', 'label', '--pad-leaves', '2.5'], '--pad-leaves', 'from 1 to 65536'],
    ['shares of numbers', ['diabetes.csv', '--reveal', 'label', '--probability'], '--probability', 'numbers'],
    ['steps of answers', ['visit.csv', '--reveal', 'label', '--answer-step', '5'], '--answer-step', 'answers'],
    ['a step too fine', ['diabetes.csv', '--reveal', 'label', '--answer-step', '0.1'], '--answer-step', '0.391'],
    [
      'too few leaves',
      ['heart-disease.csv', '--reveal', 'label', '--prune', 'none', '--pad-leaves', '16'],
      ...['--pad-leaves is 16', 'the tree has 5', '--max-leaf-nodes 16'],
    ],
  ]
  test.each(refused)('refuses %s by name, and writes nothing', async (_, args, ...says) => {
    expectRefusal(await run(...args, '--out', 'refused'), ...says)
    await expect(readdir(join(directory, 'refused'))).rejects.toThrow('ENOENT')
  })
})

test('the README has the bytes and the accuracy of the generated models', async () => {
  const readme = (await readFile('README.md', 'utf8')).replace(/ +/g, ' ')
  const [signs, label] = await Promise.all(
    ['heart-disease', 'heart-disease-label'].map(async (name) =>
      JSON.parse(await readFile(`generated/${name}/report/model.json`, 'utf8')),
    ),
  )
  const percent = (share: number) => (100 * share).toFixed(1)
  const bytes = ({ cost }: typeof signs) =>
    `${(cost.requestBytes / 1000).toFixed(1)} + ${(cost.replyBytes / 1000).toFixed(1)}`
  const { score, freeScore } = label.figures.restriction
  expect(readme).toContain(`| \`tree\`, \`signs\` | ${percent(freeScore)} % | ${bytes(signs)} |`)
  expect(readme).toContain(`| \`tree\`, \`label\` | ${percent(score)} % | ${bytes(label)} |`)
  expect(label.columns.length).toBe(label.leakage.features)
})

describe('a model of label', () => {
  const rows = 'smoker,age,ward,note,bmi\nnever,34,A,x,22.5\ndaily,71,A,y,?\n'
  beforeAll(() => writeFile(join(directory, 'rows.csv'), rows))
  const predict = (...args: string[]) => run('predict', 'generated/visit', '--input', 'rows.csv', ...args)

  test('answers the rows of a CSV: as a table, as JSON, as a file', async () => {
    const { code, stdout, stderr } = await predict('--store', 'memory:')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^record +answer +training rows like it\nrows\.csv:2 +no +\d+%\nrows\.csv:3 +yes +\d+%\n$/)
    const json = JSON.parse((await predict('--store', 'memory:', '--json')).stdout)
    expect(json).toEqual([
      { line: 2, kind: 'class', answer: 'no', probability: expect.any(Number) },
      { line: 3, kind: 'class', answer: 'yes', probability: expect.any(Number) },
    ])
    expect((await predict('--store', 'memory:', '--out', 'answers.csv')).code).toBe(0)
    const [no, yes] = json.map(({ probability }: { probability: number }) => probability)
    expect(await textOf('answers.csv')).toBe(`line,answer,probability\n2,no,${no}\n3,yes,${yes}\n`)
  })

  test.each([
    ['a directory', ['--store', 'box'], () => ['--store', 'box']],
    ['HTTP', ['--port', '0'], (line: string) => ['--server', /http:\S+/.exec(line)?.[0] ?? '']],
  ])('is served over %s', async (_, how, way) => {
    const { child, firstLine } = await startServer(['generated/visit', ...how], directory)
    try {
      const { code, stdout, stderr } = await predict(...way(firstLine))
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/rows\.csv:2 +no +\d+%\nrows\.csv:3 +yes +\d+%\n$/)
    } finally {
      expect(await stop(child)).toBe(0)
    }
  })

  test('refuses a value out of range, without naming it, and answers the others', async () => {
    await writeFile(join(directory, 'bad.csv'), rows.replace('71', '4711'))
    const refused = await run('predict', 'generated/visit', '--store', 'memory:', '--input', 'bad.csv')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/^bad\.csv:3:2: "age" is out of range/)
    expect(refused.stdout).toMatch(/^bad\.csv:2 +no +\d+%$/m)
    expect(refused.stdout + refused.stderr).not.toContain('4711')
  })

  test('is measured by bench, which agrees with its report on what is counted', async () => {
    const { code, stdout } = await run('bench', 'generated/visit', '--repeats', '1', '--json')
    expect(code).toBe(0)
    const { ms, planned, predicted, engine } = JSON.parse(stdout)
    expect(engines).toContain(engine)
    expect(predicted).toBeNull()
    expect(ms.evaluate).toBeGreaterThan(0)
    expect(planned).toEqual(JSON.parse(await textOf('generated/visit/report/model.json')).cost)
    expect((await run('bench', 'generated/visit', '--repeats', '1')).stdout).toMatch(
      /^visit: 21 cuts, 7 features, \d leaves$/m,
    )
  })

  test('is packaged for Lambda: the server module answers, and the ticket function holds nothing of the tree', async () => {
    expect(await run('package', model, '--out', 'deployed', '--no-reply-key')).toMatchObject({ code: 0, stderr: '' })
    const { server }: { server: Server } = await import(
      /* @vite-ignore */ pathToFileURL(join(directory, 'deployed/server/index.mjs')).href
    )
    const { client } = await import('../../generated/heart-disease-label/client.ts')
    const record = { age: 63, sex: 1, cp: 4, trestbps: 145, chol: 233, fbs: 1, restecg: 2, thalach: 150, exang: 0 }
    const whole = { ...record, oldpeak: 2.3, slope: 3, ca: 0, thal: 6 }
    expect(await client.predict(client.check(whole), { via: server.evaluate })).toEqual({
      kind: 'class',
      answer: expect.stringMatching(/^[01]$/),
    })
    expect(await textOf('deployed/tickets/index.mjs')).not.toMatch(/edges:\[/)
    expect(await textOf('deployed/server/index.mjs')).toMatch(/edges:\[/)
  })
})

describe('emp-compile verify', () => {
  test('all 303 rows of heart disease, missing values included', { timeout: 240_000 }, async () => {
    const args = ['verify', model, '--data', 'heart-disease.csv', '--json']
    const { code, stdout } = await run(...args)
    expect(JSON.parse(stdout)).toMatchObject({ name: contract.name, rows: 303, equal: 303, different: [] })
    expect(code).toBe(0)
  })

  test.each([
    ['iris', 150, ['--probability']],
    ['diabetes', 442, []],
  ])('all rows of %s', { timeout: 240_000 }, async (name, rows, args) => {
    expect(await compile(`${name}.csv`, ...args)).toMatchObject({ code: 0 })
    const { figures } = JSON.parse(await textOf(`generated/${name}/report/model.json`))
    const { pooled } = figures.heldOut
    expect(figures.restriction.score).toBeCloseTo(pooled.accuracy ?? pooled.r2, 12)
    const { code, stdout } = await run('verify', `generated/${name}`, '--data', `${name}.csv`)
    expect(stdout).toContain(`${rows} of ${rows} rows equal, all equal (ristretto255`)
    expect(code).toBe(0)
  })

  test('a server module in which the leaves exchanged an answer is found out, by line', async () => {
    await cp(model, join(directory, 'changed'), { recursive: true })
    const server = await textOf('changed/server.js')
    const changed = server.replace(
      /(\/\/ \(thal <= 4\.5 or missing\) and \(ca <= 0\.5 or missing\) and [^\n]*age <= 59\.5: "0"\n {4}\{\s+answer: )0/,
      '$11',
    )
    expect(changed).not.toBe(server)
    await writeFile(join(directory, 'changed/server.js'), changed)
    const lines = (await textOf('heart-disease.csv')).split('\n').slice(0, 12).join('\n')
    await writeFile(join(directory, 'few.csv'), `${lines}\n`)
    const { code, stdout } = await run('verify', 'changed', '--data', 'few.csv')
    expect(stdout).toMatch(/^few\.csv:\d+: plaintext "0", encrypted "1"$/m)
    expect(code).toBe(1)
  })
})
