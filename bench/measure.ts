/** CPU milliseconds of the process so far, all its threads included: what other programs do does not count. */
export function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** What `work` takes in CPU milliseconds, and what it gives. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const start = cpu()
  const value = await work()
  return { ms: cpu() - start, value }
}

/** Cells of a line of a table, each right-aligned in its width. */
export function row(cells: readonly (readonly [string | number, number])[]): string {
  return cells.map(([cell, width]) => String(cell).padStart(width)).join('')
}
