/** Numbers from 0 to below 1, from a seed; and where the sequence stands. */
export type Draw = (() => number) & { readonly state: () => number }

/** The generator "mulberry32" of Tommy Ettinger: 32 bits of state. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0
  const draw = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return Object.assign(draw, { state: () => state })
}

/** Numbers near which something happens: 0, the prime, the order, powers of two. */
const edges = [
  0n,
  2n ** 252n + 27742317777372353535851937790883648493n,
  2n ** 255n - 19n,
  2n ** 255n,
  2n ** 256n,
  2n ** 252n,
  2n ** 128n,
]

/** `count` strings of `width` bytes: random ones, numbers at edges, runs of equal bytes or bits. */
export function drawBytes(draw: Draw, count: number, width: number): Uint8Array {
  const bytes = new Uint8Array(count * width)
  for (let i = 0; i < count; i++) {
    const one = bytes.subarray(i * width, (i + 1) * width)
    const kind = draw()
    if (kind < 0.6) fill(one, () => Math.floor(256 * draw()))
    else if (kind < 0.7) one.fill([0, 255, 0x88, 0x77, 0x80, 1][Math.floor(6 * draw())] as number)
    else if (kind < 0.85)
      writeNumber(one, (edges[Math.floor(edges.length * draw())] as bigint) + BigInt(Math.floor(40 * draw()) - 20))
    else writeNumber(one, (1n << BigInt(Math.floor(8 * width * draw()))) - BigInt(Math.floor(2 * draw())))
  }
  return bytes
}

function fill(bytes: Uint8Array, next: () => number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = next()
}

/** Modulo the numbers that fit. */
function writeNumber(bytes: Uint8Array, value: bigint): void {
  let rest = BigInt.asUintN(8 * bytes.length, value)
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number(rest & 255n)
    rest >>= 8n
  }
}
