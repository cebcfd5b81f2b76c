import { xmlText } from '../../emit/escape.ts'
import { words } from '../svg.ts'
import { chartSvg, figure, fitted, line, linearScale, margin, type Pair, rectangle } from './frame.ts'
import type { RocMark } from './roc-svg.ts'

/** How well one answer of several is told from all others. */
export interface AnswerRoc {
  readonly name: string
  readonly rows: number
  readonly points: readonly RocMark[]
  /** The area under the curve, and its interval; null where the answer is too rare for one. */
  readonly area: { readonly value: number; readonly low: number | null; readonly high: number | null } | null
}

const [side, gap, across, mostDrawn] = [200, 32, 3, 12] as const

/** A small curve for each answer against the others, those with the most rows, in their order. */
export function rocsSvg({ answers }: { readonly answers: readonly AnswerRoc[] }): string {
  const drawn = answers
    .map((_, i) => i)
    .toSorted((a, b) => (answers[b]?.rows ?? 0) - (answers[a]?.rows ?? 0) || a - b)
    .slice(0, mostDrawn)
    .toSorted((a, b) => a - b)
    .flatMap((i) => answers[i] ?? [])
  const lines = Math.ceil(drawn.length / across)
  return chartSvg({
    name: 'emp-rocs',
    title: 'Each answer against the others',
    said: [
      'Across: the share of other people who are called so. Up: the share of people with the answer who are.',
      'The dashed line is what chance reaches: AUC 0.5.',
      ...(answers.length > drawn.length
        ? [`Of ${answers.length} answers the ${drawn.length} with the most rows.`]
        : []),
      ...(drawn.length === 0 ? ['There is no curve to draw.'] : []),
    ],
    more: drawn.map((one) => `${one.name}: ${describe(one)}.`),
    width: 2 * margin + across * side + (across - 1) * gap,
    height: lines * (side + 76),
    body: (top) =>
      drawn.flatMap((one, i) => {
        const x = margin + (i % across) * (side + gap)
        const y = top + Math.floor(i / across) * (side + 76) + 44
        return panel(one, x, y)
      }),
  })
}

function panel(one: AnswerRoc, left: number, top: number): string[] {
  const x = linearScale([0, 1], [left, left + side])
  const y = linearScale([0, 1], [top + side, top])
  const curve = one.points
    .filter(({ fpr, tpr }) => Number.isFinite(fpr + tpr))
    .toSorted((a, b) => a.fpr - b.fpr || a.tpr - b.tpr)
    .map(({ fpr, tpr }): Pair => [x(fpr), y(tpr)])
  return [
    `<g><title>${xmlText(`${one.name}: ${describe(one)}`)}</title>`,
    words(left, top - 26, fitted(one.name, side), 'class="ink" font-weight="600"'),
    words(left, top - 9, fitted(describe(one), side, 12), 'class="muted" font-size="12"'),
    rectangle('frame', { x: left, y: top, width: side, height: side }),
    line('dashes', [x(0), y(0)], [x(1), y(1)]),
    ...(curve.length > 1 ? [line('curve', ...curve)] : []),
    words(left, top + side + 16, '0', 'class="muted" font-size="12"'),
    words(left + side, top + side + 16, '1', 'class="muted" font-size="12" text-anchor="end"'),
    '</g>',
  ]
}

function describe({ area, rows }: AnswerRoc): string {
  if (area === null || !Number.isFinite(area.value)) return `${figure(rows)} rows, no area`
  const { value, low, high } = area
  const isKnown = low !== null && high !== null && Number.isFinite(low + high)
  return `AUC ${value.toFixed(2)}${isKnown ? ` (${low.toFixed(2)} to ${high.toFixed(2)})` : ''}`
}
