import { xmlText } from '../../emit/escape.ts'
import { words } from '../svg.ts'
import { textWidth } from '../tree-layout.ts'
import {
  type Axis,
  type ChartScale,
  chartSvg,
  circle,
  counted,
  domainOf,
  figure,
  fitted,
  labelsWidth,
  leftAxis,
  line,
  linearScale,
  logarithmic,
  margin,
  type Pair,
  type Rectangle,
  ticksOf,
} from './frame.ts'

/** One tree of the pruning path: its cross-validated score, ± one standard error, and its cost per prediction. */
export interface PathStep {
  readonly leaves: number
  readonly score: number
  readonly deviation: number
  readonly ciphertexts: number
  readonly bytes: number
}

const [width, plotHeight, rowHeight] = [760, 280, 18] as const
const rows = ['leaves', 'ciphertexts', 'kB'] as const

/**
 * The score of every tree of the pruning path over its number of leaves, and below what a prediction costs: ciphertexts
 * and bytes both ways. Numbers that would lie on one another are left out; they stand in the titles of the points.
 *
 * @param chosen the position in `steps` of the tree that was taken.
 */
export function pathSvg(path: {
  readonly steps: readonly PathStep[]
  readonly chosen: number
  readonly scoreName: string
}): string {
  const { steps, chosen, scoreName } = path
  const taken = steps[chosen]
  const drawn = steps
    .filter(({ leaves, score }) => Number.isFinite(score) && leaves >= 1 && Number.isFinite(leaves))
    .toSorted((a, b) => a.leaves - b.leaves)
  const best = drawn.reduce<PathStep | undefined>((a, b) => (a === undefined || b.score > a.score ? b : a), undefined)
  const yDomain = domainOf(drawn.flatMap((step) => [step.score - error(step), step.score + error(step)]))
  const yTicks = ticksOf(yDomain, 6)
  const left = margin + 24 + Math.max(labelsWidth(yTicks), ...rows.map((row) => textWidth(row, 12) - 12))
  return chartSvg({
    name: 'emp-path',
    title: 'From the largest tree to a single leaf',
    said: [
      taken === undefined ? 'No tree is chosen.' : `Chosen: ${describe(taken, scoreName)}.`,
      ...(best === undefined ? [] : [`Best score: ${figure(best.score)} with ${leavesOf(best)}.`]),
      ...(drawn.length === 0 ? ['There is no tree to draw.'] : []),
      ...(drawn.length > 1 ? ['Bars: one standard error. Dashed across: the best score less its standard error.'] : []),
    ],
    more: drawn.map((step) => `${describe(step, scoreName)}.`),
    width,
    height: drawn.length === 0 ? 0 : plotHeight + 8 + rows.length * rowHeight + 8,
    body: (top) => {
      if (drawn.length === 0) return []
      const plot = { x: left, y: top + 8, width: width - margin - 16 - left, height: plotHeight }
      const x = leavesScale(drawn, plot)
      const y = linearScale(yDomain, [plot.y + plot.height, plot.y])
      const axis: Axis = { scale: y, ticks: yTicks, title: `${scoreName}, cross-validated` }
      const least = best === undefined ? null : y(best.score - error(best))
      return [
        ...leftAxis(plot, axis, margin + 10),
        ...costs(drawn, taken, x, plot),
        ...(taken === undefined || !drawn.includes(taken)
          ? []
          : [line('dashes', [x(taken.leaves), plot.y], [x(taken.leaves), plot.y + plot.height])]),
        ...(least === null || drawn.length === 1
          ? []
          : [line('dashes', [plot.x, least], [plot.x + plot.width, least])]),
        ...(drawn.length === 1 ? [] : [line('curve', ...drawn.map((step): Pair => [x(step.leaves), y(step.score)]))]),
        ...drawn.flatMap((step) => point(step, step === taken, scoreName, x, y)),
      ]
    },
  })
}

/** Of steps in the order of their leaves. */
function leavesScale(steps: readonly PathStep[], plot: Rectangle): ChartScale {
  const [low, high] = [steps[0]?.leaves ?? 1, steps.at(-1)?.leaves ?? 1]
  const range: Pair = [plot.x + 24, plot.x + plot.width - 24]
  return high / low > 12 ? logarithmic([low, high], range) : linearScale([low, high], range)
}

function point(step: PathStep, isChosen: boolean, scoreName: string, x: ChartScale, y: ChartScale): string[] {
  const [cx, low, high] = [x(step.leaves), y(step.score - error(step)), y(step.score + error(step))]
  const cap = (at: number) => line('range', [cx - 4, at], [cx + 4, at])
  return [
    `<g><title>${xmlText(describe(step, scoreName))}</title>`,
    line('range', [cx, low], [cx, high]),
    cap(low),
    cap(high),
    circle(isChosen ? 'mark' : 'first', cx, y(step.score), isChosen ? 7 : 4),
    '</g>',
  ]
}

/** Leaves, ciphertexts and bytes below the plot, of the chosen tree and of as many others as there is room for. */
function costs(steps: readonly PathStep[], taken: PathStep | undefined, x: ChartScale, plot: Rectangle): string[] {
  const cellsOf = (step: PathStep) => [
    fitted(figure(step.leaves), 70, 12),
    fitted(figure(step.ciphertexts), 70, 12),
    fitted(step.bytes < 1e8 ? (step.bytes / 1000).toFixed(1) : figure(step.bytes / 1000), 70, 12),
  ]
  const inTurn = [...steps.filter((step) => step === taken), ...steps.slice(-1), ...steps]
  const shown: { readonly step: PathStep; readonly from: number; readonly to: number }[] = []
  for (const step of inTurn) {
    const half = Math.max(...cellsOf(step).map((cell) => textWidth(cell, 12))) / 2 + 3
    const [from, to] = [x(step.leaves) - half, x(step.leaves) + half]
    if (shown.every((other) => to <= other.from || other.to <= from)) shown.push({ step, from, to })
  }
  const rowY = (row: number) => plot.y + plot.height + 18 + row * rowHeight
  return [
    ...rows.map((name, row) => words(plot.x - 8, rowY(row), name, 'class="ink" font-size="12" text-anchor="end"')),
    ...shown.flatMap(({ step }) => {
      const look = step === taken ? 'class="ink" font-weight="600"' : 'class="muted"'
      return [
        line('grid', [x(step.leaves), plot.y], [x(step.leaves), plot.y + plot.height]),
        ...cellsOf(step).map((cell, row) =>
          words(x(step.leaves), rowY(row), cell, `${look} font-size="12" text-anchor="middle"`),
        ),
      ]
    }),
  ]
}

function describe(step: PathStep, scoreName: string): string {
  const cost = `${counted(step.ciphertexts, 'ciphertext')} and ${figure(step.bytes)} bytes per prediction`
  return `${leavesOf(step)}, ${scoreName} ${figure(step.score)} ± ${figure(step.deviation)}, ${cost}`
}

const leavesOf = ({ leaves }: PathStep) => counted(leaves, 'leaf', 'leaves')
const error = ({ deviation }: PathStep) => (Number.isFinite(deviation) ? Math.abs(deviation) : 0)
