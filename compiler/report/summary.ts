import { featureName } from '../../runtime/contract.ts'
import { describeGrid } from '../../runtime/grid.ts'
import type { Pruning } from '../2-train/cross-validate.ts'
import type { LabelPlan, Plan } from '../plan.ts'
import type { Table } from '../table.ts'
import { depthOf, leavesOf, splitsOf, type Tree } from '../tree.ts'
import { wrap } from '../wrap.ts'
import type { Figures, Metrics } from './figures.ts'
import { describeLeakage } from './leakage.ts'
import type { ClassificationMetrics } from './metrics.ts'
import type { PrunedPath } from './model-card.ts'
import { describeRestriction } from './restriction.ts'
import { warningsOf } from './warnings.ts'

/** The report on the terminal: a dozen facts, in lines of at most `width` characters. */
export function summary(lines: readonly (readonly [string, string])[], directory: string, width: number): string {
  const written = [
    'written',
    `${directory}: client.ts, page.json (publish them); server.ts, report/ (keep them private)`,
  ] as const
  return [...lines, written].map(([name, text]) => labelled(name, text, width)).join('\n')
}

/** What is to be known of a model at first sight: names and values. */
export function summaryLines(
  table: Table,
  tree: Tree,
  plan: Plan,
  figures: Figures,
  pruning: Pruning | null,
  path: PrunedPath | null,
): readonly (readonly [string, string])[] {
  const { cost, contract } = plan
  const leakage = describeLeakage(plan)
  const missing = table.source.missingCells === 0 ? '' : `, ${table.source.missingCells} cells missing`
  return [
    ['data', `${table.source.file}: ${table.rows} rows, ${table.columns.length} columns${missing}`],
    ['target', describeTarget(table)],
    ['tree', tree.root.kind === 'split' ? describeTree(tree, plan) : describeSingleLeaf(pruning)],
    [
      figures.task === 'classification' ? 'accuracy' : 'error',
      `${describeHeldOut(figures)}; ${describeBaseline(figures)}`,
    ],
    ...(figures.restriction === undefined
      ? []
      : [['cuts', describeRestriction(figures.restriction, figures.task)] as const]),
    ...(plan.reveal === 'label' && tree.answers === null ? [['answers', describeRounding(plan, tree)] as const] : []),
    ...(pruning === null ? [] : [['pruning', describePruning(pruning)] as const]),
    ...(path === null ? [] : [['path', describePath(path, figures.task)] as const]),
    [
      'cost',
      `${cost.requestCiphertexts} ciphertexts up (${kilobytes(cost.requestBytes)}), ${cost.replyCiphertexts} down (${kilobytes(cost.replyBytes)}), ${plan.reveal === 'signs' ? `${plan.contract.keyBits}-bit keys` : 'ristretto255'}${contract.replyKey === undefined ? '' : ', replies signed'}`,
    ],
    ['client learns', leakage.client],
    ['server learns', leakage.server],
    ...warningsOf(table).map((warning) => ['warning', warning] as const),
  ]
}

function describeTree(tree: Tree, plan: Plan): string {
  const splits = splitsOf(tree.root)
  const names = tree.features.filter((_, i) => splits.some(({ feature }) => feature === i)).map(featureName)
  const different = new Set(splits.map(({ feature, cut }) => `${feature} ${cut}`)).size
  const asked = `${different} different ${plan.reveal === 'signs' ? 'tests' : 'cuts'} on ${names.join(', ')}`
  return `${leavesOf(tree.root).length} leaves, depth ${depthOf(tree.root)}, ${asked}`
}

/** Which numbers a model of numbers may answer in `label`, and how far its means are from them. */
export function describeRounding({ contract }: LabelPlan, tree: Tree): string {
  const numbers = contract.answers.map(({ answer }) => Number(answer))
  const [first = 0, second = first] = numbers
  const off = leavesOf(tree.root).map(({ answer }) => Math.min(...numbers.map((number) => Math.abs(answer - number))))
  return (
    `${numbers.length} numbers, ${first} to ${numbers.at(-1) ?? first} in steps of ${significant(second - first)}: the means ` +
    `of the leaves are rounded to them, which moves none by more than ${significant(Math.max(...off))}; --answer-step sets the step`
  )
}

/** The held-out figures in a line, with their spread over the parts. */
function describeHeldOut({ heldOut, training, task }: Figures): string {
  const seen = `${describeMain(training)} on training rows`
  if (heldOut === null) return `${seen}; not measured on others: an answer has too few rows`
  const { pooled, spreads, folds, repeats } = heldOut
  const how =
    folds === null
      ? `${pooled.rows} rows held out`
      : `${folds}-fold cross-validation${repeats > 1 ? `, ${repeats} times` : ''}`
  const main = spreads[task === 'classification' ? 'accuracy' : 'rmse']
  const scale = task === 'classification' ? 100 : 1
  const around = main?.deviation == null ? '' : ` ± ${significant(scale * main.deviation)}`
  const more = 'accuracy' in pooled ? describeProbabilities(pooled) : `MAE ${significant(pooled.mae)}`
  return `${describeMain(pooled, around)} on rows not seen (${how}; ${more}), ${seen}`
}

function describeMain(metrics: Metrics, around = ''): string {
  if ('accuracy' in metrics) return `${percent(metrics.accuracy)}${around}`
  return `RMSE ${significant(metrics.rmse)}${around}${metrics.r2 === null ? '' : `, R² ${metrics.r2.toFixed(2)}`}`
}

function describeProbabilities({ rocAuc, brier }: ClassificationMetrics): string {
  return `${rocAuc === null ? '' : `AUC ${rocAuc.toFixed(2)}, `}Brier score ${brier.toFixed(3)}`
}

function describeBaseline({ baseline, task }: Figures): string {
  return task === 'classification'
    ? `always the most frequent answer: ${percent(baseline)}`
    : `always the mean: RMSE ${significant(baseline)}`
}

/** Three significant digits. */
export const significant = (value: number) => String(Number(value.toPrecision(3)))
export const percent = (share: number) => `${(100 * share).toFixed(1)}%`
export const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

function describeTarget({ target }: Table): string {
  const name = `"${target.name}"`
  if (target.kind === 'classes')
    return `${name}, a classification: ${target.answers.map((answer) => JSON.stringify(answer)).join(', ')}`
  return `${name}, a regression: ${describeGrid(target.grid, target.document.unit)}`
}

/** Why a tree asks nothing. */
function describeSingleLeaf(pruning: Pruning | null): string {
  const why =
    pruning !== null && (pruning.steps[0]?.leaves ?? 1) > 1
      ? 'no larger tree does better on rows not seen. --prune none keeps one'
      : 'no column divides the rows within the bounds. Try a smaller --min-samples-leaf, or other columns'
  return `a single leaf, so that every record gets the same answer: ${why}`
}

/** A few steps of the pruning path, the one chosen among them, with what they reach and send. */
function describePath({ steps, chosen }: PrunedPath, task: Figures['task']): string {
  const wanted = new Set([chosen, ...[0, 1, 2, 3, 4].map((part) => Math.round((part / 4) * (steps.length - 1)))])
  return steps
    .flatMap(({ leaves, score, ciphertexts, bytes }, i) => {
      if (!wanted.has(i)) return []
      const reached = task === 'classification' ? percent(score) : `R² ${score.toFixed(2)}`
      const name = `${leaves} ${leaves === 1 ? 'leaf' : 'leaves'}${i === chosen ? ' (chosen)' : ''}`
      return [`${name}: ${reached}, ${ciphertexts} ciphertexts, ${kilobytes(bytes)}`]
    })
    .join('; ')
}

function describePruning({ steps, chosen }: Pruning): string {
  const [best, own] = [steps.reduce((a, b) => (b.loss < a.loss ? b : a)), steps[chosen]]
  const name = (leaves: number) => (leaves === 1 ? '1 leaf' : `${leaves} leaves`)
  return (
    `${name(own?.leaves ?? 1)} of ${steps[0]?.leaves ?? 1}: the smallest tree within one standard error of the best ` +
    `(${name(best.leaves)}) in cross-validation; --prune none keeps all`
  )
}

/** A label of fixed width, and its text in lines beside it. */
function labelled(label: string, text: string, width: number): string {
  const indent = 15
  return wrap(text, width - indent)
    .map((line, i) => (i === 0 ? label : '').padEnd(indent) + line)
    .join('\n')
}
