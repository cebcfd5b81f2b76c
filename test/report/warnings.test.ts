import { expect, test } from 'vitest'
import { warningsOf } from '../../compiler/report/warnings.ts'
import { tableOf } from '../support/tables.ts'

const rows = (cell: (row: number) => string) =>
  Array.from({ length: 40 }, (_, row) => [cell(row), row % 3 === 0 ? 'a' : 'b'])

test.each<[name: string, cell: (row: number) => string, warning: RegExp | null]>([
  ['a constant', () => '7', /^"x" has the same value in every row$/],
  ['a constant text', () => 'same', /^"x" has the same value in every row$/],
  [
    'a numbering, shuffled',
    (row) => String(1000 + ((row * 7) % 40)),
    /^"x" is different in every row, as an identifier/,
  ],
  ['a code of the target', (row) => (row % 3 === 0 ? '5' : String(6 + (row % 2))), /^"x" alone tells the target/],
  ['a text for the target', (row) => (row % 3 === 0 ? 'yes' : 'no'), /^"x" alone tells the target/],
  [
    'whole numbers that rise with the rows',
    (row) => String(row * 3),
    /^"x" is different in every row, as an identifier/,
  ],
  ['whole numbers that fall', (row) => String(900 - row * 5), /^"x" is different in every row, as an identifier/],
  ['different measurements, with gaps', (row) => String(((row * 7) % 40) * 3), null],
  [
    'patients with two visits',
    (row) => String(100 + 3 * Math.floor(row / 2)),
    /^"x" looks like numbers of patients.*--group x/,
  ],
  ['the same, shuffled', (row) => String((row * 7) % 20), /^"x" looks like numbers of patients.*--group x/],
  ['ages that repeat', (row) => String(20 + ((row * row) % 37)), null],
  ['decimals that rise', (row) => (row * 3.1).toFixed(1), null],
  ['a code that tells most of the target', (row) => (row % 3 === 0 && row > 0 ? '5' : '6'), null],
  ['an ordinary column', (row) => String(row % 7), null],
])('%s', (_, cell, warning) => {
  const warnings = warningsOf(tableOf(['x', 'y'], rows(cell)))
  expect(warnings).toEqual(warning === null ? [] : [expect.stringMatching(warning)])
})

test.each([
  ['none of them twice', 29, [expect.stringMatching(/^"x" is different in every row, as an identifier/)]],
  ['one of them twice', 28, []],
])('texts, %s', (_, last, wanted) => {
  const table = tableOf(['x', 'y'], rows((row) => `patient ${Math.min(row, last)}`).slice(0, 30))
  expect(warningsOf(table)).toEqual(wanted)
})
