import type { ForeignColumn, ForeignInput } from './foreign.ts'

/**
 * What a tree sees of a column that its library takes as it is: the number, or the code of a category, which is the
 * place of its level.
 *
 * @param unknown what the library does with a level that it does not know.
 */
export function inputOfColumn(unknown: 'unknown is missing' | 'unknown is refused') {
  return (column: ForeignColumn, i: number): ForeignInput => {
    if (column.kind !== 'level') return { kind: 'number', column: i, steps: [] }
    return {
      kind: 'coded',
      column: i,
      levels: column.levels,
      numbers: column.levels.map((_, code) => code),
      unknown: unknown === 'unknown is missing' ? Number.NaN : null,
      missing: Number.NaN,
      steps: [],
    }
  }
}
