/**
 * Sums of trees at size: one fit of 100,000 rows of 13 codes, beside scikit-learn's histogram boosting of as many trees of
 * the same rows on one thread; and the whole default recipe, choices included.
 */
import { type BoostedOptions, boostedOptionsOf } from '../compiler/2-train/boosted/options.ts'
import { trainBoosted } from '../compiler/2-train/boosted/train.ts'
import type { Table } from '../compiler/table.ts'
import { codedTable, codes, columns, histogramBoosting } from './coded-table.ts'
import { row, timed } from './measure.ts'

interface BoostedResult {
  readonly rows: number
  readonly recipe: string
  readonly fitS: number
  /** CPU seconds of scikit-learn on the same rows; null where it is not installed, or has no such recipe. */
  readonly sklearnFitS: number | null
}

export async function boostedSection(print: (line: string) => void): Promise<BoostedResult[]> {
  const results: BoostedResult[] = []
  print(`boosted: rows of ${columns} codes of ${codes}, CPU seconds; scikit-learn: histogram boosting, one thread`)
  print('     rows                            recipe    fit s  scikit-learn s  ratio')
  const add = async (table: Table, recipe: string, some: Partial<BoostedOptions>, sklearnFitS: number | null) => {
    const { ms } = await timed(() => trainBoosted(table, { ...boostedOptionsOf({}, null, table.target), ...some }))
    const result = { rows: table.rows, recipe, fitS: ms / 1000, sklearnFitS }
    results.push(result)
    print(
      row([
        [result.rows, 9],
        [recipe, 34],
        [result.fitS.toFixed(2), 9],
        [sklearnFitS?.toFixed(2) ?? '', 16],
        [sklearnFitS === null ? '' : (result.fitS / sklearnFitS).toFixed(2), 7],
      ]),
    )
  }
  const large = codedTable(100_000)
  for (const [trees, depth] of [
    [100, 3],
    [200, 1],
  ] as const) {
    const beside = await histogramBoosting(large, { trees, depth })
    await add(large, `${trees} trees of depth ${depth}, rate 0.1`, { trees, depth, rate: 0.1 }, beside)
  }
  await add(codedTable(20_000), 'default, all chosen', {}, null)
  return results
}
