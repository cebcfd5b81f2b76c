import type { Arena } from './arena.ts'
import { encodingBytes } from './group.ts'
import type { KernelExports, KernelLayout } from './kernel.ts'

/** A kernel and its memory, and the moves into and out of it. Works on blocks of as many points as lanes. */
export interface Machine {
  readonly exports: KernelExports
  readonly layout: KernelLayout
  readonly arena: Arena
  /** An identity, which is only read. */
  readonly identity: number
  blocksOf(count: number): number
  /** Writes addresses to a list, filled up with that of an identity. */
  operands(addresses: Uint32Array): number
  /** Writes addresses to a list, filled up with that of a place that nobody reads. */
  results(addresses: Uint32Array): number
  /** Copies bytes in, filled up with zeros to whole blocks of `each` bytes a lane. */
  put(bytes: Uint8Array, each: number): number
  /** Copies bytes out. */
  get(at: number, bytes: number): Uint8Array
}

/** Two points stand before the arena: the identity, and what is written to fill up a block, which is no secret. */
export function machineOf(exports: KernelExports, layout: KernelLayout, arena: Arena): Machine {
  const { lanes, heap, pointBytes } = layout
  const [identity, trash] = [heap, heap + pointBytes]
  const blocksOf = (count: number) => Math.ceil(count / lanes)

  function list(addresses: ArrayLike<number>, filler: number): number {
    const padded = lanes * blocksOf(addresses.length)
    const at = arena.take(4 * padded)
    const words = new Uint32Array(arena.bytes().buffer, at, padded)
    words.fill(filler, addresses.length)
    words.set(addresses)
    return at
  }

  function put(bytes: Uint8Array, each: number): number {
    const padded = each * lanes * Math.ceil(bytes.length / each / lanes)
    // Numbers are read by whole words: some bytes beyond the last.
    const at = arena.take(padded + 16)
    arena.bytes().set(bytes, at)
    arena.bytes().fill(0, at + bytes.length, at + padded + 16)
    return at
  }

  arena.during(() => {
    const zeros = put(new Uint8Array(encodingBytes * lanes), encodingBytes)
    exports.decode(list([identity], trash), zeros, arena.take(4 * lanes), 1)
  })
  return {
    exports,
    layout,
    arena,
    identity,
    blocksOf,
    operands: (addresses) => list(addresses, identity),
    results: (addresses) => list(addresses, trash),
    put,
    get: (at, bytes) => arena.bytes().slice(at, at + bytes),
  }
}
