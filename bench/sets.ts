/** The default recipe on a folder of tables, by ten-fold cross-validation: the last column of each is the target. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { read } from '../compiler/1-read/read.ts'
import { fitTree } from '../compiler/2-train/fit.ts'
import { defaultTrainOptions } from '../compiler/2-train/options.ts'
import { CompileError } from '../compiler/errors.ts'
import { spread } from '../compiler/folds.ts'
import { heldOutFigures } from '../compiler/report/held-out.ts'

interface SetResult {
  readonly file: string
  readonly rows: number
  readonly leaves: number
  readonly accuracy: number
  readonly rocAuc: number | null
}

/** @param folder those of this repository by default; tables whose target is not two answers are passed over. */
export async function setsSection(print: (line: string) => void, folder = 'datasets'): Promise<SetResult[]> {
  print(`sets: tables of two answers in ${folder}, the default recipe, ten folds, seed 0`)
  const results: SetResult[] = []
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.csv'))) {
    const result = await resultOf(folder, file)
    if (result === null) continue
    results.push(result)
    print(describe(result))
  }
  const mean = (values: readonly number[]) => spread(values).mean
  const areas = results.flatMap(({ rocAuc }) => rocAuc ?? [])
  if (areas.length > 0)
    print(
      `  ${results.length} sets: mean accuracy ${(100 * mean(results.map(({ accuracy }) => accuracy))).toFixed(1)}, ` +
        `mean area under the ROC curve ${mean(areas).toFixed(3)}`,
    )
  return results
}

async function resultOf(folder: string, file: string): Promise<SetResult | null> {
  try {
    const table = await read({ csv: join(folder, file), schema: null, target: null, delimiter: null })
    if (table.target.kind !== 'classes' || table.target.answers.length !== 2) return null
    const { model } = fitTree(table, defaultTrainOptions)
    const refit = (rows: Uint32Array) => fitTree(table, defaultTrainOptions, rows).model
    const held = heldOutFigures(table, refit, { folds: 10, repeats: 1, seed: 0, testSize: null })
    if (held === null || !('accuracy' in held.estimates)) return null
    const { accuracy, rocAuc } = held.estimates
    const leaves = (node: typeof model.root): number =>
      node.kind === 'split' ? leaves(node.left) + leaves(node.right) : 1
    return {
      file,
      rows: table.rows,
      leaves: leaves(model.root),
      accuracy: accuracy.value,
      rocAuc: rocAuc?.value ?? null,
    }
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    console.error(`  ${file}: refused. ${error.message}`)
    return null
  }
}

const describe = ({ file, rows, leaves, accuracy, rocAuc }: SetResult) =>
  `  ${file.padEnd(24)} ${String(rows).padStart(5)} rows, ${String(leaves).padStart(2)} leaves, accuracy ${(100 * accuracy).toFixed(1)}, ` +
  `area ${rocAuc?.toFixed(3) ?? '-'}`
