import { at } from 'emp-compile-runtime/internal/at'
import { gridPosition } from 'emp-compile-runtime/internal/grid'
import { codedCuts, positionsOfCuts } from './coded.ts'
import { type CutMode, cutsOfMode, readCutMode } from './cut-modes.ts'
import { notCoded } from './errors.ts'
import type { Sample } from './sample.ts'

/**
 * The public cuts of all columns of numbers, as positions of their Grids; of columns of texts none.
 *
 * @param used the model's own.
 * @param seed of the decoys: nothing that is published.
 */
export function cutsOn(
  sample: Sample,
  used: readonly (readonly number[])[],
  mode: CutMode,
  seed: number,
): (readonly number[])[] {
  const coded = codedCuts(sample.schema, sample.columns)
  return sample.columns.map(({ column }, i) => {
    if (column.kind === 'text') return []
    const own = coded[i] ?? null
    const positions = sample.rows.flatMap((row) => {
      const value = at(row, i)
      return value === null ? [] : [gridPosition(column.grid, Number(value))]
    })
    const values = [...new Set(positions)].sort((a, b) => a - b)
    const ofCodes = own === null ? [] : positionsOfCuts(column.grid, own)
    return cutsOfMode(mode, column.grid, at(used, i), values, ofCodes, seed + i)
  })
}

/**
 * The cuts that are said, or those of the codes where all columns were coded; null where it has to be said yet.
 *
 * @throws {CompileError} `bad-option` for cuts of a schema that has none.
 */
export function saidCuts(sample: Sample, said: string | null): string | null {
  const coded = codedCuts(sample.schema, sample.columns)
  const isCoded = sample.columns.every(({ column }, i) => column.kind === 'text' || at(coded, i) !== null)
  if (said === 'schema' && !isCoded) throw notCoded()
  return said ?? (isCoded ? 'schema' : null)
}

/** What every way to publish cuts would publish, and change. */
export function describeModes(
  changedBy: (mode: CutMode) => { readonly published: number; readonly changed: number },
  rows: number,
): string {
  const lines = ['even:16', 'even:32', 'even:64', 'log:32', 'used+decoys:32', 'used'].map((text) => {
    const { published, changed } = changedBy(readCutMode(text))
    const lost = rows === 0 ? '' : `, ${changed} of ${rows} answers changed`
    const note =
      text === 'used' ? ' (publishes what the model uses, which lies between neighbouring rows of training)' : ''
    return `\n      --cuts ${text}: ${published} cuts published${lost}${note}`
  })
  return `the cuts to publish, at which clients compare their values, with --cuts:${lines.join('')}`
}

/** How many cuts are published, that which parts missing values included. */
export const publishedCount = (cuts: readonly (readonly number[])[]): number =>
  cuts.reduce((sum, { length }) => sum + length, 0)
