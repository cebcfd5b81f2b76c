import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CsvOptions, readCsv } from '../../compiler/1-read/csv.ts'
import { type ColumnOptions, read } from '../../compiler/1-read/read.ts'

/** Names that look like data, and rows beside them: there is always a way to read a table. */
let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-headers-'))
})
afterAll(() => rm(directory, { recursive: true }))

let files = 0
async function written(text: string): Promise<string> {
  const path = join(directory, `${files++}.csv`)
  await writeFile(path, text)
  return path
}
const table = async (text: string, options: CsvOptions & ColumnOptions = {}) =>
  read({ ...options, csv: await written(text), schema: null, target: null })

/** Rows of a key, numbers of a range that do not go up alike, and an end. */
const rowsOf = (count: number, least: number, greatest: number, end = (i: number): string => (i % 2 ? 'a' : 'b')) =>
  Array.from({ length: 20 }, (_, i) => {
    const numbers = Array.from(
      { length: count },
      (_, k) => least + ((7919 * (i + 2) ** 2 * (k + 7) ** 3) % (greatest - least)),
    )
    return [`k${i % 7}`, ...numbers, end(i)].join(',')
  }).join('\n')

describe('numbers that go up by one step are names', () => {
  const year = (i: number) => String(1990 + ((13 * i) % 60))
  test.each([
    ['years', 'hospital,2018,2019,2020,2021,y', rowsOf(4, 1500, 2400)],
    [
      'years, the last of them the target',
      'hospital,2018,2019,2020,2021',
      `${rowsOf(3, 1500, 2400, year)}\nk1,1,2,4,2021`,
    ],
    ['wavelengths', `w,${Array.from({ length: 40 }, (_, i) => 400 + 10 * i)},y`, rowsOf(40, 0, 3000)],
    ['wavelengths that go down', 'w,4000,3998,3996,3994,y', rowsOf(4, 0, 6000)],
    ['with decimals', 'w,0.1,0.2,0.3,0.4,0.5,y', rowsOf(5, 0, 5)],
  ])('%s', async (_, header, rows) => {
    const read = await table(`${header}\n${rows}\n`)
    expect([read.rows, read.target.name]).toEqual([rows.split('\n').length, header.split(',').at(-1)])
    expect(read.notes.join()).toContain('names that look like the cells below them')
  })

  test.each([
    ['more than one step', `w,400,410,430,440,y\n${rowsOf(4, 0, 3000)}`],
    ['one number twice', `w,400,400,400,y\n${rowsOf(3, 0, 3000)}`],
    ['two of them', '400,410,y\n380,420,a\n405,500,b\n390,420,a'],
    ['rows that go up, too', `k0,1,2,3,a\n${rowsOf(3, 1, 6)}\nk1,3,4,5,b\nk1,5,4,3,b`],
    ['nothing but numbers', '1,2,3,4\n2,2,9,8\n5,7,3,9'],
  ])('but not with %s', async (_, text) => {
    const code = text.startsWith('w,400,400') ? 'duplicate-name' : 'header-is-data'
    await expect(table(`${text}\n`)).rejects.toMatchObject({ code })
  })
})

test.each([
  ['wavelengths without one step', 'w,400,410,430,440,y', undefined],
  ['nothing but numbers', '0,1,2,3,4,5', undefined],
  ['in other cases', 'W,A,b,c,d,Y', 'w,a,b,c,d,y'],
  ['with a delimiter behind them', 'w,400,410,430,440,y,', 'w,400,410,430,440,y'],
  ['called as an answer', 'w,400,410,430,440,a', undefined],
])('names that are given and stand in the first line are the header: %s', async (_, header, given = header) => {
  const names = given.split(',')
  const read = await table(`${header}\n${rowsOf(4, 0, 3000)}\n`, { names })
  expect([read.rows, read.target.name, read.notes.join()]).toEqual([
    20,
    names.at(-1),
    expect.stringContaining('the first line has the names that are given, so it is the header'),
  ])
})

test.each([
  ['a,b,\n1,2,\n3,4,9\n5,6,\n', [1]],
  ['a,b,\n1,2\n3,4,\n5,6,"x"\n7,8,9\n', [2, 3]],
  ['a,b,c,\n1,2,3,\n3,4,9\n5,6,7,8,9\n7,8,9,\n', [2]],
  ['a b \n1 2\n3 4 9\n', [1]],
])('of records %j, those with a cell too many do not stop the others', async (text, faults) => {
  const path = await written(text)
  const raw = await readCsv('records.csv', path, {
    only: ['a', 'b'],
    ...(text.includes(',') ? {} : { delimiter: ' ' }),
  })
  expect([...(raw.faults ?? new Map()).keys()]).toEqual(faults)
  for (const fault of raw.faults?.values() ?? []) expect(fault).toMatch(/^It has \d cells, but the header has \d\.$/)
})

test('of records that all have a cell too many the header is named', async () => {
  const path = await written('a,b,\n1,2,3\n4,5,6\n')
  await expect(readCsv('records.csv', path, { only: ['a', 'b'] })).rejects.toMatchObject({ code: 'empty-name' })
})
