/**
 * The different cells of a list, ascending, and for every item the position of its cell among them. Sorted by counting
 * where they lie close together.
 *
 * @param items at least 0.
 */
export function sortCells(items: Int32Array): { readonly cells: Int32Array; readonly positions: Int32Array } {
  let largest = 0
  for (let i = 0; i < items.length; i++) largest = Math.max(largest, items[i] as number)
  const positions = new Int32Array(items.length)
  if (largest <= 8 * items.length + 64) {
    const positionOf = new Int32Array(largest + 1)
    for (let i = 0; i < items.length; i++) positionOf[items[i] as number] = 1
    let different = 0
    for (let cell = 0; cell <= largest; cell++) if (positionOf[cell] === 1) positionOf[cell] = different++
    const cells = new Int32Array(different)
    for (let i = 0; i < items.length; i++) {
      const cell = items[i] as number
      positions[i] = positionOf[cell] as number
      cells[positions[i] as number] = cell
    }
    return { cells, positions }
  }
  const order = ascendingOrder(items, largest)
  const cells = new Int32Array(items.length)
  let different = 0
  for (let i = 0; i < order.length; i++) {
    const item = order[i] as number
    const cell = items[item] as number
    if (i === 0 || cell !== cells[different - 1]) cells[different++] = cell
    positions[item] = different - 1
  }
  return { cells: different === cells.length ? cells : cells.slice(0, different), positions }
}

/** Room to sort in: short columns come by the thousand, and share it. */
const room = { order: new Uint32Array(1 << 12), next: new Uint32Array(1 << 12), starts: new Uint32Array((1 << 11) + 1) }

/**
 * The positions of items in ascending order of the items, `largest` at most: sorted by their digits, the lowest first.
 *
 * @returns an array that the next call may write over.
 */
function ascendingOrder(items: Int32Array, largest: number): Uint32Array {
  const count = items.length
  const bits = count < 1 << 12 ? 8 : 11
  const mask = (1 << bits) - 1
  let order = count <= room.order.length ? room.order.subarray(0, count) : new Uint32Array(count)
  let next = count <= room.next.length ? room.next.subarray(0, count) : new Uint32Array(count)
  for (let i = 0; i < order.length; i++) order[i] = i
  const starts = room.starts.subarray(0, mask + 2)
  for (let shift = 0; shift < 31 && largest >>> shift > 0; shift += bits) {
    starts.fill(0)
    for (let i = 0; i < items.length; i++) {
      const after = (((items[i] as number) >>> shift) & mask) + 1
      starts[after] = (starts[after] as number) + 1
    }
    for (let digit = 1; digit < starts.length; digit++)
      starts[digit] = (starts[digit] as number) + (starts[digit - 1] as number)
    for (let i = 0; i < order.length; i++) {
      const item = order[i] as number
      const digit = ((items[item] as number) >>> shift) & mask
      const to = starts[digit] as number
      next[to] = item
      starts[digit] = to + 1
    }
    ;[order, next] = [next, order]
  }
  return order
}
