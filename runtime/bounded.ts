/** Does the work for every item, at most `most` at a time, and waits for all of it. Rejects as soon as a part does. */
export async function forEachBounded<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const hands = Array.from({ length: Math.min(most, items.length) }, async () => {
    for (const item of rest) await work(item)
  })
  await Promise.all(hands)
}
