import { type ScalarSize, scalarBytes } from './group.ts'
import { makeTables, windowsFor } from './kernel-base.ts'
import type { Machine } from './machine.ts'

/** From as many multiples of one point on it pays to make tables of that point. */
const worthTables = 24

/** Whether these places, which are no secret, are all one, and enough of them for tables. */
export const areOne = (addresses: Uint32Array): boolean =>
  addresses.length >= worthTables && addresses.every((address) => address === addresses[0])

/** Multiplies one point by many scalars, of `size` bytes each, as the generator is multiplied. */
export function multiplyOne(
  machine: Machine,
  out: number,
  addresses: Uint32Array,
  scalars: Uint8Array,
  size: ScalarSize,
): void {
  const { exports, arena, layout, blocksOf } = machine
  const windows = Math.min(windowsFor(8 * size), layout.baseWindows)
  const tables = arena.take(windows * layout.tableBytes)
  arena.during(() => makeTables(machine, tables, addresses[0] as number, windows))
  const whole = new Uint8Array(scalarBytes * addresses.length)
  for (let i = 0; i < addresses.length; i++) whole.set(scalars.subarray(size * i, size * (i + 1)), scalarBytes * i)
  exports.generate(out, machine.put(whole, scalarBytes), tables, windows, blocksOf(addresses.length))
  whole.fill(0)
}
