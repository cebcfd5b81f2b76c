import type { Arena } from './arena.ts'
import { countOf, type Scalars, scalarBytes, spreadTo } from './group.ts'
import type { KernelExports } from './kernel.ts'

/** A kernel's scalars: bytes in and out, and wiped in between. */
export function kernelScalars(exports: KernelExports, arena: Arena): Scalars {
  const put = (bytes: Uint8Array) => {
    const at = arena.take(bytes.length)
    arena.bytes().set(bytes, at)
    return at
  }

  function compute(count: number, work: (out: number) => void): Uint8Array {
    if (count === 0) return new Uint8Array()
    return arena.lend(() => {
      const out = arena.take(count * scalarBytes)
      work(out)
      return arena.bytes().slice(out, out + count * scalarBytes)
    })
  }

  const binary =
    (operation: (out: number, a: number, b: number, count: number) => void) => (a: Uint8Array, b: Uint8Array) => {
      const count = Math.max(countOf(a, scalarBytes), countOf(b, scalarBytes))
      const [x, y] = [spreadTo(count, a, scalarBytes), spreadTo(count, b, scalarBytes)]
      countOf(x, scalarBytes, count)
      countOf(y, scalarBytes, count)
      return compute(count, (out) => operation(out, put(x), put(y), count))
    }
  const subtract = binary(exports.subtractScalars)

  return {
    reduce(wide) {
      const count = countOf(wide, 2 * scalarBytes)
      return compute(count, (out) => exports.reduceScalars(out, put(wide), count))
    },
    add: binary(exports.addScalars),
    subtract,
    multiply: binary(exports.multiplyScalars),
    negate: (a) => subtract(new Uint8Array(a.length), a),
    halve(a) {
      const count = countOf(a, scalarBytes)
      return compute(count, (out) => exports.halveScalars(out, put(a), count))
    },
  }
}
