import { at } from 'emp-compile-runtime/internal/at'
import { kilobytes, percent } from '../text.ts'
import type { Figures } from './figures.ts'
import type { PrunedPath } from './priced-path.ts'

/** A few steps of the pruning path, the one chosen among them, as a small table: what they reach, and what they send. */
export function pathTable({ steps, chosen }: PrunedPath, task: Figures['task']): readonly string[] {
  const wanted = new Set([chosen, ...[0, 1, 2, 3, 4].map((part) => Math.round((part / 4) * (steps.length - 1)))])
  const rows = steps.flatMap(({ leaves, score, ciphertexts, bytes }, i) =>
    wanted.has(i)
      ? [
          [
            String(leaves),
            task === 'classification' ? percent(score) : score.toFixed(2),
            String(ciphertexts),
            kilobytes(bytes),
            i === chosen ? 'chosen' : '',
          ],
        ]
      : [],
  )
  const table = [['leaves', task === 'classification' ? 'accuracy' : 'R²', 'ciphertexts', 'bytes', ''], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => at(row, column).length)))
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column < 4 ? cell.padStart(at(widths, column)) : cell))
      .join('  ')
      .trimEnd(),
  )
  const judge = task === 'classification' ? 'accuracy' : 'error'
  return [...lines, `These figures chose the size, so they flatter it. Judge the model by the line "${judge}".`]
}
