import { words } from '../svg.ts'
import { shorten, textWidth } from '../tree-layout.ts'
import {
  bottomAxis,
  chartSvg,
  domainOf,
  figure,
  labelsWidth,
  leftAxis,
  line,
  linearScale,
  margin,
  type Pair,
  ticksOf,
} from './frame.ts'

/** The net benefit, a person, of acting from a chance on: by the model, and on all. */
export interface DecisionPoint {
  readonly threshold: number
  readonly model: number
  readonly all: number
}

const [width, plotHeight] = [640, 280] as const

/** The decision curve: the model helps at thresholds where its line is above that of acting on all, and above 0. */
export function decisionSvg(decision: {
  readonly points: readonly DecisionPoint[]
  readonly positive: string
}): string {
  const points = decision.points.filter(({ threshold, model, all }) => Number.isFinite(threshold + model + all))
  // Far below nothing, how far tells nothing.
  const most = points.reduce((best, { model, all }) => Math.max(best, model, all), 0)
  const least = -Math.max(0.02, most / 3)
  const domain = domainOf([least, Math.max(most, 0.02)])
  const ticks = ticksOf(domain, 6)
  const left = margin + 24 + labelsWidth(ticks)
  const better = points.filter(({ model, all }) => model > Math.max(0, all))
  const [first, last] = [better[0], better.at(-1)]
  return chartSvg({
    name: 'emp-decision',
    title: 'Decision curve',
    said: [
      `Net benefit of acting on “${shorten(decision.positive, 60)}” from a chance on, on rows not seen.`,
      ...(points.length === 0
        ? ['There is no curve to draw.']
        : first === undefined || last === undefined
          ? ['At no threshold the model is better than acting on all or on nobody.']
          : [
              `The model is better than both for thresholds between ${figure(first.threshold)} and ${figure(last.threshold)}.`,
            ]),
    ],
    more: points.map(
      ({ threshold, model, all }) => `From ${figure(threshold)}: ${figure(model)}, on all ${figure(all)}.`,
    ),
    width,
    height: points.length === 0 ? 0 : plotHeight + 84,
    body: (top) => {
      if (points.length === 0) return []
      const plot = { x: left, y: top + 36, width: width - margin - 16 - left, height: plotHeight }
      const x = linearScale([0, 1], [plot.x, plot.x + plot.width])
      const y = linearScale(domain, [plot.y + plot.height, plot.y])
      const drawn = (of: 'model' | 'all') =>
        withinDomain(
          points.map((point): Pair => [point.threshold, point[of]]),
          domain[0],
        )
      return [
        ...legend(plot.x, top + 14),
        ...bottomAxis(plot, { scale: x, ticks: ticksOf([0, 1], 10), title: 'chance from which one acts' }),
        ...leftAxis(plot, { scale: y, ticks, title: 'net benefit, a person' }, margin + 10),
        line('dashes', [plot.x, y(0)], [plot.x + plot.width, y(0)]),
        ...[['other', drawn('all')] as const, ['curve', drawn('model')] as const].flatMap(([look, own]) =>
          own.length > 1 ? [line(look, ...own.map(([at, value]): Pair => [x(at), y(value)]))] : [],
        ),
      ]
    },
    fills: ({ second }) => ({ other: `none;stroke:${second};stroke-width:2` }),
  })
}

/** The points down to where a line leaves the plot at its lower edge. */
function withinDomain(points: readonly Pair[], least: number): Pair[] {
  const out = points.findIndex(([, value]) => value < least)
  if (out < 0) return [...points]
  const [before, after] = [points[out - 1], points[out]]
  if (before === undefined || after === undefined) return []
  const share = (before[1] - least) / (before[1] - after[1])
  return [...points.slice(0, out), [before[0] + share * (after[0] - before[0]), least]]
}

function legend(x: number, y: number): string[] {
  const entries = [
    ['curve', 'by the model'],
    ['other', 'on all'],
    ['dashes', 'on nobody'],
  ] as const
  let from = x
  return entries.flatMap(([look, name]) => {
    const own = from
    from += 48 + textWidth(name, 13)
    return [line(look, [own, y - 4], [own + 22, y - 4]), words(own + 28, y, name, 'class="ink"')]
  })
}
