import { xmlText } from '../../emit/escape.ts'
import { words } from '../svg.ts'
import { chartSvg, figure, fitted, line, linearScale, margin, rectangle } from './frame.ts'

/** What one column adds, position by position. */
export interface ColumnShape {
  readonly name: string
  readonly points: readonly number[]
  /** Training rows at each position; null where that is not known. */
  readonly rows: readonly number[] | null
  readonly labels: readonly string[]
}

const [panelWidth, panelHeight, gap, across] = [220, 96, 28, 3] as const
const densityHeight = 16

/** A small picture for each column, all of one scale: bars of points about zero, and beneath them the training rows. */
export function shapesSvg(shapes: readonly ColumnShape[]): string {
  const all = shapes.flatMap(({ points }) => points)
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)]
  const lines = Math.max(1, Math.ceil(shapes.length / across))
  const columns = Math.max(1, Math.min(across, shapes.length))
  const panel = panelHeight + densityHeight + 40
  return chartSvg({
    name: 'emp-shapes',
    title: 'What each column adds',
    said: [`Points from ${figure(low)} to ${figure(high)}, for ${shapes.length} columns.`],
    more: shapes.map(({ name, points }) => `${name}: ${points.map(figure).join(', ')}.`),
    width: 2 * margin + columns * panelWidth + (columns - 1) * gap,
    height: lines * panel,
    body: (top) =>
      shapes.flatMap((shape, i) => {
        const [x, y] = [margin + (i % across) * (panelWidth + gap), top + Math.floor(i / across) * panel]
        return shapeAt(shape, x, y, [low, high])
      }),
  })
}

function shapeAt(shape: ColumnShape, x: number, y: number, domain: readonly [number, number]): string[] {
  const { name, points, rows, labels } = shape
  const top = y + 20
  const scale = linearScale(domain[0] === domain[1] ? [0, 1] : domain, [top + panelHeight, top])
  const step = panelWidth / Math.max(1, points.length)
  const most = Math.max(1, ...(rows ?? []))
  const bars = points.flatMap((own, j) => {
    const [from, to] = [scale(Math.max(own, 0)), scale(Math.min(own, 0))]
    const place = { x: x + j * step + 0.5, width: Math.max(1, step - 1) }
    const title = `<title>${xmlText(`${labels[j] ?? ''}: ${figure(own)}${rows === null ? '' : `, ${rows[j] ?? 0} rows`}`)}</title>`
    const height = (densityHeight * (rows?.[j] ?? 0)) / most
    return [
      '<g>',
      title,
      rectangle('first', { ...place, y: from, height: Math.max(0.5, to - from) }),
      rectangle('second', { ...place, y: top + panelHeight + 6, height }),
      '</g>',
    ]
  })
  return [
    words(x, y + 12, fitted(name, panelWidth), 'class="ink"'),
    line('frame', [x, scale(0)], [x + panelWidth, scale(0)]),
    ...bars,
  ]
}
