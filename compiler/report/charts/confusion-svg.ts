import { at } from 'emp-compile-runtime/internal/at'
import { xmlText } from '../../emit/escape.ts'
import { mix, type Theme, textOn } from '../palette.ts'
import { words } from '../svg.ts'
import { round, textWidth, wrapLines } from '../tree-layout.ts'
import { chartSvg, counted, figure, fitted, margin, rectangle } from './frame.ts'

const [most, levels] = [32, 10] as const

/**
 * Which answers were given to the rows of every answer: the true one down, the given one across, in every cell the
 * number of rows and its share of the rows of the true answer. A cell without rows says 0 only.
 *
 * @param counts `counts[i][j]` rows of answer i that were given answer j. At most the 32 answers with the most rows.
 */
export function confusionSvg(matrix: {
  readonly labels: readonly string[]
  readonly counts: readonly (readonly number[])[]
}): string {
  const { labels, counts } = matrix
  const totals = labels.map((_, i) => sum(counts[i] ?? []))
  const drawn = labels
    .map((_, i) => i)
    .toSorted((a, b) => at(totals, b) - at(totals, a) || a - b)
    .slice(0, most)
    .toSorted((a, b) => a - b)
  const all = sum(totals)
  const right = sum(labels.map((_, i) => counts[i]?.[i] ?? 0))
  const { cellWidth: leastWidth, cellHeight, size } = cellOf(drawn.length, counts)
  // Few answers have room for all of their words.
  const isFew = drawn.length <= 4
  const names = drawn.map((answer) =>
    isFew
      ? wrapLines(labels[answer] ?? '', 22, 3).map((line) => fitted(line, 190, size))
      : [fitted(labels[answer] ?? '', 150, size)],
  )
  const nameWidth = names.flat().reduce((widest, name) => Math.max(widest, textWidth(name, size)), 30)
  const tallest = names.reduce((most, lines) => Math.max(most, lines.length), 1)
  const cellWidth = isFew ? Math.max(leastWidth, nameWidth + 8) : leastWidth
  const turned = nameWidth > cellWidth - 6
  const [left, head] = [margin + 24 + nameWidth + 8, 24 + (turned ? nameWidth + 8 : 4 + 16 * tallest)]
  const totalWidth = totals.reduce((widest, total) => Math.max(widest, textWidth(rowsOf(total), size)), 40) + 12
  const across = drawn.length * cellWidth
  return chartSvg({
    name: 'emp-confusion',
    title: 'Which answers were given',
    said: [
      `${counted(right, 'row')} of ${figure(all)} ${right === 1 ? 'was' : 'were'} given the true answer${all > 0 ? `: ${percent(right / all)}` : ''}.`,
      'Shares are of the rows with the same true answer.',
      ...(labels.length > most ? [`Of ${labels.length} answers only the ${most} with the most rows are drawn.`] : []),
    ],
    more: drawn.map((truth) => {
      const given = drawn.map((answer) => `${labels[answer] ?? ''} ${counts[truth]?.[answer] ?? 0}`)
      return `True answer ${labels[truth] ?? ''}, given: ${given.join(', ')}.`
    }),
    width: Math.max(480, left + across + totalWidth + margin),
    height: drawn.length === 0 ? 0 : head + drawn.length * cellHeight,
    fills: shades,
    body: (top) => {
      if (drawn.length === 0) return []
      const middle = top + head + (drawn.length * cellHeight) / 2
      const upright = `class="ink" font-weight="600" text-anchor="middle" transform="rotate(-90 ${margin + 10} ${round(middle)})"`
      return [
        words(left, top + 12, 'given answer', 'class="ink" font-weight="600"'),
        words(margin + 10, middle, drawn.length === 1 ? 'true' : 'true answer', upright),
        ...drawn.flatMap((answer, i) => {
          const [x, y] = [left + (i + 0.5) * cellWidth, top + head - 8]
          const look = turned
            ? `text-anchor="start" transform="rotate(-90 ${round(x + size / 3)} ${round(y)})"`
            : 'text-anchor="middle"'
          return [
            `<g><title>${xmlText(labels[answer] ?? '')}</title>`,
            ...(names[i] ?? []).map((name, line, all) =>
              words(
                turned ? x + size / 3 : x,
                turned ? y : y - 16 * (all.length - 1 - line),
                name,
                `class="ink" font-size="${size}" ${look}`,
              ),
            ),
            '</g>',
          ]
        }),
        ...drawn.flatMap((truth, i) => {
          const [y, total] = [top + head + i * cellHeight, at(totals, truth)]
          const base = y + cellHeight / 2 + size / 3
          return [
            ...(names[i] ?? []).map((name, line, all) =>
              words(
                left - 8,
                base + 16 * (line - (all.length - 1) / 2),
                name,
                `class="ink" font-size="${size}" text-anchor="end"`,
              ),
            ),
            ...drawn.flatMap((answer, j) => {
              const count = counts[truth]?.[answer] ?? 0
              const share = total > 0 ? count / total : 0
              const box = { x: left + j * cellWidth, y, width: cellWidth, height: cellHeight }
              const full = `True ${labels[truth] ?? ''}, given ${labels[answer] ?? ''}: ${count} of ${total} rows`
              return cell(box, count, share, truth === answer, size, full)
            }),
            words(left + across + 8, base, rowsOf(total), `class="muted" font-size="${size}"`),
          ]
        }),
        ...drawn.map((_, i) => {
          const [x, y] = [left + i * cellWidth, top + head + i * cellHeight]
          return rectangle('range', { x: x + 1, y: y + 1, width: cellWidth - 2, height: cellHeight - 2 })
        }),
      ]
    },
  })
}

/** The more answers, the smaller their cells; never too small for the greatest count. */
function cellOf(answers: number, counts: readonly (readonly number[])[]) {
  const [width, cellHeight, size] = answers <= 6 ? [96, 56, 13] : answers <= 14 ? [60, 42, 11] : [38, 30, 9]
  const count = counts.flat().reduce((greatest, value) => Math.max(greatest, textWidth(figure(value), size + 2)), 0)
  return { cellWidth: Math.max(width, count + 8), cellHeight, size }
}

function cell(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  count: number,
  share: number,
  isRight: boolean,
  size: number,
  full: string,
): string[] {
  const shade = `${isRight ? 'right' : 'wrong'}${levelOf(share)}`
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const look = `class="on-${shade}" text-anchor="middle"`
  return [
    `<g><title>${xmlText(full)}</title>`,
    rectangle(shade, box),
    ...(count > 0
      ? [
          words(x, y - 1, figure(count), `${look} font-size="${size + 2}" font-weight="600"`),
          words(x, y + size, percent(share), `${look} font-size="${size}"`),
        ]
      : [words(x, y + size / 3, '0', `${look} font-size="${size}"`)]),
    '</g>',
  ]
}

/** The shades of right and wrong cells, for every tenth of the share, with black or white on them. */
function shades(theme: Theme): Readonly<Record<string, string>> {
  const shade = (share: number, colour: string) => (share === 0 ? theme.box : mix(theme.box, colour, 0.1 + 0.9 * share))
  const entries = Array.from({ length: levels + 1 }, (_, level) =>
    (['right', 'wrong'] as const).flatMap((kind) => {
      const fill = shade(level / levels, kind === 'right' ? theme.first : theme.second)
      return [
        [`${kind}${level}`, `${fill};stroke:${theme.paper}`],
        [`on-${kind}${level}`, level === 0 ? theme.muted : textOn(fill)],
      ]
    }),
  )
  return Object.fromEntries(entries.flat())
}

const levelOf = (share: number) => (share > 0 ? Math.min(levels, Math.max(1, Math.round(levels * share))) : 0)
const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0)
const rowsOf = (total: number) => `n = ${figure(total)}`

/** A share that is neither nothing nor everything is never said to be. */
function percent(share: number): string {
  const rounded = Math.round(100 * share)
  if (rounded === 0 && share > 0) return '<1%'
  if (rounded === 100 && share < 1) return '>99%'
  return `${rounded}%`
}
