import { type RandomBytes, randomBelow } from '../random.ts'
import { type Address, type Group, placeBytes } from './group.ts'

/** Bytes that a scalar is reduced from: 64, so that it is uniform up to 2^-259. */
const wideBytes = 64

/** Draws `count` uniform scalars to `first` and the places after it. */
export function drawScalars(group: Group, random: RandomBytes, count: number, first: Address): void {
  const drawn = random(wideBytes * count)
  group.borrow(wideBytes / placeBytes, (wide) => {
    for (let i = 0; i < count; i++) {
      group.write(wide, drawn.subarray(i * wideBytes, (i + 1) * wideBytes))
      group.reduce(first + i * placeBytes, wide)
    }
  })
  drawn.fill(0)
}

/** `count` uniform scalars as bytes, one after another. */
export function uniformScalars(group: Group, random: RandomBytes, count: number): Uint8Array {
  return group.borrow(count, (first) => {
    drawScalars(group, random, count, first)
    return group.read(first, count)
  })
}

/** The positions 0 to `count - 1` in a uniform order. Source: Fisher and Yates. */
export function randomOrder(random: RandomBytes, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Number(randomBelow(random, BigInt(i + 1)))
    const [a = 0, b = 0] = [order[i], order[j]]
    order[i] = b
    order[j] = a
  }
  return order
}

/** The points 0 G, 1 G, 2 G, ..., each encoded. */
export function multiplesOfGenerator(group: Group, count: number): Uint8Array[] {
  return group.borrow(2, (at) => {
    const one = at + placeBytes
    group.write(at, Uint8Array.of(1))
    group.generate(one, at)
    group.write(at, new Uint8Array(placeBytes))
    return Array.from({ length: count }, () => {
      const multiple = group.read(at)
      group.add(at, at, one)
      return multiple
    })
  })
}
