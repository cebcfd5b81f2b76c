import { sha256 } from '@noble/hashes/sha2.js'
import { at } from '../../at.ts'
import { bigintToBytes, concatBytes } from '../../bytes.ts'
import { hashLabel, masked } from '../hash-labels.ts'
import { placeBytes, wireBytes } from './contract.ts'

/** Numbers below 65,536, big-endian in two bytes. */
const two = (number: number) => Uint8Array.of(number >> 8, number & 255)

/** Where an entry stands: in which table, and at which position. */
export interface EntryPlace {
  readonly table: number
  readonly position: number
}

/**
 * An entry under the mask of its place, or what was under it: SHA-256(0x06, request, table, position, A, D), and for more
 * than 32 bytes the hashes SHA-256(0x07, that hash, 0), (0x07, that hash, 1) and so on.
 *
 * @param request SHA-256 of the request.
 * @param a and d: points, encoded.
 */
export function maskEntry(
  entry: Uint8Array,
  request: Uint8Array,
  { table, position }: EntryPlace,
  a: Uint8Array,
  d: Uint8Array,
): Uint8Array {
  const key = sha256(concatBytes([Uint8Array.of(hashLabel.pointsEntry), request, two(table), two(position), a, d]))
  return masked(entry, entry.length <= key.length ? key : longMask(key, entry.length))
}

function longMask(key: Uint8Array, length: number): Uint8Array {
  const blocks = Math.ceil(length / key.length)
  return concatBytes(
    Array.from({ length: blocks }, (_, i) => sha256(concatBytes([Uint8Array.of(hashLabel.longMask), key, two(i)]))),
  )
}

/** The place of an answer under the mask of a sum: SHA-256(0x05, request, place, wire). Both ways. */
export function maskSymbol(symbol: Uint8Array, request: Uint8Array, place: number, wire: bigint): Uint8Array {
  const input = [Uint8Array.of(hashLabel.tableEntry), request, two(place), bigintToBytes(wire, wireBytes)]
  return masked(symbol, sha256(concatBytes(input)).subarray(0, placeBytes))
}

/** The table of `label`: at (c + s) mod R the answer to the sum s. @param symbols the place of the answer to each s below R. */
export function symbolTable(
  symbols: readonly number[],
  request: Uint8Array,
  {
    place,
    wire,
    delta,
    prime,
  }: { readonly place: number; readonly wire: bigint; readonly delta: bigint; readonly prime: bigint },
): Uint8Array {
  const table = new Uint8Array(placeBytes * symbols.length)
  let own = wire
  for (let sum = 0; sum < symbols.length; sum++) {
    const slot = (place + sum) % symbols.length
    table.set(maskSymbol(two(at(symbols, sum)), request, slot, own), placeBytes * slot)
    own = (own + delta) % prime
  }
  return table
}
