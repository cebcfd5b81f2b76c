import { at } from 'emp-compile-runtime/internal/at'
import { type Grid, gridValue } from 'emp-compile-runtime/internal/grid'
import type { ColumnDocument } from '../table.ts'
import {
  columnAsked,
  countsOf,
  type Leaf,
  leavesOf,
  listOf,
  meanAt,
  type Node,
  type Split,
  type Tree,
  thresholdOf,
  weightsAt,
} from '../tree.ts'
import { flow, type Size, shorten, textWidth, wrapLines } from './tree-layout.ts'

export const [fontSize, lineHeight, padding, swatch] = [13, 18, 10, 10] as const
const lineLength = 32

/** What a box says; `full` is all of it, uncut. `answer` is a leaf's, whose colour lies under the heading. */
export interface Card extends Size {
  readonly full: string
  readonly answer: number | null
  readonly heading: readonly string[]
  /** Stands at the right of the heading. */
  readonly number: string | null
  readonly body: readonly string[]
  readonly counts: readonly number[]
  /** What the rows of each answer weigh: the shares of the bar. */
  readonly weights: readonly number[]
  /** Of a mean, in place of shares: where it lies, and one deviation about it, as parts of a range. */
  readonly place: { readonly low: number; readonly middle: number; readonly high: number } | null
}

/** Four significant digits, without an exponent or idle zeros. */
const significant = (value: number) => String(Number(value.toPrecision(4)))

export type Documents = ReadonlyMap<string, ColumnDocument>

export function splitCard(tree: Tree, documents: Documents, labels: readonly string[], node: Split): Card {
  const [title, ...rest] = conditionOf(tree, documents, node)
  return sized({ said: [title, ...rest].join(' '), labels, node, title, titleLines: 1, rest })
}

export function leafCard(
  labels: readonly string[],
  unit: string | null,
  leaf: Leaf,
  number: number,
  range: Range | null,
): Card {
  const own = { labels, node: leaf, titleLines: 2, number: `leaf ${number}` }
  if (leaf.kind === 'leaf') {
    const title = labels[leaf.answer] ?? ''
    return sized({ ...own, said: `Answer: ${title}`, answer: leaf.answer, title, rest: [] })
  }
  const { answer, deviation } = meanAt(leaf)
  const [title, spread] = [`${significant(answer)}${unit === null ? '' : ` ${unit}`}`, `± ${significant(deviation)}`]
  const part = (value: number) =>
    range === null || range[0] === range[1] ? 0.5 : Math.min(1, Math.max(0, (value - range[0]) / (range[1] - range[0])))
  const place = { low: part(answer - deviation), middle: part(answer), high: part(answer + deviation) }
  return sized({ ...own, said: `Answer: ${title} ${spread}`, answer: 0, title, rest: [spread], place })
}

/** What is below a node and not drawn. */
export function foldedCard(labels: readonly string[], node: Node, first: number, last: number): Card {
  const title = `${last - first + 1} leaves below`
  const rest = [`leaves ${first} to ${last}: in the list`]
  return sized({ said: `${title}, ${rest[0]}`, labels, node, title, titleLines: 1, rest })
}

interface Said {
  readonly said: string
  readonly labels: readonly string[]
  readonly node: Node
  readonly title: string
  readonly titleLines: number
  readonly rest: readonly string[]
  readonly answer?: number
  readonly number?: string
  readonly place?: Card['place']
}

function sized({ said, labels, node, title, titleLines, rest, answer, number, place }: Said): Card {
  const counts = countsOf(node)
  const heading = wrapLines(title, lineLength, titleLines)
  const body = rest.flatMap((line) => wrapLines(line, lineLength, 3))
  const beside = number === undefined ? 0 : 12 + plainWidth(number)
  const widths = [
    ...heading.map((line, i) => boldWidth(line) + (i === 0 ? beside : 0)),
    ...body.map(plainWidth),
    ...chipsOf(counts).map(({ x, width }) => x + width),
  ]
  const counted = labels.map((label, i) => `${label}: ${at(counts, i)}`).join(', ')
  return {
    full: `${said} (n = ${sum(counts)}; ${counted})`,
    answer: answer ?? null,
    heading,
    number: number ?? null,
    body,
    counts,
    weights: weightsAt(node),
    place: place ?? null,
    width: Math.max(140, ...widths) + 2 * padding,
    height: (heading.length + body.length) * lineHeight + 60 + (answer === undefined ? 0 : belowHead(body)),
  }
}

/** Free space below a coloured heading, where something stands below it. */
export const belowHead = (body: readonly string[]) => (body.length === 0 ? 0 : 8)

type Range = readonly [least: number, greatest: number]

/** From the least mean less its deviation to the greatest and more. */
export function rangeOf(root: Node): Range {
  const leaves = leavesOf(root).map(meanAt)
  return [
    leaves.reduce((least, { answer, deviation }) => Math.min(least, answer - deviation), Infinity),
    leaves.reduce((most, { answer, deviation }) => Math.max(most, answer + deviation), -Infinity),
  ]
}

/** The title of the column and the condition to go left, in words; then where missing values go, if not said by then. */
export function conditionOf(tree: Tree, documents: Documents, split: Split): [string, ...string[]] {
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
export function chipsOf(counts: readonly number[]) {
  const all = counts.map((count, answer) => ({ answer, content: String(count) }))
  const present = all.filter(({ answer }) => counts[answer]).toSorted((a, b) => Number(b.content) - Number(a.content))
  const shown = counts.length <= 4 ? all : present.slice(0, present.length === 4 ? 4 : 3)
  const more = counts.length <= 4 ? 0 : present.length - shown.length
  const rest = more === 0 ? [] : [{ answer: null, content: `+ ${more} more` }]
  // Of numbers there is nothing to count apart.
  const apart = counts.length === 1 ? [] : [...shown, ...rest]
  const chips = [{ answer: null, content: `n = ${sum(counts)}` }, ...apart].map((chip) => {
    const indent = chip.answer === null ? 0 : swatch + 4
    return { ...chip, indent, width: indent + plainWidth(chip.content) }
  })
  return flow(chips, 10)
}

export const plainWidth = (line: string) => textWidth(line, fontSize)
const boldWidth = (line: string) => textWidth(line, 1.1 * fontSize)
const quote = (label: string) => `“${shorten(label, 48)}”`
const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0)
