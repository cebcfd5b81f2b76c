import { at } from 'emp-compile-runtime/internal/at'
import { type CodedColumn, pairColumns } from './coded.ts'
import { histograms, type PointsFit, stateOf } from './fit.ts'
import type { PointsLoss, State } from './loss.ts'

/** Positions of a column are joined to about so many groups of like weight. */
const groups = 4
/** Every cell of a pair is drawn to nothing by so much. */
const pull = 5

/**
 * The pairs of columns whose combinations would lower the loss most, beside what their own points do: by one Newton step
 * on a coarse grid of the two.
 *
 * Source: as FAST of Lou, Caruana, Gehrke, Hooker, "Accurate intelligible models with pairwise interactions", KDD 2013,
 * which ranks pairs on coarse grids of what the columns leave unexplained.
 *
 * @param fit of the columns alone.
 * @returns places of columns, of each pair and of the pairs ascending; ties go to the first.
 */
export function choosePairs(
  columns: readonly CodedColumn[],
  loss: PointsLoss,
  fit: PointsFit,
  count: number,
): (readonly [number, number])[] {
  const state = stateOf(columns, loss, fit)
  const coarse = columns.map((column) => coarsen(column, loss.weights))
  const ranked = columns.flatMap((_, first) =>
    columns.slice(first + 1).map((_, after) => ({ pair: [first, first + 1 + after] as const, gain: 0 })),
  )
  for (let k = 0; k < loss.outputs; k++) {
    loss.derive(state, k)
    for (const one of ranked) one.gain += gainOf(at(coarse, one.pair[0]), at(coarse, one.pair[1]), state)
  }
  return ranked
    .toSorted((a, b) => b.gain - a.gain || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1])
    .slice(0, count)
    .map(({ pair }) => pair)
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
}

/** Joins neighbouring positions; levels of texts only if there are many. */
function coarsen({ codes, positions, shape }: CodedColumn, weights: Float64Array): CodedColumn {
  const counts = new Float64Array(positions)
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    counts[code] = (counts[code] as number) + (weights[i] as number)
  }
  const total = counts.reduce((sum, count) => sum + count, 0)
  let [before, group] = [0, 0]
  const groupOf = Array.from(counts, (count) => {
    group = Math.min(groups - 1, Math.max(group, Math.floor(((before + count / 2) / total) * groups)))
    before += count
    return group
  })
  return { codes: Uint8Array.from(codes, (code) => at(groupOf, code)), positions: groups, shape }
}

function gainOf(first: CodedColumn, second: CodedColumn, state: State): number {
  const [sumsG, sumsH] = histograms(pairColumns(first, second), state)
  return sumsG.reduce((gain, slope, cell) => gain + slope ** 2 / (at(sumsH, cell) + pull), 0)
}
