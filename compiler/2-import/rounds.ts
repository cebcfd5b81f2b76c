import { noSuchRounds } from './errors.ts'
import type { ReaderOptions } from './options.ts'

/**
 * How many rounds of boosting to take.
 *
 * @param best the place of the best round by early stopping, from 0; null if the file has none.
 * @throws {CompileError} `no-such-rounds` if the file has fewer.
 */
export function roundsTaken(
  file: string,
  { rounds }: ReaderOptions,
  all: number,
  best: number | null,
): { taken: number; all: number; best: number | null } {
  const taken =
    rounds === 'all' || (rounds === 'best' && best === null) ? all : rounds === 'best' ? Number(best) + 1 : rounds
  if (!(Number.isInteger(taken) && taken >= 1 && taken <= all) && !(taken === 0 && all === 0)) {
    throw noSuchRounds(file, taken, all)
  }
  return { taken, all, best }
}
