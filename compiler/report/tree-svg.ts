import { xmlText } from '../emit/escape.ts'
import type { TableColumn, Target } from '../table.ts'
import { countsOf, leavesOf, type Node, splitsOf, type Tree } from '../tree.ts'
import { basicFills, classColour, styleOf } from './palette.ts'
import { svgDocument, words } from './svg.ts'
import {
  belowHead,
  type Card,
  chipsOf,
  foldedCard,
  fontSize,
  leafCard,
  lineHeight,
  padding,
  plainWidth,
  rangeOf,
  splitCard,
  swatch,
} from './tree-cards.ts'
import { elbow, type Folded, flow, layoutTree, type NodeBox, round, shorten, tab } from './tree-layout.ts'

const manual = 'At every box, follow “yes” if the condition holds, else “no”.'
const margin = 24

/**
 * A picture of the tree as an SVG document of its own, read from left to right: for every split its condition in
 * words, for every leaf its answer, for both the training rows of each answer. It shows every threshold: it stays with
 * the owner of the model. The same bytes on every machine; no scripts, no references.
 *
 * Leaves have the numbers of the table of leaves.
 *
 * @param columns for titles, units and categories; a column that is not among them goes by its name.
 * @param folded what is below these nodes is only counted.
 */
export function treeSvg(
  tree: Tree,
  columns: readonly TableColumn[],
  target: Target,
  folded: Folded = new Set(),
): string {
  const documents = new Map(columns.map(({ column, document }) => [column.name, document]))
  const labels = tree.answers?.map((answer) => target.document.categories.get(answer) ?? answer) ?? ['training rows']
  const range = tree.answers === null ? rangeOf(tree.root) : null
  let before = 0
  const card = (node: Node): Card => {
    if (node.kind === 'split' && !folded.has(node)) return splitCard(tree, documents, labels, node)
    const [first, last] = [before + 1, before + leavesOf(node).length]
    before = last
    if (node.kind === 'split') return foldedCard(labels, node, first, last)
    return leafCard(labels, target.document.unit, node, first, range)
  }
  const layout = layoutTree(tree.root, card, folded)
  const [rows, splits] = [sum(countsOf(tree.root)), splitsOf(tree.root).length]
  const title = `Decision tree: ${shorten(target.document.title ?? target.name, 48)}`
  const size = [count(rows, 'training row'), count(splits, 'split'), count(splits + 1, 'leaf', 'leaves')].join(', ')
  const width = Math.max(640, layout.width)
  const entries = (tree.answers === null ? [] : labels).map((label) => ({ label, name: shorten(label, 64) }))
  const legend = flow(
    entries.map((entry) => ({ ...entry, width: swatch + 6 + plainWidth(entry.name) })),
    20,
    width,
  )
  const [legendTop, treeTop] = [margin + 64, margin + 80 + 22 * ((legend.at(-1)?.row ?? 0) + 1)]
  const boxes = layout.boxes.map((box) => ({ ...box, x: box.x + margin, y: box.y + treeTop }))
  const content = [
    words(margin, margin + 16, title, 'class="ink" font-size="18" font-weight="600"'),
    words(margin, margin + 40, splits === 0 ? size : `${size}. ${manual}`, 'class="muted"'),
    ...legend.flatMap(({ label, name, x, row }, answer) => [
      `<g><title>${xmlText(label)}</title>${square(margin + x, legendTop + 22 * row, answer)}`,
      `${words(margin + x + swatch + 6, legendTop + 22 * row + 9.5, name, 'class="ink"')}</g>`,
    ]),
    ...boxes.flatMap((box) => edgesOf(box, boxes, rows)),
    ...boxes.flatMap(drawBox),
  ]
  return svgDocument({
    name: 'emp-tree',
    title,
    description: `${size}.${stepsOf(layout.boxes)}`,
    style: styleOf('.emp-tree', (theme) => ({
      ...basicFills(theme),
      spread: `${theme.first};fill-opacity:0.35`,
      middle: theme.first,
    })),
    width: round(width + 2 * margin),
    height: round(treeTop + layout.height + margin),
    fontSize,
    content,
  })
}

function drawBox({ card, x, y, width, height }: NodeBox<Card>): string[] {
  const { full, answer, heading, number, body, counts, weights, place } = card
  const [left, bottom] = [x + padding, y + height - padding]
  const colour = answer === null ? null : classColour(answer)
  const band = colour && `<path fill="${colour.fill}" d="${tab(x, y, width, heading.length * lineHeight + 12)}"/>`
  const ink = colour === null ? 'class="ink"' : `fill="${colour.text}"`
  const lower = answer === null ? 0 : belowHead(body)
  return [
    `<g><title>${xmlText(full)}</title>`,
    `<rect class="box" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>`,
    ...(band === null ? [] : [band]),
    ...heading.map((line, i) => words(left, y + 20 + i * lineHeight, line, `${ink} font-weight="600"`)),
    ...(number === null ? [] : [words(x + width - padding - plainWidth(number), y + 20, number, ink)]),
    ...body.map((line, i) => words(left, y + 20 + lower + (heading.length + i) * lineHeight, line, 'class="ink"')),
    ...chipsOf(counts).flatMap(({ answer: ofClass, content, indent, x: start }) => [
      ...(ofClass === null ? [] : [square(left + start, bottom - 26.5, ofClass)]),
      words(left + start + indent, bottom - 17, content, 'class="muted"'),
    ]),
    ...(counts.length > 1 ? bar(weights, left, bottom - 9, width - 2 * padding, 9) : []),
    ...(place === null ? [] : spreadBar(place, left, bottom - 9, width - 2 * padding, 9)),
    '</g>',
  ]
}

/** Where a mean lies within the range of all leaves, and one deviation about it. */
function spreadBar(
  { low, middle, high }: NonNullable<Card['place']>,
  x: number,
  y: number,
  width: number,
  height: number,
) {
  const [from, to] = [x + low * width, x + high * width]
  const size = `y="${round(y)}" height="${height}"`
  return [
    `<rect class="spread" x="${round(from)}" ${size} width="${round(to - from)}"/>`,
    `<rect class="middle" x="${round(Math.min(x + width - 3, Math.max(x, x + middle * width - 1.5)))}" ${size} width="3"/>`,
    `<rect class="frame" x="${round(x)}" ${size} width="${round(width)}"/>`,
  ]
}

/** The rows of each answer as shares of a bar. */
function bar(counts: readonly number[], x: number, y: number, width: number, height: number): string[] {
  const scale = width / Math.max(1, sum(counts))
  const at = `y="${round(y)}" height="${height}"`
  const segments = counts.flatMap((rows, i) => {
    if (rows === 0) return []
    const left = x + scale * sum(counts.slice(0, i))
    return [`<rect x="${round(left)}" ${at} width="${round(rows * scale)}" fill="${classColour(i).fill}"/>`]
  })
  return [...segments, `<rect class="frame" x="${round(x)}" ${at} width="${round(width)}"/>`]
}

/** The lines to the children, the thicker the more of all rows go there. */
function edgesOf(from: NodeBox<Card>, boxes: readonly NodeBox<Card>[], rows: number): string[] {
  return (['yes', 'no'] as const).flatMap((word) => {
    const to = from.next === null ? undefined : boxes[from.next[word]]
    if (to === undefined) return []
    const thickness = round(1.5 + (4.5 * sum(to.card.counts)) / Math.max(1, rows))
    return [
      `<path class="frame" stroke-width="${thickness}" d="${elbow(from, to)}"/>`,
      words(
        to.x - 8,
        to.y + to.height / 2 + (word === 'yes' ? -8 : 17),
        word,
        'class="ink" font-weight="600" text-anchor="end"',
      ),
    ]
  })
}

/** The tree as numbered steps, for those who cannot see it. */
function stepsOf(boxes: readonly NodeBox<Card>[]): string {
  return boxes.reduce((steps, { card, next }, i) => {
    const onwards = next === null ? '' : ` If yes go to ${next.yes + 1}, if no to ${next.no + 1}.`
    return `${steps} ${i + 1}. ${shorten(card.full, 240)}.${onwards}`
  }, '')
}

function square(x: number, y: number, answer: number): string {
  const at = `x="${round(x)}" y="${round(y)}" width="${swatch}" height="${swatch}"`
  return `<rect ${at} fill="${classColour(answer).fill}"/><rect class="frame" ${at}/>`
}

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`
const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0)
