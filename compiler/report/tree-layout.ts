import type { Node } from '../tree.ts'

/** Below such nodes nothing is drawn. */
export type Folded = ReadonlySet<Node>

export interface Size {
  readonly width: number
  readonly height: number
}

/** Where a node stands. `next` are the positions of its children in the list of boxes; null for a leaf. */
export interface NodeBox<Card> extends Size {
  readonly card: Card
  readonly x: number
  readonly y: number
  readonly next: { readonly yes: number; readonly no: number } | null
}

export interface TreePlacement<Card> extends Size {
  /** Every node before its left and then its right subtree. */
  readonly boxes: readonly NodeBox<Card>[]
}

/** Free space between the columns, where the edges run, and between boxes one above the other. */
const columnGap = 48
const rowGap = 14

/** A subtree, and the horizontal band that it has to itself; the `centre` of its root is measured from the band's top. */
interface Band<Card> {
  readonly card: Card
  readonly height: number
  readonly centre: number
  readonly children: { readonly offset: number; readonly yes: Band<Card>; readonly no: Band<Card> } | null
}

/**
 * Draws a tree from left to right: one column per depth, as wide as its widest box; the left subtree above the right
 * one, each in a band of its own; a parent half-way between its children. So no two boxes meet, whatever their sizes.
 *
 * @param cardOf what stands at a node, and its size, positive and finite; called once per node, in the order of the boxes.
 */
export function layoutTree<Card extends Size>(
  root: Node,
  cardOf: (node: Node) => Card,
  folded: Folded = new Set(),
): TreePlacement<Card> {
  const band = bandOf(root, cardOf, folded)
  const widths: number[] = []
  measureColumns(band, 0, widths)
  const lefts = widths.map((_, depth) => widths.slice(0, depth).reduce((sum, width) => sum + width + columnGap, 0))
  const boxes: NodeBox<Card>[] = []
  const place = ({ card, centre, children }: Band<Card>, top: number, depth: number): number => {
    const position = boxes.length
    const [x = 0, width = 0] = [lefts[depth], widths[depth]]
    const box = { card, x, y: top + centre - card.height / 2, width, height: card.height, next: null }
    boxes.push(box)
    if (children !== null) {
      const { yes, no, offset } = children
      const next = {
        yes: place(yes, top + offset, depth + 1),
        no: place(no, top + offset + yes.height, depth + 1),
      }
      boxes[position] = { ...box, next }
    }
    return position
  }
  place(band, -rowGap / 2, 0)
  return { boxes, width: (lefts.at(-1) ?? 0) + (widths.at(-1) ?? 0), height: band.height - rowGap }
}

function bandOf<Card extends Size>(node: Node, cardOf: (node: Node) => Card, folded: Folded): Band<Card> {
  const card = cardOf(node)
  const own = card.height + rowGap
  if (node.kind !== 'split' || folded.has(node)) return { card, height: own, centre: own / 2, children: null }
  const [yes, no] = [bandOf(node.left, cardOf, folded), bandOf(node.right, cardOf, folded)]
  const middle = (yes.centre + yes.height + no.centre) / 2
  const offset = Math.max(0, own / 2 - middle)
  const centre = offset + middle
  const height = Math.max(offset + yes.height + no.height, centre + own / 2)
  return { card, height, centre, children: { offset, yes, no } }
}

function measureColumns({ card, children }: Band<Size>, depth: number, widths: number[]): void {
  widths[depth] = Math.max(widths[depth] ?? 0, card.width)
  if (children === null) return
  measureColumns(children.yes, depth + 1, widths)
  measureColumns(children.no, depth + 1, widths)
}

/** Coordinates are written with one decimal at most. */
export function round(coordinate: number): number {
  return Math.round(coordinate * 10) / 10
}

/** The path from the right side of a box to the left side of one further right, with rounded corners. */
export function elbow(from: NodeBox<unknown>, to: NodeBox<unknown>): string {
  const [start, end] = [from.y + from.height / 2, to.y + to.height / 2]
  const [left, bend] = [from.x + from.width, from.x + from.width + 20]
  const curve = Math.sign(end - start) * Math.min(8, Math.abs(end - start) / 2)
  return [
    `M${round(left)} ${round(start)}H${round(bend - 8)}`,
    `Q${round(bend)} ${round(start)} ${round(bend)} ${round(start + curve)}V${round(end - curve)}`,
    `Q${round(bend)} ${round(end)} ${round(bend + 8)} ${round(end)}H${round(to.x)}`,
  ].join('')
}

/** The path round the upper `height` of a box with corners of radius 6. */
export function tab(x: number, y: number, width: number, height: number): string {
  const [side, top] = [round(height - 6), round(width - 12)]
  return `M${round(x)} ${round(y + height)}v${-side}q0 -6 6 -6h${top}q6 0 6 6v${side}z`
}

/** The width of a line of text, on the wide side of what system sans-serif fonts need: no font is at hand. */
export function textWidth(text: string, fontSize: number): number {
  const ems = Array.from(text, (character) => {
    if (/[ilj.,:;'|!()[\] ]/.test(character)) return 0.4
    if (/[MWmw%@…]/.test(character)) return 1
    // Written as U+FFFD, which is wide.
    if (/\p{C}/u.test(character)) return 1.1
    if (/[A-Z≤<>±]/.test(character)) return 0.84
    return character < '\u1100' || /[‘’“”]/.test(character) ? 0.64 : 1.1
  })
  return fontSize * ems.reduce((sum, em) => sum + em, 0)
}

/** The first `most` characters on one line, with "…" in place of the last where something is left off. */
export function shorten(text: string, most: number): string {
  const characters = Array.from(text.replace(/\s+/g, ' ').trim())
  if (characters.length <= most) return characters.join('')
  return `${characters
    .slice(0, most - 1)
    .join('')
    .trimEnd()}…`
}

/** At most `lines` lines of at most `most` characters, broken at spaces where there are any, the last one cut. */
export function wrapLines(text: string, most: number, lines: number): string[] {
  const characters = Array.from(text.replace(/\s+/g, ' ').trim())
  if (lines <= 1 || characters.length <= most) return [shorten(characters.join(''), most)]
  const space = characters.lastIndexOf(' ', most)
  const end = space > 0 ? space : most
  return [characters.slice(0, end).join(''), ...wrapLines(characters.slice(end).join(''), most, lines - 1)]
}

/** Things side by side, `gap` apart, on as many rows as it takes within `width`; each with its place. */
export function flow<Thing extends Pick<Size, 'width'>>(
  things: readonly Thing[],
  gap: number,
  width = Number.POSITIVE_INFINITY,
): (Thing & { readonly x: number; readonly row: number })[] {
  let [x, row] = [0, 0]
  return things.map((thing) => {
    if (x > 0 && x + thing.width > width) [x, row] = [0, row + 1]
    const placed = { ...thing, x, row }
    x += thing.width + gap
    return placed
  })
}
