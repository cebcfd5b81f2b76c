/** Welch's t. The slowest twentieth of both together is left out: interrupts, collections of garbage. */
export function welch(a: readonly number[], b: readonly number[]): { meanMs: number; t: number } {
  const all = [...a, ...b].sort((x, y) => x - y)
  const limit = all[Math.floor(0.95 * all.length)] ?? Number.POSITIVE_INFINITY
  const [x, y] = [a, b].map((times) => {
    const kept = times.filter((time) => time <= limit)
    const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length
    return { mean, error: kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1) / kept.length }
  })
  if (x === undefined || y === undefined) throw new TypeError('there are two samples')
  return { meanMs: (x.mean + y.mean) / 2, t: (x.mean - y.mean) / Math.sqrt(x.error + y.error) }
}
