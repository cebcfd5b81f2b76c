import { basicFills, styleOf, type Theme } from '../palette.ts'
import { svgDocument, words } from '../svg.ts'
import { round, shorten, textWidth } from '../tree-layout.ts'

export const margin = 24
export const fontSize = 13
const lineHeight = 19

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What a chart consists of; `body` draws below its heading, from `top` on, and is `height` high. */
export interface Chart {
  /** The class of the root: one name for one kind of chart, whose style is always the same. */
  readonly name: string
  /** A few words, the same for all data. */
  readonly title: string
  /** Sentences below the title, broken into lines; together with `more` they are the description. */
  readonly said: readonly string[]
  /** What the picture shows, for those who cannot see it. */
  readonly more: readonly string[]
  readonly width: number
  readonly height: number
  readonly fills?: (theme: Theme) => Readonly<Record<string, string>>
  readonly body: (top: number) => readonly string[]
}

/** A chart as an SVG document of its own, with its title, what it says in words, and margins. */
export function chartSvg({ name, title, said, more, width, height, fills, body }: Chart): string {
  const lines = said.flatMap((sentence) => fold(sentence, width - 2 * margin))
  const top = margin + 40 + lines.length * lineHeight
  return svgDocument({
    name,
    title,
    description: [...said, ...more].join(' '),
    style: styleOf(`.${name}`, (theme) => ({ ...basicFills(theme), ...seriesFills(theme), ...fills?.(theme) })),
    width: round(width),
    height: round(top + height + margin),
    fontSize,
    content: [
      words(margin, margin + 16, title, 'class="ink" font-size="18" font-weight="600"'),
      ...lines.map((line, i) => words(margin, margin + 40 + i * lineHeight, line, 'class="muted"')),
      ...body(top),
    ],
  })
}

const seriesFills = ({ grid, first, second, ink, muted, paper }: Theme): Readonly<Record<string, string>> => ({
  grid: `none;stroke:${grid}`,
  dashes: `none;stroke:${muted};stroke-dasharray:5 4`,
  first,
  second,
  curve: `none;stroke:${first};stroke-width:2`,
  range: `none;stroke:${ink};stroke-width:1.5`,
  band: `${first};fill-opacity:0.2`,
  dots: `${first};fill-opacity:0.3`,
  mark: `${second};stroke:${ink};stroke-width:1.5`,
  halo: `none;stroke:${paper};stroke-width:4`,
})

/** From a value to a coordinate; always within the range, whatever the value. */
export type ChartScale = (value: number) => number

/** In proportion; the middle if the domain is one value. */
export function linearScale([low, high]: Pair, [from, to]: Pair): ChartScale {
  return (value) => {
    const share = (value / 2 - low / 2) / (high / 2 - low / 2)
    return from + (to - from) * (Number.isNaN(share) ? 0.5 : Math.min(1, Math.max(0, share)))
  }
}

/** In proportion to the logarithms of positive values. */
export function logarithmic([low, high]: Pair, range: Pair): ChartScale {
  const scale = linearScale([Math.log(low), Math.log(high)], range)
  return (value) => scale(Math.log(value))
}

export type Pair = readonly [number, number]

/** The least and the greatest of the finite values with a little room beyond them; [0, 1] if there are none. */
export function domainOf(values: readonly number[]): Pair {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0) return [0, 1]
  const low = finite.reduce((least, value) => Math.min(least, value))
  const high = finite.reduce((most, value) => Math.max(most, value))
  // At least so much that numbers can tell the ticks apart.
  const least = 1e-6 * Math.max(Math.abs(low), Math.abs(high))
  const room = low === high ? Math.abs(low) / 10 || 1 : Math.max(least, 0.06 * high - 0.06 * low)
  return [Math.max(-Number.MAX_VALUE, low - room), Math.min(Number.MAX_VALUE, high + room)]
}

export interface Tick {
  readonly value: number
  readonly label: string
}

/** About `most` round numbers within the domain: 1, 2, 2.5 or 5 times a power of ten apart. */
export function ticksOf([low, high]: Pair, most: number): Tick[] {
  const rough = high / most - low / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999) ?? 0
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)]
  const count = last - first + 1
  if (!(step > 0 && Number.isFinite(step) && count >= 1 && count <= 2 * most + 2)) {
    return [low, high].map((value) => ({ value, label: figure(value) }))
  }
  const decimals = [0, 1, 2, 3, 4, 5, 6].find((digits) => Math.abs(Number(step.toFixed(digits)) / step - 1) < 1e-6)
  const plain = decimals !== undefined && Math.max(Math.abs(low), Math.abs(high)) < 1e7
  return Array.from({ length: count }, (_, i) => {
    const value = Math.min(high, Math.max(low, (first + i) * step))
    return {
      value,
      label: minus(
        plain ? grouped(value.toFixed(decimals)) : value === 0 ? '0' : Number(value.toPrecision(7)).toExponential(),
      ),
    }
  })
}

/** A number for reading: three decimals where it is small, exponents where it is very small or very large. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'not defined'
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 0.0005 || size >= 1e7) return minus(value.toExponential(2))
  const digits = size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0
  return minus(grouped(Number.isInteger(value) ? String(value) : value.toFixed(digits)))
}

const minus = (digits: string) => (/^-0(\.0*)?$/.test(digits) ? digits.slice(1) : digits.replaceAll('-', '−'))
const grouped = (digits: string) =>
  /^-?\d{5,}/.test(digits) ? digits.replace(/(?<!\.\d*)\d(?=(\d{3})+(?!\d))/g, '$&,') : digits

/** "1 row", "2 rows". */
export const counted = (n: number, one: string, many = `${one}s`) => `${figure(n)} ${n === 1 ? one : many}`

/** As much of the text as fits the width, with "…" where something is left off. */
export function fitted(text: string, width: number, size: number = fontSize): string {
  for (let most = 200; most > 1; most -= 1) {
    const short = shorten(text, most)
    if (textWidth(short, size) <= width) return short
  }
  return '…'
}

/** A sentence in lines, broken at spaces. */
function fold(sentence: string, width: number): string[] {
  const lines: string[] = []
  for (const word of sentence.split(' ')) {
    const joined = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (textWidth(joined, fontSize) <= width) lines.splice(-1, 1, joined)
    else lines.push(fitted(word, width))
  }
  return lines
}

/** A path of straight lines through points. */
export function linePath(points: readonly Pair[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('')
}

export function line(look: string, ...points: readonly Pair[]): string {
  return `<path class="${look}" d="${linePath(points)}"/>`
}

export function rectangle(look: string, { x, y, width, height }: Rectangle, more = ''): string {
  const size = `width="${round(width)}" height="${round(height)}"`
  return `<rect class="${look}" x="${round(x)}" y="${round(y)}" ${size}${more}/>`
}

export function circle(look: string, x: number, y: number, radius: number): string {
  return `<circle ${look === '' ? '' : `class="${look}" `}cx="${round(x)}" cy="${round(y)}" r="${radius}"/>`
}

/** An axis: where values lie, which of them are labelled, and what they are. */
export interface Axis {
  readonly scale: ChartScale
  readonly ticks: readonly Tick[]
  readonly title: string
}

/** The vertical lines of a plot, with labels below, and the axis title below those. Takes 44 below the plot. */
export function bottomAxis({ x, y, width, height }: Rectangle, { scale, ticks, title }: Axis): string[] {
  const bottom = y + height
  return [
    ...ticks.flatMap(({ value, label }) => [
      line('grid', [scale(value), y], [scale(value), bottom]),
      words(scale(value), bottom + 17, label, 'class="muted" font-size="12" text-anchor="middle"'),
    ]),
    ...(title === ''
      ? []
      : [words(x + width / 2, bottom + 38, fitted(title, width), 'class="ink" text-anchor="middle"')]),
  ]
}

/** The horizontal lines of a plot, with labels at the left, and the axis title upright at x = `titleX`. */
export function leftAxis({ x, y, width, height }: Rectangle, axis: Axis, titleX: number): string[] {
  const { scale, ticks, title } = axis
  const middle = round(y + height / 2)
  const turned = `class="ink" text-anchor="middle" transform="rotate(-90 ${round(titleX)} ${middle})"`
  return [
    ...ticks.flatMap(({ value, label }) => [
      line('grid', [x, scale(value)], [x + width, scale(value)]),
      words(x - 8, scale(value) + 4, label, 'class="muted" font-size="12" text-anchor="end"'),
    ]),
    words(titleX, middle, fitted(title, height), turned),
  ]
}

/** The width that the labels of a left axis need, beside the plot. */
export const labelsWidth = (ticks: readonly Tick[]) =>
  ticks.reduce((most, { label }) => Math.max(most, textWidth(label, 12)), 0) + 12
