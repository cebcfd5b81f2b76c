import type { CodedColumn } from '../additive/coded.ts'

/**
 * Several columns as one, of the positions of all combined: rows are counted once for all of them, and what each column
 * needs are sums of that.
 */
export interface Pack {
  readonly codes: Uint16Array | Int32Array
  /** The derivatives of some rows, summed up by combined position. */
  readonly sums: Float64Array
  /** For each column in turn, and each combined position: the place of the column's position among those of all columns. */
  readonly places: Int32Array
}

/** So many combined positions stay in the nearest cache; and no more than this part of the rows, or adding them up takes longer. */
const [mostPositions, rowsPerPosition] = [1024, 4]

/** @param offsets where the positions of each column begin among those of all. */
export function packColumns(columns: readonly CodedColumn[], offsets: readonly number[], rows: number): Pack[] {
  const most = Math.min(mostPositions, rows / rowsPerPosition)
  const groups: { members: number[]; positions: number }[] = []
  for (const [c, { positions }] of columns.entries()) {
    const last = groups.at(-1)
    if (last !== undefined && last.positions * positions <= most) {
      last.members.push(c)
      last.positions *= positions
    } else groups.push({ members: [c], positions })
  }
  return groups.map(({ members, positions }) => {
    const codes = positions <= 1 << 16 ? new Uint16Array(rows) : new Int32Array(rows)
    const places = new Int32Array(members.length * positions)
    let stride = positions
    for (const [m, c] of members.entries()) {
      const column = columns[c] as CodedColumn
      stride /= column.positions
      addCodes(codes, column.codes, stride)
      for (let i = 0; i < positions; i++) {
        places[m * positions + i] = (offsets[c] as number) + (Math.floor(i / stride) % column.positions)
      }
    }
    return { codes, sums: new Float64Array(2 * positions), places }
  })
}

function addCodes(codes: Pack['codes'], own: CodedColumn['codes'], stride: number): void {
  for (let i = 0; i < codes.length; i++) codes[i] = (codes[i] as number) + stride * (own[i] as number)
}

/**
 * The derivatives of some rows, summed up by position of every column. Where they are rounded so that sums are exact, no
 * order of additions plays a part.
 *
 * @param derivatives first and second in turn; of the rows `order[from]` on, at `2 * from` and so on.
 */
export function sumByPosition(
  packs: readonly Pack[],
  positions: number,
  derivatives: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
): Float64Array {
  const isWhole = to - from === order.length
  for (const { sums } of packs) sums.fill(0)
  let p = 0
  for (; p + 1 < packs.length; p += 2) {
    const [a, b] = [packs[p] as Pack, packs[p + 1] as Pack]
    if (isWhole) addWholes(a.sums, a.codes, b.sums, b.codes, derivatives)
    else addParts(a.sums, a.codes, b.sums, b.codes, derivatives, order, from, to)
  }
  if (p < packs.length) {
    const { sums, codes } = packs[p] as Pack
    if (isWhole) addWhole(sums, codes, derivatives)
    else addPart(sums, codes, derivatives, order, from, to)
  }
  const all = new Float64Array(2 * positions)
  for (const pack of packs) unpack(pack, all)
  return all
}

function unpack({ sums, places }: Pack, all: Float64Array): void {
  for (let i = 0, j = 0; i < places.length; i++) {
    const place = 2 * (places[i] as number)
    all[place] = (all[place] as number) + (sums[j] as number)
    all[place + 1] = (all[place + 1] as number) + (sums[j + 1] as number)
    j = j + 2 === sums.length ? 0 : j + 2
  }
}

/** Two packs at a time: the derivatives are read once for both. */
function addWholes(
  firstSums: Float64Array,
  first: Pack['codes'],
  secondSums: Float64Array,
  second: Pack['codes'],
  derivatives: Float64Array,
): void {
  for (let i = 0; i < first.length; i++) {
    const [g, h] = [derivatives[2 * i] as number, derivatives[2 * i + 1] as number]
    const a = 2 * (first[i] as number)
    firstSums[a] = (firstSums[a] as number) + g
    firstSums[a + 1] = (firstSums[a + 1] as number) + h
    const b = 2 * (second[i] as number)
    secondSums[b] = (secondSums[b] as number) + g
    secondSums[b + 1] = (secondSums[b + 1] as number) + h
  }
}

function addParts(
  firstSums: Float64Array,
  first: Pack['codes'],
  secondSums: Float64Array,
  second: Pack['codes'],
  derivatives: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const row = order[i] as number
    const [g, h] = [derivatives[2 * i] as number, derivatives[2 * i + 1] as number]
    const a = 2 * (first[row] as number)
    firstSums[a] = (firstSums[a] as number) + g
    firstSums[a + 1] = (firstSums[a + 1] as number) + h
    const b = 2 * (second[row] as number)
    secondSums[b] = (secondSums[b] as number) + g
    secondSums[b + 1] = (secondSums[b + 1] as number) + h
  }
}

function addWhole(sums: Float64Array, codes: Pack['codes'], derivatives: Float64Array): void {
  for (let i = 0; i < codes.length; i++) {
    const place = 2 * (codes[i] as number)
    sums[place] = (sums[place] as number) + (derivatives[2 * i] as number)
    sums[place + 1] = (sums[place + 1] as number) + (derivatives[2 * i + 1] as number)
  }
}

function addPart(
  sums: Float64Array,
  codes: Pack['codes'],
  derivatives: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const place = 2 * (codes[order[i] as number] as number)
    sums[place] = (sums[place] as number) + (derivatives[2 * i] as number)
    sums[place + 1] = (sums[place + 1] as number) + (derivatives[2 * i + 1] as number)
  }
}
