import type { PointBatch, Workspace } from './group.ts'

/**
 * Adds up each run of neighbouring points, of these lengths: neighbours first, in all runs at a time. An empty run is the
 * identity.
 *
 * @throws {RangeError} if the lengths do not add up to that of the points.
 */
export function sumRuns(space: Workspace, points: PointBatch, runs: readonly number[]): PointBatch {
  const identity = points.length
  if (runs.reduce((sum, run) => sum + run, 0) !== identity) throw new RangeError('the runs are not those of the points')
  const sums = space.identities(identity + 1)
  space.add(points, sums.slice(0, identity), sums.slice(0, identity))
  const longest = runs.reduce((most, run) => Math.max(most, run), 0)
  let end = 0
  const firsts = runs.map((run) => {
    end += run
    return run === 0 ? identity : end - run
  })
  for (let apart = 1; apart < longest; apart *= 2) {
    const places = runs.flatMap((run, i) => {
      const first = firsts[i] as number
      const pairs = Math.ceil((run - apart) / (2 * apart))
      return Array.from({ length: Math.max(0, pairs) }, (_, pair) => first + 2 * apart * pair)
    })
    const into = sums.at(places)
    space.add(into, sums.at(places.map((place) => place + apart)), into)
  }
  return sums.at(firsts)
}
