import { at } from 'emp-compile-runtime/internal/at'

/** Lines with columns under each other. */
export function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, i) => Math.max(...table.map((row) => at(row, i).length)))
  return table.map((row) =>
    row
      .map((cell, i) => cell.padEnd(at(widths, i)))
      .join('  ')
      .trimEnd(),
  )
}
