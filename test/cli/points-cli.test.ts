import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { empCompile } from '../support/processes.ts'

let directory = ''
const run = (...args: string[]) => empCompile(args, directory)
/** Without cross-validation of the strength, and folds enough for figures. */
const quick = ['--model', 'additive', '--penalty', '4', '--points', '63', '--folds', '2']

const score = [
  'column,from,to,level,points',
  'age,,45,,0',
  'age,45,60,,2',
  'age,60,,,5',
  'sex,,,male,1',
  'sex,,,female,0',
  ',,,,1',
]
const schema = {
  fields: [
    { name: 'age', type: 'integer', constraints: { minimum: 18, maximum: 100 } },
    { name: 'sex', type: 'string', constraints: { enum: ['male', 'female'] } },
  ],
}
const classes = {
  points: [
    { column: 'age', to: 60, points: 0 },
    { column: 'age', from: 60, points: 3 },
    { column: 'sex', level: 'male', points: 1 },
    { column: 'sex', level: 'female', points: 0 },
  ],
  classes: [{ label: 'low', upTo: 2 }, { label: 'high' }],
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-points-'))
  const write = (name: string, text: string) => writeFile(join(directory, name), text)
  await Promise.all([
    ...['heart-disease.csv', 'heart-disease.schema.json', 'iris.csv'].map((file) =>
      copyFile(`datasets/${file}`, join(directory, file)),
    ),
    write('score.csv', `${score.join('\n')}\n`),
    write('score.schema.json', JSON.stringify(schema)),
    write('classes.json', JSON.stringify(classes)),
    write('records.csv', 'age,sex\n50,male\n61,female\n18,female\n'),
  ])
})
afterAll(() => rm(directory, { recursive: true }))

describe('emp-compile <csv> --model additive', () => {
  test('reveals the sum where nothing is said, after how many questions it is rebuilt, and what cheats get', async () => {
    const { code, stdout } = await run('heart-disease.csv', ...quick, '--out', 'sum')
    expect(code).toBe(0)
    const text = stdout.replace(/\s+/g, ' ')
    expect(text).toContain('client learns its sum of points')
    expect(text).toContain('From at most 100 sums that it may ask for a client knows those of every record')
    expect(text).toContain('gets an honest record’s answer, or nothing')
    const verified = await run('verify', 'sum', '--data', 'heart-disease.csv')
    expect(verified.stdout).toContain('303 of 303 rows equal')
    expect(await readFile(join(directory, 'sum/client.ts'), 'utf8')).not.toContain('tables')
    const again = await run('heart-disease.csv', ...quick, '--out', 'sum', '--check')
    expect(again.code).toBe(0)
  })

  test('refuses several answers where the answer alone is to be revealed, and names the way that takes them', async () => {
    const { code, stderr } = await run('iris.csv', ...quick, '--reveal', 'label')
    expect(code).toBe(2)
    expect(stderr).toContain('--reveal score')
  })

  test('refuses options of trees', async () => {
    const { code, stderr } = await run('heart-disease.csv', '--model', 'additive', '--max-depth', '3')
    expect(code).toBe(2)
    expect(stderr).toContain('--model tree')
  })
})

describe('emp-compile <table of points>', () => {
  test('is recognised by its header, and compiled with a schema alone', async () => {
    const { code, stdout } = await run('score.csv', '--out', 'imported')
    expect(code).toBe(0)
    expect(stdout).toContain('2 of 2 columns, 5 positions')
    const answers = await run('predict', 'imported', '--input', 'records.csv', '--store', 'memory:')
    expect(answers.stdout.match(/:\d+ +(\S+)/g)?.map((line) => line.split(/ +/)[1])).toEqual(['4', '6', '1'])
    expect((await run('verify', 'imported', '--data', 'records.csv')).stdout).toContain('3 of 3 rows equal')
  })

  test('with classes by sum, of which the client learns one alone', async () => {
    const out = ['--schema', 'score.schema.json', '--out', 'classes', '--reveal', 'label']
    expect((await run('classes.json', ...out)).code).toBe(0)
    const answers = await run('predict', 'classes', '--input', 'records.csv', '--store', 'memory:')
    expect(answers.stdout.match(/:\d+ +(\S+)/g)?.map((line) => line.split(/ +/)[1])).toEqual(['low', 'high', 'low'])
  })

  test('without a schema: says which file is missing', async () => {
    const { code, stderr } = await run('classes.json')
    expect(code).toBe(2)
    expect(stderr).toContain('classes.schema.json')
  })
})
