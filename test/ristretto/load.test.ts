import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Engine, Group, Workspace } from '../../runtime/ristretto/group.ts'
import { inflate } from '../../runtime/ristretto/kernel.ts'
import { engines, firstThatWorks, loadGroup } from '../../runtime/ristretto/load.ts'
import { passesSelfTest } from '../../runtime/ristretto/self-test.ts'
import { kernel as simdKernel } from '../../runtime/ristretto/wasm-simd.ts'

describe('the engine', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('is the fastest one by default, and any that is demanded', async () => {
    expect((await loadGroup()).engine).toBe('simd')
    for (const engine of engines) expect((await loadGroup(engine)).engine).toBe(engine)
  })

  test('without SIMD is the scalar kernel', async () => {
    const { instantiate } = WebAssembly
    const simdBytes = (await inflate(simdKernel.wasm)).byteLength
    const withoutSimd = async (bytes: ArrayBuffer) => {
      if (bytes.byteLength === simdBytes) throw new WebAssembly.CompileError('invalid value type')
      return instantiate(bytes)
    }
    vi.stubGlobal('WebAssembly', { ...WebAssembly, instantiate: withoutSimd, CompileError: WebAssembly.CompileError })
    expect((await loadGroup()).engine).toBe('scalar')
    await expect(loadGroup('simd')).rejects.toThrow('simd: invalid value type')
  })

  test('is the next one if one does not load or computes wrongly, and none if none is left', async () => {
    const right = await loadGroup('scalar')
    const tried: Engine[] = []
    const load = async (engine: Engine): Promise<Group> => {
      tried.push(engine)
      if (engine === 'simd') throw new Error('blocked by Content Security Policy')
      return engine === 'scalar' ? wrong(right, (space) => ({ ...space, double: (points) => points })) : right
    }
    expect(await firstThatWorks(engines, load)).toBe(right)
    expect(tried).toEqual(['simd', 'scalar', 'sodium'])
    await expect(firstThatWorks(['simd', 'scalar'], load)).rejects.toThrow(
      /simd: blocked by Content Security Policy; scalar: does not pass its self-test/,
    )
  })
})

/** A group with some operations exchanged. */
function wrong(group: Group, change: (space: Workspace) => Workspace): Group {
  return { ...group, borrow: (work) => group.borrow((space) => work(change(space))) }
}

describe('the self-test', async () => {
  const group = await loadGroup('simd')
  const flip = (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte))
  test.each<[string, (space: Workspace) => Workspace]>([
    ['decode', (space) => ({ ...space, decode: (bytes) => ({ ...space.decode(bytes), valid: [true] }) })],
    ['encode', (space) => ({ ...space, encode: (points) => flip(space.encode(points)) })],
    ['encodeDoubled', (space) => ({ ...space, encodeDoubled: (points) => flip(space.encodeDoubled(points)) })],
    ['add', (space) => ({ ...space, add: space.subtract })],
    ['subtract', (space) => ({ ...space, subtract: space.add })],
    ['double', (space) => ({ ...space, double: (points) => points })],
    ['generate', (space) => ({ ...space, generate: (scalars) => space.double(space.generate(scalars)) })],
    [
      'multiply',
      (space) => ({ ...space, multiply: (points, ...rest) => space.double(space.multiply(points, ...rest)) }),
    ],
    ['sumMultiples', (space) => ({ ...space, sumMultiples: (...all) => space.double(space.sumMultiples(...all)) })],
    ['hash', (space) => ({ ...space, hash: (bytes) => space.double(space.hash(bytes)) })],
  ])('finds a wrong %s', (_, change) => {
    expect(passesSelfTest(group)).toBe(true)
    expect(passesSelfTest(wrong(group, change))).toBe(false)
  })

  test.each(['reduce', 'add', 'subtract', 'multiply', 'negate', 'halve'] as const)(
    'finds a wrong %s of scalars',
    (name) => {
      const { scalars } = group
      const damaged = { ...scalars, [name]: (a: Uint8Array, b: Uint8Array) => scalars.add(scalars[name](a, b), one) }
      expect(passesSelfTest({ ...group, scalars: damaged })).toBe(false)
    },
  )
})

const one = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))
