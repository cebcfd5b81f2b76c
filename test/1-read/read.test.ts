import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inferGrid, mostCells, writtenDecimals } from '../../compiler/1-read/grid.ts'
import { read, type TableOptions } from '../../compiler/1-read/read.ts'
import { type FieldSchema, undeclared, undocumented } from '../../compiler/1-read/schema.ts'
import { defaultMissingValues } from '../../compiler/1-read/words.ts'
import { CompileError } from '../../compiler/errors.ts'
import type { Table, TableFeature } from '../../compiler/table.ts'
import { featureName } from '../../runtime/contract.ts'
import { describeGrid, gridPosition, gridValue } from '../../runtime/grid.ts'
import { plainFormat, readWritten } from '../../runtime/text/numbers.ts'
import { type Given, refused } from '../cases/read/refused.ts'
import { type ClassTable, classTable, tableOf } from '../support/tables.ts'

let directory: string
let files = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-compile-read-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** Reads a text as `given.csv`, with `given.schema.json` beside it if there is a schema. */
async function readGiven({ csv, schema, target = null, ...options }: Given): Promise<Table> {
  const place = join(directory, String(files++))
  await mkdir(place)
  await writeFile(join(place, 'given.csv'), csv)
  const json = typeof schema === 'string' ? schema : JSON.stringify(schema)
  if (schema !== undefined) await writeFile(join(place, 'given.schema.json'), json)
  return read({ ...options, csv: join(place, 'given.csv'), schema: null, target })
}

const cellsOf = ({ codes, cells }: TableFeature) => Array.from(codes, (code) => cells[code] ?? Number.NaN)
const cellsIn = (table: Table) => table.features.map(cellsOf)

/** A table in words: columns, then cells by feature, then the target. */
function describeTable({ source, rows, columns, features, target }: ClassTable): string {
  const missing = (texts: readonly string[]) =>
    texts === defaultMissingValues ? 'by their words' : texts.map((text) => JSON.stringify(text)).join(' ')
  return [
    `${source.file}, title ${source.title}, ${rows} rows, ${source.missingCells} cells missing`,
    ...columns.map(({ column, document }) => {
      const takes = column.kind === 'number' ? describeGrid(column.grid, document.unit) : column.levels.join(' | ')
      return `column ${column.name}: ${column.kind}, ${takes}; missing ${column.missing}, ${missing(column.missingValues ?? source.missingValues)}`
    }),
    ...features.map(
      (column) => `cells of ${JSON.stringify(featureName(column.feature))}: ${cellsOf(column).join(' ')}`,
    ),
    `target ${JSON.stringify(target.name)}: ${target.answers.join(' | ')}; ${target.classes.join(' ')}`,
    '',
  ].join('\n')
}

describe('directory cases', async () => {
  const cases = new URL('../cases/read/', import.meta.url).pathname
  const names = (await readdir(cases)).filter((name) => name.endsWith('.csv'))
  test.each(names)('%s', async (name) => {
    const table = await read({ csv: join(cases, name), schema: null, target: null, delimiter: null })
    await expect(describeTable(classTable(table))).toMatchFileSnapshot(join(cases, name.replace('.csv', '.txt')))
  })
})

describe('a CSV', () => {
  const [header, ...rows] = [
    ['a', 'b c', 'outcome'],
    ['1', 'red', 'yes'],
    ['3', 'dark blue', 'no'],
    ['', 'red', 'yes'],
  ]
  const text = (delimiter: string, end = '\n') => [header, ...rows].map((row) => row?.join(delimiter)).join(end) + end
  const want = { ...tableOf(header ?? [], rows), source: expect.objectContaining({ missingCells: 1 }) }
  const given: [string, Given][] = [
    ['commas', { csv: text(',') }],
    ['semicolons', { csv: text(';') }],
    ['tabs', { csv: text('\t') }],
    ['bars', { csv: text('|') }],
    ['a delimiter that is named', { csv: text('^'), delimiter: '^' }],
    ['a named delimiter, though another occurs more often', { csv: text(';').replace('b c', 'b,,,c'), delimiter: ';' }],
    ['CRLF', { csv: text(',', '\r\n') }],
    ['CR', { csv: text(',', '\r') }],
    ['CRLF after the header alone', { csv: text(',').replace('\n', '\r\n') }],
    ['LF after the header alone', { csv: text(',', '\r\n').replace('\r\n', '\n') }],
    ['no line break at the end', { csv: text(',').trimEnd() }],
    ['a byte-order mark', { csv: `\ufeff${text(',')}` }],
    ['a byte-order mark before a quote', { csv: `\ufeff${text(',').replace('a', '"a"')}` }],
    ['quotes around everything', { csv: text(',').replace(/[^,\n]+/g, '"$&"') }],
    ['blank lines', { csv: `\n\n${text(',', '\n  \n')}\n\t\n` }],
    ['blanks around cells', { csv: text(' ,  ') }],
    ['a delimiter inside quotes in the header', { csv: text(';').replace('b c', '"b,,c"') }],
    ['a delimiter and a line break inside quotes in the header', { csv: text(';').replace('b c', '"b,,\nc"') }],
  ]
  test.each(given)('with %s', async (_, options) => {
    const table = await readGiven(options)
    expect({ ...table, columns: [], features: [] }).toEqual({ ...want, columns: [], features: [] })
    expect(cellsIn(table)).toEqual(cellsIn({ ...want, source: table.source }))
  })

  test('with a schema: its words, and the hash of the CSV', async () => {
    const csv = join(new URL('../cases/read/', import.meta.url).pathname, 'schema.csv')
    const { source, columns, target } = await read({ csv, schema: null, target: null, delimiter: null })
    expect(columns[0]?.document).toEqual({
      ...undocumented,
      title: 'Age',
      description: 'At the examination.',
      unit: 'years',
    })
    expect(columns[1]?.document).toEqual(undocumented)
    expect(columns[5]?.document).toEqual({ ...undocumented, categories: new Map([['red', 'bright red']]) })
    const categories = new Map([
      ['0', 'healthy'],
      ['1', 'ill'],
    ])
    expect(target.document).toEqual({ ...undocumented, title: 'Outcome', categories })
    expect(source.sha256).toBe(createHash('sha256').update(readFileSync(csv)).digest('hex'))
  })

  test('with another target than the last column', async () => {
    const table = await readGiven({ csv: text(','), target: 'b c' })
    expect(table.target).toMatchObject({ name: 'b c', answers: ['dark blue', 'red'] })
    expect(table.columns.map(({ column }) => column.name)).toEqual(['a', 'outcome'])
  })

  test('with numbers as answers: ascending as numbers', async () => {
    const { target } = classTable(await readGiven({ csv: 'a,outcome\n1,10\n2,9\n3,-1\n4,10\n' }))
    expect([target.answers, [...target.classes]]).toEqual([
      ['-1', '9', '10'],
      [2, 1, 0, 2],
    ])
  })

  test.each([0, 1, 2, 3])('however its stream is chunked, shifted by %i bytes', async (shift) => {
    const header = ['a€', 'x'.repeat(shift + 1), 'outcome']
    const rows = Array.from({ length: 9000 }, (_, i) => [`${i % 700}`, ['€', '😀', 'é', 'ab'][i % 4] ?? '', `${i % 3}`])
    const table = await readGiven({ csv: [header, ...rows].map((row) => row.join(',')).join('\n') })
    expect(table).toEqual({ ...tableOf(header, rows), source: expect.objectContaining({ file: 'given.csv' }) })
  })
})

describe('the grid of a column', () => {
  const field: FieldSchema = {
    ...undeclared,
    name: 'x',
  }
  const rangeOf = (texts: readonly string[], admitted: readonly string[] | null = null) => {
    const all = [...texts, ...(admitted ?? [])].map((text) => ({ text, read: readWritten(text, plainFormat) }))
    const decimals = all.map(({ text, read }) => writtenDecimals(text, read?.value ?? 0, read?.decimals ?? 0))
    const values = (admitted ?? texts).map(Number)
    return { least: Math.min(...values), greatest: Math.max(...values), decimals: Math.max(...decimals) }
  }
  const given: [string[], Partial<FieldSchema>, string][] = [
    [['0', '1'], {}, '0 to 1 in steps of 1'],
    [['7'], {}, '7 to 7 in steps of 1'],
    [['126', '564'], {}, '100 to 600 in steps of 1'],
    [['29', '77'], {}, '20 to 80 in steps of 1'],
    [['0', '6.2'], {}, '0 to 7 in steps of 0.1'],
    [['2.50', '2.7'], {}, '2.5 to 2.7 in steps of 0.01'],
    [['0.03', '0.07'], {}, '0.03 to 0.07 in steps of 0.01'],
    [['-3', '12'], {}, '-10 to 20 in steps of 1'],
    [['-0.9', '-0.2'], {}, '-0.9 to -0.2 in steps of 0.1'],
    [['1e-3', '2'], {}, '0 to 2 in steps of 0.001'],
    [['1E3', '1.2e4'], {}, '0 to 20000 in steps of 1'],
    [['54', '61'], { minimum: 18, maximum: 110 }, '18 to 110 in steps of 1'],
    [['54', '61'], { minimum: 18 }, '18 to 61 in steps of 1'],
    [['54', '61'], { maximum: 110 }, '54 to 110 in steps of 1'],
    [['0.1', '0.3'], { minimum: 0, maximum: 0.3 }, '0 to 0.3 in steps of 0.1'],
    [['0.25', '2'], { step: 0.25 }, '0 to 2 in steps of 0.25'],
    [['5', '90'], { step: 7 }, '0 to 91 in steps of 7'],
    [['3', '7'], { enum: ['3', '6', '7'] }, '3 to 7 in steps of 1'],
    [['3'], { enum: ['3', '6.5'] }, '3 to 6.5 in steps of 0.1'],
  ]
  test.each(given)('%j with %j', (texts, declared, want) => {
    const grid = inferGrid(rangeOf(texts, declared.enum), { ...field, ...declared })
    expect(describeGrid(grid)).toBe(want)
    for (const text of texts) {
      expect(gridPosition(grid, Number(text))).toBeGreaterThanOrEqual(0)
      expect(gridPosition(grid, Number(text))).toBeLessThan(grid.size)
    }
  })

  const written = fc.tuple(fc.integer({ min: -1e8, max: 1e8 }), fc.nat(6)).map(([n, d]) => (n / 10 ** d).toFixed(d))
  test('holds every value as written, for random decimals', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 9 }), (texts) => {
        const grid = inferGrid(rangeOf(texts), null)
        fc.pre(grid.size <= mostCells)
        for (const text of texts) {
          const position = gridPosition(grid, Number(text))
          expect(position >= 0 && position < grid.size).toBe(true)
          expect(gridValue(grid, position)).toBe(Number(text))
        }
      }),
      // A zero that is reached from below.
      { examples: [[['0.000000', '1', '-1196.1382']]] },
    )
  })

  test('gridPosition inverts gridValue, for random steps, minima and positions', () => {
    const decimal = (most: number) =>
      fc.tuple(fc.integer({ min: -most, max: most }), fc.nat(6)).map(([n, d]) => Number(`${n}e-${d}`))
    fc.assert(
      fc.property(decimal(1e8), decimal(1000).map(Math.abs), fc.nat(2 ** 31 - 2), (minimum, step, i) => {
        fc.pre(step > 0)
        const grid = { minimum, step, size: i + 1 }
        expect(gridPosition(grid, gridValue(grid, i))).toBe(i)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('refuses', () => {
  const failure = (reading: Promise<Table>) =>
    reading.then(
      () => expect.fail('it was read'),
      (error: unknown) => error,
    )
  test.each(refused)('%s', async (_, options, [code, place, ...says]) => {
    const error = await failure(readGiven(options))
    expect(error).toBeInstanceOf(CompileError)
    const { code: found, place: at } = error as CompileError
    const message = (error as CompileError).messageFor((option) => `--${option}`)
    expect([found, [at?.file, at?.line, at?.column].filter((part) => part !== undefined).join(':')]).toEqual([
      code,
      place,
    ])
    for (const words of [`${place}: `, ...says]) expect(message).toContain(words)
  })

  const absent = (name: string, options: Partial<TableOptions>) =>
    failure(read({ csv: join(directory, name), schema: null, target: null, delimiter: null, ...options }))
  test('a file that does not exist, a directory, and a named schema that does not exist', async () => {
    expect(await absent('none.csv', {})).toMatchObject({ code: 'cannot-read', place: { file: 'none.csv' } })
    expect(String(await absent('none.csv', {}))).toMatch(/ENOENT.*Check the path/)
    await mkdir(join(directory, 'folder.csv'))
    expect(await absent('folder.csv', {})).toMatchObject({ code: 'cannot-read', place: { file: 'folder.csv' } })
    await writeFile(join(directory, 'there.csv'), 'a,b\n1,x\n2,y\n')
    const want = { code: 'cannot-read', place: { file: 'none.json' } }
    expect(await absent('there.csv', { schema: join(directory, 'none.json') })).toMatchObject(want)
  })
})
