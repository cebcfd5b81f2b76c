import { at } from 'emp-compile-runtime/internal/at'
import type { Grid } from 'emp-compile-runtime/internal/grid'
import { seededRandom } from '../folds.ts'
import { publicCuts } from '../public-cuts.ts'
import { badCutMode } from './errors.ts'

/** Which cuts of a foreign model's columns are published. */
export type CutMode =
  /** So many, evenly on the Grid, or by equal ratios from its low end; the model's own are moved to the nearest. */
  | { readonly kind: 'even' | 'log'; readonly most: number }
  /** The model's own among others, so many of a column at least. */
  | { readonly kind: 'used+decoys'; readonly least: number }
  /** The model's own. */
  | { readonly kind: 'used' }
  /** Those by which the columns were coded before training, as the schema has them: nothing of the model. */
  | { readonly kind: 'schema' }

/** Most cuts of a column that may be asked for. */
const mostCuts = 1024

/** Reads `even:N`, `log:N`, `used+decoys:N`, `used` or `schema`. @throws {CompileError} `bad-cuts` */
export function readCutMode(text: string): CutMode {
  const [, kind = '', count] = /^(even|log|used\+decoys|used|schema)(?::(\d+))?$/.exec(text) ?? []
  const number = Number(count)
  if ((kind === 'used' || kind === 'schema') && count === undefined) return { kind }
  if (kind === '' || kind === 'used' || kind === 'schema' || !(number >= 1 && number <= mostCuts))
    throw badCutMode(text, mostCuts)
  return kind === 'used+decoys' ? { kind, least: number } : { kind: kind === 'log' ? 'log' : 'even', most: number }
}

export const describeCutMode = (mode: CutMode): string =>
  mode.kind === 'used' || mode.kind === 'schema'
    ? mode.kind
    : `${mode.kind}:${mode.kind === 'used+decoys' ? mode.least : mode.most}`

/**
 * The public cuts of a column of numbers, as positions of its Grid: a cut c parts c from c + 1.
 *
 * @param used the model's own cuts, ascending.
 * @param values positions of the sample's values, ascending, each once: decoys lie between neighbours, as the model's cuts do.
 * @param coded the cuts by which the column was coded; none where it was not.
 * @param seed of the decoys: nothing that is published.
 */
export function cutsOfMode(
  mode: CutMode,
  grid: Grid,
  used: readonly number[],
  values: readonly number[],
  coded: readonly number[],
  seed: number,
): readonly number[] {
  switch (mode.kind) {
    case 'used':
      return used
    case 'schema':
      return coded
    case 'even':
      return publicCuts({ kind: 'number', name: '', grid, missing: 'never' }, mode.most)
    case 'log':
      return logCuts(grid.size, mode.most)
    case 'used+decoys':
      return withDecoys(used, values, grid.size, mode.least, seed)
    default:
      return mode satisfies never
  }
}

/** Cuts in equal ratios of their place on the Grid, counted from 1. */
function logCuts(size: number, most: number): number[] {
  const parts = Math.min(size, most + 1)
  const cuts = Array.from({ length: parts - 1 }, (_, i) => Math.floor(size ** ((i + 1) / parts)) - 1)
  return [...new Set(cuts)].filter((cut) => cut >= 0 && cut < size - 1)
}

function withDecoys(
  used: readonly number[],
  values: readonly number[],
  size: number,
  least: number,
  seed: number,
): number[] {
  const between = values.slice(1).map((value, i) => Math.floor((at(values, i) + value) / 2))
  const all = between.length > 0 ? between : Array.from({ length: size - 1 }, (_, cut) => cut)
  const free = all.filter((cut) => !used.includes(cut))
  const random = seededRandom(seed)
  const chosen = new Set(used)
  while (chosen.size < least && free.length > 0) {
    const [decoy] = free.splice(Math.floor(random() * free.length), 1)
    if (decoy !== undefined) chosen.add(decoy)
  }
  return [...chosen].sort((a, b) => a - b)
}
