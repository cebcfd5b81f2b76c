import { at } from 'emp-compile-runtime/internal/at'
import type { Table } from '../table.ts'
import { confusionSvg } from './charts/confusion-svg.ts'
import { type ImportanceBar, importancesSvg } from './charts/importances-svg.ts'
import { pathSvg } from './charts/path-svg.ts'
import { rocSvg } from './charts/roc-svg.ts'
import { scatterSvg } from './charts/scatter-svg.ts'
import type { Estimate } from './estimates.ts'
import { figureSections } from './figure-sections.ts'
import type { Figures } from './figures.ts'
import { answerLabels, firstScreen } from './first-screen.ts'
import type { HeldOut } from './held-out.ts'
import { reportHtml, type Section } from './html.ts'
import type { ReportInput } from './input.ts'
import { rocBand, rocCurve } from './metrics.ts'
import { describeRule, type PrunedPath } from './priced-path.ts'
import type { ReportPicture, Telling } from './telling.ts'

/** The pictures of a report, and the page that holds them all, by file name. */
export function pictures(
  { table, lowered, words, figures, path, pruning }: ReportInput,
  telling: Telling,
  lines: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  const rows = figures.importances.flatMap(({ name, impurity = 0, permutation: { mean, deviation } }) =>
    impurity > 0 ? [{ name, impurity, permutation: { mean, deviation: deviation ?? 0 } }] : [],
  )
  const drawn: ReportPicture[] = [
    ...telling.pictures,
    ...(rows.length === 0 ? [] : [importances(rows)]),
    ...(figures.heldOut === null ? [] : heldOutPictures(table, figures.heldOut, figures.positive?.answer ?? null)),
    ...(path === null ? [] : [pruningPath(path, figures.task, words.smaller, pruning)]),
  ]
  const { learns: learned, plan } = lowered
  const printed: Section = {
    heading: 'What the command printed',
    text: '',
    svg: null,
    table: [['line', 'text'], ...lines.filter(([name]) => !name.endsWith('learns'))],
  }
  const { lead, cards } = firstScreen(table, figures, telling.kind)
  const learns: Section = {
    heading: 'Who learns what',
    text: '',
    svg: null,
    table: [
      ['party', 'learns'],
      ['the client', learned.client],
      ['the server, and the storage between', learned.server],
    ],
  }
  const sections = drawn.map(
    ([, heading, text, svg, outline]): Section => ({
      ...{ heading, text, svg, table: null },
      ...(outline === undefined ? {} : { outline }),
    }),
  )
  const title = table.source.title ?? plan.contract.name
  const all = [...figureSections(table, figures), ...sections, ...telling.sections, learns, printed]
  return new Map([
    ...drawn.map(([file, , , svg]) => [`report/${file}`, svg] as const),
    ['report/report.html', reportHtml({ title, lead, summary: cards, sections: all })],
  ])
}

function importances(rows: readonly ImportanceBar[]): ReportPicture {
  const text = 'By share of the decrease of impurity, and by the drop of the score on training rows when shuffled.'
  return ['importances.svg', 'What counts', text, importancesSvg({ rows })]
}

function heldOutPictures(
  { target }: Table,
  { outcomes, pooled, estimates }: HeldOut,
  positive: string | null,
): ReportPicture[] {
  if (target.kind === 'number') {
    const points = outcomes.map(({ truth, given }) => ({ truth, given }))
    return [
      ['scatter.svg', 'Given and true values', 'On rows not seen.', scatterSvg({ points, unit: target.document.unit })],
    ]
  }
  const labels = answerLabels({ target })
  const counts = 'confusion' in pooled ? pooled.confusion : []
  const confusion = confusionSvg({ labels, counts })
  const matrix = ['confusion.svg', 'Right and wrong answers', 'On rows not seen.', confusion] as const
  if (positive === null) return [matrix]
  const place = target.answers.indexOf(positive)
  const area = 'rocAuc' in estimates ? estimates.rocAuc : null
  return [matrix, ...receiver(outcomes, place, at(labels, place), area)]
}

/** The ROC curve of two answers; none where one of them has too few rows. */
function receiver(
  outcomes: HeldOut['outcomes'],
  place: number,
  positive: string,
  area: Estimate | null,
): ReportPicture[] {
  const truth = Int32Array.from(outcomes, ({ truth }) => Number(truth === place))
  const scores = Float64Array.from(outcomes, ({ chances }) => at(chances, place))
  const weights = outcomes.some(({ weight }) => weight !== undefined)
    ? Float64Array.from(outcomes, ({ weight = 1 }) => weight)
    : null
  const rates = Array.from({ length: 41 }, (_, i) => i / 40)
  const [points, band] = [rocCurve(truth, scores, weights), rocBand(truth, scores, rates, weights)]
  if (points === null || band === null || area === null || area.low === null || area.high === null) return []
  const svg = rocSvg({ points, band, auc: area.value, interval: [area.low, area.high], positive })
  return [['roc.svg', 'Sensitivity and specificity', 'On rows not seen.', svg]]
}

function pruningPath(
  { steps, chosen }: PrunedPath,
  task: Figures['task'],
  smaller: string,
  pruning: ReportInput['pruning'],
): ReportPicture {
  const scoreName = task === 'classification' ? 'Accuracy on rows not seen' : 'R² on rows not seen'
  const text = `${describeRule(pruning)} These figures helped to choose it, so they flatter: quote those above. A smaller one ${smaller}.`
  return ['path.svg', 'The pruning path', text, pathSvg({ steps, chosen, scoreName })]
}
