import { describeGrid } from 'emp-compile-runtime/internal/grid'
import type { Pruning } from '../evidence.ts'
import type { Table } from '../table.ts'
import { kilobytes, percent, significant, upToTen, wrap } from '../text.ts'
import type { Estimate, Estimates } from './estimates.ts'
import type { Figures } from './figures.ts'
import type { ReportInput } from './input.ts'
import type { Metrics } from './outcome.ts'
import type { PrunedPath } from './priced-path.ts'
import { describeRestriction } from './restriction.ts'
import type { Telling } from './telling.ts'
import { warningsOf } from './warnings.ts'

/** What the terminal shows of a compile beside the facts of the report. */
export interface SummaryExtras {
  readonly directory: string
  /** In place of the pruning path's sentence: its table. */
  readonly path?: readonly string[]
  /** What each step took. */
  readonly times?: string
  readonly width: number
  /** Emphasises a label. */
  readonly emphasise?: (label: string) => string
}

/** The report on the terminal: a dozen facts, in lines of at most `width` characters, and what comes next. */
export function summary(
  lines: readonly (readonly [string, string])[],
  { directory, path, times, width, emphasise = (label) => label }: SummaryExtras,
): string {
  const files = `${directory}: client.ts, page.json to publish; server.ts, server.js, report/ to keep private`
  const all = [
    ...lines.map(([name, text]) => [name, name === 'path' && path !== undefined ? path : text] as const),
    ['written', files] as const,
    ...(times === undefined ? [] : [['time', times] as const]),
  ]
  const facts = all.map(([name, text]) => labelled(name, text, width, emphasise)).join('\n')
  return `${facts}\nNext: emp-compile serve ${shellWord(directory)} --port 8080`
}

/** A path as a shell takes it. */
const shellWord = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)

/**
 * What is to be known of a model at first sight: names and values.
 *
 * @param keys what the clients' keys are, in words; and what is the family's own.
 */
export function summaryLines({
  table,
  lowered,
  figures,
  pruning,
  path,
  keys,
  telling,
}: ReportInput & { readonly keys: string; readonly telling: Telling }): readonly (readonly [string, string])[] {
  const { plan, learns, answers } = lowered
  const { cost, contract } = plan
  const missing = table.source.missingCells === 0 ? '' : `, ${table.source.missingCells} cells missing`
  return [
    ['data', `${table.source.file}: ${table.rows} rows, ${table.columns.length} columns${missing}`],
    ...table.notes.map((note) => ['read', note] as const),
    ['target', describeTarget(table)],
    telling.line,
    [
      figures.task === 'classification' ? 'accuracy' : 'error',
      `${describeHeldOut(figures)}; ${describeBaseline(figures)}`,
    ],
    ...positiveLine(figures),
    ...testLine(figures),
    ...(figures.restriction === undefined
      ? []
      : [['cuts', describeRestriction(figures.restriction, figures.task)] as const]),
    ...(answers === null ? [] : [['answers', answers] as const]),
    ...(telling.lines ?? []),
    ...(pruning === null ? [] : [['pruning', describePruning(pruning, table)] as const]),
    ...(path === null ? [] : [['path', describePath(path, figures.task)] as const]),
    [
      'cost',
      `${cost.requestCiphertexts} ${cost.requestCiphertexts === 1 ? 'ciphertext' : 'ciphertexts'} up (${kilobytes(cost.requestBytes)}), ${cost.replyCiphertexts} down (${kilobytes(cost.replyBytes)}), ${keys}${contract.replyKey === undefined ? '' : ', replies signed'}`,
    ],
    ['client learns', learns.client],
    ['server learns', learns.server],
    ...warningsOf(table).map((warning) => ['warning', warning] as const),
  ]
}

/** Which answer is positive, and the clinical figures on rows not seen. */
function positiveLine({ positive, assessment }: Figures): (readonly [string, string])[] {
  if (positive === null) return []
  const answer = JSON.stringify(positive.answer)
  const clinical = assessment?.clinical ?? null
  const chosen = positive.isChosen ? '' : ' (chosen for you: --positive)'
  if (clinical === null) return [['positive', `${answer}${chosen}`]]
  const { threshold, sensitivity, specificity } = clinical
  const from = threshold === null ? '' : ` from a chance of ${percent(threshold)} on`
  const told = Object.entries({ sensitivity, specificity }).map(([name, value]) => `${name} ${shareOf(value)}`)
  return [['positive', `${answer}${from}${chosen}: ${told.join(', ')} on rows not seen`]]
}

const shareOf = (estimate: Estimate | null) => (estimate === null ? '-' : percent(estimate.value))

function testLine({ testData }: Figures): (readonly [string, string])[] {
  if (testData === null) return []
  const { file, rows, refused, figures } = testData
  const counted = `${file}: ${rows} rows${refused.length === 0 ? '' : `, ${refused.length} refused`}`
  return [['test data', `${counted}: ${describeEstimates(figures)} (${describeOthers(figures)})`]]
}

/** The held-out figures in a line, with their intervals. */
function describeHeldOut({ heldOut, training }: Figures): string {
  const seen = `${describeMain(training)} on training rows`
  if (heldOut === null) return `${seen}; not measured on others: there are too few rows to hold some out`
  const { pooled, estimates, folds, repeats } = heldOut
  const how =
    folds === null
      ? `${pooled.rows} rows held out`
      : `${folds}-fold cross-validation${repeats > 1 ? `, ${repeats} times` : ''}`
  return `${describeEstimates(estimates)} on rows not seen (${how}; ${describeOthers(estimates)}), ${seen}`
}

function describeMain(metrics: Metrics): string {
  if ('accuracy' in metrics) return percent(metrics.accuracy)
  return `RMSE ${significant(metrics.rmse)}${metrics.r2 === null ? '' : `, R² ${metrics.r2.toFixed(2)}`}`
}

/** The headline: the accuracy, or the error, with its 95 % interval. */
function describeEstimates(estimates: Estimates): string {
  if ('accuracy' in estimates) return `${percent(estimates.accuracy.value)}${between(estimates.accuracy, percent)}`
  const { rmse, r2 } = estimates
  return `RMSE ${significant(rmse.value)}${between(rmse, significant)}${r2 === null ? '' : `, R² ${r2.value.toFixed(2)}`}`
}

function describeOthers(estimates: Estimates): string {
  if (!('brier' in estimates)) return `MAE ${significant(estimates.mae.value)}`
  const { rocAuc, brier } = estimates
  const two = (value: number) => value.toFixed(2)
  return `${rocAuc === null ? '' : `AUC ${two(rocAuc.value)}${between(rocAuc, two)}, `}Brier score ${brier.value.toFixed(3)}`
}

/** ` (71.4% to 81.1%)`; nothing where there is no interval. */
const between = ({ low, high }: Estimate, show: (value: number) => string) =>
  low === null || high === null ? '' : ` (${show(low)} to ${show(high)})`

function describeBaseline({ baseline, task }: Figures): string {
  return task === 'classification'
    ? `always the most frequent answer: ${percent(baseline)}`
    : `always the mean: RMSE ${significant(baseline)}`
}

function describeTarget({ target }: Table): string {
  const name = `"${target.name}"`
  if (target.kind === 'classes')
    return `${name}, a classification: ${upToTen(target.answers.map((answer) => JSON.stringify(answer)))}`
  return `${name}, a regression: ${describeGrid(target.grid, target.document.unit)}`
}

/** A few steps of the pruning path, the one chosen among them, with what they reach and send. */
function describePath({ steps, chosen }: PrunedPath, task: Figures['task']): string {
  const wanted = new Set([chosen, ...[0, 1, 2, 3, 4].map((part) => Math.round((part / 4) * (steps.length - 1)))])
  return steps
    .flatMap(({ leaves, score, ciphertexts, bytes }, i) => {
      if (!wanted.has(i)) return []
      const reached = task === 'classification' ? percent(score) : `R² ${score.toFixed(2)}`
      const name = `${leaves} ${leaves === 1 ? 'leaf' : 'leaves'}${i === chosen ? ' (chosen on these rows, so it flatters)' : ''}`
      return [`${name}: ${reached}, ${ciphertexts} ciphertexts, ${kilobytes(bytes)}`]
    })
    .join('; ')
}

function describePruning({ steps, chosen, by, rule }: Pruning, { target }: Table): string {
  const [best, own] = [steps.reduce((a, b) => (b.loss < a.loss ? b : a)), steps[chosen]]
  const name = (leaves: number) => (leaves === 1 ? '1 leaf' : `${leaves} leaves`)
  const what = target.kind === 'number' ? 'squared error' : by === 'brier' ? 'Brier score' : by
  const isSmaller = steps.some(({ leaves, loss }) => leaves < (own?.leaves ?? 1) && loss <= best.loss + best.error)
  const why =
    rule === 'least'
      ? `the least ${what} on rows not seen, in cross-validation${isSmaller ? '; --prune-rule 1-se takes a smaller tree' : ''}`
      : `the smallest tree whose ${what} is within one standard error of the least (${name(best.leaves)}), in cross-validation`
  return `${name(own?.leaves ?? 1)} of ${steps[0]?.leaves ?? 1}: ${why}; --prune none keeps all`
}

/** A label of fixed width, and its text beside it: wrapped, or in lines that are there already. */
function labelled(
  label: string,
  text: string | readonly string[],
  width: number,
  emphasise: (label: string) => string,
): string {
  const indent = 15
  const lines = typeof text === 'string' ? wrap(text, width - indent) : text
  return lines
    .map((line, i) => (i === 0 ? emphasise(label) + ' '.repeat(indent - label.length) : ' '.repeat(indent)) + line)
    .join('\n')
}
