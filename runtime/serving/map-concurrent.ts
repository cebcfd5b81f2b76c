/**
 * Works on all items, at most `most` at once, in their order. After the first failure no further item is begun, those
 * under way are finished, and the failure is thrown.
 */
export async function mapConcurrent<T>(
  items: Iterable<T>,
  most: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = []
  const left = items[Symbol.iterator]()
  const worker = async () => {
    for (let next = left.next(); !next.done && failures.length === 0; next = left.next()) {
      await work(next.value).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: most }, worker))
  if (failures.length > 0) throw failures[0]
}
