import { xmlText } from '../../emit/escape.ts'
import { words } from '../svg.ts'
import { shorten } from '../tree-layout.ts'
import {
  bottomAxis,
  chartSvg,
  circle,
  counted,
  figure,
  labelsWidth,
  leftAxis,
  line,
  linearScale,
  margin,
  type Pair,
  rectangle,
  ticksOf,
} from './frame.ts'

/** People who were told about the same chance, how many of them had the answer, and between what that may lie. */
export interface CalibrationMark {
  readonly rows: number
  readonly told: number
  readonly seen: number
  readonly low: number
  readonly high: number
}

const [side, strip] = [400, 56] as const

/** Chances that were told beside shares that were seen: on the dashed line they are the same. Below, how many people. */
export function calibrationSvg(calibration: {
  readonly marks: readonly CalibrationMark[]
  readonly slope: number | null
  readonly intercept: number | null
  readonly positive: string
}): string {
  const { slope, intercept, positive } = calibration
  const marks = calibration.marks.filter(({ told, seen, low, high }) => Number.isFinite(told + seen + low + high))
  const ticks = ticksOf([0, 1], 5)
  const left = margin + 24 + labelsWidth(ticks)
  const most = marks.reduce((greatest, { rows }) => Math.max(greatest, rows), 1)
  return chartSvg({
    name: 'emp-calibration',
    title: 'Chances told, and shares seen',
    said: [
      `The chance of “${shorten(positive, 60)}”, on rows not seen.`,
      slope === null
        ? 'There is no slope: chances are too alike, or tell the answers apart without exception.'
        : `Slope ${figure(slope)}: 1 is right, below 1 chances are too extreme.`,
      ...(intercept === null
        ? []
        : [`In the large ${figure(intercept)}: above 0, it happens more often than is told.`]),
      ...(marks.length === 0 ? ['There is no group to draw.'] : []),
    ],
    more: marks.map((mark) => `${describe(mark)}.`),
    width: left + side + margin + 16,
    height: side + 60 + strip,
    body: (top) => {
      const plot = { x: left, y: top + 8, width: side, height: side }
      const x = linearScale([0, 1], [plot.x, plot.x + side])
      const y = linearScale([0, 1], [plot.y + side, plot.y])
      const base = plot.y + side + 52 + strip
      return [
        ...bottomAxis(plot, { scale: x, ticks, title: 'chance told' }),
        ...leftAxis(plot, { scale: y, ticks, title: 'share seen' }, margin + 10),
        line('dashes', [x(0), y(0)], [x(1), y(1)]),
        ...(marks.length > 1 ? [line('curve', ...marks.map(({ told, seen }): Pair => [x(told), y(seen)]))] : []),
        ...marks.flatMap((mark) => {
          const { told, low, high, rows } = mark
          const height = Math.max(1, (strip * rows) / most)
          return [
            `<g><title>${xmlText(describe(mark))}</title>`,
            line('range', [x(told), y(low)], [x(told), y(high)]),
            circle('first', x(told), y(mark.seen), 5),
            rectangle('second', { x: x(told) - 4, y: base - height, width: 8, height }),
            '</g>',
          ]
        }),
        words(plot.x - 8, base - 4, 'people', 'class="muted" font-size="12" text-anchor="end"'),
        line('frame', [plot.x, base], [plot.x + side, base]),
      ]
    },
  })
}

function describe({ rows, told, seen, low, high }: CalibrationMark): string {
  return `${counted(rows, 'person', 'people')} told ${figure(told)}: seen ${figure(seen)} (${figure(low)} to ${figure(high)})`
}
