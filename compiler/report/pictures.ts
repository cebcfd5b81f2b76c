import type { Pruning } from '../2-train/cross-validate.ts'
import { type LowerOptions, lower } from '../3-lower/lower.ts'
import type { Plan } from '../plan.ts'
import type { Table } from '../table.ts'
import { countsOf, leavesOf, meanAt, rowsAt, type Tree } from '../tree.ts'
import { confusionSvg } from './charts/confusion-svg.ts'
import { importancesSvg } from './charts/importances-svg.ts'
import { pathSvg } from './charts/path-svg.ts'
import { rocSvg } from './charts/roc-svg.ts'
import { scatterSvg } from './charts/scatter-svg.ts'
import type { Figures, HeldOut } from './figures.ts'
import { reportHtml, type Section } from './html.ts'
import { describeLeakage } from './leakage.ts'
import { aucInterval, rocBand, rocCurve, wilsonInterval } from './metrics.ts'
import { percent, significant } from './summary.ts'
import { treeSvg } from './tree-svg.ts'

/** What a step of the pruning path costs, beside how well it does. */
export interface PricedStep {
  readonly leaves: number
  /** Accuracy, or R², on rows not seen; and its standard error. */
  readonly score: number
  readonly deviation: number
  readonly ciphertexts: number
  readonly bytes: number
}

/** The pruning path with what a prediction by each of its trees takes. */
export function pricedPath({ steps }: Pruning, figures: Figures, options: LowerOptions): PricedStep[] {
  // The loss of a regression is a squared error: over the square of always giving the mean, it is 1 - R².
  const unit = figures.task === 'classification' ? 1 : figures.baseline ** 2
  return steps.map(({ tree, leaves, loss, error }) => {
    const { cost } = lower(tree, unpadded(options, leaves))
    return {
      leaves,
      score: 1 - loss / unit,
      deviation: error / unit,
      ciphertexts: cost.requestCiphertexts + cost.replyCiphertexts,
      bytes: cost.requestBytes + cost.replyBytes,
    }
  })
}

/** The bound on leaves is for the chosen tree: the larger ones beside it are padded as if there were none. */
function unpadded(options: LowerOptions, leaves: number): LowerOptions {
  const isTooLarge = options.reveal === 'label' && options.padLeaves !== null && leaves > options.padLeaves
  return isTooLarge ? { ...options, padLeaves: null } : options
}

/** The pictures of a report, and the page that holds them all, by file name. */
export function pictures(
  table: Table,
  tree: Tree,
  plan: Plan,
  figures: Figures,
  path: { readonly steps: readonly PricedStep[]; readonly chosen: number } | null,
  summary: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  const rows = figures.importances.filter(({ impurity }) => impurity > 0)
  const drawn: (readonly [file: string, heading: string, text: string, svg: string])[] = [
    [
      'tree.svg',
      'The tree',
      'It shows every threshold: it is for the owner of the model.',
      treeSvg(tree, table.columns, table.target),
    ],
    ...(rows.length === 0 ? [] : [importances(rows)]),
    ...(figures.heldOut === null ? [] : heldOutPictures(table, figures.heldOut)),
    ...(path === null ? [] : [pruningPath(path, figures.task, plan.reveal)]),
  ]
  const leakage = describeLeakage(plan)
  const learns: Section = {
    heading: 'Who learns what',
    text: '',
    svg: null,
    table: [
      ['party', 'learns'],
      ['the client', leakage.client],
      ['the server, and the storage between', leakage.server],
    ],
  }
  const sections = drawn.map(([, heading, text, svg]): Section => ({ heading, text, svg, table: null }))
  const title = table.source.title ?? plan.contract.model
  const leaves: Section = {
    heading: 'The leaves',
    text: leavesText + (tree.answers === null ? '' : intervalText),
    svg: null,
    table: leafTable(tree),
  }
  return new Map([
    ...drawn.map(([file, , , svg]) => [file, svg] as const),
    ['report.html', reportHtml({ title, summary, sections: [...sections, leaves, learns] })],
  ])
}

const leavesText = 'In the order of the tree, from its first branch to its last.'
const intervalText = ' The interval is for the share of the answer among people who would end there: by Wilson, at 95%.'

/** What every leaf stands on. */
function leafTable(tree: Tree): readonly (readonly string[])[] {
  const { answers } = tree
  if (answers === null) {
    const rows = leavesOf(tree.root).map((leaf, i) => {
      const { answer, rows, deviation } = meanAt(leaf)
      return [String(i + 1), significant(answer), significant(deviation), String(rows)]
    })
    return [['leaf', 'mean', 'standard deviation', 'training rows'], ...rows]
  }
  const rows = leavesOf(tree.root).map((leaf, i) => {
    const [counts, n] = [countsOf(leaf), rowsAt(leaf)]
    const own = counts[leaf.answer] ?? 0
    const { low, high } = wilsonInterval(own, n)
    return [
      String(i + 1),
      answers[leaf.answer] ?? '',
      `${own} of ${n}`,
      percent(own / n),
      `${percent(low)} to ${percent(high)}`,
    ]
  })
  return [['leaf', 'answer', 'training rows', 'share', 'interval'], ...rows]
}

function importances(rows: Figures['importances']): readonly [string, string, string, string] {
  const drawn = rows.map(({ name, impurity, permutation: { mean, deviation } }) => {
    return { name, impurity, permutation: { mean, deviation: deviation ?? 0 } }
  })
  const text = 'By share of the decrease of impurity, and by the drop of the score on training rows when shuffled.'
  return ['importances.svg', 'What counts', text, importancesSvg({ rows: drawn })]
}

function heldOutPictures(
  { target }: Table,
  { outcomes, pooled }: HeldOut,
): (readonly [string, string, string, string])[] {
  if (target.kind === 'number') {
    const points = outcomes.map(({ truth, given }) => ({ truth, given }))
    return [
      ['scatter.svg', 'Given and true values', 'On rows not seen.', scatterSvg({ points, unit: target.document.unit })],
    ]
  }
  const labels = target.answers.map((answer) => target.document.categories.get(answer) ?? answer)
  const counts = 'confusion' in pooled ? pooled.confusion : []
  const confusion = confusionSvg({ labels, counts })
  const matrix = ['confusion.svg', 'Right and wrong answers', 'On rows not seen.', confusion] as const
  return labels.length === 2 ? [matrix, ...receiver(outcomes, labels[1] ?? '')] : [matrix]
}

/** The ROC curve of two answers; none where one of them has too few rows. */
function receiver(outcomes: HeldOut['outcomes'], positive: string): (readonly [string, string, string, string])[] {
  const truth = Int32Array.from(outcomes, (outcome) => outcome.truth)
  const scores = Float64Array.from(outcomes, ({ chances }) => chances[1] ?? 0)
  const rates = Array.from({ length: 41 }, (_, i) => i / 40)
  const [points, band, area] = [rocCurve(truth, scores), rocBand(truth, scores, rates), aucInterval(truth, scores)]
  if (points === null || band === null || area === null) return []
  const svg = rocSvg({ points, band, auc: area.auc, interval: [area.low, area.high], positive })
  return [['roc.svg', 'Sensitivity and specificity', 'On rows not seen.', svg]]
}

function pruningPath(
  { steps, chosen }: { readonly steps: readonly PricedStep[]; readonly chosen: number },
  task: Figures['task'],
  reveal: Plan['reveal'],
): readonly [string, string, string, string] {
  const scoreName = task === 'classification' ? 'Accuracy on rows not seen' : 'R² on rows not seen'
  const cheaper = reveal === 'signs' ? 'a smaller one is cheaper, and less of it shows' : 'a smaller one may be cheaper'
  const text = `The smallest tree within one standard error of the best is chosen; ${cheaper}.`
  return ['path.svg', 'The pruning path', text, pathSvg({ steps, chosen, scoreName })]
}
