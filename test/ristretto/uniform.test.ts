import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../runtime/random.ts'
import { readyGroup } from '../../runtime/ristretto/ready.ts'
import { drawShort, multiplyShort, shortOf } from '../../runtime/ristretto/short.ts'
import { uniformScalars } from '../../runtime/ristretto/uniform.ts'
import { hexes, integers, littleEndian, multiple, order, scalarsOf } from './oracle.ts'

const group = await readyGroup()

describe('scalars', () => {
  test('differ, and are below the order', () => {
    const scalars = integers(uniformScalars(group, systemRandom, 200))
    expect(new Set(scalars).size).toBe(200)
    expect(scalars.every((scalar) => scalar < order)).toBe(true)
    expect(scalars.some((scalar) => scalar > order / 2n)).toBe(true)
  })

  test('are what was drawn modulo the order, which is wiped', () => {
    const drawn = systemRandom(128)
    const wide = integers(drawn, 64)
    expect(integers(uniformScalars(group, () => drawn, 2))).toEqual(wide.map((one) => one % order))
    expect(drawn.every((byte) => byte === 0)).toBe(true)
  })
})

describe('short scalars', () => {
  test.each([0n, 1n, 255n, 2n ** 64n - 1n, 2n ** 128n - 1n])(
    'of the bytes of %i are one more, and multiply so',
    (v) => {
      const short = shortOf(littleEndian(v, 16))
      expect(integers(short.scalar)).toEqual([v + 1n])
      const found = group.borrow((space) =>
        hexes(space.encode(multiplyShort(space, space.generate(scalarsOf([5n, 7n])), short))),
      )
      expect(found).toEqual([multiple(5n * (v + 1n)), multiple(7n * (v + 1n))])
    },
  )

  test('are drawn from 16 bytes', () => {
    const lengths: number[] = []
    const short = drawShort((length) => {
      lengths.push(length)
      return systemRandom(length)
    })
    expect(lengths).toEqual([16])
    expect(integers(short.scalar)[0]).toBe((integers(short.v, 16)[0] as bigint) + 1n)
  })
})
