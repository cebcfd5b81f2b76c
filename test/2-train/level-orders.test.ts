import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultTrainOptions } from '../../compiler/2-train/options.ts'
import { trainTree } from '../../compiler/2-train/train.ts'
import { rowCells } from '../../compiler/table.ts'
import { leafOf, splitsOf } from '../../compiler/tree.ts'
import { numberTableOf, tableOf } from '../support/tables.ts'

const options = { ...defaultTrainOptions, minSamplesLeaf: 1, prune: null, levelSets: true }

test('one division parts the levels that act together, and a missing value goes with its like', () => {
  const ill = new Set(['b', 'd', 'f', ''])
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', '']
  const rows = Array.from({ length: 70 }, (_, i) => [
    levels[i % 7] ?? '',
    ill.has(levels[i % 7] ?? '') ? 'ill' : 'well',
  ])
  const tree = trainTree(tableOf(['group', 'y'], rows), options)
  expect(splitsOf(tree.root)).toHaveLength(1)
  const [split] = splitsOf(tree.root)
  const set = [split?.feature ?? -1, ...(split?.also ?? [])].map((i) => tree.features[i])
  expect(set.map((feature) => feature !== undefined && 'level' in feature && feature.level).sort()).toEqual([
    'a',
    'c',
    'e',
  ])
  expect(split).toMatchObject({ cut: 0, left: { answer: 0 }, right: { answer: 1 } })
})

test('levels of numbers are ordered by their mean, those of several answers along one direction', () => {
  const numbers = Array.from({ length: 60 }, (_, i) => [
    `level ${i % 12}`,
    String((i % 12) % 3 === 0 ? 90 + (i % 12) : i % 12),
  ])
  const [first] = splitsOf(
    trainTree(numberTableOf(['x', 'y'], numbers, 'regression'), { ...options, maxDepth: 1 }).root,
  )
  expect([first?.feature, ...(first?.also ?? [])]).toHaveLength(4)
  const answers = Array.from({ length: 90 }, (_, i) => [`level ${i % 9}`, ['a', 'b', 'c'][(i % 9) % 3] ?? ''])
  expect(splitsOf(trainTree(tableOf(['x', 'y'], answers), options).root)).toHaveLength(2)
})

test('the tree answers its rows as it was grown, for random tables; without the option nothing changes', () => {
  const row = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', '?'), fc.constantFrom('p', 'q', 'r'), fc.nat(3))
  fc.assert(
    fc.property(fc.array(row, { minLength: 8, maxLength: 60 }), (rows) => {
      const texts = rows.map(([one, other, answer], i) => [one, other, i < 2 ? String(i) : String(answer)])
      fc.pre(texts.some(([one]) => one !== '?'))
      const table = tableOf(['one', 'other', 'y'], texts)
      const counted = new Map<object, number[]>()
      const tree = trainTree(table, options)
      for (let i = 0; i < table.rows; i++) {
        const leaf = leafOf(tree, rowCells(table, i))
        const counts = counted.get(leaf) ?? table.target.answers.map(() => 0)
        counts[table.target.classes[i] ?? 0] = (counts[table.target.classes[i] ?? 0] ?? 0) + 1
        counted.set(leaf, counts)
      }
      for (const [leaf, counts] of counted) expect(leaf).toMatchObject({ counts })
      const plain = trainTree(table, { ...options, levelSets: false })
      expect(splitsOf(plain.root).every(({ also }) => also === undefined)).toBe(true)
    }),
  )
})
