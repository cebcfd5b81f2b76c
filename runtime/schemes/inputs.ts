import { at } from '../at.ts'

/**
 * A number that a client computes from a cell of its own record, in the clear. It is public, and fixed before training: a
 * function of the column's Grid or levels alone.
 */
export type Input =
  /**
   * A number on a scale around the middle of its Grid: `cell * factor / step`, rounded, halves up, less `middle`. A missing
   * one counts as the middle, 0; `missing` is its cell, or null where there is none.
   */
  | {
      readonly kind: 'number'
      readonly feature: number
      readonly factor: number
      readonly step: number
      readonly middle: number
      readonly missing: number | null
    }
  /** `value` if the cell is this one, or from it to `to`, else 0: a level's 1, the cell of a missing number, an interval. */
  | {
      readonly kind: 'indicator'
      readonly feature: number
      readonly cell: number
      readonly to?: number
      readonly value: number
    }

/** The number that an input is of a record. @param cells one per feature. */
export function inputOf(input: Input, cells: readonly number[]): number {
  const cell = at(cells, input.feature)
  if (input.kind === 'indicator') return cell >= input.cell && cell <= (input.to ?? input.cell) ? input.value : 0
  const { factor, step, middle, missing } = input
  return cell === missing ? 0 : Math.floor((2 * cell * factor + step) / (2 * step)) - middle
}
