import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { isCoefficientTable } from '../../compiler/2-import/coefficient-table.ts'
import type { CompileError } from '../../compiler/errors.ts'
import { type CoefficientImport, compileCoefficients } from '../../compiler/import-coefficients.ts'
import { predictSums } from '../../compiler/linear.ts'
import type { Model } from '../../compiler/model.ts'
import { at } from '../../runtime/at.ts'
import { cellsOf } from '../../runtime/grid.ts'
import { importEmitted } from '../support/modules.ts'
import { jsonOf } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'emp-compile-coefficients-'))
afterAll(() => rmSync(directory, { recursive: true }))
const write = (name: string, text: string) => {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

const fields = [
  { name: 'age', type: 'integer', constraints: { minimum: 18, maximum: 98 } },
  { name: 'crp', type: 'number', step: 0.1, constraints: { minimum: 0, maximum: 50 } },
  { name: 'sex', type: 'string', constraints: { enum: ['female', 'male'] } },
  { name: 'unused', type: 'integer', constraints: { minimum: 0, maximum: 1 } },
]
const schema = write('score.schema.json', JSON.stringify({ fields }))

const ofR = '"","Estimate","Std. Error"\n"(Intercept)",-6.5,0.2\n"age",0.08,0.1\n"crp",0.03,0\n"sexmale",0.8,0.3\n'
const ofStatsmodels = ',coef,std err\nIntercept,-6.5,0.2\nage,0.08,0.1\ncrp,0.03,0\nC(sex)[T.male],0.8,0.3\n'
const ofLifelines = 'covariate,coef,exp(coef),mean\nage,0.08,1.08,60.5\ncrp,0.03,1.03,5\nsex[T.male],0.8,2.2,0.25\n'

const optionsFor = (text: string, more: Partial<CoefficientImport> = {}): CoefficientImport => ({
  ...{ name: 'score', file: 'fit.csv', bytes: new TextEncoder().encode(text), read: {}, data: null, schema },
  ...{ columns: null, cuts: null, scoreStep: null, answers: null, acceptChanges: false, target: null },
  ...{ expect: null, reveal: null, scheme: {}, recipe: {}, baseline: null, horizon: null, ...more },
})
const logistic = { read: { link: { kind: 'logistic', steepness: 1, normalised: false } as const } }
const number = (kind: 'identity' | 'exponential') => ({ read: { link: { kind } as const } })

async function errorOf(options: CoefficientImport): Promise<CompileError> {
  return (await compileCoefficients(options).catch((error: unknown) => error)) as CompileError
}

interface Person {
  readonly age: number
  readonly crp: number
  readonly sex: 'female' | 'male'
}
const people: readonly Person[] = [18, 41, 60, 98].flatMap((age) =>
  [0, 4.9, 50].flatMap((crp) => (['female', 'male'] as const).map((sex) => ({ age, crp, sex }))),
)

function linearOf(model: Model) {
  if (model.family !== 'linear') throw new TypeError('no linear model')
  const cells = { columns: model.columns, features: model.features, ignored: [] }
  return (person: Person) => predictSums(model, cellsOf(cells, person))
}

test('is recognised by its header: terms first, and coefficients', () => {
  for (const text of [ofR, ofStatsmodels, ofLifelines, ofR.replaceAll(',', ';'), ofR.replaceAll(',', '\t')]) {
    expect(isCoefficientTable(text)).toBe(true)
  }
  for (const text of ['age,coef,target\n1,2,3', 'term,p\nage,0.1', 'column,from,to,level,points\n', '']) {
    expect(isCoefficientTable(text)).toBe(false)
  }
})

test.each([
  ['R', ofR],
  ['statsmodels', ofStatsmodels],
])('logistic, of %s: the chance of everybody is that of the formula', async (_, text) => {
  const { model, plan, loss } = await compileCoefficients(optionsFor(text, { ...logistic, answers: ['no', 'yes'] }))
  expect(plan.contract).toMatchObject({ family: 'linear', reveal: 'score', answers: ['no', 'yes'] })
  expect(model.columns.map(({ name, missing }) => [name, missing])).toEqual([
    ['age', 'never'],
    ['crp', 'never'],
    ['sex', 'never'],
  ])
  expect(loss.sums).toMatchObject({ drawn: true, rows: 1000, changed: 0 })
  const open = linearOf(model)
  for (const person of people) {
    const eta = -6.5 + 0.08 * person.age + 0.03 * person.crp + (person.sex === 'male' ? 0.8 : 0)
    const opened = open(person)
    if (opened.kind !== 'class') throw new TypeError('a number')
    expect(Math.abs(at(opened.shares ?? [], 1) - 1 / (1 + Math.exp(-eta)))).toBeLessThan(0.012)
    if (Math.abs(eta) > 0.05) expect(opened.answer).toBe(eta > 0 ? 'yes' : 'no')
  }
})

test('the logistic regression of scikit-learn, as a table, gives its probabilities', async () => {
  const reference = jsonOf('reference/heart.LogisticRegression.json')
  const [header = '', ...lines] = readFileSync('datasets/heart-disease.csv', 'utf8').trim().split('\n')
  const names = header.split(',').slice(0, -1)
  const rows = lines.filter((line) => !line.includes('?')).map((line) => line.split(','))
  const data = write('heart.csv', `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`)
  const lineOf = (name: string, i: number) =>
    [name, reference.coef[0][i] / reference.scale[i], reference.mean[i]].join()
  const text = `term,estimate,mean\n(Intercept),${reference.intercept[0]},0\n${names.map(lineOf).join('\n')}\n`
  const wanted = reference.expected.probability.map((row: number[]) => row[1])
  const expected = write('expected.csv', `probability\n${wanted.join('\n')}\n`)
  const whole = write('heart.schema.json', JSON.stringify({ fields: names.map((name) => ({ name, type: 'number' })) }))
  const options = { ...logistic, answers: ['0', '1'], data, schema: whole, target: 'target', expect: expected }
  const { loss } = await compileCoefficients(optionsFor(text, options))
  expect(loss.float).toMatchObject({ rows: 297, equal: 297 })
  expect(loss.sums).toMatchObject({ drawn: false, rows: 297, changed: 0 })
  expect(loss.sums?.chance).toBeLessThan(0.012)
})

test('of Cox’s model the chance up to the horizon, from a baseline at the means, also encrypted', async () => {
  const compiled = await compileCoefficients(optionsFor(ofLifelines, { baseline: 0.9, horizon: '10 years' }))
  const { model, plan, files, lines, loss } = compiled
  // The reader's own chances beside those that clients are told.
  expect(loss.sums).toMatchObject({ changed: 0 })
  expect(loss.sums?.chance).toBeLessThan(0.012)
  const answers = ['no event within 10 years', 'event within 10 years']
  expect(plan.contract.answers).toEqual(answers)
  expect(plan.contract).toMatchObject({ link: { kind: 'survival', base: Math.log(-Math.log(0.9)) } })
  expect(lines.find(([name]) => name === 'model' || name === 'linear')).toBeDefined()
  expect(lines.map(([, text]) => text).join('\n')).toContain('Cox regression: ')
  const { client, server } = await importEmitted<string>(files.get('client.ts') ?? '', files.get('server.ts') ?? '')
  const open = linearOf(model)
  for (const [i, person] of people.entries()) {
    const sum = 0.08 * (person.age - 60.5) + 0.03 * (person.crp - 5) + 0.8 * (Number(person.sex === 'male') - 0.25)
    const chance = 1 - 0.9 ** Math.exp(sum)
    const opened = i % 8 === 0 ? await client.predict(person, { via: server.evaluate }) : open(person)
    if (opened.kind !== 'class') throw new TypeError('a number')
    expect(opened).toEqual(open(person))
    expect(Math.abs(at(opened.shares ?? [], 1) - chance)).toBeLessThan(0.012)
    if (Math.abs(chance - 0.5) > 0.02) expect(opened.answer).toBe(answers[chance > 0.5 ? 1 : 0])
  }
})

test.each(['identity', 'exponential'] as const)('numbers by the link %s', async (kind) => {
  const { model, plan } = await compileCoefficients(optionsFor(ofR, number(kind)))
  expect(plan.contract).toMatchObject({ answers: null, link: { kind } })
  const open = linearOf(model)
  const wanted = people.map((person) => {
    const eta = -6.5 + 0.08 * person.age + 0.03 * person.crp + (person.sex === 'male' ? 0.8 : 0)
    return kind === 'identity' ? eta : Math.exp(eta)
  })
  const largest = Math.max(...wanted.map(Math.abs))
  people.forEach((person, i) => {
    expect(Math.abs(Number(open(person).answer) - at(wanted, i))).toBeLessThan(0.02 * largest)
  })
})

describe('an error names the place and the remedy', () => {
  test.each<[string, string, Partial<CoefficientImport>, RegExp]>([
    ['a name that is no column', ofR.replace('"age"', '"Age"'), logistic, /fit.csv:3: .*"Age"/],
    ['a level that is none', ofR.replace('sexmale', 'sexman'), logistic, /fit.csv:5: .*"sexman"/],
    ['what is no number', ofR.replace('0.08', 'NA'), logistic, /fit.csv:3: .*"NA"/],
    ['a mean that is none', ofLifelines.replace('60.5', '?'), { baseline: 0.9 }, /fit.csv:2: .*"\?"/],
    ['a name twice', `${ofR}"age",1,1\n`, logistic, /fit.csv:6: .*twice/],
    ['no meaning', ofR, {}, /--link logistic.*--baseline/s],
    ['no answers', ofR, logistic, /--answers/],
    ['another link', ofR, { read: { link: { kind: 'softmax' } } }, /identity, logistic or exponential/],
    ['a horizon alone', ofR, { ...logistic, horizon: '10 years' }, /horizon.*"10 years".*baseline/],
    ['a baseline and a link', ofR, { ...logistic, baseline: 0.5 }, /link.*baseline/],
    ['cuts', ofR, { ...logistic, answers: ['no', 'yes'], cuts: 'even:3' }, /cuts/],
  ])('%s', async (_, text, more, want) => {
    expect((await errorOf(optionsFor(text, more))).message).toMatch(want)
  })
})

test('the codes of levels are counted before they are made', async () => {
  const levels = Array.from({ length: 2900 }, (_, i) => `l${i}`)
  const wide = [{ name: 'ward', type: 'string', constraints: { enum: levels } }]
  const schema = write('wide.schema.json', JSON.stringify({ fields: wide }))
  const table = `term,coef\nIntercept,1\n${levels.map((level) => `ward${level},1`).join('\n')}\n`
  const error = await errorOf(optionsFor(table, { schema, ...logistic }))
  expect([error.code, error.message]).toEqual(['beyond-limit', expect.stringMatching(/8410000 numbers of categories/)])
})
