import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../runtime/random.ts'
import { arenaOf } from '../../runtime/ristretto/arena.ts'
import { instantiate } from '../../runtime/ristretto/kernel.ts'
import { kernelGroup } from '../../runtime/ristretto/kernel-group.ts'
import { loadGroup } from '../../runtime/ristretto/load.ts'
import { kernel as scalarKernel } from '../../runtime/ristretto/wasm-scalar.ts'
import { kernel as simdKernel } from '../../runtime/ristretto/wasm-simd.ts'

describe.each([
  ['simd', simdKernel],
  ['scalar', scalarKernel],
] as const)('the memory of %s', (engine, kernel) => {
  test('holds nothing of a loan when it is over, though it grew or failed', async () => {
    const exports = await instantiate(kernel.wasm)
    const { borrow, scalars } = kernelGroup(engine, exports, kernel)
    const snapshot = () => new Uint8Array(exports.memory.buffer).slice()
    const before = snapshot()
    const secret = scalars.reduce(systemRandom(64 * 900))
    const use = () =>
      borrow((space) => {
        const points = space.generate(secret)
        const { points: decoded } = space.decode(space.encode(space.multiply(points.slice(0, 5), secret.slice(0, 160))))
        space.sumMultiples(decoded, secret.slice(0, 40), 8, [5])
        space.hash(secret)
        borrow((inner) => inner.encodeDoubled(inner.double(points)))
        return space.encodeDoubled(points)
      })
    const first = use()
    expect(exports.memory.buffer.byteLength).toBeGreaterThan(before.length)
    expect(() =>
      borrow((space) => {
        space.generate(secret)
        throw new TypeError('on the way')
      }),
    ).toThrow('on the way')
    scalars.halve(scalars.multiply(scalars.negate(secret), scalars.add(secret, secret)))

    const after = snapshot()
    expect(Buffer.from(after.subarray(0, kernel.work)).equals(before.subarray(0, kernel.work))).toBe(true)
    const left = after.subarray(kernel.work).filter((byte) => byte !== 0).length
    // The identity, and the place of what fills up a block.
    expect(left).toBeLessThanOrEqual(2 * kernel.pointBytes)
    const grown = exports.memory.buffer.byteLength
    expect(use()).toEqual(first)
    expect(exports.memory.buffer.byteLength).toBe(grown)
  })
})

test('an arena says when memory is short, and is as before', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 })
  const arena = arenaOf(memory, 1024, [0, 512])
  arena.lend(() => {
    expect(arena.take(100)).toBe(1024)
    expect(arena.take(70_000)).toBe(1136)
    expect(() => arena.take(100_000)).toThrow(RangeError)
    arena.bytes().fill(7)
  })
  expect(
    arena
      .bytes()
      .slice(0, 512)
      .every((byte) => byte === 0),
  ).toBe(true)
  expect(
    arena
      .bytes()
      .slice(1024, 1136 + 70_000)
      .every((byte) => byte === 0),
  ).toBe(true)
  expect(arena.lend(() => arena.take(1))).toBe(1024)
})

test('a batch beyond all memory is refused', async () => {
  const group = await loadGroup('simd')
  expect(() => group.borrow((space) => space.identities(2 ** 27))).toThrow(RangeError)
  const two = group.borrow((space) => space.encode(space.identities(2)))
  expect(two).toEqual(new Uint8Array(64))
})
