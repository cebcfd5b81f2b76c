import { at } from 'emp-compile-runtime/internal/at'
import { cellsFor } from '../missing.ts'
import type { Table } from '../table.ts'
import { type Leaf, leafOf, leavesOf, type Tree } from '../tree.ts'
import { type Estimate, meanEstimate, shareOf } from './estimates.ts'
import type { HeldOutPart } from './held-out.ts'
import type { RowOutcome } from './outcome.ts'

/** What people were told who had not been seen and would end at a leaf, and what came out. */
export interface LeafCheck {
  readonly rows: number
  /** The mean chance of the leaf's answer, or the mean number, that they were told; null where nobody was. */
  readonly told: number | null
  /** The share of them who had the answer, or the mean of their numbers. */
  readonly seen: Estimate | null
}

const mostMapped = 20_000

/**
 * Told and seen, leaf by leaf. The rows that a leaf was made of cannot judge it; so each leaf is judged by the rows that other
 * trees of the same recipe had not seen. A leaf of such a tree stands for the leaf of this one with which it shares most of
 * the rows that both were made of.
 */
export function leafChecks(table: Table, tree: Tree, parts: readonly HeldOutPart[]): LeafCheck[] {
  const leaves = leavesOf(tree.root)
  const ended: RowOutcome[][] = leaves.map(() => [])
  const placeOf = placer(table, tree)
  for (const { rows, model, outcomes } of parts) {
    if (model.family !== 'tree') continue
    const placeIn = placer(table, model)
    const standsFor = leafMap(table, rows, placeIn, placeOf)
    for (const [i, row] of rows.entries()) {
      const own = standsFor.get(placeIn(row))
      if (own !== undefined) at(ended, own).push(at(outcomes, i))
    }
  }
  return leaves.map((leaf, i) => checkOf(leaf, at(ended, i)))
}

function checkOf(leaf: Leaf, outcomes: readonly RowOutcome[]): LeafCheck {
  const rows = outcomes.length
  if (leaf.kind === 'mean') {
    const seen = meanEstimate(
      outcomes.map(({ truth }) => truth),
      outcomes,
    )
    const told = meanEstimate(
      outcomes.map(({ given }) => given),
      outcomes,
    )
    return { rows, told: told?.value ?? null, seen }
  }
  const told = meanEstimate(
    outcomes.map(({ chances }) => at(chances, leaf.answer)),
    outcomes,
  )
  const seen = shareOf(
    outcomes.map(({ truth }) => Number(truth === leaf.answer)),
    outcomes,
  )
  return { rows, told: told?.value ?? null, seen }
}

/** The position of the leaf at which a row ends. */
function placer(table: Table, tree: Tree): (row: number) => number {
  const cells = cellsFor(table, tree)
  const places = new Map(leavesOf(tree.root).map((leaf, i) => [leaf, i] as const))
  return (row) => places.get(leafOf(tree, cells(row))) ?? 0
}

/** For each leaf of one tree the leaf of another that shares most training rows with it. */
function leafMap(
  table: Table,
  heldOut: Uint32Array,
  from: (row: number) => number,
  to: (row: number) => number,
): ReadonlyMap<number, number> {
  const isHeldOut = new Set(heldOut)
  const shared = new Map<number, Map<number, number>>()
  const step = Math.max(1, Math.ceil(table.rows / mostMapped))
  for (let row = 0; row < table.rows; row += step) {
    if (isHeldOut.has(row)) continue
    const [one, other] = [from(row), to(row)]
    const own = shared.get(one) ?? new Map<number, number>()
    own.set(other, (own.get(other) ?? 0) + 1)
    shared.set(one, own)
  }
  return new Map(
    [...shared].map(([leaf, counts]) => {
      const [[best] = [0]] = [...counts].toSorted(([a, n], [b, m]) => m - n || a - b)
      return [leaf, best]
    }),
  )
}
