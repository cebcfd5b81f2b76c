import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CsvOptions, readCsv } from '../../compiler/1-read/csv.ts'
import { inferSchema } from '../../compiler/1-read/infer-schema.ts'
import { type ColumnOptions, read } from '../../compiler/1-read/read.ts'
import type { Table } from '../../compiler/table.ts'
import { describeGrid } from '../../runtime/grid.ts'

/** What a table may hold that looks like something else: each kind is read as what it is, or refused by name. */
let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-misread-'))
})
afterAll(() => rm(directory, { recursive: true }))

let files = 0
async function table(
  bytes: string | Uint8Array,
  options: CsvOptions & ColumnOptions = {},
  schema?: object,
): Promise<Table> {
  const path = join(directory, `${files++}.csv`)
  await writeFile(path, bytes)
  if (schema !== undefined) await writeFile(path.replace('.csv', '.schema.json'), JSON.stringify(schema))
  return read({ ...options, csv: path, schema: null, target: null })
}
/** A column of these cells, eighteen rows at least, beside an age and a target. */
function columnOf(cells: readonly string[], name = 'x', delimiter = ','): string {
  const rows = Array.from({ length: Math.max(18, cells.length) }, (_, i) => {
    const cell = (cells[i % cells.length] ?? '').replaceAll('"', '""')
    return [`"${cell}"`, 30 + ((7 * i) % 11), i % 2 === 0 ? 'ill' : 'well'].join(delimiter)
  })
  return `${[name, 'age', 'y'].join(delimiter)}\n${rows.join('\n')}\n`
}
const contentOf = ({ columns }: Table) =>
  columns.map(({ column }) => (column.kind === 'number' ? describeGrid(column.grid) : column.levels.join('|')))
const answersOf = ({ target }: Table) => (target.kind === 'classes' ? target.answers : [])

describe('texts that hold numbers', () => {
  test.each([
    ['as in India', ['1,00,000', '2,50,000', '12,34,567', '3,00,500', '9,99,999', '1,10,000']],
    ['middle dots', ['12·5', '13·1', '9·8', '10·2', '11·7', '14·0']],
    ['underscores', ['1_000', '2_500', '3_000', '1_750', '4_000', '9_000']],
    ['a deviation in parentheses', ['12.5 (3.1)', '13 (2)', '9.8 (1.1)', '10 (1)', '11 (4)', '14 (2)']],
    ['a deviation', ['12 ± 3', '13 ± 2', '9 +/- 1', '10 ± 1', '11 ± 4', '14 ± 2']],
    ['feet and inches', [`5'11`, `6'1"`, `5'9`, '5 ft 4 in', `5’2”`, `6'0`]],
    ['hours and minutes', ['1h20', '2 h 30 min', '1h05', '3h00', '4h10', '2h15']],
    ['currencies in letters', ['EUR 50', 'EUR 60', 'US$70', 'Rs. 80', 'EUR 90', 'CHF 55']],
    ['about', ['≈5', 'ca. 6', '~7', 'about 8', 'c. 9', '±10']],
    ['and more', ['90+', '80+', '70+', '60+', '50+', '40-']],
    ['single quotes', [`'30'`, `'31'`, `'32'`, `'33'`, `'34'`, `'35'`]],
    ['quotes that look nice', ['“30”', '“31”', '„32“', '«33»', '‘34’', '“35”']],
    ['the formulas of Excel', ['="001"', '="002"', '="003"', '="004"', '="005"', '="006"']],
  ])('%s are not categories', async (_, cells) => {
    await expect(table(columnOf(cells))).rejects.toMatchObject({
      code: 'numbers-with-signs',
      place: { line: 2, column: 1 },
    })
  })

  test.each([
    ['with months in letters', ['5-Jan-2020', '6-Feb-2020', '7 mars 2021', '8. April 2021', '9-May-21', '1-Jun-2021']],
    [
      'as Americans say them',
      ['Jan 5, 2020', 'Feb 6, 2020', 'March 7 2021', 'Apr 8, 2021', 'May 9, 2021', 'Jun 1, 2021'],
    ],
    ['of months', ['2020-01', '2020-02', '04/2021', '2021-11', '2021-12', '2022-01']],
    ['of twelve hours', ['1:30 PM', '2:30 pm', '3:45 AM', '4:10 a.m.', '5:20 AM', '6:30 PM']],
    [
      'with a time',
      ['2020-01-05 1:30 PM', '2020-01-06 12:00', '5/6/2020 13:05:07', '7/6/2020', '8/6/2020', '9/6/2020'],
    ],
  ])('dates %s are called dates', async (_, cells) => {
    await expect(table(columnOf(cells))).rejects.toThrow('looks like a date or a time')
  })

  test.each([
    [['30-40', '40-50', '50-60', '60-70', '70-80', '80-90']],
    [['R50', 'R51', 'I10', 'C34', 'E11', 'R52', 'R53', 'R54']],
    [['stage 1', 'stage 2', 'stage 3', 'T1', 'T2', 'T3', 'B12']],
    [['Q1 2020', 'Q2 2020', 'Q3 2020', 'Q4 2020', 'Q1 2021', 'Q2 2021']],
    [['<40', '40-60', '>60']],
  ])('%j are categories', async (cells) => {
    expect(contentOf(await table(columnOf(cells)))[0]).toBe(cells.toSorted().join('|'))
  })

  test.each(['ND', '.', '-', 'not done', '<LOD'])(
    'many numbers below a majority of %j are no categories',
    async (word) => {
      const cells = [...Array.from({ length: 20 }, () => word), '1.5', '2.5', '3', '4', '5.25', '6']
      await expect(table(columnOf(cells))).rejects.toThrow(`${JSON.stringify(word)} is not a number`)
      const missing = await table(columnOf(cells), {}, { missingValues: [word], fields: [] })
      expect(contentOf(missing)[0]).toBe('1 to 6 in steps of 0.01')
    },
  )

  test('a number with a minus behind it, or a bound, is no number, whatever may stand beside one', async () => {
    for (const cell of ['5-', '90+', '5−', '7<', '(5)']) {
      const schema = { fields: [{ name: 'x', type: 'number', bareNumber: false }] }
      await expect(table(columnOf([cell, '1', '2 mg']), {}, schema)).rejects.toThrow('is not a number')
    }
  })

  test.each([[['4.9e-324', '1e-320', '5e-315']], [['1e-300', '0.5', '1']]])(
    '%j do not keep the compiler for ever',
    async (cells) => {
      expect((await table(columnOf(cells))).notes.join()).toContain('rounded')
    },
  )
})

describe('one value, two writings', () => {
  test.each([
    [
      ['0', '0.0', '1', '1.0', 'unknown'],
      ['0', '1', 'unknown'],
    ],
    [
      ['1', '+1', '-0', '0', 'other'],
      ['0', '1', 'other'],
    ],
  ])('answers %j are %j, whatever stands beside them', async (cells, answers) => {
    const rows = cells.flatMap((cell, i) => [`${i},${cell}`, `${i + 9},${cell}`])
    const read = await table(`x,y\n${rows.join('\n')}\n`)
    expect(answersOf(read).toSorted()).toEqual(answers.map((one) => (cells.includes(`-${one}`) ? '0' : one)))
    expect(read.notes.join()).toContain('the same number, so one')
  })

  test('codes beside texts may be two, and it is said', async () => {
    const read = await table(columnOf(['250.0', '250.00', 'V45', 'E11', 'V46']))
    expect(contentOf(read)[0]).toContain('250.0|250.00')
    expect(read.notes.join()).toContain('the same number, and two')
  })

  test('codes with decimal commas are one', async () => {
    const read = await table(columnOf(['1,0', '1', '2', '2,5'], 'x', ';'), { categorical: ['x'] })
    expect(contentOf(read)[0]).toBe('1|2|2,5')
  })

  test.each(['\u200b', '\u200e', '\u00ad', '\u2060', '\u202a', '\ufeff'])(
    'what nobody sees at the ends of a cell (%j) is no part of it',
    async (mark) => {
      const read = await table(columnOf(['low', `low${mark}`, `${mark} low`, 'high', `high ${mark}`], `x${mark}`))
      expect([read.columns[0]?.column.name, ...contentOf(read)]).toEqual(['x', 'high|low', '30 to 40 in steps of 1'])
      const within = await table(columnOf(['low', `lo${mark}w`, 'high']))
      expect(within.notes.join()).toContain('differ by case, blanks or marks')
    },
  )
})

describe('files', () => {
  const russian = columnOf(['высокое', 'низкое'], 'артериальное давление при поступлении')
  const utf16 = (text: string, isBig: boolean) => {
    const bytes = Buffer.from(text, 'utf16le')
    return isBig ? bytes.swap16() : bytes
  }
  test.each([
    ['Russian', russian, 'высокое|низкое'],
    ['Chinese', columnOf(['老年人群', '青年人群'], '年龄组'), '老年人群|青年人群'],
    ['Greek', columnOf(['ναι', 'όχι'], 'καπνιστής'), 'ναι|όχι'],
  ])('UTF-16 without a mark, %s', async (_, text, levels) => {
    for (const isBig of [false, true]) {
      expect(contentOf(await table(utf16(text, isBig)))[0]).toBe(levels)
      // What is named "utf-16" begins with a mark that says which.
      expect(contentOf(await table(utf16(`\ufeff${text}`, isBig), { encoding: 'utf-16' }))[0]).toBe(levels)
    }
  })

  test.each([
    ['UTF-32', Buffer.from('fffe000061000000', 'hex')],
    ['SPSS', '$FL2@(#) IBM SPSS STATISTICS'],
    ['Stata', '<stata_dta><header>'],
    ['SAS', `HEADER RECORD*******LIBRARY`],
    ['page of the web', '\n<!DOCTYPE html><table><tr><td>1</td></tr></table>'],
    ['JSON', '\ufeff[{"age": 1, "y": 0}]'],
    ['ARFF', '% made by weka\n@RELATION x\n@ATTRIBUTE age NUMERIC\n@DATA\n1,2\n'],
    ['Arrow', 'ARROW1\0\0'],
    ['SQLite', 'SQLite format 3\0'],
    ['7z', Buffer.from('377abcaf271c0004', 'hex')],
    ['RAR', Buffer.from('526172211a0700', 'hex')],
    ['gzip', gzipSync(gzipSync(russian))],
    ['damaged gzip', gzipSync(russian).subarray(0, 60)],
    ['damaged gzip', Buffer.concat([gzipSync(russian), Buffer.from('more')])],
  ])('%s is refused by name', async (kind, bytes) => {
    await expect(table(bytes)).rejects.toMatchObject({ code: 'not-text', message: expect.stringContaining(kind) })
  })

  const body = (delimiter = ',') =>
    Array.from({ length: 12 }, (_, i) =>
      [`${(7 * i) % 12}.5`, i % 3 === 0 ? 'f' : 'm', i % 2 === 0 ? 'ill' : 'well'].join(delimiter),
    ).join('\n')

  test('a header that ends with a delimiter has no more columns, unless there is something below', async () => {
    for (const rows of [body(), body().replaceAll('\n', ',\n').concat(',')]) {
      expect((await table(`a,b,y,\n${rows}\n`)).columns).toHaveLength(2)
    }
    await expect(table(`a,b,y,\n${body().replace('ill', 'ill,x')}\n`)).rejects.toMatchObject({ code: 'empty-name' })
  })

  test.each([
    ['3.5,f,ill', 'header-is-data'],
    ['99,f,9.5', null],
    ['1100,1102,y', null],
  ])('a first line %j, of which %j', async (first, code) => {
    const reading = table(`${first}\n${body()}\n`)
    if (code === null) await reading
    else await expect(reading).rejects.toMatchObject({ code })
  })

  const texts = Array.from(
    { length: 12 },
    (_, i) => `${i % 4 ? 'low' : 'high'},${i % 3 ? 'm' : 'f'},${i % 2 ? 'a' : 'b'}`,
  )
  test.each<[string, string, CsvOptions]>([
    ['names under a file without', 'risk,sex,y', { header: false }],
    ['other names than are given', 'risk,sex,y', { names: ['a', 'b', 'c'] }],
    ['names below a line of words', '# a report, of 2020, by us\nrisk,sex,y', {}],
  ])('%s are no row', async (_, head, options) => {
    await expect(table(`${head}\n${texts.join('\n')}\n`, options)).rejects.toMatchObject({ code: 'row-is-header' })
  })

  test('columns that count are named, whatever their name', async () => {
    const rows = body().split('\n')
    const counted = ['Unnamed: 0', '...1', 'id'].map((name, k) =>
      table(`${name},a,b,y\n${rows.map((row, i) => `${100 * k + i},${row}`).join('\n')}\n`),
    )
    for (const { notes } of await Promise.all(counted)) expect(notes.join()).toContain('go up by 1 from row to row')
    expect((await table(`a,b,y\n${rows.join('\n')}\n`)).notes.join()).not.toContain('go up by 1')
  })

  test('runs of blanks divide cells, no-break spaces do not, and an empty cell in quotes is one', async () => {
    const lines = body(' ').replaceAll('m', 'a\u00a0b')
    expect(contentOf(await table(`a b y\n${lines}\n`, { delimiter: 'blanks' }))[1]).toBe('a\u00a0b|f')
    const empty = await table(`a b y\n${lines.replaceAll('f', '""')}\n`, { delimiter: 'blanks' })
    expect(empty.columns[1]?.column).toMatchObject({ levels: ['a\u00a0b'], missing: 'no-level' })
  })

  test('the delimiter is the one by which all lines are divided alike', async () => {
    const read = await table(`age, years;sex, f or m, as told;y\n${body(';')}\n`)
    expect(read.columns.map(({ column }) => column.name)).toEqual(['age, years', 'sex, f or m, as told'])
  })

  test('comments may be indented, with quotes in the file and without', async () => {
    for (const rows of [body(), body().replaceAll('f', '"f"')]) {
      expect((await table(`a,b,y\n  # one\n${rows}\n`, { comment: '#' })).rows).toBe(12)
    }
  })
})

describe('schemas', () => {
  const codes = columnOf(['5', '7', '-99', '9', '12'])
  const field = (own: object) => ({ fields: [{ name: 'x', ...own }] })
  test.each([
    { missingValues: [{ value: '-99', label: 'refused' }], ...field({}) },
    field({ missingValues: [{ value: -99, label: 'refused' }, ''] }),
    { missingValues: [-99], ...field({}) },
  ])('missing values with labels are missing: %j', async (schema) => {
    expect((await table(codes, {}, schema)).columns[0]?.column).toMatchObject({ missing: 'above' })
  })

  test.each([
    [{ missingValues: '-99', ...field({}) }, '"missingValues" is not a list'],
    [field({ constraints: { minimum: '' } }), '"minimum" of "x" is not a number'],
    [field({ type: 'integer', constraints: { enum: ['1', '1.0', '2'] } }), '"enum" of "x" has "1.0" twice'],
  ])('%j is refused', async (schema, message) => {
    await expect(table(codes, {}, schema)).rejects.toThrow(message)
  })

  test.each([
    [{ missingvalues: ['-99'], ...field({}) }, '"missingvalues"'],
    [field({ constraints: { minimun: 0 } }), '"minimun" of x'],
    [field({ constraints: { exclusiveMinimum: 0, required: true } }), '"exclusiveMinimum", "required" of x'],
    [
      field({ trueValues: ['yes'], falseValues: ['no'], format: 'bareNumber' }),
      '"trueValues", "falseValues", "format" of x',
    ],
    [
      field({ rdfType: 'https://a.example/age', format: 'default', categoriesOrdered: true }),
      'says "rdfType", "categoriesOrdered" of x,',
    ],
    [field({ step: 2 }), 'rounded to the step of the schema: x'],
    [field({ beyond: 'clamp', constraints: { minimum: 0, maximum: 10 } }), 'counted as its ends: 7 of x'],
    [
      { fields: [{ name: 'y', categories: [{ value: 'ill', label: 'Ill' }] }] },
      '"categories" of the schema: "well" of y',
    ],
  ])('%j is said', async (schema, note) => {
    expect((await table(codes, {}, schema)).notes.join('\n')).toContain(note)
  })

  test('a schema of a file with rows without a target is whole once these are left out', async () => {
    const path = join(directory, 'unlabelled.csv')
    await writeFile(
      path,
      codes.replaceAll(/,ill\n/g, (all, at: number) => (at % 3 === 0 ? ',\n' : all)),
    )
    const raw = await readCsv('unlabelled.csv', path)
    expect(inferSchema(raw, 'y').troubles).toHaveLength(1)
    const { schema, troubles } = inferSchema(raw, 'y', { dropUnlabelled: true })
    expect(troubles).toEqual([])
    const options = { csv: path, schema: null, target: null, dropUnlabelled: true }
    const before = await read(options)
    await writeFile(path.replace('.csv', '.schema.json'), JSON.stringify(schema))
    expect(contentOf(await read(options))).toEqual(contentOf(before))
    expect(before.rows).toBeLessThan(18)
  })

  test('answers are among those that the schema lists, and a target is never moved into its range', async () => {
    const listed = { fields: [{ name: 'y', constraints: { enum: ['well', 'dead'] } }] }
    await expect(table(codes, {}, listed)).rejects.toMatchObject({ code: 'unknown-level' })
    const rows = Array.from({ length: 12 }, (_, i) => `${(7 * i) % 12},${10 * i}`).join('\n')
    const ranged = {
      fields: [{ name: 'y', type: 'number', beyond: 'clamp', constraints: { minimum: 0, maximum: 50 } }],
    }
    for (const options of [{}, { beyond: 'clamp' as const }]) {
      await expect(table(`x,y\n${rows}\n`, options, ranged)).rejects.toMatchObject({ code: 'out-of-range' })
    }
    const coded = { fields: [{ name: 'y', constraints: { minimum: 0, maximum: 1 } }] }
    const answers = Array.from({ length: 12 }, (_, i) => `${(7 * i) % 12},${i % 3}`).join('\n')
    await expect(table(`x,y\n${answers}\n`, {}, coded)).rejects.toMatchObject({ code: 'out-of-range' })
  })
})
