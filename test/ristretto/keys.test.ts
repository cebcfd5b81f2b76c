import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../runtime/random.ts'
import { generateRistrettoKey } from '../../runtime/ristretto/keys.ts'
import { engines, loadGroup } from '../../runtime/ristretto/load.ts'
import { multiple, toHex } from './oracle.ts'

describe('a key', () => {
  test.each(engines)('is a scalar and its multiple of the generator, by %s', async (engine) => {
    const key = await generateRistrettoKey(systemRandom, await loadGroup(engine))
    const scalar = BigInt(`0x${toHex(key.scalar.reverse())}`)
    expect(toHex(key.point)).toBe(multiple(scalar))
    expect(key.group.engine).toBe(engine)
    expect(key.point).not.toEqual((await generateRistrettoKey()).point)
  })

  test('does not show its scalar, nor lets it be changed', async () => {
    const key = await generateRistrettoKey()
    const secret = toHex(key.scalar)
    const shown = [
      String(key),
      inspect(key, { showHidden: true, depth: 5 }),
      JSON.stringify({ key }),
      JSON.stringify({ ...key }),
      JSON.stringify(Object.entries(key)),
    ]
    for (const text of shown) expect(text).not.toContain(secret)
    const point = toHex(key.point)
    key.scalar.fill(0)
    key.point.fill(0)
    expect([toHex(key.scalar), toHex(key.point)]).toEqual([secret, point])
  })

  test('is drawn again where the scalar would be 0', async () => {
    const drawn = [new Uint8Array(64), new Uint8Array(64).fill(3)]
    const key = await generateRistrettoKey(() => drawn.shift() ?? expect.fail('a third scalar'))
    expect(key.point.some((byte) => byte !== 0)).toBe(true)
    expect(drawn).toEqual([])
  })
})
