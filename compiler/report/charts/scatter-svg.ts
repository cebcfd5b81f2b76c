import {
  bottomAxis,
  chartSvg,
  circle,
  counted,
  domainOf,
  figure,
  labelsWidth,
  leftAxis,
  line,
  linearScale,
  margin,
  ticksOf,
} from './frame.ts'

export interface ScatterPoint {
  readonly truth: number
  readonly given: number
}

const [side, most] = [420, 2000] as const

/** The given over the true value of every row, with the diagonal on which both are equal; at most 2,000 rows drawn. */
export function scatterSvg(scatter: {
  readonly points: readonly ScatterPoint[]
  readonly unit: string | null
}): string {
  const { unit } = scatter
  const points = scatter.points.filter(({ truth, given }) => Number.isFinite(truth) && Number.isFinite(given))
  const drawn = thinned(points)
  const domain = domainOf(points.flatMap(({ truth, given }) => [truth, given]))
  const ticks = ticksOf(domain, 6)
  const left = margin + 24 + labelsWidth(ticks)
  const inUnit = unit === null || unit === '' ? '' : `, ${unit}`
  return chartSvg({
    name: 'emp-scatter',
    title: 'Given against true values',
    said: [
      drawn.length === points.length
        ? `${counted(points.length, 'row')}, one dot each.`
        : `${figure(drawn.length)} of ${figure(points.length)} rows, evenly chosen, one dot each.`,
      'The dashed line is where the given value is the true one.',
      ...(points.length > 0
        ? [`On average they differ by ${`${figure(meanDifference(points))} ${unit ?? ''}`.trim()}.`]
        : []),
    ],
    more: [
      `True values ${rangeOf(points.map(({ truth }) => truth))}; given values ${rangeOf(points.map(({ given }) => given))}.`,
    ],
    width: left + side + Math.max(margin + 16, labelsWidth(ticks) / 2),
    height: side + 52,
    body: (top) => {
      const plot = { x: left, y: top + 8, width: side, height: side }
      const x = linearScale(domain, [plot.x, plot.x + side])
      const y = linearScale(domain, [plot.y + side, plot.y])
      const below = ticksOf(domain, Math.min(6, Math.floor(side / (labelsWidth(ticks) + 8))))
      return [
        ...bottomAxis(plot, { scale: x, ticks: below, title: `true value${inUnit}` }),
        ...leftAxis(plot, { scale: y, ticks, title: `given value${inUnit}` }, margin + 10),
        // Many dots lie on one another: where they are translucent, one sees how many.
        `<g class="${drawn.length > 200 ? 'dots' : 'first'}">`,
        ...drawn.map(({ truth, given }) => circle('', x(truth), y(given), 3)),
        '</g>',
        line('dashes', [x(domain[0]), y(domain[0])], [x(domain[1]), y(domain[1])]),
      ]
    },
  })
}

/** Rows at even distances in the order of their true values, the first and the last among them. */
function thinned(points: readonly ScatterPoint[]): readonly ScatterPoint[] {
  if (points.length <= most) return points
  const sorted = points.toSorted((a, b) => a.truth - b.truth || a.given - b.given)
  return Array.from({ length: most }, (_, i) => sorted[Math.floor((i * (sorted.length - 1)) / (most - 1))]).filter(
    (point) => point !== undefined,
  )
}

const meanDifference = (points: readonly ScatterPoint[]) =>
  points.reduce((mean, { truth, given }) => mean + Math.abs(given / points.length - truth / points.length), 0)

function rangeOf(values: readonly number[]): string {
  if (values.length === 0) return 'none'
  const low = values.reduce((least, value) => Math.min(least, value))
  const high = values.reduce((greatest, value) => Math.max(greatest, value))
  return `from ${figure(low)} to ${figure(high)}`
}
