import { at } from 'emp-compile-runtime/internal/at'
import type { Column } from 'emp-compile-runtime/internal/contract'
import { gridValue, type Value } from 'emp-compile-runtime/internal/grid'

/** CPU milliseconds of the process so far, all its threads included. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The middle one of an odd number of values, the upper middle one of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return at(sorted, Math.floor(sorted.length / 2))
}

/** A record of values that the columns take, missing ones apart: levels, one of an enumeration, or any of a Grid. */
export function randomRecord(
  columns: readonly Column[],
  below: (bound: number) => number,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    columns.map((column): [string, Value] => {
      const values = column.kind === 'text' ? column.levels : column.admitted
      if (values !== undefined) return [column.name, at<Value>(values, below(values.length))]
      return [column.name, column.kind === 'number' ? gridValue(column.grid, below(column.grid.size)) : null]
    }),
  )
}
