import { shorten } from '../tree-layout.ts'
import {
  bottomAxis,
  chartSvg,
  circle,
  figure,
  labelsWidth,
  leftAxis,
  line,
  linearScale,
  linePath,
  margin,
  type Pair,
  ticksOf,
} from './frame.ts'

export interface RocMark {
  readonly fpr: number
  readonly tpr: number
}

/** Between which true positive rates the curve lies at a false positive rate. */
export interface RocBand {
  readonly fpr: number
  readonly low: number
  readonly high: number
}

const side = 400

/**
 * The receiver operating characteristic: straight lines from point to point, so that rows told apart one by one make
 * steps, and rows with the same score a slope; the area below is then the AUC that counts ties as half.
 *
 * @param points shares from 0 to 1, in any order; those that are not finite are left out.
 * @param interval the interval of the AUC that the band belongs to.
 * @param positive the answer that counts as positive.
 */
export function rocSvg(roc: {
  readonly points: readonly RocMark[]
  readonly band: readonly RocBand[]
  readonly auc: number
  readonly interval: readonly [number, number]
  readonly positive: string
}): string {
  const { auc, interval, positive } = roc
  const points = roc.points
    .filter(({ fpr, tpr }) => Number.isFinite(fpr + tpr))
    .toSorted((a, b) => a.fpr - b.fpr || a.tpr - b.tpr)
  const band = roc.band
    .filter(({ fpr, low, high }) => Number.isFinite(fpr + low + high))
    .toSorted((a, b) => a.fpr - b.fpr)
  const ticks = ticksOf([0, 1], 5)
  const left = margin + 24 + labelsWidth(ticks)
  return chartSvg({
    name: 'emp-roc',
    title: 'True against false positives',
    said: [
      `Positive is the answer “${shorten(positive, 60)}”.`,
      `AUC ${figure(auc)}, interval ${figure(interval[0])} to ${figure(interval[1])}${band.length > 1 ? ' (shaded)' : ''}.`,
      'The dashed line is what chance reaches: AUC 0.5.',
      ...(points.length === 0 ? ['There is no curve to draw.'] : []),
    ],
    more: points.length <= 40 ? points.map(({ fpr, tpr }) => `(${figure(fpr)}, ${figure(tpr)})`) : [],
    width: left + side + margin + 16,
    height: side + 52,
    body: (top) => {
      const plot = { x: left, y: top + 8, width: side, height: side }
      const x = linearScale([0, 1], [plot.x, plot.x + side])
      const y = linearScale([0, 1], [plot.y + side, plot.y])
      const curve = points.map(({ fpr, tpr }): Pair => [x(fpr), y(tpr)])
      const upper = band.map(({ fpr, high }): Pair => [x(fpr), y(high)])
      const lower = band.map(({ fpr, low }): Pair => [x(fpr), y(low)])
      return [
        ...bottomAxis(plot, { scale: x, ticks, title: 'false positive rate (1 − specificity)' }),
        ...leftAxis(plot, { scale: y, ticks, title: 'true positive rate (sensitivity)' }, margin + 10),
        ...(band.length > 1 ? [`<path class="band" d="${linePath([...upper, ...lower.toReversed()])}Z"/>`] : []),
        line('dashes', [x(0), y(0)], [x(1), y(1)]),
        ...(curve.length > 1 ? [line('curve', ...curve)] : []),
        ...(curve.length <= 40 ? curve.map(([cx, cy]) => circle('first', cx, cy, 3)) : []),
      ]
    },
  })
}
