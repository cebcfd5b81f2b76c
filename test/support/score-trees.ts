import fc from 'fast-check'
import { changesOf, countPositions, type ScoreNode, type Trees } from '../../compiler/trees.ts'
import { at } from '../../runtime/at.ts'
import type { Column, Feature } from '../../runtime/contract.ts'
import { cellCount, gridValue, type Value } from '../../runtime/grid.ts'
import type { Link } from '../../runtime/schemes/link.ts'

/** A column with the cuts of its features. */
const columns = fc
  .tuple(
    fc.boolean(),
    fc.boolean(),
    fc.integer({ min: 2, max: 9 }),
    fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  )
  .map(([isText, isMissing, size, picked]) => ({ isText, isMissing, size, picked }))

function columnOf(
  { isText, isMissing, size }: { isText: boolean; isMissing: boolean; size: number },
  i: number,
): Column {
  const name = `column ${i}`
  if (isText) {
    const levels = Array.from({ length: Math.min(size, 4) }, (_, level) => `level ${level}`)
    return { kind: 'text', name, levels, missing: isMissing ? 'no-level' : 'never' }
  }
  return { kind: 'number', name, grid: { minimum: -1, step: 0.5, size }, missing: isMissing ? 'below' : 'never' }
}

/** Random trees of one or several scores, whose splits are any sets of positions: also empty ones, and all. */
export const scoreTrees: fc.Arbitrary<Trees> = fc
  .record({
    drawn: fc.array(columns, { minLength: 1, maxLength: 4 }),
    outputs: fc.constantFrom(1, 1, 2, 3, 10),
    isVector: fc.boolean(),
    count: fc.integer({ min: 1, max: 5 }),
    seeds: fc.infiniteStream(fc.nat(1_000_000)),
  })
  .map(({ drawn, outputs, isVector, count, seeds }) => {
    const next = (below: number) => Number(seeds.next().value) % below
    const own = drawn.map(columnOf)
    const features = own.flatMap((column): Feature[] =>
      column.kind === 'number'
        ? [{ column: column.name }]
        : column.levels.map((level) => ({ column: column.name, level })),
    )
    const cuts = features.map((feature) => {
      const place = own.findIndex(({ name }) => name === feature.column)
      const column = at(own, place)
      if (column.kind === 'text') return [0]
      return Array.from({ length: cellCount(column) - 1 }, (_, cut) => cut).filter((cut) =>
        at(at(drawn, place).picked, cut % 8),
      )
    })
    const shape = { columns: own, features, cuts }
    const scores = () => next(2000) - 1000
    const several = outputs > 1
    const grow = (depth: number): ScoreNode => {
      if (depth === 0 || next(5) === 0) {
        return { kind: 'leaf', scores: Array.from({ length: several && isVector ? outputs : 1 }, scores) }
      }
      const column = next(own.length)
      const inside = changesOf(Array.from({ length: countPositions(shape, column) }, () => next(2) === 1))
      return { kind: 'split', column, inside, yes: grow(depth - 1), no: grow(depth - 1) }
    }
    const trees = Array.from({ length: several && !isVector ? Math.max(count, outputs) : count }, (_, i) => ({
      output: several && isVector ? null : i % outputs,
      root: grow(next(5)),
    }))
    const link: Link = several
      ? { kind: 'softmax', base: 0, unit: 256 }
      : next(2) === 0
        ? { kind: 'logistic', base: 0, unit: 256, from: 1 }
        : { kind: 'identity', base: 1.5, unit: 8 }
    const answers =
      link.kind === 'identity' ? null : Array.from({ length: Math.max(2, outputs) }, (_, i) => `answer ${i}`)
    const base = Array.from({ length: outputs }, scores)
    return { family: 'boosted', missingValues: ['?'], ...shape, trees, base, link, answers }
  })

/** A record of a model, by a source of whole numbers below a bound. */
export function randomRecord(
  { columns: own }: Pick<Trees, 'columns'>,
  next: (below: number) => number,
): Record<string, Value> {
  return Object.fromEntries(
    own.map((column): [string, Value] => {
      if (column.missing !== 'never' && next(4) === 0) return [column.name, null]
      return [
        column.name,
        column.kind === 'text'
          ? at(column.levels, next(column.levels.length))
          : gridValue(column.grid, next(column.grid.size)),
      ]
    }),
  )
}

/** Trees of one score on one column, whose splits are single cuts: `leaves` of them in a row. */
export function stairs(heights: readonly (readonly number[])[], base = 0): Trees {
  const size = Math.max(2, ...heights.map(({ length }) => length))
  const step = (tree: readonly number[], i: number): ScoreNode =>
    i === tree.length - 1
      ? { kind: 'leaf', scores: [at(tree, i)] }
      : {
          kind: 'split',
          column: 0,
          inside: [0, i + 1],
          yes: { kind: 'leaf', scores: [at(tree, i)] },
          no: step(tree, i + 1),
        }
  return {
    family: 'boosted',
    missingValues: [],
    columns: [{ kind: 'number', name: 'x', grid: { minimum: 0, step: 1, size }, missing: 'never' }],
    features: [{ column: 'x' }],
    cuts: [Array.from({ length: size - 1 }, (_, cut) => cut)],
    trees: heights.map((tree) => ({ output: 0, root: step(tree, 0) })),
    base: [base],
    link: { kind: 'identity', base: 0, unit: 1 },
    answers: null,
  }
}
