import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CsvOptions } from '../../compiler/1-read/csv.ts'
import { kindOf } from '../../compiler/1-read/file-kinds.ts'
import { type ColumnOptions, read } from '../../compiler/1-read/read.ts'

/** What is refused, or noted, is what it is called: cells, labels and files that look like something else are not. */
let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-as-meant-'))
})
afterAll(() => rm(directory, { recursive: true }))

let files = 0
async function table(text: string, options: CsvOptions & ColumnOptions = {}, fields: readonly object[] = []) {
  const path = join(directory, `${files++}.csv`)
  await writeFile(path, text)
  await writeFile(path.replace('.csv', '.schema.json'), JSON.stringify({ fields }))
  return read({ ...options, csv: path, schema: null, target: null })
}
/** A column of these cells beside an age and a target; the target's cells are those at its end. */
const columnOf = (cells: readonly string[], target: readonly string[] = ['ill', 'well']) =>
  `x,age,y\n${Array.from({ length: Math.max(24, cells.length) }, (_, i) =>
    [cells[i % cells.length], 30 + ((7 * i) % 11), target[i % target.length]].join(','),
  ).join('\n')}\n`
const levelsOf = ({ columns: [first] }: Awaited<ReturnType<typeof table>>) =>
  first?.column.kind === 'text' ? first.column.levels : null

const codes: readonly (readonly string[])[] = [
  ['1a', '1b', '2a', '2b', '3a', '3b'],
  ['17q', '17p', '13q', '8q', '5q', '3p', '21q'],
  ['1st', '2nd', '3rd', '4th', '5th', '6th'],
  ['1er', '2e', '3e', '4ème', '5eme', '6ème'],
  ['1ste', '2de', '3de', '4de', '5de', '6de'],
]
describe('codes of a digit and letters are categories', () => {
  test.each(codes.map((cells) => ({ cells })))('$cells', async ({ cells }) => {
    expect(levelsOf(await table(columnOf(cells)))).toEqual(cells.toSorted())
    for (const options of [{}, { task: 'classification' as const }]) {
      const { target } = await table(columnOf(['1', '2', '4'], cells), options)
      expect(target).toMatchObject({ answers: cells.toSorted() })
    }
  })
})

test.each([
  [['70g', '71g', '72g', '75g', '80g', '91g']],
  [['1h', '2h', '3h', '4h', '5h', '6h', '7h', '?']],
  [['100W', '120W', '150W', '180W', '200W', '90W', '110.5W']],
])('one letter behind all integers of a column is a unit: %j', async (cells) => {
  await expect(table(columnOf(cells))).rejects.toMatchObject({ code: 'numbers-with-signs' })
  expect(levelsOf(await table(columnOf(cells), {}, [{ name: 'x', type: 'string' }]))).toContain(cells[0])
})

test.each([
  ['never', Array.from({ length: 11 }, (_, i) => String(i + 1))],
  ['<LOD', ['1.5', '2.5', '3', '4', '5.25', '6']],
  ['none', ['20', '30', '40', '50', '60', '70']],
])('numbers below a majority of %j: the first remedy keeps what it says', async (word, numbers) => {
  const cells = [...numbers, ...Array.from({ length: 2 * numbers.length }, () => word)]
  const reading = table(columnOf(cells))
  await expect(reading).rejects.toMatchObject({ code: 'words-beside-numbers', place: { line: numbers.length + 2 } })
  const { message } = (await reading.catch((error: unknown) => error)) as Error
  expect(message).not.toContain('is a column of numbers')
  expect(message).toMatch(/"type": "string".*such as 0.*"missingValues"/)
  expect(levelsOf(await table(columnOf(cells), {}, [{ name: 'x', type: 'string' }]))).toContain(word)
})

describe('labels', () => {
  const labelled = (values: readonly unknown[]) => values.map((value, i) => ({ value, label: `label ${i}` }))
  test.each([
    [['1.0', '2.0'], [1, 2], undefined, ['1', '2']],
    [['1', '2.00', '2'], ['1.0', '2.0'], undefined, ['1.0', '2.0']],
    [['01', '02'], [1, 2], undefined, ['1', '2']],
    [
      ['1.0', '2.0'],
      [1, 2],
      ['1.0', '2.0'],
      ['1.0', '2.0'],
    ],
    [['1', '2', 'x'], [1, 2, 'x'], undefined, ['1', '2', 'x']],
  ])('of cells %j by categories %j, with an enum %j', async (cells, values, admitted, levels) => {
    const own = { type: 'string', categories: labelled(values) }
    const field = admitted === undefined ? own : { ...own, constraints: { enum: admitted } }
    const given = await table(columnOf(cells, cells), {}, [
      { name: 'x', ...field },
      { name: 'y', ...field },
    ])
    expect(levelsOf(given)).toEqual(levels)
    expect(given.target).toMatchObject({ answers: levels })
    for (const { categories } of [given.columns[0]?.document, given.target.document].map(
      (one) => one ?? given.target.document,
    )) {
      expect(levels.map((level) => categories.get(level))).toEqual(levels.map((_, i) => `label ${i}`))
    }
    expect(given.notes.join()).not.toContain('not among the "categories"')
  })

  test('a level that we made needs no label, those beside it do', async () => {
    const cells = Array.from({ length: 40 }, (_, i) => `c${String(i).padStart(2, '0')}`)
    const text = columnOf([...cells, ...cells, ...cells, ...cells.slice(0, 31)])
    for (const [missing, note] of [
      [null, ''],
      ['c07', '"c07" of x'],
    ] as const) {
      const categories = labelled(cells.filter((cell) => cell !== missing))
      const notes = (await table(text, {}, [{ name: 'x', categories }])).notes.filter((own) =>
        own.includes('categories'),
      )
      expect(notes.map((own) => own.split(': ')[1]).join()).toBe(note)
    }
  })
})

test.each([
  [{ minimum: 5 }, 'takes 5 or more.'],
  [{ maximum: 1 }, 'takes 1 or less.'],
  [{ minimum: 5, maximum: 7 }, 'takes 5 to 7.'],
])('a target with the range %j says it in words', async (constraints, words) => {
  const text = columnOf(['1', '2', '4'], ['1', '2', '3'])
  await expect(table(text, {}, [{ name: 'y', constraints }])).rejects.toThrow(words)
})

test.each([
  ['case', ['low', 'LOW', 'high']],
  ['marks', ['low', 'lo\u200bw', 'high']],
  ['blanks', ['a b', 'a  b', 'high']],
])('levels that differ by %s are named', async (_, cells) => {
  const { notes } = await table(columnOf(cells))
  expect(notes.join()).toContain('differ by case, blanks or marks that nobody sees only, and are two')
})

describe('comments', () => {
  const body = (delimiter: string, quote = '') =>
    Array.from({ length: 12 }, (_, i) =>
      [`${(7 * i) % 12}.5`, `${quote}${i % 3 ? 'm' : 'f'}${quote}`, i % 2 ? 'ill' : 'well'].join(delimiter),
    )
  test.each(['  # d "q"', '# d "q"', '\t# it is 5" long', '#"', ' # a "b', '# one, two; three, four, five'])(
    '%j is no row, whatever divides the cells',
    async (comment) => {
      for (const [delimiter, name] of [
        [' ', 'blanks'],
        [',', undefined],
        [';', undefined],
        ['\t', undefined],
      ] as const) {
        for (const quote of ['', '"']) {
          const lines = body(delimiter, quote)
          const text = [comment, ['a', 'b', 'y'].join(delimiter), ...lines.slice(0, 5), comment, ...lines.slice(5)]
          const options = { comment: '#', ...(name === undefined ? {} : { delimiter: name }) }
          const read = await table(text.join('\n'), options)
          expect([read.rows, ...read.columns.map(({ column }) => column.name)]).toEqual([12, 'a', 'b'])
        }
      }
    },
  )

  test('a line of a quoted cell that begins like one is none', async () => {
    const text = ['a,b,y', '1,"low\n# low",ill', '2,high,well', '# no "row', '3,"low\n# low",ill'].join('\n')
    const read = await table(text, { comment: '#' })
    expect(read.columns[1]?.column).toMatchObject({ levels: ['high', 'low\n# low'] })
    expect(read.rows).toBe(3)
  })
})

test.each(['PAR1,PAR2,y', 'BZh,BZi,y', 'BZh9,b,y', 'ARROW1,ARROW2,y', 'Rar!,b,y', 'RDX2\n1\n', 'SQLite format 3,b,y'])(
  '%j begins a table',
  (text) => {
    expect(kindOf(Buffer.from(text))).toBeNull()
  },
)

test.each([
  ['PAR1\x15\x04\x15', 'Parquet'],
  ['BZh91AY&SY', 'bzip2'],
  ['BZh9\x17rE8P\x90', 'bzip2'],
  ['ARROW1\0\0', 'Arrow'],
  ['Rar!\x1a\x07\x01\0', 'RAR'],
  ['RDX3\nX\n\0', 'an R data file'],
  ['RDA2\nA\n2\n', 'an R data file'],
  ['SQLite format 3\0', 'SQLite'],
])('%j begins a file of another kind', (text, kind) => {
  expect(kindOf(Buffer.from(text, 'latin1'))).toContain(kind)
})
