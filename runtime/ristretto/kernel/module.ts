import { curveFunctions } from './curve.ts'
import { decodingFunctions, generatorBytes } from './decoding.ts'
import { encodingFunctions, recordBytes } from './encoding.ts'
import { baseWindows, entries, tableBytes } from './entries.ts'
import type { FieldProgram } from './field.ts'
import { frameOf, placeConstants } from './frame.ts'
import { placesFrom } from './layout.ts'
import { combineBytes, multipleFunctions } from './multiples.ts'
import { rootFunctions } from './roots.ts'
import { scalarFunctions } from './scalars.ts'

/**
 * A kernel as text, and what its caller has to know of its memory.
 *
 * From below to above: `simd-product`, `simd-field` (four elements a time) and `scalar-field` (one) compute modulo
 * 2^255 - 19, on addresses; what follows is one source for both: `canonical` (bytes), `curve` (sums), `roots`, `decoding`,
 * `encoding`, `multiples`, and `scalars` (modulo the order). Every function has its places in memory to itself, so none
 * may call itself. No branch, no address and no instruction's time depends on a value.
 */
export function kernelSource(field: FieldProgram) {
  const { place, end } = placesFrom(64)
  const constants = placeConstants(field, place)
  const pointBytes = (4 * field.bytes) / field.lanes.lanes
  const generatorAt = place(4 * field.bytes)
  const generator = generatorBytes(field.constant).map((byte) => `\\${byte.toString(16).padStart(2, '0')}`)
  const baseTable = place(baseWindows * tableBytes)
  const work = end()
  const frame = frameOf(field, place, constants.at)
  const functions = [
    field.functions(place),
    curveFunctions(frame),
    rootFunctions(frame),
    decodingFunctions(frame, generatorAt),
    encodingFunctions(frame),
    multipleFunctions(frame),
    scalarFunctions(place),
  ]
  const heap = end()
  const { table, digits } = combineBytes(field.bytes, field.lanes.lanes)
  return {
    source: `(module
(memory (export "memory") ${Math.ceil(heap / 65536)})
${constants.data}
(data (i32.const ${generatorAt}) "${generator.join('')}")
${functions.join('\n')})`,
    layout: {
      lanes: field.lanes.lanes,
      pointBytes,
      baseTable,
      baseWindows,
      entries,
      tableBytes,
      /** From `work` to `heap` are values at work; from `heap` on is the caller's. */
      work,
      heap,
      recordBytes: recordBytes(field.bytes),
      combineTableBytes: table,
      combineDigitBytes: digits,
    },
  }
}
