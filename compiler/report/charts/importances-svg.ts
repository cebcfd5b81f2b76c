import { xmlText } from '../../emit/escape.ts'
import { words } from '../svg.ts'
import { textWidth } from '../tree-layout.ts'
import {
  bottomAxis,
  type ChartScale,
  chartSvg,
  counted,
  domainOf,
  figure,
  fitted,
  fontSize,
  line,
  linearScale,
  margin,
  type Pair,
  type Rectangle,
  rectangle,
  ticksOf,
} from './frame.ts'

/** How much one column matters: the share of the decrease of impurity, and the loss of score when it is shuffled. */
export interface ImportanceBar {
  readonly name: string
  /** Null for models without. */
  readonly impurity: number | null
  /** Null if it was not measured. */
  readonly permutation: { readonly mean: number; readonly deviation: number } | null
}

const [width, rowHeight, mostRows, barHeight] = [800, 26, 20, 14] as const

/**
 * The importances of the columns as bars beside each other, the greatest by impurity first, or by permutation where there is
 * none; at most 20 of them.
 *
 * @param on the rows that were shuffled, in words.
 */
export function importancesSvg({
  rows,
  on = 'on training rows',
}: {
  readonly rows: readonly ImportanceBar[]
  readonly on?: string
}): string {
  const pure = rows.every(({ impurity }) => impurity !== null)
  const sizeOf = ({ impurity, permutation }: ImportanceBar) => finite((pure ? impurity : permutation?.mean) ?? 0)
  const sorted = rows.toSorted((a, b) => sizeOf(b) - sizeOf(a))
  const [shown, rest] = [sorted.slice(0, mostRows), sorted.slice(mostRows)]
  const measured = shown.some(({ permutation }) => permutation !== null)
  const names = shown.map(({ name }) => fitted(name, 220))
  const nameWidth = names.reduce((most, name) => Math.max(most, textWidth(name, fontSize)), 40)
  const left = margin + nameWidth + 12
  const half = (width - margin - left) / (measured && pure ? 2 : 1)
  const height = shown.length * rowHeight + 6
  const restSum = rest.reduce((sum, row) => sum + sizeOf(row), 0)
  return chartSvg({
    name: 'emp-importances',
    title: 'Importance of columns',
    said: [
      ...(pure
        ? ['By impurity: the share in the decrease of impurity, on training rows, by splits on the column.']
        : []),
      ...(measured ? [`By permutation: what the score loses ${on} when the column is shuffled, ± one deviation.`] : []),
      ...(rest.length === 0 ? [] : [`Not drawn: ${counted(rest.length, 'more column')}, together ${figure(restSum)}.`]),
      ...(rows.length === 0 ? ['There is no column to draw.'] : []),
    ],
    more: shown.map((row) => `${describe(row)}.`),
    width,
    height: shown.length === 0 ? 0 : height + 46,
    body: (top) => {
      if (shown.length === 0) return []
      const plotOf = (x: number, values: number): Rectangle => {
        return { x, y: top + 24, width: half - values - 24, height }
      }
      const impurity = plotOf(left, widest(shown.map((row) => figure(row.impurity ?? 0))))
      const permutation = plotOf(pure ? left + half + 12 : left, widest(shown.map(permutationOf)) + 12)
      const rowOf = (i: number) => impurity.y + 3 + i * rowHeight
      const impurityScale = scaleOf(
        impurity,
        shown.map((row) => row.impurity ?? 0),
      )
      const permutationScale = scaleOf(
        permutation,
        shown.flatMap(({ permutation: value }) =>
          value === null ? [] : [value.mean - value.deviation, value.mean + value.deviation],
        ),
      )
      return [
        ...(pure ? panel(impurity, 'first', 'by impurity', impurityScale) : []),
        ...(measured ? panel(permutation, 'second', 'by permutation', permutationScale) : []),
        ...shown.flatMap((row, i) => [
          `<g><title>${xmlText(describe(row))}</title>`,
          words(left - 12, rowOf(i) + 17, names[i] ?? '', 'class="ink" text-anchor="end"'),
          ...(pure
            ? [
                ...bar('first', impurityScale.scale, row.impurity ?? 0, rowOf(i)),
                value(impurity, rowOf(i), figure(row.impurity ?? 0)),
              ]
            : []),
          ...(measured ? permuted(row, permutation, permutationScale.scale, rowOf(i)) : []),
          '</g>',
        ]),
      ]
    },
  })
}

interface Values {
  readonly scale: ChartScale
  readonly domain: readonly [number, number]
}

/** From zero, or from the least where that is below zero. */
function scaleOf(plot: Rectangle, values: readonly number[]): Values {
  const [low, high] = domainOf([0, ...values])
  const hasNegative = values.some((value) => value < 0)
  const domain = [hasNegative ? low : 0, values.some((value) => value > 0) ? high : hasNegative ? 0 : 1] as const
  return { scale: linearScale(domain, [plot.x, plot.x + plot.width]), domain }
}

function panel(plot: Rectangle, look: 'first' | 'second', title: string, { scale, domain }: Values): string[] {
  return [
    rectangle(look, { x: plot.x, y: plot.y - 22, width: 11, height: 11 }),
    words(plot.x + 17, plot.y - 12, title, 'class="ink" font-weight="600"'),
    ...bottomAxis(plot, { scale, ticks: ticksOf(domain, plot.width > 300 ? 5 : 2), title: '' }),
    line('frame', [scale(0), plot.y], [scale(0), plot.y + plot.height]),
  ]
}

function bar(look: 'first' | 'second', scale: ChartScale, amount: number, y: number): string[] {
  if (!Number.isFinite(amount)) return []
  const [from, to] = [Math.min(scale(0), scale(amount)), Math.max(scale(0), scale(amount))]
  return [rectangle(look, { x: from, y: y + 6, width: to - from, height: barHeight })]
}

function value(plot: Rectangle, y: number, text: string): string {
  return words(plot.x + plot.width + 8, y + 17, text, 'class="muted" font-size="12"')
}

function permuted(row: ImportanceBar, plot: Rectangle, scale: ChartScale, y: number): string[] {
  if (row.permutation === null) return [value(plot, y, permutationOf(row))]
  const { mean, deviation } = row.permutation
  const [low, high, middle] = [scale(mean - deviation), scale(mean + deviation), y + 6 + barHeight / 2]
  return [
    ...bar('second', scale, mean, y),
    ...(Number.isFinite(mean + deviation) ? whiskers([low, middle], [high, middle]) : []),
    value(plot, y, permutationOf(row)),
  ]
}

const whiskers = (...ends: readonly Pair[]) => [line('halo', ...ends), line('range', ...ends)]

function describe({ name, impurity, permutation }: ImportanceBar): string {
  const permuted = permutation === null ? '' : `, by permutation ${permutationOf({ permutation })}`
  return `${name}${impurity === null ? '' : `: by impurity ${figure(impurity)}`}${permuted}`
}

const permutationOf = ({ permutation }: Pick<ImportanceBar, 'permutation'>) =>
  permutation === null ? 'not measured' : `${figure(permutation.mean)} ± ${figure(permutation.deviation)}`

const widest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, textWidth(text, 12)), 40)
const finite = (value: number) => (Number.isFinite(value) ? value : 0)
