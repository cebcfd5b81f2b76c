import type { CodedColumn } from '../additive/coded.ts'

/**
 * Columns of few positions as one, of the positions of all combined: rows are counted once for all of them. What each
 * column needs are sums of that.
 */
export interface Packs {
  /** By pack and row where in `sums` the row counts; as many as four divides. */
  readonly codes: readonly (Uint16Array | Int32Array)[]
  /** The derivatives of some rows, in turn, summed up by pack and combined position. */
  readonly sums: Float64Array
  /** What counts for a position of a column: places in `sums`, and in what is summed up by position of every column. */
  readonly sources: Int32Array
  readonly targets: Int32Array
}

/** So many combined positions stay in the nearest cache; and no more than this part of the rows, or adding them up takes longer. */
const [mostPositions, rowsPerPosition] = [1024, 4]

/** Packs that are counted together: rows and derivatives are read once for them. */
const together = 4

/** Where packs count that stand for none: in several places, as the next row would wait for one. */
const unused = 8

/** @param offsets where the positions of each column begin among those of all. */
export function packColumns(columns: readonly CodedColumn[], offsets: readonly number[], rows: number): Packs {
  const most = Math.min(mostPositions, rows / rowsPerPosition)
  const groups: { members: number[]; positions: number }[] = []
  for (const [c, { positions }] of columns.entries()) {
    const last = groups.at(-1)
    if (last !== undefined && last.positions * positions <= most) {
      last.members.push(c)
      last.positions *= positions
    } else groups.push({ members: [c], positions })
  }
  const size = 2 * groups.reduce((sum, { positions }) => sum + positions, unused)
  const pairs = groups.reduce((sum, { members, positions }) => sum + members.length * positions, 0)
  const [sources, targets] = [new Int32Array(pairs), new Int32Array(pairs)]
  const codesFrom = (first: number) => (size <= 1 << 16 ? new Uint16Array(rows) : new Int32Array(rows)).fill(first)
  let [first, pair] = [0, 0]
  const codes = groups.map(({ members, positions }) => {
    const own = codesFrom(first)
    let stride = positions
    for (const c of members) {
      const column = columns[c] as CodedColumn
      stride /= column.positions
      addCodes(own, column.codes, 2 * stride)
      for (let i = 0; i < positions; i++, pair++) {
        sources[pair] = first + 2 * i
        targets[pair] = 2 * ((offsets[c] as number) + (Math.floor(i / stride) % column.positions))
      }
    }
    first += 2 * positions
    return own
  })
  const none = codesFrom(first)
  for (let i = 0; i < rows; i++) none[i] = first + 2 * (i % unused)
  while (codes.length % together !== 0) codes.push(none)
  return { codes, sums: new Float64Array(size), sources, targets }
}

function addCodes(codes: Packs['codes'][number], own: CodedColumn['codes'], stride: number): void {
  for (let i = 0; i < codes.length; i++) codes[i] = (codes[i] as number) + stride * (own[i] as number)
}

/**
 * The derivatives of some rows, summed up by position of every column. Where they are rounded so that sums are exact, no
 * order of additions plays a part.
 *
 * @param derivatives first and second of every row, in turn.
 * @param order the rows. Those from one place to another count.
 */
export function sumByPosition(
  { codes, sums, sources, targets }: Packs,
  positions: number,
  derivatives: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
): Float64Array {
  sums.fill(0)
  for (let p = 0; p < codes.length; p += together) {
    const [a, b, c, d] = codes.slice(p, p + together) as [Uint16Array, Uint16Array, Uint16Array, Uint16Array]
    if (to - from === order.length) addWhole(sums, a, b, c, d, derivatives)
    else addPart(sums, a, b, c, d, derivatives, order, from, to)
  }
  const all = new Float64Array(2 * positions)
  for (let i = 0; i < sources.length; i++) {
    const [source, target] = [sources[i] as number, targets[i] as number]
    all[target] = (all[target] as number) + (sums[source] as number)
    all[target + 1] = (all[target + 1] as number) + (sums[source + 1] as number)
  }
  return all
}

function addWhole(
  sums: Float64Array,
  first: Uint16Array,
  second: Uint16Array,
  third: Uint16Array,
  fourth: Uint16Array,
  derivatives: Float64Array,
): void {
  for (let row = 0; row < first.length; row++) {
    const [g, h] = [derivatives[2 * row] as number, derivatives[2 * row + 1] as number]
    const a = first[row] as number
    sums[a] = (sums[a] as number) + g
    sums[a + 1] = (sums[a + 1] as number) + h
    const b = second[row] as number
    sums[b] = (sums[b] as number) + g
    sums[b + 1] = (sums[b + 1] as number) + h
    const c = third[row] as number
    sums[c] = (sums[c] as number) + g
    sums[c + 1] = (sums[c + 1] as number) + h
    const d = fourth[row] as number
    sums[d] = (sums[d] as number) + g
    sums[d + 1] = (sums[d + 1] as number) + h
  }
}

function addPart(
  sums: Float64Array,
  first: Uint16Array,
  second: Uint16Array,
  third: Uint16Array,
  fourth: Uint16Array,
  derivatives: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    const [g, h] = [derivatives[2 * row] as number, derivatives[2 * row + 1] as number]
    const a = first[row] as number
    sums[a] = (sums[a] as number) + g
    sums[a + 1] = (sums[a + 1] as number) + h
    const b = second[row] as number
    sums[b] = (sums[b] as number) + g
    sums[b + 1] = (sums[b + 1] as number) + h
    const c = third[row] as number
    sums[c] = (sums[c] as number) + g
    sums[c + 1] = (sums[c + 1] as number) + h
    const d = fourth[row] as number
    sums[d] = (sums[d] as number) + g
    sums[d + 1] = (sums[d + 1] as number) + h
  }
}
