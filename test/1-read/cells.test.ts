import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortCells } from '../../compiler/1-read/cells.ts'

test('cells ascend, and every item has the position of its own', () => {
  const largest = fc.constantFrom(3, 300, 70_000, 2 ** 31 - 1)
  const lists = largest.chain((max) => fc.array(fc.integer({ min: 0, max }), { maxLength: 300 }))
  fc.assert(
    fc.property(lists, (items) => {
      const { cells, positions } = sortCells(Int32Array.from(items))
      expect([...cells]).toEqual([...new Set(items)].sort((a, b) => a - b))
      expect(Array.from(positions, (position) => cells[position])).toEqual(items)
    }),
  )
  const many = Int32Array.from({ length: 5000 }, (_, i) => Math.imul(i, 0x9e3779b1) & 0x7fffffff)
  expect([...sortCells(many).cells]).toEqual([...new Set(many)].sort((a, b) => a - b))
})
