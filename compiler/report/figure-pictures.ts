import { at } from 'emp-compile-runtime/internal/at'
import type { Table } from '../table.ts'
import { calibrationBins } from './calibration-bins.ts'
import { calibrationSvg } from './charts/calibration-svg.ts'
import { confusionSvg } from './charts/confusion-svg.ts'
import { decisionSvg } from './charts/decision-svg.ts'
import { dependenceSvg } from './charts/dependence-svg.ts'
import { importancesSvg } from './charts/importances-svg.ts'
import { rocSvg } from './charts/roc-svg.ts'
import { rocsSvg } from './charts/rocs-svg.ts'
import { scatterSvg } from './charts/scatter-svg.ts'
import type { Estimate } from './estimates.ts'
import type { Figures } from './figures.ts'
import { answerLabels } from './first-screen.ts'
import type { HeldOut } from './held-out.ts'
import { rocBand, rocCurve } from './metrics.ts'
import { designOf } from './row-values.ts'
import type { ReportPicture } from './telling.ts'

/** How much columns matter, and how the answer follows them. */
export function columnPictures(table: Table, figures: Figures): ReportPicture[] {
  const titles = new Map(table.columns.map(({ column, document }) => [column.name, document.title ?? column.name]))
  const on = figures.importanceRows === 'training' ? 'on training rows' : 'on rows not seen'
  const rows = figures.importances.flatMap(({ name, impurity, permutation: { mean, deviation } }) =>
    (impurity ?? Math.abs(mean)) > 0
      ? [
          {
            name: titles.get(name) ?? name,
            impurity: impurity ?? null,
            permutation: { mean, deviation: deviation ?? 0 },
          },
        ]
      : [],
  )
  if (rows.length === 0) return []
  const pictures: ReportPicture[] = [
    [
      'importances.svg',
      'What counts',
      `What the score loses ${on} when a column is shuffled.`,
      importancesSvg({ rows, on }),
    ],
  ]
  const { dependence } = figures
  if (dependence.length === 0) return pictures
  const asked = dependence[0]?.answer ?? null
  const told =
    asked === null || table.target.kind === 'number'
      ? 'The number told'
      : `The chance of “${at(answerLabels(table), table.target.answers.indexOf(asked))}”`
  const text = 'What the model tells if one value is another and all others stay.'
  return [
    ...pictures,
    ['dependence.svg', 'How the answer follows a column', text, dependenceSvg({ shapes: dependence, told })],
  ]
}

/** What came out for rows that models had not seen. */
export function heldOutPictures(
  { target }: Table,
  { outcomes, pooled, estimates }: HeldOut,
  { positive, assessment }: Pick<Figures, 'positive' | 'assessment'>,
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
  const each = target.answers.length > 2 ? receivers(outcomes, labels, assessment?.answers ?? []) : []
  if (positive === null) return [matrix, ...each]
  const place = target.answers.indexOf(positive.answer)
  const label = at(labels, place)
  const area = target.answers.length === 2 && 'rocAuc' in estimates ? estimates.rocAuc : null
  return [
    matrix,
    ...each,
    ...receiver(outcomes, place, label, area),
    ...calibration(outcomes, place, label, estimates),
    ...decision(assessment, label),
  ]
}

/** The ROC curve of one answer; null where it, or all others, have too few rows. */
function curveOf(outcomes: HeldOut['outcomes'], place: number) {
  const truth = Int32Array.from(outcomes, (one) => Number(one.truth === place))
  const scores = Float64Array.from(outcomes, ({ chances }) => at(chances, place))
  const { weights } = designOf(outcomes)
  const rates = Array.from({ length: 41 }, (_, i) => i / 40)
  const [points, band] = [rocCurve(truth, scores, weights), rocBand(truth, scores, rates, weights)]
  return points === null || band === null ? null : { points, band }
}

function receiver(
  outcomes: HeldOut['outcomes'],
  place: number,
  positive: string,
  area: Estimate | null,
): ReportPicture[] {
  const curve = curveOf(outcomes, place)
  if (curve === null || area === null || area.low === null || area.high === null) return []
  const svg = rocSvg({ ...curve, auc: area.value, interval: [area.low, area.high], positive })
  return [['roc.svg', 'Sensitivity and specificity', 'On rows not seen.', svg]]
}

/** A curve for each of several answers. */
function receivers(
  outcomes: HeldOut['outcomes'],
  labels: readonly string[],
  figures: NonNullable<Figures['assessment']>['answers'],
): ReportPicture[] {
  const answers = labels.map((name, i) => {
    return {
      name,
      rows: outcomes.filter(({ truth }) => truth === i).length,
      points: curveOf(outcomes, i)?.points ?? [],
      area: figures[i]?.rocAuc ?? null,
    }
  })
  const svg = rocsSvg({ answers })
  return [['rocs.svg', 'Each answer against the others', 'On rows not seen.', svg]]
}

function calibration(
  outcomes: HeldOut['outcomes'],
  place: number,
  positive: string,
  estimates: HeldOut['estimates'],
): ReportPicture[] {
  const marks = calibrationBins(outcomes, place).map(({ rows, told, seen }) => {
    return { rows, told, seen: seen.value, low: seen.low ?? seen.value, high: seen.high ?? seen.value }
  })
  const { slope = null, intercept = null } = ('calibration' in estimates ? estimates.calibration : null) ?? {}
  const svg = calibrationSvg({ marks, slope, intercept, positive })
  const text = 'Whether of those who are told 30 of 100, 30 of 100 have it. Lines up and down are 95% intervals.'
  return [['calibration.svg', 'Whether chances hold', text, svg]]
}

function decision(assessment: Figures['assessment'], positive: string): ReportPicture[] {
  const points = assessment?.decision ?? []
  if (points.length === 0) return []
  const text =
    'Net benefit: people rightly acted on, less those wrongly acted on at the odds of the threshold, a person. Acting on nobody gains 0.'
  return [['decision.svg', 'Whether acting on it helps', text, decisionSvg({ points, positive })]]
}
