import { xmlText } from '../../emit/escape.ts'
import { words } from '../svg.ts'
import { textWidth } from '../tree-layout.ts'
import {
  chartSvg,
  circle,
  domainOf,
  figure,
  fitted,
  labelsWidth,
  line,
  linearScale,
  margin,
  type Pair,
  rectangle,
  ticksOf,
} from './frame.ts'

/** How the answer follows one column. */
export interface DependenceShape {
  readonly title: string
  readonly unit: string | null
  readonly points: readonly { readonly value: number | null; readonly label: string; readonly mean: number }[]
}

const [plotWidth, plotHeight, gap, across, rowHeight] = [200, 120, 24, 3, 18] as const

/**
 * A small picture for each column, all of one scale: a line over numbers, with a stroke for each value that was asked; bars
 * for texts.
 *
 * @param told what is told, in words: the chance of an answer, or a number.
 */
export function dependenceSvg(dependence: {
  readonly shapes: readonly DependenceShape[]
  readonly told: string
}): string {
  const shapes = dependence.shapes.filter(({ points }) => points.some(({ mean }) => Number.isFinite(mean)))
  const domain = domainOf(shapes.flatMap(({ points }) => points.map(({ mean }) => mean)))
  const ticks = ticksOf(domain, 3)
  const axis = labelsWidth(ticks)
  const panelWidth = axis + plotWidth
  const rows = Array.from({ length: Math.ceil(shapes.length / across) }, (_, i) =>
    shapes.slice(i * across, (i + 1) * across),
  )
  const heights = rows.map((row) => 58 + row.reduce((most, shape) => Math.max(most, heightOf(shape)), 0))
  const topOf = (row: number) => heights.slice(0, row).reduce((sum, height) => sum + height, 0)
  return chartSvg({
    name: 'emp-dependence',
    title: 'Partial dependence',
    said: [
      `${dependence.told}, on average over people whose other values stay as they are; on rows not seen.`,
      'Where columns go together, this shows people whom there are not.',
      ...(shapes.length === 0 ? ['There is no column to draw.'] : []),
    ],
    more: shapes.map(
      ({ title, points }) => `${title}: ${points.map(({ label, mean }) => `${label} ${figure(mean)}`).join(', ')}.`,
    ),
    width: 2 * margin + across * panelWidth + (across - 1) * gap,
    height: topOf(rows.length),
    body: (top) =>
      rows.flatMap((row, i) =>
        row.flatMap((shape, j) => {
          const plot = {
            x: margin + j * (panelWidth + gap) + axis,
            y: top + topOf(i) + 24,
            width: plotWidth,
            height: heightOf(shape),
          }
          const { title, unit } = shape
          return [
            `<g><title>${xmlText(`${title}${unit === null ? '' : ` (${unit})`}`)}</title>`,
            words(plot.x - axis, plot.y - 10, fitted(title, panelWidth), 'class="ink" font-weight="600"'),
            ...(isNumeric(shape) ? curveOf(shape, plot, domain, ticks) : barsOf(shape, plot, domain, panelWidth, axis)),
            '</g>',
          ]
        }),
      ),
  })
}

const isNumeric = ({ points }: DependenceShape) => points.every(({ value }) => value !== null)
const heightOf = (shape: DependenceShape) => (isNumeric(shape) ? plotHeight : shape.points.length * rowHeight)

interface Plot {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function curveOf(
  { points, unit }: DependenceShape,
  plot: Plot,
  domain: Pair,
  ticks: ReturnType<typeof ticksOf>,
): string[] {
  const finite = points.flatMap(({ value, mean }): Pair[] =>
    value !== null && Number.isFinite(value + mean) ? [[value, mean]] : [],
  )
  const values = finite.map(([value]) => value)
  const x = linearScale(
    [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)],
    [plot.x + 4, plot.x + plot.width - 4],
  )
  const y = linearScale(domain, [plot.y + plot.height, plot.y])
  const base = plot.y + plot.height
  const line_ = finite.map(([value, mean]): Pair => [x(value), y(mean)])
  const [first, last] = [points[0], points.at(-1)]
  return [
    ...ticks.flatMap(({ value, label }) => [
      line('grid', [plot.x, y(value)], [plot.x + plot.width, y(value)]),
      words(plot.x - 8, y(value) + 4, label, 'class="muted" font-size="12" text-anchor="end"'),
    ]),
    ...finite.map(([value]) => line('frame', [x(value), base], [x(value), base + 5])),
    ...(line_.length > 1 ? [line('curve', ...line_)] : line_.map(([cx, cy]) => circle('first', cx, cy, 4))),
    words(plot.x, base + 20, fitted(first?.label ?? '', plot.width / 2 - 28, 12), 'class="muted" font-size="12"'),
    ...(points.length > 1
      ? [
          words(
            plot.x + plot.width,
            base + 20,
            fitted(`${last?.label ?? ''}${unit === null ? '' : ` ${unit}`}`, plot.width / 2 + 20, 12),
            'class="muted" font-size="12" text-anchor="end"',
          ),
        ]
      : []),
  ]
}

/** Levels below each other: the name, and as a bar from the left end of the scale what is told. */
function barsOf({ points }: DependenceShape, plot: Plot, domain: Pair, width: number, axis: number): string[] {
  const left = plot.x - axis
  const names = points.map(({ label }) => fitted(label, width * 0.56, 12))
  const nameWidth = names.reduce((most, name) => Math.max(most, textWidth(name, 12)), 30)
  const valueWidth = points.reduce((most, { mean }) => Math.max(most, textWidth(figure(mean), 12)), 30)
  const x = linearScale([Math.min(0, domain[0]), domain[1]], [left + nameWidth + 8, left + width - valueWidth - 6])
  return points.flatMap(({ label, mean }, i) => {
    const y = plot.y + i * rowHeight
    const [from, to] = [Math.min(x(0), x(mean)), Math.max(x(0), x(mean))]
    return [
      `<g><title>${xmlText(`${label}: ${figure(mean)}`)}</title>`,
      words(left + nameWidth, y + 12, names[i] ?? '', 'class="ink" font-size="12" text-anchor="end"'),
      ...(Number.isFinite(mean) ? [rectangle('first', { x: from, y: y + 3, width: to - from, height: 11 })] : []),
      words(left + width - valueWidth, y + 12, figure(mean), 'class="muted" font-size="12"'),
      '</g>',
    ]
  })
}
