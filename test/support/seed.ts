import { seededRandom } from '../../compiler/folds.ts'

/** Random numbers whose seed is printed, and taken from the environment (`SEED`) to have a run again. */
export function announcedRandom(what: string): () => number {
  return seededRandom(seedOf(what))
}

/** A seed that is printed, and taken from the environment (`SEED`) to have a run again. */
export function seedOf(what: string): number {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`${what}: SEED=${seed}`)
  return seed
}
