/**
 * Points at size: 200 boosted stumps, and a penalised fit, of 100,000 rows of 13 codes, beside scikit-learn's
 * histogram boosting of 200 stumps of the same rows on one thread; and the whole default recipe, choices included.
 */

import { type AdditiveOptions, defaultAdditiveOptions } from '../compiler/2-train/additive/options.ts'
import { trainPoints } from '../compiler/2-train/additive/train.ts'
import type { Table } from '../compiler/table.ts'
import { codedTable, codes, columns, histogramBoosting } from './coded-table.ts'
import { row, timed } from './measure.ts'

interface PointsResult {
  readonly rows: number
  readonly recipe: string
  readonly fitS: number
  /** CPU seconds of scikit-learn on the same rows; null where it is not installed, or has no such recipe. */
  readonly sklearnFitS: number | null
}

export async function pointsSection(print: (line: string) => void): Promise<PointsResult[]> {
  const results: PointsResult[] = []
  print(`points: rows of ${columns} codes of ${codes}, CPU seconds; scikit-learn: 200 stumps, one thread`)
  print('     rows                            recipe    fit s  scikit-learn s  ratio')
  const add = async (table: Table, recipe: string, some: Partial<AdditiveOptions>, sklearnFitS: number | null) => {
    const { ms } = await timed(() => trainPoints(table, { ...defaultAdditiveOptions, ...some }))
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
  const beside = await histogramBoosting(large, { trees: 200, depth: 1 })
  await add(large, '200 stumps', { fit: 'stumps', rounds: 200, points: 255 }, beside)
  await add(large, 'penalty 1', { penalty: 1, points: 255 }, beside)
  await add(codedTable(20_000), 'default, all chosen', {}, null)
  return results
}
