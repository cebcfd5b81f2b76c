import { featureName } from '../../runtime/contract.ts'
import { describeGrid } from '../../runtime/grid.ts'
import type { TrainOptions } from '../2-train/options.ts'
import { markdownText } from '../4-emit/escape.ts'
import type { Plan } from '../plan.ts'
import type { Table, TableColumn } from '../table.ts'
import { depthOf, leavesOf, splitsOf, type Tree } from '../tree.ts'
import { generatedBy } from '../version.ts'
import { costTable } from './cost-table.ts'
import type { Figures, Metrics } from './figures.ts'
import { describeLeakage } from './leakage.ts'
import type { PricedStep } from './pictures.ts'
import { describeRestriction } from './restriction.ts'
import { describeRounding } from './summary.ts'

/** The steps of a pruning path, and which of them was chosen. */
export interface PrunedPath {
  readonly steps: readonly PricedStep[]
  readonly chosen: number
}

/**
 * The model card: data, options, figures, who learns what, cost, limits.
 *
 * Source: Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
 */
export function modelCard(
  table: Table,
  tree: Tree,
  plan: Plan,
  figures: Figures,
  path: PrunedPath | null,
  options: TrainOptions,
): string {
  const { contract } = plan
  const { source, target } = table
  const leakage = describeLeakage(plan)
  const used = new Set(splitsOf(tree.root).map(({ feature }) => tree.features[feature]?.column))
  const answers =
    target.kind === 'number'
      ? []
      : target.answers.map((answer) => {
          const label = target.document.categories.get(answer)
          return label === undefined ? markdownText(answer) : `${markdownText(answer)} (${markdownText(label)})`
        })
  return `<!-- ${generatedBy} -->

# ${markdownText(source.title ?? contract.model)}

A decision tree that predicts ${markdownText(target.name)} (${target.kind === 'number' ? describeGrid(target.grid, target.document.unit) : answers.join(', ')}), compiled to be evaluated on encrypted
records. This card holds no threshold; model.json and tree.svg beside it do, and are for the model's owner.${plan.reveal === 'label' ? ' It\ntells, as clients do not learn, which columns the tree uses, and how many leaves it has.' : ''}

## Data

${markdownText(source.file)}, SHA-256 \`${source.sha256}\`: ${table.rows} rows, ${table.columns.length} columns beside the
target, ${source.missingCells} cells missing.

${answerTable(target, answers)}
| column | takes | missing values | used by the tree |
| --- | --- | --- | --- |
${tree.columns.map((column, i) => columnRow(table.columns[i], column, used.has(column.name))).join('\n')}

## Training

CART by ${options.criterion ?? (target.kind === 'number' ? 'squared_error' : 'gini')}; depth at most ${options.maxDepth}, at least ${options.minSamplesLeaf} rows in a leaf and
${options.minSamplesSplit} in a node that is divided${describeFurther(options)}. The result has ${leavesOf(tree.root).length} leaves and depth ${depthOf(tree.root)}.

${describeMeasuring(figures)}
${figures.restriction === undefined ? '' : `\nCuts: ${describeRestriction(figures.restriction, figures.task)}.\n`}${plan.reveal === 'label' && tree.answers === null ? `\nAnswers: ${describeRounding(plan, tree)}.\n` : ''}
${metricsTable(figures)}
${confusionTable(answers, figures)}${importanceTable(figures)}${path === null ? '' : pruningTable(path, figures.task, plan.reveal)}
## Who learns what

| party | learns |
| --- | --- |
| the client | ${markdownText(leakage.client)} |
| the server, and the storage between | ${markdownText(leakage.server)} |

Columns in a request: ${contract.features.map((feature) => markdownText(featureName(feature))).join(', ') || 'none'}.
${contract.replyKey === undefined ? '' : `\nReplies are signed (ECDSA, P-256); the client module takes none but those of the key \`${contract.replyKey}\`.\n`}
## Cost of one prediction

${costTable(plan)}

## Limits

A model for research, not a medical device; it must not decide about a patient. It knows only people like those in its
data. Both parties are assumed to follow the protocol and to be curious. The code has not been audited.
`
}

/** The options that are not in force by default. */
function describeFurther({ maxLeafNodes, minImpurityDecrease, ccpAlpha, classWeight, prune }: TrainOptions): string {
  const leaves = maxLeafNodes === null ? '' : `; at most ${maxLeafNodes} leaves, the most useful divisions first`
  const decrease =
    minImpurityDecrease === 0 ? '' : `; no division that reduces the impurity by less than ${minImpurityDecrease}`
  const weights =
    classWeight === null
      ? ''
      : `; answers weighted ${classWeight === 'balanced' ? 'inversely to their frequency' : JSON.stringify(classWeight)}`
  const pruned =
    prune === null
      ? ''
      : `; pruned by ${prune.folds ?? 'up to ten'}-fold cross-validation and the one-standard-error rule`
  return `${leaves}${decrease}${weights}${pruned}${ccpAlpha === 0 ? '' : `; pruned with complexity parameter ${ccpAlpha}`}`
}

function answerTable(target: Table['target'], answers: readonly string[]): string {
  if (target.kind === 'number') return ''
  const rows = answers.map((answer, i) => {
    return `| ${answer} | ${target.classes.reduce((sum, row) => sum + (row === i ? 1 : 0), 0)} |`
  })
  return `| answer | training rows |
| --- | ---: |
${rows.join('\n')}
`
}

function columnRow(holder: TableColumn | undefined, column: Tree['columns'][number], isUsed: boolean): string {
  const { title = null, unit = null } = holder?.document ?? {}
  const name = markdownText(column.name) + (title === null ? '' : `: ${markdownText(title)}`)
  const takes =
    column.kind === 'number'
      ? describeGrid(column.grid, unit === null ? null : markdownText(unit))
      : column.levels.map(markdownText).join(', ')
  const missing = {
    never: 'refused',
    below: 'count as less than every number',
    above: 'count as more than every number',
    'no-level': 'are none of the levels',
  }[column.missing]
  return `| ${name} | ${takes} | ${missing} | ${isUsed ? 'yes' : 'no'} |`
}

function metricsTable({ training, heldOut, baseline, task }: Figures): string {
  const names: Record<string, string> = {
    accuracy: 'accuracy',
    balancedAccuracy: 'balanced accuracy',
    rocAuc: 'area under the ROC curve',
    logLoss: 'log loss',
    brier: 'Brier score',
    rmse: 'root mean squared error',
    mae: 'mean absolute error',
    r2: 'R²',
  }
  const numbers = (metrics: Metrics) => metrics as unknown as Readonly<Record<string, number | null>>
  const show = (value: number | null | undefined) => (value === null || value === undefined ? '' : value.toFixed(3))
  const lines = Object.entries(names)
    .filter(([key]) => key in training)
    .map(([key, name]) => {
      const spread = heldOut?.spreads[key]
      const unseen = heldOut === null ? 'not measured' : show(numbers(heldOut.pooled)[key])
      const around = spread?.deviation == null ? '' : ` ± ${spread.deviation.toFixed(3)}`
      return `| ${name} | ${unseen}${around} | ${show(numbers(training)[key])} |`
    })
  const always =
    task === 'classification' ? 'accuracy of always giving the most frequent answer' : 'error of always giving the mean'
  return `| | rows not seen | training rows |
| --- | ---: | ---: |
${lines.join('\n')}
| ${always} | ${show(baseline)} | ${show(baseline)} |`
}

function describeMeasuring({ heldOut }: Figures): string {
  if (heldOut === null) return 'An answer has too few rows to hold some out.'
  const { folds, repeats, pooled } = heldOut
  if (folds === null) return `Rows not seen: ${pooled.rows}, held out once.`
  const times = repeats === 1 ? '' : `, ${repeats} times`
  return `Rows not seen: ${folds}-fold cross-validation${times}, the whole recipe followed anew in every fold; ± between folds.`
}

function pruningTable({ steps, chosen }: PrunedPath, task: Figures['task'], reveal: Plan['reveal']): string {
  const rows = steps.map(({ leaves, score, deviation, ciphertexts, bytes }, i) => {
    const mark = i === chosen ? ' (chosen)' : ''
    return `| ${leaves}${mark} | ${score.toFixed(3)} ± ${deviation.toFixed(3)} | ${ciphertexts} | ${bytes} |`
  })
  return `
## The pruning path

The smallest tree within one standard error of the best one on rows not seen is chosen. ${reveal === 'signs' ? 'A smaller tree is also cheaper,\nand less of it shows.' : 'A smaller tree may also\nhave a shorter reply.'}

| leaves | ${task === 'classification' ? 'accuracy' : 'R²'} | ciphertexts of a prediction | bytes |
| ---: | ---: | ---: | ---: |
${rows.join('\n')}
`
}

function importanceTable({ importances }: Figures): string {
  const shown = importances.filter(({ impurity }) => impurity > 0).toSorted((a, b) => b.impurity - a.impurity)
  if (shown.length === 0) return ''
  const rows = shown.map(
    ({ name, impurity, permutation: { mean, deviation } }) =>
      `| ${markdownText(name)} | ${impurity.toFixed(3)} | ${mean.toFixed(3)} ± ${(deviation ?? 0).toFixed(3)} |`,
  )
  return `
## What counts

| feature | share of the decrease of impurity | drop of the score when shuffled |
| --- | ---: | ---: |
${rows.join('\n')}
`
}

function confusionTable(answers: readonly string[], { heldOut }: Figures): string {
  if (heldOut === null || !('confusion' in heldOut.pooled)) return ''
  return `
Rows not seen, by their true answer (down) and the one the tree gave (across):

| | ${answers.join(' | ')} |
| --- |${' ---: |'.repeat(answers.length)}
${heldOut.pooled.confusion.map((row, i) => `| ${answers[i]} | ${row.join(' | ')} |`).join('\n')}
`
}
