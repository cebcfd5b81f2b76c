import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCsv } from '../../compiler/1-read/csv.ts'
import { CompileError } from '../../compiler/errors.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-csv-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** The rows of a CSV, with the line on which each ends; or the code and place of the error. */
async function rowsOf(text: string, delimiter: string): Promise<unknown> {
  const path = join(directory, 'given.csv')
  await writeFile(path, text)
  try {
    const { rows, lines, columns } = await readCsv('given.csv', path, { delimiter })
    const cells = Array.from({ length: rows }, (_, row) => columns.map(({ textAt, codes }) => textAt(codes[row] ?? -1)))
    return { names: columns.map(({ name }) => name), lines: [...lines], cells }
  } catch (error) {
    if (error instanceof CompileError) return [error.code, error.place]
    throw error
  }
}

const cell = fc.string({
  unit: fc.constantFrom(' ', '\t', '\f', '\u00a0', '\u3000', 'a', '1', '0', '-', '.', 'é', '長', '🫀', ',', ';'),
  maxLength: 9,
})
const lines = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 12 })

test('lines without quotes are divided as the general parser divides them, for random texts', async () => {
  const given = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
    lines,
    ending: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ delimiter, lineBreak, lines, ending }) => {
      const rest = [...lines.map((cells) => cells.join(delimiter)), ...(ending ? [''] : [])].join(lineBreak)
      const bare = await rowsOf(`a${delimiter}b${lineBreak}${rest}`, delimiter)
      // One quote in the first line, and the general parser reads it all.
      const quoted = await rowsOf(`"a"${delimiter}b${lineBreak}${rest}`, delimiter)
      expect(bare).toEqual(quoted)
    }),
    { numRuns: 500 },
  )
})

test('a line of delimiters is a row, even if they are tabs', async () => {
  const want = {
    names: ['a', 'b'],
    lines: [2, 4],
    cells: [
      ['', ''],
      ['1', '2'],
    ],
  }
  expect(await rowsOf('a\tb\n\t\n  \n1\t2\n', '\t')).toEqual(want)
})

test('the general parser takes over at the first quote, in any line, without losing one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 30 }), fc.nat(), async (count, at) => {
      const rows = Array.from({ length: count }, (_, i) => [String(i), `text ${i}`])
      const bare = rows.map((cells) => cells.join(','))
      const quoted = bare.with(at % count, `${at % count},"text ${at % count}"`)
      const want = { names: ['a', 'b'], lines: rows.map((_, i) => i + 2), cells: rows }
      expect(await rowsOf(['a,b', ...bare].join('\n'), ',')).toEqual(want)
      expect(await rowsOf(['a,b', ...quoted].join('\n'), ',')).toEqual(want)
    }),
  )
})

test('a file of many parts, with its first quote in the last', async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => [`${i % 977}`, `é${i % 31}`, 'a longer text than is packed'])
  const text = ['a,b,c', ...rows.map((cells) => cells.join(','))].join('\n')
  const want = { names: ['a', 'b', 'c'], lines: rows.map((_, i) => i + 2), cells: rows }
  expect(await rowsOf(`${text}\n`, ',')).toEqual(want)
  const last = await rowsOf(`${text}\n1,"x\ny",z\n2,3\n`, ',')
  expect(last).toEqual(['ragged-row', { file: 'given.csv', line: 60_004 }])
})
