import type { CodedColumn } from '../additive/coded.ts'
import type { GrownNode } from './grow.ts'

/** The codes of some rows, column by column. */
export interface RowCodes {
  readonly rows: number
  readonly codes: Uint16Array | Int32Array
  /** Room for where in a tree each row is. */
  readonly places: Uint8Array
}

/** The rows from one on, before another. */
export function rowCodes(columns: readonly CodedColumn[], from: number, to: number): RowCodes {
  const size = columns.length * (to - from)
  const codes = columns.every(({ positions }) => positions <= 1 << 16) ? new Uint16Array(size) : new Int32Array(size)
  for (const [c, { codes: own }] of columns.entries()) codes.set(own.subarray(from, to), c * (to - from))
  return { rows: to - from, codes, places: new Uint8Array(to - from) }
}

/** A tree as arrays, complete to its depth: node n is above 2 n + 1, where `yes` leads, and 2 n + 2. */
export interface WalkedTree {
  readonly depth: number
  readonly columns: Int32Array
  /** Where in `goesNo` the positions of a node's column begin. */
  readonly starts: Int32Array
  readonly goesNo: Uint8Array
  readonly scores: Float64Array
}

export function walkedTree(columns: readonly CodedColumn[], root: GrownNode): WalkedTree {
  const depth = depthOf(root)
  const inner = 2 ** depth - 1
  const scores = new Float64Array(2 ** depth)
  const [asked, starts] = [new Int32Array(inner), new Int32Array(inner)]
  // Where there is no node, every position of the first column leads to `yes`.
  const tables = [new Uint8Array(columns[0]?.positions ?? 0)]
  let size = tables[0]?.length ?? 0
  const fill = (node: GrownNode, place: number): void => {
    if (node.kind === 'leaf') {
      let leaf = place
      while (leaf < inner) leaf = 2 * leaf + 1
      scores[leaf - inner] = node.score
      return
    }
    asked[place] = node.column
    starts[place] = size
    tables.push(node.yesAt.map((yes) => 1 - yes))
    size += node.yesAt.length
    fill(node.yes, 2 * place + 1)
    fill(node.no, 2 * place + 2)
  }
  fill(root, 0)
  const goesNo = new Uint8Array(size)
  let from = 0
  for (const table of tables) {
    goesNo.set(table, from)
    from += table.length
  }
  return { depth, columns: asked, starts, goesNo, scores }
}

const depthOf = (node: GrownNode): number =>
  node.kind === 'leaf' ? 0 : 1 + Math.max(depthOf(node.yes), depthOf(node.no))

/** Adds what a tree gives to the scores of one output. All rows go down a level together, which none of them waits for. */
export function addTree(
  { rows, codes, places }: RowCodes,
  { depth, columns: asked, starts, goesNo, scores: leaves }: WalkedTree,
  scores: Float64Array,
): void {
  const firsts = asked.map((column) => column * rows)
  places.fill(0)
  for (let level = 0; level < depth; level++) {
    for (let row = 0; row < rows; row++) {
      const place = places[row] as number
      const code = codes[(firsts[place] as number) + row] as number
      places[row] = 2 * place + 1 + (goesNo[(starts[place] as number) + code] as number)
    }
  }
  const inner = leaves.length - 1
  for (let row = 0; row < rows; row++) {
    scores[row] = (scores[row] as number) + (leaves[(places[row] as number) - inner] as number)
  }
}
