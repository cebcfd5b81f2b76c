import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prime } from '../../runtime/ristretto/kernel/field.ts'
import { limbBound, productBound } from '../../runtime/ristretto/kernel/simd-product.ts'
import { instantiate } from '../../runtime/ristretto/kernel.ts'
import { kernel as scalarKernel } from '../../runtime/ristretto/wasm-scalar.ts'
import { kernel as simdKernel } from '../../runtime/ristretto/wasm-simd.ts'

const least = (a: bigint) => ((a % prime) + prime) % prime

/** Elements as their limbs, in a kernel's memory: which elements stand at an address, and how to put limbs there. */
interface Elements {
  readonly limbs: number
  readonly lanes: number
  put(at: number, limbs: readonly (readonly number[])[]): void
  values(at: number): bigint[]
  largest(at: number): number
}

function simdElements(memory: WebAssembly.Memory): Elements {
  const word = (at: number, lane: number, i: number) => at / 2 + 8 * (i >> 1) + 2 * lane + (i & 1)
  const words = new Int16Array(memory.buffer)
  const read = (at: number, lane: number) => Array.from({ length: 20 }, (_, i) => words[word(at, lane, i)] as number)
  const lanes = [0, 1, 2, 3]
  return {
    limbs: 20,
    lanes: 4,
    put: (at, all) =>
      all.forEach((limbs, lane) => {
        limbs.forEach((limb, i) => {
          words[word(at, lane, i)] = limb
        })
      }),
    values: (at) =>
      lanes.map((lane) => least(read(at, lane).reduceRight((sum, limb) => sum * 8192n + BigInt(limb), 0n))),
    largest: (at) => Math.max(...lanes.flatMap((lane) => read(at, lane).map(Math.abs))),
  }
}

function scalarElements(memory: WebAssembly.Memory): Elements {
  const words = new BigInt64Array(memory.buffer)
  const read = (at: number) => Array.from(words.subarray(at / 8, at / 8 + 10))
  return {
    limbs: 10,
    lanes: 1,
    put: (at, [limbs = []]) => words.set(limbs.map(BigInt), at / 8),
    values: (at) => [least(read(at).reduce((sum, limb, i) => sum + (limb << BigInt(Math.ceil(25.5 * i))), 0n))],
    largest: (at) => Math.max(...read(at).map((limb, i) => Math.abs(Number(limb)) * (1 + (i % 2)))),
  }
}

/** Limbs at an end of their range, zero, or anywhere in it; or all alike. The bound of a limb is its own. */
function element(bounds: readonly number[]): fc.Arbitrary<number[]> {
  const place = fc.oneof(fc.constantFrom(-1, 1, 0), fc.double({ min: -1, max: 1, noNaN: true }))
  const length = bounds.length
  const shape = fc.oneof(
    fc.array(place, { minLength: length, maxLength: length }),
    fc.array(fc.constantFrom(-1, 1), { minLength: length, maxLength: length }),
    fc.constantFrom([1], [-1], [1, -1], [0, 1]).map((few) => bounds.map((_, i) => few[i % few.length] as number)),
  )
  return shape.map((places) => places.map((place, i) => Math.round(place * (bounds[i] as number))))
}

describe.each([
  ['simd', simdKernel, simdElements, () => limbBound, limbBound],
  ['scalar', scalarKernel, scalarElements, (i: number) => (2 ** 25 + 2 ** 12) / (1 + (i % 2)), 2 ** 25 + 2 ** 12],
] as const)('field arithmetic: %s', async (name, kernel, elementsOf, bound, resultBound) => {
  const exports = await instantiate(kernel.wasm)
  const elements = elementsOf(exports.memory)
  const [out, a, b] = [0, 1, 2].map((i) => kernel.heap + 320 * i) as [number, number, number]
  const sum = (results: number) => Array.from({ length: elements.limbs }, (_, i) => results * bound(i))
  const all = (bounds: readonly number[]) =>
    fc.array(element(bounds), { minLength: elements.lanes, maxLength: elements.lanes })

  test.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [2, 3],
  ])('multiplies sums of %i results by sums of %i, up to the largest limbs', (first, second) => {
    const property = fc.property(all(sum(first)), all(sum(second)), (x, y) => {
      elements.put(a, x)
      elements.put(b, y)
      const [valuesOfA, valuesOfB] = [elements.values(a), elements.values(b)]
      exports.multiply(out, a, b)
      expect(elements.values(out)).toEqual(valuesOfA.map((value, i) => least(value * (valuesOfB[i] as bigint))))
      expect(elements.largest(out)).toBeLessThanOrEqual(resultBound)
    })
    fc.assert(property, { numRuns: 400 })
  })

  test('squares sums of two results, in place and many times', () => {
    const property = fc.property(all(sum(2)), fc.integer({ min: 1, max: 5 }), (x, times) => {
      elements.put(a, x)
      const expected = elements.values(a)
      exports.square(out, a)
      expect(elements.values(out)).toEqual(expected.map((value) => least(value * value)))
      expect(elements.largest(out)).toBeLessThanOrEqual(resultBound)
      exports.squares(a, a, times)
      expect(elements.values(a)).toEqual(expected.map((value) => least(value ** (2n ** BigInt(times)))))
    })
    fc.assert(property, { numRuns: 400 })
  })

  test('keeps its bounds over long chains', () => {
    elements.put(a, Array(elements.lanes).fill(sum(1)))
    elements.put(b, Array(elements.lanes).fill(sum(1)))
    let [x, y] = [elements.values(a), elements.values(b)]
    for (let i = 0; i < 500; i++) {
      exports.multiply(a, a, b)
      exports.square(b, a)
      x = x.map((value, lane) => least(value * (y[lane] as bigint)))
      y = x.map((value) => least(value * value))
      expect(Math.max(elements.largest(a), elements.largest(b))).toBeLessThanOrEqual(resultBound)
    }
    expect([elements.values(a), elements.values(b)]).toEqual([x, y])
  })

  test('three results times two are within the bound that is proved', () => {
    if (name === 'simd') expect(3 * limbBound * 2 * limbBound).toBeLessThanOrEqual(productBound)
    else expect(124 * 4 * 3 * resultBound ** 2).toBeLessThan(2 ** 63)
  })
})
