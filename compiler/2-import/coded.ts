import { at } from 'emp-compile-runtime/internal/at'
import { type Grid, gridPosition } from 'emp-compile-runtime/internal/grid'
import type { TableSchema } from '../1-read/schema.ts'
import type { ForeignModel } from './foreign.ts'

/** Per column of a model the values by which it was coded before training; null where it was not. */
export function codedCuts(
  schema: TableSchema | null,
  columns: readonly { readonly column: { readonly name: string } }[],
): readonly (readonly number[] | null)[] {
  return columns.map(({ column }) => schema?.fields.find(({ name }) => name === column.name)?.cuts ?? null)
}

/**
 * A model that was trained on codes, as one of the values themselves: they are coded first. A code never falls where the
 * value rises, so tests of codes are tests of values.
 */
export function onValues(model: ForeignModel, cuts: readonly (readonly number[] | null)[]): ForeignModel {
  const inputs = model.inputs.map((input) => {
    const own = at(cuts, input.column)
    return own === null || input.kind !== 'number'
      ? input
      : { ...input, steps: [{ kind: 'code', cuts: own } as const, ...input.steps] }
  })
  return { ...model, inputs }
}

/** Cuts as positions of a Grid: a cut parts a position from the next. Those at and beyond its ends part nothing. */
export function positionsOfCuts(grid: Grid, cuts: readonly number[]): number[] {
  const positions = cuts.map((cut) => gridPosition(grid, cut)).filter((cut) => cut >= 0 && cut < grid.size - 1)
  return [...new Set(positions)]
}
