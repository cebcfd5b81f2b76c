import {
  checkScalars,
  countOf,
  encodingBytes,
  type PointBatch,
  type ScalarSize,
  spreadTo,
  type Workspace,
} from './group.ts'
import { combineParts, partsOf } from './lane-sums.ts'
import type { Machine } from './machine.ts'
import { addressesOf, checkInnermost, joinPoints, type PlacedPoints, pointsFrom } from './memory.ts'
import { areOne, multiplyOne } from './same-point.ts'
import { sumRuns } from './sum-runs.ts'

/** The operations of a loan on a kernel. They take memory as they go; what is not a result they give back at once. */
export function kernelWorkspace(machine: Machine, owner: object, open: readonly object[]): Workspace {
  const { exports, layout, arena, blocksOf, operands, results } = machine
  const { lanes, pointBytes, recordBytes, combineTableBytes, combineDigitBytes } = layout
  const placesOf = (points: PointBatch, expected?: number) => addressesOf(points, open, expected)

  function room(count: number): PlacedPoints {
    checkInnermost(owner, open)
    return pointsFrom(arena.take(count * pointBytes), count, pointBytes, owner)
  }

  /** Makes points, or overwrites some, by work on blocks; none is needed for none. */
  function make(count: number, into: PointBatch | undefined, work: (out: number, blocks: number) => void): PointBatch {
    const points = into ?? room(count)
    const addresses = placesOf(points, count)
    if (count > 0) arena.during(() => work(results(addresses), blocksOf(count)))
    return points
  }

  const binary =
    (operation: (out: number, a: number, b: number, blocks: number) => void) =>
    (a: PointBatch, b: PointBatch, into?: PointBatch) =>
      make(a.length, into, (out, blocks) =>
        operation(out, operands(placesOf(a)), operands(placesOf(b, a.length)), blocks),
      )

  function encodeBy(points: PointBatch, work: (encodings: number, list: number, blocks: number) => void): Uint8Array {
    const count = points.length
    if (count === 0) return new Uint8Array()
    return arena.during(() => {
      const blocks = blocksOf(count)
      const encodings = arena.take(blocks * lanes * encodingBytes)
      work(encodings, operands(placesOf(points)), blocks)
      return machine.get(encodings, count * encodingBytes)
    })
  }

  function scalarsFor(count: number, scalars: Uint8Array, size: ScalarSize): Uint8Array {
    const all = spreadTo(count, scalars, size)
    countOf(all, size, count)
    checkScalars(all, size)
    return all
  }

  function identities(count: number): PlacedPoints {
    const points = room(count)
    const bytes = arena.bytes()
    for (const address of points.addresses) {
      bytes.copyWithin(address, machine.identity, machine.identity + pointBytes)
    }
    return points
  }

  const workspace: Workspace = {
    identities,
    join: (parts) => joinPoints(parts, owner, open),
    decode(encodings) {
      const count = countOf(encodings, encodingBytes)
      const valid: boolean[] = []
      const points = make(count, undefined, (out, blocks) => {
        const flags = arena.take(4 * lanes * blocks)
        exports.decode(out, machine.put(encodings, encodingBytes), flags, blocks)
        const read = machine.get(flags, 4 * count)
        for (let i = 0; i < count; i++) valid.push(read[4 * i] !== 0)
      })
      return { points, valid }
    },
    encode: (points) => encodeBy(points, exports.encode),
    encodeDoubled: (points) =>
      encodeBy(points, (encodings, list, blocks) =>
        exports.encodeDoubled(encodings, list, arena.take(blocks * recordBytes), blocks),
      ),
    add: binary(exports.add),
    subtract: binary(exports.subtract),
    double: (points, into) =>
      make(points.length, into, (out, blocks) => exports.doubleAll(out, operands(placesOf(points)), blocks)),
    generate(scalars) {
      const count = countOf(scalars, 32)
      checkScalars(scalars, 32)
      return make(count, undefined, (out, blocks) =>
        exports.generate(out, machine.put(scalars, 32), layout.baseTable, layout.baseWindows, blocks),
      )
    },
    multiply(points, scalars, size = 32) {
      const all = scalarsFor(points.length, scalars, size)
      const addresses = placesOf(points)
      return make(points.length, undefined, (out, blocks) => {
        if (areOne(addresses)) return multiplyOne(machine, out, addresses, all, size)
        const [table, digits] = [arena.take(combineTableBytes), arena.take(combineDigitBytes)]
        exports.multiplyAll(out, operands(addresses), machine.put(all, size), size, table, digits, blocks)
      })
    },
    sumMultiples(points, scalars, size, runs) {
      const all = scalarsFor(points.length, scalars, size)
      const parts = partsOf(runs, lanes)
      if (runs.reduce((sum, run) => sum + run, 0) !== points.length) {
        throw new RangeError('the runs are not those of the points')
      }
      const partial = identities(parts.count)
      combineParts(machine, parts.blocks, partial.addresses, placesOf(points), all, size)
      return sumRuns(workspace, partial, parts.perRun)
    },
    hash(uniform) {
      const count = countOf(uniform, 64)
      const halves = [0, 1].map((half) => {
        const bytes = new Uint8Array(32 * count)
        for (let i = 0; i < count; i++) bytes.set(uniform.subarray(64 * i + 32 * half, 64 * i + 32 * half + 32), 32 * i)
        return bytes
      })
      return make(count, undefined, (out, blocks) => {
        const [first = 0, second = 0] = halves.map((half) => machine.put(half, 32))
        exports.hash(out, first, second, blocks)
      })
    },
  }
  return workspace
}
