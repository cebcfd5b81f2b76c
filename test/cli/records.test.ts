import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countRefused, describeRefused, readRecords } from '../../compiler/cli/records.ts'
import type { Column, Contract } from '../../runtime/contract.ts'
import { cellOf, gridPosition, gridValue } from '../../runtime/grid.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-records-'))
})
afterAll(() => rm(directory, { recursive: true }))

const grid = (minimum: number, step: number, size: number) => ({ minimum, step, size })
const age: Column = { kind: 'number', name: 'age', grid: grid(18, 1, 83), missing: 'never' }
const dose: Column = { kind: 'number', name: 'dose', grid: grid(0, 0.1, 51), missing: 'above', beyond: 'clamp' }
const grade: Column = { kind: 'text', name: 'grade', levels: ['1', '2'], missing: 'never' }
const job: Column = { kind: 'text', name: 'job', levels: ['(other)', 'nurse'], missing: 'no-level', other: '(other)' }
const columns = [age, dose, grade, job]
const contract = {
  ...{ format: 1, model: 'm', reveal: 'signs', keyBits: 2048, ignored: ['unused'], missingValues: ['', 'NA'] },
  ...{ answers: ['a', 'b'], tests: 1, blindingBits: 64, decision: '' },
  columns,
  features: [
    { column: 'age' },
    { column: 'dose' },
    { column: 'grade', level: '1' },
    { column: 'grade', level: '2' },
    { column: 'job', level: 'nurse' },
  ],
} as unknown as Contract

let files = 0
async function recordsOf(
  text: string,
  name = 'given.csv',
  options: Parameters<typeof readRecords>[2] = null,
  own: Contract = contract,
) {
  const path = join(directory, `${files++}-${name}`)
  await writeFile(path, text)
  return readRecords(path, own, options)
}
const header = 'age,dose,grade,job\n'

test('a record that does not fit does not stop the others, and all that is wrong with it is said', async () => {
  const records = await recordsOf(`${header}40,1.5,1,nurse\n10,1.5,1,nurse\n,1,3,nurse\nold,1,1,NA\n41,,2.0,baker\n`)
  expect(records.map(({ refusal }) => refusal?.kind ?? null)).toEqual([
    null,
    'out-of-range',
    'missing',
    'not-a-number',
    null,
  ])
  expect(records[2]?.refusal?.reason).toMatch(/"age" must be given.*"grade" takes one of "1", "2"/)
  expect(records[1]?.place).toMatchObject({ line: 3, column: 1 })
  expect(Object.fromEntries(records[4]?.record ?? [])).toEqual({ age: 41, dose: null, grade: '2', job: 'baker' })
  expect(countRefused(records)).toBe('1 out of range, 1 with a gap, 1 with no number where there must be one')
  expect(describeRefused(records)).toHaveLength(3)
  expect(describeRefused(Array.from({ length: 12 }, () => records[1] as (typeof records)[0])).at(-1)).toBe(
    '... and 2 more',
  )
})

test('values beyond the range of a column that clamps count as its ends, and the record says so', async () => {
  const records = await recordsOf(`${header}40,9.5,1,nurse\n40,-3,1,nurse\n40,5,1,nurse\n`)
  expect(records.map(({ clamped }) => clamped)).toEqual([['dose'], ['dose'], []])
  expect([9.5, -3, 5].map((value) => cellOf(dose, { column: 'dose' }, value))).toEqual([50, 0, 50])
})

describe('numbers are read as in training', () => {
  test.each([
    ['age;dose;grade;job\n40;1,5;1;nurse\n41;2,25;1;nurse\n', 1.5],
    ['age,dose,grade,job\n40,"1,5",1,nurse\n', 1.5],
    ['age,dose,grade,job\n−0,+1.5,1,nurse\n', 1.5],
  ])('%j', async (text, want) => {
    expect((await recordsOf(text))[0]?.record.get('dose')).toBe(want)
  })

  test('what may be two is refused, or read as declared', async () => {
    const text = `age,dose,grade,job\n40,"1,500",1,nurse\n`
    expect((await recordsOf(text))[0]?.refusal?.kind).toBe('not-a-number')
    expect((await recordsOf(text, 'x.csv', { decimal: ',' }))[0]?.record.get('dose')).toBe(1.5)
  })

  test('in JSON, texts that are numbers are numbers, and codes that are numbers are texts', async () => {
    const [one, two] = await recordsOf(
      JSON.stringify([
        { age: '40', dose: '1,5', grade: 2, job: 'NA' },
        { age: 40, dose: '1,500', grade: '1.0', job: null },
      ]),
      'x.json',
    )
    expect(Object.fromEntries(one?.record ?? [])).toEqual({ age: 40, dose: 1.5, grade: '2', job: null })
    expect([two?.record.get('grade'), two?.refusal?.kind]).toEqual(['1', 'not-a-number'])
  })
})

test('a number that is two levels is refused by both names, also where unknown texts have a level', async () => {
  const twice: Column = { ...grade, levels: ['1', '250.0', '250.00', 'V45'] }
  const other: Column = { ...job, levels: ['(other)', '7', '7.0', '8.0'] }
  const own = { ...contract, columns: [age, dose, twice, other] }
  for (const [given, level, work, reason] of [
    ['250', null, 'x', '"grade" may be "250.0" or "250.00"'],
    ['250,000', null, 'x', '"grade" takes one of'],
    ['250.00', '250.00', 'x', null],
    ['1.0', '1', '8', null],
    ['1', null, '7.00', '"job" may be "7" or "7.0"'],
    ['2.5e2', null, '+7', '"250.00", which are one number. Write it as one of them. "job" may be'],
  ] as const) {
    const values = { age: 40, dose: 1, grade: given, job: work }
    for (const [name, text] of [
      ['x.csv', `${header}40,1,"${given}",${work}\n`],
      ['x.json', JSON.stringify(values)],
      ['x.json', JSON.stringify([values])],
    ] as const) {
      const [record] = await recordsOf(text, name, null, own)
      if (reason === null) expect([record?.refusal, record?.record.get('grade')]).toEqual([null, level])
      else expect(record?.refusal).toMatchObject({ kind: 'unknown-level', reason: expect.stringContaining(reason) })
    }
  }
})

test.each([
  ['x.json', '{"age":40}', true],
  ['x.json', '[{"age":40}]', false],
  ['x.json', '[{"age":40},{"age":41}]', false],
  ['x.jsonl', '{"age":40}\n', false],
  ['x.json', '{"age":40}\n{"age":41}', false],
  ['x.csv', `${header}40,1,1,nurse\n`, false],
])('%s of %j is one record and no list: %s', async (name, text, isAlone) => {
  const records = await recordsOf(text, name)
  expect(records.map((record) => record.isAlone === true)).toEqual(records.map(() => isAlone))
})

test('only the columns of the model are looked at; in JSON another name is refused where one of the model is lacking', async () => {
  const csv = ',,age,dose,grade,job,x,x\n7,8,40,1,1,nurse,9,9\n'
  expect((await recordsOf(csv))[0]?.refusal).toBeNull()
  const full = { age: 40, dose: 1, grade: '1', job: 'nurse', other: 'x' }
  const { dose: _, ...lacking } = full
  const records = await recordsOf(JSON.stringify([full, lacking]), 'x.json')
  expect(records.map(({ refusal }) => refusal?.kind ?? null)).toEqual([null, 'unknown-name'])
})

test('a column of admitted values takes no others', () => {
  const thal: Column = { kind: 'number', name: 'thal', grid: grid(3, 1, 5), missing: 'never', admitted: [3, 6, 7] }
  expect([3, 6, 7].map((value) => cellOf(thal, { column: 'thal' }, value))).toEqual([0, 3, 4])
  for (const value of [4, 5, 6.2]) expect(() => cellOf(thal, { column: 'thal' }, value)).toThrow('takes one of 3, 6, 7')
})

test('a value lies where the printed condition says, in the middle between two cells and beside it', () => {
  for (const [minimum, step] of [
    [18, 1],
    [0, 0.1],
    [-3, 0.25],
    [0.05, 0.01],
    [1e-7, 1e-7],
  ] as const) {
    const own = grid(minimum, step, 1000)
    for (let cut = 0; cut < 999; cut++) {
      const threshold = gridValue(own, cut + 0.5)
      for (const value of [threshold, threshold * (1 + 2 ** -52), threshold * (1 - 2 ** -52)]) {
        expect(gridPosition(own, value) <= cut, `${value} <= ${threshold}`).toBe(value <= threshold)
      }
    }
  }
})
