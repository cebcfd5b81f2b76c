import { at } from '../at.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import { element, shape } from './dom.ts'

/** One answer in a picture of a hundred people. Tone 0 is the answer asked about. */
export interface PeopleGroup {
  readonly label: string
  readonly share: number
  /** Of the people that it stands on; null if that is not known. */
  readonly count: number | null
  readonly tone: number
}

/** Side of the square in which a person stands. */
const cell = 20

/** People in a cell of the grid, as one path each: a head and a body, of another shape in every tone. */
const bodies = [
  'v-4a5.4 5.4 0 0 1 10.8 0v4z',
  'v-9h10.8v9z',
  'l5.4-9.4l5.4 9.4z',
  'l2.6-9h5.6l2.6 9z',
  'v-2.4h3v-6.4h4.8v6.4h3v2.4z',
  'v-9.2l5.4 3l5.4-3v9.2z',
  'l1.4-4.6l-1.4-4.6h10.8l-1.4 4.6l1.4 4.6z',
] as const
const personOf = (tone: number) =>
  `M10 2.2a3.1 3.1 0 1 1 0 6.2a3.1 3.1 0 1 1 0-6.2zM4.6 18.4${at(bodies, Math.min(tone, bodies.length - 1))}`

/**
 * Rows of ten people, in the order of the groups, with a legend: a hundred, or the group itself.
 *
 * @param rows the people that the counts are of.
 * @param around the sentence of its text alternative, about the groups.
 */
export function people(
  groups: readonly PeopleGroup[],
  rows: number | null,
  { say }: Speech<PageCatalogue>,
  around: (groups: string) => string,
): HTMLElement {
  const tones = groups.flatMap(({ tone, share }) => Array.from({ length: share }, () => tone))
  const words = around(groups.map(({ share, label }) => say('answer.picture-part', { count: share, label })).join('; '))
  const side = 10 * cell
  const height = Math.max(1, Math.ceil(tones.length / 10)) * cell
  const marks = tones.map((tone, i) => {
    const [x, y] = [(i % 10) * cell, Math.floor(i / 10) * cell]
    return shape('path', { d: personOf(tone), class: `tone-${Math.min(tone, 7)}`, transform: `translate(${x} ${y})` })
  })
  const picture = shape(
    'svg',
    { viewBox: `0 0 ${side} ${height}`, role: 'img', 'aria-label': words, class: 'people' },
    ...marks,
  )
  const legend = groups.map(({ share, label, count, tone }) =>
    element(
      'li',
      {},
      shape(
        'svg',
        { viewBox: `0 0 ${cell} ${cell}`, 'aria-hidden': 'true' },
        shape('path', { d: personOf(tone), class: `tone-${Math.min(tone, 7)}` }),
      ),
      element(
        'span',
        {},
        element('strong', {}, String(share)),
        ` ${label} `,
        count === null
          ? null
          : element('span', { class: 'small' }, say('answer.part-of', { part: count, whole: rows ?? 0 })),
      ),
    ),
  )
  return element('figure', { class: 'hundred' }, picture, element('ul', { class: 'legend' }, ...legend))
}

/** A number on a line: the mean, and one standard deviation to either side of it, within two. */
export function scale({
  answer,
  deviation,
  write,
  words,
}: {
  readonly answer: number
  readonly deviation: number
  readonly write: (value: number) => string
  /** Its text alternative. */
  readonly words: string
}): HTMLElement {
  const [low, high] = [answer - deviation, answer + deviation]
  const at = (value: number) => String(200 + (100 * (value - answer)) / deviation)
  const mark = (value: number, kind: string) =>
    shape('text', { x: at(value), y: '74', class: kind, 'text-anchor': 'middle' }, write(value))
  const picture = shape(
    'svg',
    { viewBox: '0 0 400 90', role: 'img', 'aria-label': words, class: 'scale' },
    shape('line', { x1: '10', x2: '390', y1: '36', y2: '36', class: 'axis' }),
    shape('rect', { x: at(low), y: '26', width: '200', height: '20', rx: '4', class: 'band' }),
    shape('circle', { cx: at(answer), cy: '36', r: '11', class: 'mean' }),
    mark(low, 'tick'),
    mark(answer, 'tick strong'),
    mark(high, 'tick'),
  )
  return element('figure', {}, picture)
}
