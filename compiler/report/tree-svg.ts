import { at } from 'emp-compile-runtime/internal/at'
import { type Grid, gridValue } from 'emp-compile-runtime/internal/grid'
import { xmlText } from '../emit/escape.ts'
import type { ColumnDocument, TableColumn, Target } from '../table.ts'
import {
  columnAsked,
  countsOf,
  listOf,
  meanAt,
  type Node,
  type Split,
  splitsOf,
  type Tree,
  thresholdOf,
} from '../tree.ts'
import { basicFills, classColour, styleOf } from './palette.ts'
import { svgDocument, words } from './svg.ts'
import {
  elbow,
  flow,
  layoutTree,
  type NodeBox,
  round,
  type Size,
  shorten,
  tab,
  textWidth,
  wrapLines,
} from './tree-layout.ts'

const manual = 'At every box, follow “yes” if the condition holds, else “no”.'
const [fontSize, lineHeight, padding, margin, swatch, lineLength] = [13, 18, 10, 24, 10, 32] as const

/**
 * A picture of the tree as an SVG document of its own, read from left to right: for every split its condition in
 * words, for every leaf its answer, for both the training rows of each answer. It shows every threshold: it stays with
 * the owner of the model. The same bytes on every machine; no scripts, no references.
 *
 * @param columns for titles, units and categories; a column that is not among them goes by its name.
 */
export function treeSvg(tree: Tree, columns: readonly TableColumn[], target: Target): string {
  const documents = new Map(columns.map(({ column, document }) => [column.name, document]))
  const labels = tree.answers?.map((answer) => target.document.categories.get(answer) ?? answer) ?? ['training rows']
  const layout = layoutTree(tree.root, (node) => cardOf(tree, documents, labels, target.document.unit, node))
  const [rows, splits] = [sum(countsOf(tree.root)), splitsOf(tree.root).length]
  const title = `Decision tree: ${shorten(target.document.title ?? target.name, 48)}`
  const size = [count(rows, 'training row'), count(splits, 'split'), count(splits + 1, 'leaf', 'leaves')].join(', ')
  const width = Math.max(640, layout.width)
  const entries = labels.map((label) => ({ label, name: shorten(label, 64) }))
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
    style: styleOf('.emp-tree', basicFills),
    width: round(width + 2 * margin),
    height: round(treeTop + layout.height + margin),
    fontSize,
    content,
  })
}

/** What a box says; `full` is all of it, uncut. `answer` is a leaf's, whose colour lies under the heading. */
interface Card extends Size {
  readonly full: string
  readonly answer: number | null
  readonly heading: readonly string[]
  readonly body: readonly string[]
  readonly counts: readonly number[]
}

/** Four significant digits, without an exponent or idle zeros. */
const significant = (value: number) => String(Number(value.toPrecision(4)))

type Documents = ReadonlyMap<string, ColumnDocument>

function cardOf(tree: Tree, documents: Documents, labels: readonly string[], unit: string | null, node: Node): Card {
  const counts = countsOf(node)
  const answer = node.kind === 'leaf' ? node.answer : node.kind === 'mean' ? 0 : null
  const [title, ...rest] =
    node.kind === 'split'
      ? conditionOf(tree, documents, node)
      : node.kind === 'leaf'
        ? [labels[node.answer] ?? '']
        : [`${significant(node.answer)}${unit === null ? '' : ` ${unit}`}`, `± ${significant(meanAt(node).deviation)}`]
  const heading = wrapLines(title, lineLength, answer === null ? 1 : 2)
  const body = rest.flatMap((line) => wrapLines(line, lineLength, 3))
  const widths = [
    ...heading.map(boldWidth),
    ...body.map(plainWidth),
    ...chipsOf(counts).map(({ x, width }) => x + width),
  ]
  const counted = labels.map((label, i) => `${label}: ${at(counts, i)}`).join(', ')
  return {
    full: `${answer === null ? '' : 'Answer: '}${[title, ...rest].join(' ')} (n = ${sum(counts)}; ${counted})`,
    answer,
    heading,
    body,
    counts,
    width: Math.max(140, ...widths) + 2 * padding,
    height: (heading.length + body.length) * lineHeight + 60,
  }
}

/** The title of the column and the condition to go left, in words; then where missing values go, if not said by then. */
function conditionOf(tree: Tree, documents: Documents, split: Split): [string, ...string[]] {
  const column = columnAsked(tree, split)
  const document = documents.get(column.name)
  const title = document?.title ?? column.name
  const threshold = thresholdOf(tree, split)
  const name = (level: string) => quote(document?.categories.get(level) ?? level)
  switch (threshold.kind) {
    case 'at-most': {
      const inWords = column.kind === 'number' ? categoriesUpTo(column.grid, document, threshold.threshold) : null
      const inNumbers = `≤ ${threshold.threshold} ${shorten(document?.unit ?? '', 24)}`.trimEnd()
      const missing = { left: ['(if missing: yes)'], right: ['(if missing: no)'], never: [] }[threshold.missing]
      return [title, inWords ?? inNumbers, ...missing]
    }
    case 'missing':
      return [title, threshold.goes === 'left' ? 'is missing' : 'is not missing']
    case 'not-level': {
      const { levels } = threshold
      const others = column.kind === 'text' ? column.levels.filter((level) => !levels.includes(level)) : []
      const isNot = `is not ${listOf(levels.map(name))}`
      if (column.missing !== 'never') return [title, isNot, '(if missing: yes)']
      const isFewer = others.length === 1 || others.length < levels.length
      return [title, isFewer ? `is ${listOf(others.map(name))}` : isNot]
    }
    default:
      return threshold satisfies never
  }
}

/** Null unless both ends of the grid are categories. Where codes between them are not, the code is given as well. */
function categoriesUpTo(grid: Grid, document: ColumnDocument | undefined, threshold: number): string | null {
  const [least, most] = [grid.minimum, gridValue(grid, grid.size - 1)]
  const categories = [...(document?.categories ?? [])]
    .map(([code, label]) => ({ code: code.trim() === '' ? Number.NaN : Number(code), label: quote(label) }))
    .filter(({ code }) => code >= least && code <= most)
    .toSorted((a, b) => a.code - b.code)
  if (categories[0]?.code !== least || categories.at(-1)?.code !== most) return null
  const left = categories.flatMap(({ code, label }) => (code <= threshold ? [label] : []))
  const right = categories.flatMap(({ code, label }) => (code > threshold ? [label] : []))
  const list = [left.slice(0, -1).join(', '), ...left.slice(-1)].filter((part) => part !== '').join(' or ')
  const isShort = left.length === 1 || (left.length <= 3 && list.length <= 72)
  if (!isShort && right.length !== 1) return null
  return `is ${isShort ? list : `not ${right.join()}`}${categories.length === grid.size ? '' : ` (code ≤ ${threshold})`}`
}

/** The counts of a node beside the colours of their classes: of more than four only the greatest. */
function chipsOf(counts: readonly number[]) {
  const all = counts.map((count, answer) => ({ answer, content: String(count) }))
  const present = all.filter(({ answer }) => counts[answer]).toSorted((a, b) => Number(b.content) - Number(a.content))
  const shown = counts.length <= 4 ? all : present.slice(0, present.length === 4 ? 4 : 3)
  const more = counts.length <= 4 ? 0 : present.length - shown.length
  const rest = more === 0 ? [] : [{ answer: null, content: `+ ${more} more` }]
  const chips = [{ answer: null, content: `n = ${sum(counts)}` }, ...shown, ...rest].map((chip) => {
    const indent = chip.answer === null ? 0 : swatch + 4
    return { ...chip, indent, width: indent + plainWidth(chip.content) }
  })
  return flow(chips, 10)
}

function drawBox({ card, x, y, width, height }: NodeBox<Card>): string[] {
  const { full, answer, heading, body, counts } = card
  const [left, bottom] = [x + padding, y + height - padding]
  const colour = answer === null ? null : classColour(answer)
  const band = colour && `<path fill="${colour.fill}" d="${tab(x, y, width, heading.length * lineHeight + 12)}"/>`
  const strong = `${colour === null ? 'class="ink"' : `fill="${colour.text}"`} font-weight="600"`
  return [
    `<g><title>${xmlText(full)}</title>`,
    `<rect class="box" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>`,
    ...(band === null ? [] : [band]),
    ...[...heading, ...body].map((line, i) => {
      return words(left, y + 20 + i * lineHeight, line, i < heading.length ? strong : 'class="ink"')
    }),
    ...chipsOf(counts).flatMap(({ answer: ofClass, content, indent, x: start }) => [
      ...(ofClass === null ? [] : [square(left + start, bottom - 26.5, ofClass)]),
      words(left + start + indent, bottom - 17, content, 'class="muted"'),
    ]),
    ...bar(counts, left, bottom - 9, width - 2 * padding, 9),
    '</g>',
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
      words(to.x - 8, to.y + to.height / 2 - 8, word, 'class="ink" font-weight="600" text-anchor="end"'),
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

const plainWidth = (line: string) => textWidth(line, fontSize)
const boldWidth = (line: string) => textWidth(line, 1.1 * fontSize)
const quote = (label: string) => `“${shorten(label, 48)}”`
const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0)
const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`
