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
  ['different measurements, with gaps', (row) => String(row * 3), null],
  ['a code that tells most of the target', (row) => (row % 3 === 0 && row > 0 ? '5' : '6'), null],
  ['an ordinary column', (row) => String(row % 7), null],
])('%s', (_, cell, warning) => {
  const warnings = warningsOf(tableOf(['x', 'y'], rows(cell)))
  expect(warnings).toEqual(warning === null ? [] : [expect.stringMatching(warning)])
})
