import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CsvOptions, readCsv } from '../../compiler/1-read/csv.ts'
import { inferSchema } from '../../compiler/1-read/infer-schema.ts'
import { type ColumnOptions, read } from '../../compiler/1-read/read.ts'
import { defaultMissingValues } from '../../compiler/1-read/words.ts'
import { defaultTrainOptions } from '../../compiler/2-train/options.ts'
import { trainTree } from '../../compiler/2-train/train.ts'
import type { CompileError } from '../../compiler/errors.ts'
import type { Table } from '../../compiler/table.ts'
import { splitsOf } from '../../compiler/tree.ts'
import { describeGrid } from '../../runtime/grid.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-data-'))
})
afterAll(() => rm(directory, { recursive: true }))

let files = 0
async function readText(
  bytes: string | Uint8Array,
  options: CsvOptions & ColumnOptions & { readonly target?: string } = {},
  schema?: object,
  name = 'given.csv',
): Promise<Table> {
  const path = join(directory, `${files++}-${name}`)
  await writeFile(path, bytes)
  if (schema !== undefined) await writeFile(path.replace(/\.csv$/, '.schema.json'), JSON.stringify(schema))
  return read({ ...options, csv: path, schema: null, target: options.target ?? null })
}
const failure = (reading: Promise<unknown>) =>
  reading.then(
    () => expect.fail('it was read'),
    (error: unknown) => {
      const { code, messageFor } = error as CompileError
      return { code, message: messageFor.call(error, (option) => `--${option}`) }
    },
  )
const csv = (name: string, cells: readonly string[], other = 'y') =>
  `${name},${other}\n${cells.map((cell, i) => `"${cell}",${i % 2 === 0 ? 'ill' : 'well'}\n`).join('')}`
const gridsOf = ({ columns }: Table) =>
  columns.map(({ column }) => (column.kind === 'number' ? describeGrid(column.grid) : column.levels.join('|')))
const caseOf = (name: string, file = 'train.csv') => join('test/cases/data', name, file)
const readCase = (name: string, options: CsvOptions & ColumnOptions = {}, file?: string) =>
  read({ ...options, csv: caseOf(name, file), schema: null, target: null })

describe('numbers', () => {
  test.each([
    [['12,5', '13'], '12.5 to 13 in steps of 0.1', 'decimal commas'],
    [['1,250', '12,5'], '0 to 20 in steps of 0.001', 'decimal commas'],
    [['1.234,5', '2.000'], '1200 to 2000 in steps of 0.1', 'decimal commas and points between groups'],
    [['1,234.5', '2,000'], '1200 to 2000 in steps of 0.1', 'commas between groups'],
    [['1 234', '2 000'], '1200 to 2000 in steps of 1', 'blanks between groups'],
    [['−0', '+1', '.5'], '0 to 1 in steps of 0.1', null],
  ])('%j are read, and what is not plain is said', async (cells, grid, says) => {
    const table = await readText(csv('x', cells))
    expect(gridsOf(table)).toEqual([grid])
    if (says === null) expect(table.notes).toEqual([])
    else expect(table.notes.join('\n')).toContain(`x: read with ${says}`)
  })

  test.each([
    ['250,000', 250, 250000],
    ['4,000', 4, 4000],
    ['63,125', 63.125, 63125],
  ])('%s may be two: refused with both, and read as declared', async (cell, one, other) => {
    const text = csv('x', [cell, '1'])
    expect(await failure(readText(text))).toMatchObject({
      code: 'ambiguous-number',
      message: expect.stringContaining(`may be ${one} or ${other}`),
    })
    const greatest = async (table: Promise<Table>) => Number(gridsOf(await table)[0]?.split(' ')[2])
    expect(await greatest(readText(text, { decimal: ',' }))).toBeLessThan(1000)
    expect(await greatest(readText(text, { thousands: ',' }))).toBeGreaterThanOrEqual(other)
    const field = { name: 'x', type: 'number', groupChar: ',' }
    expect(await greatest(readText(text, {}, { fields: [field] }))).toBeGreaterThanOrEqual(other)
  })

  test('a point before three digits may be two as well where the file has decimal commas', async () => {
    const text = 'a;b;y\n1.234;0,5;ill\n2.500;1,5;well\n'
    expect(await failure(readText(text))).toMatchObject({ code: 'ambiguous-number' })
    expect(gridsOf(await readText(text.replaceAll(',', '.')))).toEqual([
      '1 to 3 in steps of 0.001',
      '0 to 2 in steps of 0.1',
    ])
  })

  test.each([
    [['1,5', '2,25', '1.5']],
    [['1,5', '1.5']],
    [['1,5', '1.5', '2,5', '2.5', 'unknown']],
    [Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? `${i},5` : `${i}.5`))],
  ])('written in two ways are refused, and become no categories: %j', async (cells) => {
    expect(await failure(readText(csv('x', cells)))).toMatchObject({ code: 'mixed-numbers' })
  })

  test('of a column of plain numbers the first cell that is none is named', async () => {
    const error = await failure(readText(csv('x', ['1.5', '2.5', '3.5', '4,5'])))
    expect(error).toMatchObject({ code: 'not-a-number', message: expect.stringContaining('"4,5"') })
  })

  test('in parentheses are no positive numbers, whatever the schema says', async () => {
    const cells = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? `(${i}.5)` : `${i}.5`))
    const schema = { fields: [{ name: 'x', type: 'number', bareNumber: false }] }
    expect(await failure(readText(csv('x', cells), {}, schema))).toMatchObject({ code: 'not-a-number' })
  })

  test.each([
    ['a percentage', Array.from({ length: 12 }, (_, i) => `${80 + i}%`), '80%'],
    ['a currency', Array.from({ length: 12 }, (_, i) => `$${80 + i}`), '$80'],
    ['a bound', Array.from({ length: 12 }, (_, i) => `<${i}.5`), '<0.5'],
    ['a ratio', Array.from({ length: 12 }, (_, i) => `${120 + i}/80`), '120/80'],
    ['a loss', Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? `(${i}.5)` : `${i}.5`)), '(0.5)'],
    [
      'a number of another script',
      Array.from(
        { length: 12 },
        (_, i) => `\u0661${String.fromCharCode(0x660 + (i % 10))}${'\u0665'.repeat(i > 9 ? 2 : 1)}`,
      ),
      '\u0661\u0660\u0665',
    ],
    ['a date', Array.from({ length: 12 }, (_, i) => `2020-04-${10 + i}`), '2020-04-10'],
    ['a day', Array.from({ length: 12 }, (_, i) => `${10 + i}/02/2024`), '10/02/2024'],
  ])('%s does not become a category without a word', async (_, cells, first) => {
    const error = await failure(readText(csv('x', cells)))
    expect(error.code).toBe('numbers-with-signs')
    for (const words of [`"${first}"`, '"x"', '--categorical']) expect(error.message).toContain(words)
    expect((await readText(csv('x', cells), { categorical: ['x'] })).columns[0]?.column.kind).toBe('text')
  })

  test('beside signs are read where the schema says so; a few such texts are categories, and it is said', async () => {
    const schema = { fields: [{ name: 'x', type: 'number', bareNumber: false }] }
    const cells = ['80%', '85.5 %', '90%']
    expect(gridsOf(await readText(csv('x', cells), {}, schema))).toEqual(['80 to 90 in steps of 0.1'])
    const { columns, notes } = await readText(csv('x', ['<40', '40-60', '>60']))
    expect([columns[0]?.column.kind, notes.join()]).toEqual([
      'text',
      expect.stringContaining('taken as categories: x ("<40")'),
    ])
  })
})

describe('one value is one answer', () => {
  test.each([
    [
      ['0', '0.0', '1', '1.0'],
      ['0', '1'],
    ],
    [
      ['1', '+1', '0', '-0'],
      ['0', '1'],
    ],
    [
      ['01', '1', '2', '2.'],
      ['1', '2'],
    ],
  ])('%j are %j, as a target and as codes', async (cells, want) => {
    const rows = cells.map((cell, i) => `${i},${cell}\n`).join('')
    const { target, notes } = await readText(`x,y\n${rows}`)
    expect(target).toMatchObject({ answers: want })
    expect(notes.join()).toContain('the same number, so one')
    expect(gridsOf(await readText(csv('x', cells), { categorical: ['x'] }))).toEqual([want.join('|')])
  })

  test.each(defaultMissingValues.filter((word) => word !== ''))('%j is never a level, nor an answer', async (word) => {
    const { columns, source, notes } = await readText(csv('x', ['a', word, 'b', word]))
    expect(columns[0]?.column).toMatchObject({ levels: ['a', 'b'], missing: 'no-level' })
    expect([source.missingCells, notes.join()]).toEqual([
      2,
      expect.stringContaining(`${JSON.stringify(word)} (2) in x`),
    ])
    const target = `x,y\n1,a\n2,b\n3,${word}\n`
    expect(await failure(readText(target))).toMatchObject({ code: 'missing-target' })
    const labelled = await readText(target, { dropUnlabelled: true })
    expect([labelled.rows, labelled.notes.join()]).toEqual([
      2,
      expect.stringContaining('without a target, left out: 1'),
    ])
  })

  test('white space of any kind around a cell is no part of it, with quotes and without', async () => {
    for (const blank of [' ', '\t', '\u00a0', '\u202f', '\u3000', '\ufeff']) {
      for (const cell of [`ill${blank}`, `${blank}ill`, `"ill${blank}"`, `"${blank}ill"`]) {
        const { target } = await readText(`x,y\n1,ill\n2,well\n3,${cell}\n`)
        expect(target, JSON.stringify(cell)).toMatchObject({ answers: ['ill', 'well'] })
      }
    }
  })

  test('levels that differ by case, or look missing, are named', async () => {
    expect((await readText(csv('x', ['Yes', 'yes', 'no']))).notes.join()).toContain('"Yes" and "yes" of x')
    const schema = { missingValues: [''], fields: [] }
    expect((await readText(csv('x', ['a', 'N/A', 'b']), {}, schema)).notes.join()).toContain('"N/A" of x')
  })

  test('of many levels the rare ones are one, which is said; nearly as many as rows are refused', async () => {
    const cells = Array.from({ length: 400 }, (_, i) => (i < 300 ? `often ${i % 20}` : `rare ${i % 25}`))
    const { columns, notes } = await readText(csv('x', cells))
    expect(columns[0]?.column).toMatchObject({ other: '(other)' })
    expect(gridsOf({ columns } as Table)[0]?.split('|')).toHaveLength(32)
    expect(notes.join()).toContain('14 of x')
    const names = Array.from({ length: 40 }, (_, i) => `name ${i}`)
    expect(await failure(readText(csv('x', names)))).toMatchObject({ code: 'too-many-levels' })
  })
})

describe('files', () => {
  const text = 'age,sex,y\n30,ü,ill\n40,w,well\n'
  test.each([
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without', Buffer.from(text, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['gzip', gzipSync(text)],
    ['gzip of UTF-16', gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le'))],
  ])('%s is read', async (_, bytes) => {
    expect(gridsOf(await readText(bytes))).toEqual(['30 to 40 in steps of 1', 'w|ü'])
  })

  test.each([
    ['PK\x03\x04', 'Excel'],
    ['PAR1\x15\x04', 'Parquet'],
    ['\xd0\xcf\x11\xe0', 'xls'],
    ['BZh91AY&SY', 'bzip2'],
    ['a\0\0\0b,c\n', 'binary'],
  ])('%j is refused by name', async (beginning, name) => {
    const error = await failure(readText(Buffer.from(`${beginning}${'x,y\n'.repeat(9)}`, 'latin1')))
    expect([error.code, error.message]).toEqual(['not-text', expect.stringContaining(name)])
  })

  test('Latin-1 is refused by name, and read where it is said', async () => {
    const latin = Buffer.from(text, 'latin1')
    expect(await failure(readText(latin))).toMatchObject({
      code: 'not-utf8',
      message: expect.stringContaining('Latin-1'),
    })
    expect(gridsOf(await readText(latin, { encoding: 'windows-1252' }))[1]).toBe('w|ü')
    expect(await failure(readText(text, { encoding: 'nonsense' }))).toMatchObject({ code: 'bad-option' })
  })

  test.each([
    ['\\t', 'a\tb\n1\tx\n2\ty\n'],
    ['tab', 'a\tb\n1\tx\n2\ty\n'],
    ['blanks', 'a   b\n  1 \t x\n2 y\n'],
    [null, 'a   b\n  1 \t x\n2 y\n'],
    [null, '"a" "b"\n1   "x"\n2 "y"\n'],
  ])('delimiter %j', async (delimiter, given) => {
    expect(gridsOf(await readText(given, { delimiter }))).toEqual(['1 to 2 in steps of 1'])
  })

  test.each(['::', '', '"', 'tabs'])('delimiter %j is refused', async (delimiter) => {
    expect(await failure(readText('a,b\n1,x\n', { delimiter }))).toMatchObject({ code: 'bad-option' })
  })

  test('comment lines are left out, and proposed', async () => {
    const given = '# made by hand\na,b\n1,x\n# here\n2,y\n'
    expect(gridsOf(await readText(given, { comment: '#' }))).toEqual(['1 to 2 in steps of 1'])
    expect(await failure(readText(given))).toMatchObject({ message: expect.stringContaining('--comment "#"') })
  })

  test('a last column that is named like one of its answers: the message says to rename it', async () => {
    const given = 'age,size,malignant\n30,1,malignant\n31,2,benign\n'
    expect(await failure(readText(given))).toMatchObject({
      code: 'header-is-data',
      message: expect.stringContaining('rename the last column: "malignant" is one of its answers too.'),
    })
    await expect(readText(given.replace('size,malignant', 'size,diagnosis'))).resolves.toMatchObject({ rows: 2 })
  })

  test.each(['30,4.3,1\n31,4.4,1\n32,4.1,0\n', '63,1,?\n64,2,x\n', 'a,b,yes\n1,2,yes\n2,3,no\n'])(
    'a first row that looks like data is named: %j',
    async (given) => {
      expect(await failure(readText(given))).toMatchObject({ code: 'header-is-data' })
    },
  )

  test('a file without a header line', async () => {
    const given = '30,4.3,1\n31,4.4,1\n32,4.1,0\n'
    const plain = await readText(given, { header: false })
    expect([plain.rows, ...plain.columns.map(({ column }) => column.name), plain.target.name]).toEqual([
      3,
      'x1',
      'x2',
      'x3',
    ])
    const named = await readText(given, { names: ['age', 'k', 'ill'] })
    expect([named.rows, named.target.name]).toEqual([3, 'ill'])
    expect(await failure(readText(given, { names: ['age'] }))).toMatchObject({ code: 'names-do-not-fit' })
  })

  test.each([0, 1])('an unnamed first column that counts from %i is a row index', async (first) => {
    const rows = [0, 1, 2].map((i) => `${i + first},${10 * i},${i % 2}\n`)
    const { columns, notes } = await readText(`,age,y\n${rows.join('')}`)
    expect([columns.length, notes.join()]).toEqual([1, expect.stringContaining('a row index')])
    expect(await failure(readText(`,age,y\n${rows.toReversed().join('')}`))).toMatchObject({ code: 'empty-name' })
  })
})

describe('steps and ranges', () => {
  test('decimals that are too fine, and columns without values, are named in one line each', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => `${20 + i / 7},${(i - 4) / 3},,,${i % 2}\n`)
    const { columns, notes } = await readText(`a,b,c,d,y\n${rows.join('')}`)
    expect(columns.map(({ column }) => column.name)).toEqual(['a', 'b'])
    expect(notes).toEqual([
      'left out, as they have no values at all: c, d',
      expect.stringMatching(/^rounded, as their decimals are too fine: a to steps of 1e-9, b to steps of 1e-8/),
    ])
  })

  test('a target of full precision is read', async () => {
    const { target } = await readText(`x,y\n${Array.from({ length: 20 }, (_, i) => `${i},${i / 3}\n`).join('')}`)
    expect(target).toMatchObject({ kind: 'number', grid: { minimum: 0, step: 1e-8 } })
  })

  test('numbers times a power of ten give the same tree, down to the smallest', async () => {
    const given = (power: number) =>
      readText(
        `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${((i * 37) % 23) + (i > 20 ? 50 : 0)}e${power}\n`).join('')}`,
      )
    const shape = async (power: number) =>
      splitsOf(trainTree(await given(power), { ...defaultTrainOptions, minSamplesLeaf: 2, prune: null }).root).map(
        ({ cut }) => cut,
      )
    const want = await shape(0)
    expect(want.length).toBeGreaterThan(5)
    for (const power of [-12, -9, -4, 5, 9]) expect(await shape(power), `1e${power}`).toEqual(want)
  })

  test('a schema that is written admits its own file, for random ones', async () => {
    const styles = [
      (n: number) => String(n),
      (n: number) => (n / 7).toFixed(2),
      (n: number) => String(n / 3),
      (n: number) => `"${(n / 10).toFixed(1).replace('.', ',')}"`,
      (n: number) => ['a', 'b', 'NaN', ''][n % 4] ?? '',
      (n: number) => (n % 5 === 0 ? 'NA' : String(n * 1e5)),
      () => '',
    ]
    const column = fc.record({
      style: fc.nat(styles.length - 1),
      cells: fc.array(fc.nat(99), { minLength: 12, maxLength: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 1, maxLength: 4 }), fc.boolean(), async (columns, isNumber) => {
        const header = [...columns.map((_, i) => `c${i}`), 'k', 'y'].join(',')
        const rows = Array.from({ length: 12 }, (_, row) => [
          ...columns.map(({ style, cells }) => styles[style]?.(cells[row] ?? 0) ?? ''),
          String(row * row),
          isNumber ? String(row / 3) : row % 2 === 0 ? 'ill' : 'well',
        ])
        const path = join(directory, `schema-${files++}.csv`)
        await writeFile(path, [header, ...rows.map((row) => row.join(','))].join('\n'))
        const plain = await read({ csv: path, schema: null, target: null })
        const { schema, troubles } = inferSchema(await readCsv('x', path), 'y')
        expect(troubles).toEqual([])
        await writeFile(path.replace('.csv', '.schema.json'), JSON.stringify(schema))
        const declared = await read({ csv: path, schema: null, target: null })
        const gist = ({ columns, features, target }: Table) => ({
          columns: columns.map(({ column }) => column),
          features,
          target: { ...target, document: null },
        })
        expect(gist(declared)).toEqual(gist(plain))
      }),
      { numRuns: 60 },
    )
  })
})

describe('cases', () => {
  test('a delimiter written as backslash t', async () => {
    const { rows } = await readCase('delimiter-written-as-backslash-t', { delimiter: '\\t' }, 'train.tsv')
    expect(rows).toBe(24)
  })
  test('features of many decimals', async () => {
    const { notes } = await readCase('features-of-many-decimals')
    expect(notes.join()).toContain('age_years to steps of 1e-7, x to steps of 1e-8')
  })
  test.each([
    ['first-row-is-data', 'header-is-data'],
    ['numbers-with-a-sign-become-categories', 'numbers-with-signs'],
    ['thousands-separators', 'ambiguous-number'],
  ])('%s', async (name, code) => {
    expect(await failure(readCase(name))).toMatchObject({ code })
  })
  test('words for missing values in a column of text', async () => {
    const { columns } = await readCase('na-token-in-a-text-column')
    expect(columns[1]?.column).toMatchObject({ levels: ['no', 'unknown', 'yes'] })
  })
  test('a no-break space in labels', async () => {
    const { columns, target } = await readCase('no-break-space-in-labels')
    expect(target).toMatchObject({ answers: ['ill', 'well'] })
    expect(columns.flatMap(({ column }) => (column.kind === 'text' ? [column.levels.length] : []))).toEqual([2])
  })
  test('a target of full precision, one with decimal commas, one written in two ways', async () => {
    expect((await readCase('regression-target-of-full-precision')).target.kind).toBe('number')
    expect((await readCase('target-with-decimal-commas')).target.kind).toBe('number')
    expect((await readCase('target-written-two-ways')).target).toMatchObject({ answers: ['0', '1'] })
  })
  test('decimal commas, with a schema and without', async () => {
    const declared = await readCase('decimal-comma-csv', {}, 'francais.csv')
    const plain = await readText(await readFile(caseOf('decimal-comma-csv', 'francais.csv')))
    expect(gridsOf(plain)).toEqual(gridsOf(declared))
    expect(plain.notes).toEqual(['imc, glycémie: read with decimal commas'])
  })
})

test('the line that Excel writes for itself names the delimiter, and is no header', async () => {
  const table = await readText('sep=;\nage;y\n30;ill\n40,5;well\n', { decimal: ',' })
  expect(gridsOf(table)).toEqual(['30 to 50 in steps of 0.1'])
  expect(await failure(readText('sep=;\nage;y\nold;ill\n31;well\n32;well\n'))).toMatchObject({
    message: expect.stringContaining('"old"'),
  })
})
