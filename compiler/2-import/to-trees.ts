import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Feature } from 'emp-compile-runtime/internal/contract'
import { changesOf, countPositions, isInSet, type ScoreNode, type Trees, withoutConstants } from '../trees.ts'
import type { Ensemble, ForeignTest, ForeignTree } from './foreign.ts'
import { isIn, type PositionSet, type Side } from './thresholds.ts'

/** A foreign model's tests on public Grids, and where along them their outcomes change. */
export interface OnGrids {
  readonly sideOf: (test: ForeignTest) => Side
  /** Per column of numbers, ascending: the positions of the Grid after which some test's outcome changes. */
  readonly used: readonly (readonly number[])[]
}

/** Puts all tests of a model to its Grids, each once. @throws {CompileError} */
export function onGrids(body: Ensemble, sideOf: (test: ForeignTest) => Side, columns: readonly Column[]): OnGrids {
  const known = new Map<ForeignTest, Side>()
  const used = columns.map(() => new Set<number>())
  for (const { nodes } of body.trees) {
    for (const node of nodes) {
      if (node.kind !== 'split') continue
      const side = sideOf(node.test)
      known.set(node.test, side)
      if (side.kind === 'number') for (const cut of side.positions) if (cut >= 0) at(used, side.column).add(cut)
    }
  }
  return {
    sideOf: (test) => known.get(test) ?? sideOf(test),
    used: used.map((cuts) => [...cuts].sort((a, b) => a - b)),
  }
}

/** Columns, their features and public cuts, in cells. */
export type TreesShape = Pick<Trees, 'columns' | 'features' | 'cuts'>

/** @param cuts per column of numbers positions of its Grid. */
export function shapeOf(columns: readonly Column[], cuts: readonly (readonly number[])[]): TreesShape {
  const features = columns.flatMap((column): Feature[] =>
    column.kind === 'number'
      ? [{ column: column.name }]
      : column.levels.map((level) => ({ column: column.name, level })),
  )
  const inCells = columns.flatMap((column, i) => {
    if (column.kind === 'text') return column.levels.map(() => [0])
    // The missing cell lies below, and a cut parts it from all numbers.
    return [column.missing === 'never' ? at(cuts, i) : [0, ...at(cuts, i).map((cut) => cut + 1)]]
  })
  return { columns, features, cuts: inCells }
}

/** The positions of a column, between its public cuts, that say "yes" to a test; its own cuts are moved to the nearest. */
export function insideOf(shape: TreesShape, cuts: readonly number[], side: Side): number[] {
  const column = at(shape.columns, side.column)
  const missing = column.missing === 'never' ? [] : [side.missing]
  if (side.kind === 'text') {
    const levels = column.kind === 'text' ? column.levels : []
    const has = [...missing, ...levels.map((level) => side.levels.includes(level))]
    return changesOf(has)
  }
  const moved = movedTo(side.positions, cuts)
  return changesOf([...missing, ...Array.from({ length: cuts.length + 1 }, (_, i) => isIn(moved, cuts[i] ?? Infinity))])
}

/** A set whose changes are moved to the nearest of these cuts, of two equally near the lower; two that meet undo each other. */
function movedTo(positions: PositionSet, cuts: readonly number[]): PositionSet {
  const nearest = (change: number) =>
    cuts.reduce((best, cut) => (Math.abs(cut - change) < Math.abs(best - change) ? cut : best), at(cuts, 0))
  return positions.flatMap((change) => (change < 0 ? [change] : cuts.length === 0 ? [] : [nearest(change)]))
}

/** Of a foreign model what its scores are counted in, and what leaves and base come to. */
export interface Amounts {
  leaf(tree: ForeignTree, value: number): number
  readonly base: readonly number[]
}

/** Integers of `unit` steps to 1. */
export function amountsOf(body: Ensemble, unit: number): Amounts {
  const { scale, divisor, baseComes, base } = body
  const whole = (value: number) => Math.round(value * unit) + 0
  return {
    leaf: (tree, value) => whole((value * tree.weight * scale) / divisor),
    base: base.map((own) => whole(baseComes === 'first' ? (own * scale) / divisor : own)),
  }
}

/**
 * The trees on public cuts, in integers. What no record reaches falls away, and so do questions to which all records say the
 * same, or whose answers are worth the same.
 */
export function treesOf(
  body: Ensemble,
  grids: OnGrids,
  shape: TreesShape,
  cuts: readonly (readonly number[])[],
  unit: number,
): Pick<Trees, 'trees' | 'base'> {
  const { leaf, base } = amountsOf(body, unit)
  const grow = grower(grids, shape, cuts, (tree, values) => values.map((value) => leaf(tree, value)))
  return withoutConstants(
    body.trees.map((tree) => ({ output: tree.output, root: grow(tree) })),
    base,
  )
}

/**
 * Makes what puts a tree on public cuts, as {@link treesOf} says.
 *
 * @param scores integers for the values of a leaf: leaves of the same integers are one.
 */
export function grower(
  { sideOf }: OnGrids,
  shape: TreesShape,
  cuts: readonly (readonly number[])[],
  scores: (tree: ForeignTree, values: readonly number[]) => readonly number[],
): (tree: ForeignTree) => ScoreNode {
  const everywhere = allPositions(shape)
  const insides = new Map<ForeignTest, readonly number[]>()
  const inside = (test: ForeignTest) => {
    const known = insides.get(test)
    if (known !== undefined) return known
    const side = sideOf(test)
    const made = insideOf(shape, at(cuts, side.column), side)
    insides.set(test, made)
    return made
  }
  const grow = (tree: ForeignTree, place: number, open: Reach): ScoreNode => {
    const node = at(tree.nodes, place)
    if (node.kind === 'leaf') return { kind: 'leaf', scores: scores(tree, node.values) }
    const { column } = sideOf(node.test)
    const own = inside(node.test)
    const reach = at(open, column)
    const [yes, no] = [true, false].map((wanted) =>
      reach.map((is, position) => is && isInSet(own, position) === wanted),
    )
    if (yes === undefined || no === undefined) throw new TypeError('a test has two sides')
    if (!yes.includes(true)) return grow(tree, node.no, open)
    if (!no.includes(true)) return grow(tree, node.yes, open)
    const [left, right] = [grow(tree, node.yes, open.with(column, yes)), grow(tree, node.no, open.with(column, no))]
    const isSame =
      left.kind === 'leaf' && right.kind === 'leaf' && left.scores.every((score, i) => score === right.scores[i])
    return isSame ? left : { kind: 'split', column, inside: own, yes: left, no: right }
  }
  return (tree) => grow(tree, 0, everywhere)
}

/** Per column whether a record that comes to a node may have each position. */
export type Reach = readonly (readonly boolean[])[]

/** Of the root. */
export const allPositions = (shape: TreesShape): Reach =>
  shape.columns.map((_, column) => Array.from({ length: countPositions(shape, column) }, () => true))
