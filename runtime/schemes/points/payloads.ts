import { at } from '../../at.ts'
import { bigintToBytes } from '../../bytes.ts'
import { placeBytes, sumBytes, wireBytes } from './contract.ts'
import { type PointsDraws, wirePrime } from './draws.ts'

/** Points of one table: per position, per output, integers. */
export type PointsTable = readonly (readonly number[])[]

/**
 * What the entries of `score` hold: points and mask, modulo 2^32, 4 bytes an output. The masks of an output add up to
 * its base.
 *
 * @returns per table its entries, one after another.
 */
export function sumPayloads(
  tables: readonly PointsTable[],
  base: readonly number[],
  { masks }: Extract<PointsDraws, { readonly kind: 'masks' }>,
): Uint8Array {
  const outputs = base.length
  const last = base.map((own, k) => tables.slice(1).reduce((rest, _, f) => rest - at(masks, f * outputs + k), own))
  return packed(tables, sumBytes * outputs, (view, from, table, position) => {
    for (let k = 0; k < outputs; k++) {
      const mask = table < tables.length - 1 ? at(masks, table * outputs + k) : at(last, k)
      // Sums of at most 65,535 numbers of 32 bits are exact.
      view.setUint32(from + sumBytes * k, at(at(at(tables, table), position), k) + mask)
    }
  })
}

/**
 * What the entries of `label` hold: the wire B + w Delta modulo 2^127 - 1 and the place (c + w) mod R, w being how much the
 * points exceed the least ones of their table.
 */
export function wirePayloads(
  tables: readonly PointsTable[],
  sums: number,
  { delta, wires, places }: Extract<PointsDraws, { readonly kind: 'wires' }>,
): Uint8Array {
  const least = tables.map((table) => table.reduce((low, own) => Math.min(low, at(own, 0)), Number.POSITIVE_INFINITY))
  return packed(tables, wireBytes + placeBytes, (view, from, table, position) => {
    const excess = at(at(at(tables, table), position), 0) - at(least, table)
    const wire = (at(wires, table) + BigInt(excess) * delta) % wirePrime
    bigintToBytes(wire, wireBytes).forEach((byte, i) => {
      view.setUint8(from + i, byte)
    })
    view.setUint16(from + wireBytes, (at(places, table) + excess) % sums)
  })
}

function packed(
  tables: readonly PointsTable[],
  width: number,
  write: (view: DataView, from: number, table: number, position: number) => void,
): Uint8Array {
  const bytes = new Uint8Array(width * tables.reduce((sum, { length }) => sum + length, 0))
  const view = new DataView(bytes.buffer)
  let from = 0
  for (const [table, { length }] of tables.entries()) {
    for (let position = 0; position < length; position++, from += width) write(view, from, table, position)
  }
  return bytes
}
