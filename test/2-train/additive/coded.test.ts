import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tabulate } from '../../../compiler/1-read/read.ts'
import { undeclared } from '../../../compiler/1-read/schema.ts'
import { defaultMissingValues } from '../../../compiler/1-read/words.ts'
import { cellsOfPoints } from '../../../compiler/2-train/additive/cells.ts'
import { placeColumns } from '../../../compiler/2-train/additive/coded.ts'
import { featuresOf, positionsOf } from '../../../compiler/points.ts'
import { publicCuts } from '../../../compiler/public-cuts.ts'
import { rawTable, tables } from '../../support/tables.ts'

test('the codes of columns are the positions of their rows, for random tables', () => {
  fc.assert(
    fc.property(tables, fc.constantFrom(1, 2, 3, 16), (table, most) => {
      const placed = placeColumns(table, most)
      const model = {
        columns: placed.map(({ column, cuts }) => ({ column, cuts, points: [] })),
        features: featuresOf(placed.map(({ column }) => column)),
      }
      const cells = cellsOfPoints(table, model)
      for (let row = 0; row < table.rows; row++) {
        expect(placed.map(({ codes }) => codes[row])).toEqual(positionsOf(model, cells(row)))
      }
      for (const { column, cuts, positions } of placed) {
        expect(cuts.length).toBeLessThanOrEqual(most)
        expect(positions).toBe(
          column.kind === 'number' ? cuts.length + 1 : column.levels.length + (column.missing === 'never' ? 0 : 1),
        )
      }
    }),
  )
})

test('a column whose schema says so is cut evenly in the logarithm', () => {
  const rows = Array.from({ length: 30 }, (_, i) => [String(1 + i * i), i % 2 === 0 ? 'no' : 'yes'])
  const field = { ...undeclared, name: 'x', scale: 'log' as const, minimum: 1, maximum: 1000 }
  const schema = {
    file: 's.json',
    title: null,
    description: null,
    references: [],
    notes: [],
    missingValues: defaultMissingValues,
    fields: [field],
  }
  const [holder] = tabulate(rawTable(['x', 'y'], rows), schema, { target: null }).columns
  if (holder === undefined) throw new TypeError('no column')
  expect(holder.scale).toBe('log')
  const [placed] = placeColumns(tabulate(rawTable(['x', 'y'], rows), schema, { target: null }), 4)
  expect(placed?.cuts).toEqual(publicCuts(holder.column, 4, 'log'))
  expect(placed?.cuts).not.toEqual(publicCuts(holder.column, 4))
})
