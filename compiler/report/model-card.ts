import { type Column, featureName } from 'emp-compile-runtime/internal/contract'
import { describeGrid } from 'emp-compile-runtime/internal/grid'
import { markdownText } from '../emit/escape.ts'
import { columnsOf } from '../model.ts'
import type { Table, TableColumn } from '../table.ts'
import { generatedBy } from '../version.ts'
import { clinicalTables, reportingTable } from './card-reporting.ts'
import type { Estimate } from './estimates.ts'
import type { Figures } from './figures.ts'
import type { HeldOut } from './held-out.ts'
import type { ReportInput } from './input.ts'
import type { Metrics } from './outcome.ts'
import { describeRule, type PrunedPath } from './priced-path.ts'
import { describeRestriction } from './restriction.ts'
import type { Telling } from './telling.ts'

/**
 * The model card: data, options, figures, who learns what, cost, limits.
 *
 * Source: Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
 */
export function modelCard(
  { table, model, lowered, words, figures, path, pruning, evidence }: ReportInput,
  { kind, called, withheld, result, used }: Telling,
): string {
  const { learns, plan, answers: ofAnswers } = lowered
  const { contract } = plan
  const { source, target } = table
  const answers =
    target.kind === 'number'
      ? []
      : target.answers.map((answer) => {
          const label = target.document.categories.get(answer)
          return label === undefined ? markdownText(answer) : `${markdownText(answer)} (${markdownText(label)})`
        })
  return `<!-- ${generatedBy} -->

# ${markdownText(source.title ?? contract.name)}

${kind} that predicts ${markdownText(target.name)} (${target.kind === 'number' ? describeGrid(target.grid, target.document.unit) : answers.join(', ')}), compiled to be evaluated on encrypted
records. This card holds ${withheld}, and are for the model's owner.${words.beyondClients === '' ? '' : `\n${words.beyondClients}`}

## Data

${markdownText(source.file)}, SHA-256 \`${source.sha256}\`: ${table.rows} rows, ${table.columns.length} columns beside the
target, ${source.missingCells} cells missing.

${answerTable(target, answers)}
| column | takes | missing values | used by ${called} |
| --- | --- | --- | --- |
${columnsOf(model)
  .map((column, i) => columnRow(table.columns[i], column, used.has(column.name)))
  .join('\n')}

## Training

${evidence.description} ${result}

${describeMeasuring(figures)}
${figures.restriction === undefined ? '' : `\nCuts: ${describeRestriction(figures.restriction, figures.task)}.\n`}${ofAnswers === null ? '' : `\nAnswers: ${ofAnswers}.\n`}
${metricsTable(figures)}
${clinicalTables(figures)}${confusionTable(answers, figures, called)}${importanceTable(figures, table)}${path === null ? '' : pruningTable(path, figures.task, words.smaller, pruning)}
## Who learns what

| party | learns |
| --- | --- |
| the client | ${markdownText(learns.client)} |
| the server, and the storage between | ${markdownText(learns.server)} |

Columns in a request: ${contract.features.map((feature) => markdownText(featureName(feature))).join(', ') || 'none'}.
${contract.replyKey === undefined ? '' : `\nReplies are signed (ECDSA, P-256); the client module takes none but those of the key \`${contract.replyKey}\`.\n`}${reportingTable(source.card ?? [])}
## Cost of one prediction

${lowered.costTable()}

## Limits

A model for research, not a medical device; it must not decide about a patient. It knows only people like those in its
data. Both parties are assumed to follow the protocol and to be curious. The code has not been audited.
`
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

function columnRow(holder: TableColumn | undefined, column: Column, isUsed: boolean): string {
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
      const own = (heldOut?.estimates as Readonly<Record<string, Estimate | null>> | undefined)?.[key]
      const unseen = heldOut === null ? 'not measured' : show(own?.value)
      const around = own?.low == null ? '' : ` (${show(own.low)} to ${show(own.high)})`
      return `| ${name} | ${unseen}${around} | ${show(numbers(training)[key])} |`
    })
  const always =
    task === 'classification' ? 'accuracy of always giving the most frequent answer' : 'error of always giving the mean'
  return `| | rows not seen | training rows |
| --- | ---: | ---: |
${lines.join('\n')}
${calibrationLines(heldOut)}| ${always} | ${show(baseline)} | ${show(baseline)} |`
}

/** Whether chances are what happens: 1 and 0 are right. */
function calibrationLines(heldOut: HeldOut | null): string {
  if (heldOut === null || !('calibration' in heldOut.estimates) || heldOut.estimates.calibration === null) return ''
  const { slope, intercept } = heldOut.estimates.calibration
  const show = (value: number | null) => value?.toFixed(3) ?? 'not defined'
  return `| calibration slope | ${show(slope)} | |\n| calibration in the large | ${show(intercept)} | |\n`
}

/** What stands behind a figure in brackets. */
const intervalsText =
  'In brackets 95% intervals over these rows: shares by Wilson, the area under the ROC curve by DeLong, others 1.96 standard errors;'

function describeMeasuring({ heldOut }: Figures): string {
  if (heldOut === null) return 'There are too few rows to hold some out.'
  const { folds, repeats, pooled, outcomes } = heldOut
  if (folds === null)
    return `Rows not seen: ${pooled.rows}, held out once. ${intervalsText} for the model that was tried on them.`
  const times = repeats === 1 ? '' : `, ${repeats} times`
  const isWhole = outcomes.every(({ again }) => again !== undefined)
  const deal = isWhole ? 'a second deal of the rows to folds' : 'some folds of a second deal of the rows'
  return `Rows not seen: ${folds}-fold cross-validation${times}, the whole recipe followed anew in every fold. ${intervalsText} and wider by what another model of the same recipe changes, measured by ${deal}.`
}

function pruningTable(
  { steps, chosen }: PrunedPath,
  task: Figures['task'],
  smaller: string,
  pruning: ReportInput['pruning'],
): string {
  const rows = steps.map(({ leaves, score, deviation, ciphertexts, bytes }, i) => {
    const mark = i === chosen ? ' (chosen)' : ''
    return `| ${leaves}${mark} | ${score.toFixed(3)} ± ${deviation.toFixed(3)} | ${ciphertexts} | ${bytes} |`
  })
  return `
## The pruning path

${describeRule(pruning)} These figures helped to choose the size, so they flatter it: quote those above.
A smaller tree ${smaller}.

| leaves | ${task === 'classification' ? 'accuracy' : 'R²'} | ciphertexts of a prediction | bytes |
| ---: | ---: | ---: | ---: |
${rows.join('\n')}
`
}

function importanceTable({ importances, importanceRows }: Figures, { columns }: Table): string {
  const isOfTree = importances.some(({ impurity }) => impurity !== undefined)
  const sizeOf = ({ impurity, permutation }: Figures['importances'][number]) => impurity ?? permutation.mean
  const shown = importances.filter((one) => sizeOf(one) > 0).toSorted((a, b) => sizeOf(b) - sizeOf(a))
  if (shown.length === 0) return ''
  const rows = shown.map(({ name, impurity, permutation: { mean, deviation } }) => {
    const share = impurity === undefined ? '' : ` ${impurity.toFixed(3)} |`
    const title = columns.find(({ column }) => column.name === name)?.document.title ?? null
    const titled = markdownText(name) + (title === null ? '' : `: ${markdownText(title)}`)
    return `| ${titled} |${share} ${mean.toFixed(3)} ± ${(deviation ?? 0).toFixed(3)} |`
  })
  return `
## What counts

| column |${isOfTree ? ' share of the decrease of impurity |' : ''} drop of the score when shuffled, on ${importanceRows === 'training' ? 'training rows' : 'rows not seen'} |
| --- |${isOfTree ? ' ---: |' : ''} ---: |
${rows.join('\n')}
`
}

function confusionTable(answers: readonly string[], { heldOut }: Figures, called: string): string {
  if (heldOut === null || !('confusion' in heldOut.pooled)) return ''
  return `
Rows not seen, by their true answer (down) and the one ${called} gave (across):

| | ${answers.join(' | ')} |
| --- |${' ---: |'.repeat(answers.length)}
${heldOut.pooled.confusion.map((row, i) => `| ${answers[i]} | ${row.join(' | ')} |`).join('\n')}
`
}
