import { type ReadOptions, read } from './1-read/read.ts'
import { fitTree } from './2-train/fit.ts'
import type { TrainOptions } from './2-train/options.ts'
import { answerGridOf } from './3-lower/answers.ts'
import type { LabelOptions } from './3-lower/label.ts'
import { checkModelName, type LowerOptions, lower, type SignsOptions } from './3-lower/lower.ts'
import { emitClient } from './4-emit/client.ts'
import { emitPageDocuments } from './4-emit/page.ts'
import { emitServer } from './4-emit/server.ts'
import type { Plan } from './plan.ts'
import { type Figures, type MeasureOptions, measure } from './report/figures.ts'
import { describeLeakage } from './report/leakage.ts'
import { modelCard, type PrunedPath } from './report/model-card.ts'
import { modelJson } from './report/model-json.ts'
import { pictures, pricedPath } from './report/pictures.ts'
import { summaryLines } from './report/summary.ts'
import type { Table } from './table.ts'
import type { Tree } from './tree.ts'

export { defaultTrainOptions, type TrainOptions } from './2-train/options.ts'
export { CompileError } from './errors.ts'
export { version } from './version.ts'

interface CommonOptions extends ReadOptions, TrainOptions {
  readonly measure: MeasureOptions
}

export interface CompileSignsOptions extends CommonOptions, SignsOptions {}

export interface CompileLabelOptions extends CommonOptions, Omit<LabelOptions, 'answerGrid'> {
  readonly cuts: number
  /** The step of the answers of a tree of numbers, in the target's unit; null to choose it. */
  readonly answerStep: number | null
}

export type CompileOptions = CompileSignsOptions | CompileLabelOptions

export interface Compiled {
  readonly table: Table
  readonly tree: Tree
  /** The pruning path; null where the recipe does not prune by cross-validation. */
  readonly path: PrunedPath | null
  readonly plan: Plan
  readonly figures: Figures
  /** What is to be known at first sight: names and values. */
  readonly lines: readonly (readonly [string, string])[]
  /** The generated files by their path below the model's directory. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * CSV -> Table -> Tree -> Plan -> two modules and a report. Writes nothing.
 *
 * @throws {CompileError}
 */
export async function compile(options: CompileOptions): Promise<Compiled> {
  checkModelName(options.model)
  const table = await read(options)
  const { tree, pruning } = fitTree(table, options)
  const lowering = lowerOptions(options, table)
  const plan = lower(tree, lowering)
  const figures = measure(table, tree, options, options.measure)
  const { target, columns } = table
  const documents = { target, columns: new Map(columns.map(({ column, document }) => [column.name, document])) }
  const path = pruning === null ? null : { steps: pricedPath(pruning, figures, lowering), chosen: pruning.chosen }
  const lines = summaryLines(table, tree, plan, figures, pruning, path)
  const files = new Map([
    ['client.ts', emitClient(plan, documents)],
    ['server.ts', emitServer(plan)],
    ['page.json', emitPageDocuments(plan, describeLeakage(plan), table)],
    ['report/model.json', modelJson(table, tree, plan, figures, options)],
    ['report/MODEL_CARD.md', modelCard(table, tree, plan, figures, path, options)],
  ])
  for (const [file, text] of pictures(
    table,
    tree,
    plan,
    figures,
    path,
    lines.filter(([name]) => !name.endsWith('learns')),
  ))
    files.set(`report/${file}`, text)
  return { table, tree, path, plan, figures, lines, files }
}

function lowerOptions(options: CompileOptions, { target }: Table): LowerOptions {
  return options.reveal === 'label' ? { ...options, answerGrid: answerGridOf(target, options.answerStep) } : options
}
