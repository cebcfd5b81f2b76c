import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arePlausible } from '../../runtime/ristretto/encodings.ts'
import { engines, loadGroup } from '../../runtime/ristretto/load.ts'
import { announcedRandom } from '../support/seed.ts'
import { fromHex, hexes, littleEndian, multiple } from './oracle.ts'
import vectors from './rfc9496.json' with { type: 'json' }
import { describeGroup } from './suite.ts'

for (const engine of engines) describeGroup(engine, () => loadGroup(engine))

test('all engines give the same bytes', async () => {
  const draw = announcedRandom('engines')
  const random = (length: number) => Uint8Array.from({ length }, () => Math.floor(256 * draw()))
  const [wide, uniform, short] = [random(23 * 64), random(23 * 64), random(23 * 16)]
  const results = await Promise.all(
    engines.map(async (engine) => {
      const { scalars, borrow } = await loadGroup(engine)
      return borrow((space) => {
        const a = scalars.reduce(wide)
        const [points, hashes] = [space.generate(a), space.hash(uniform)]
        const products = space.multiply(hashes, scalars.halve(scalars.multiply(a, a)))
        const sums = space.sumMultiples(space.add(products, points), short, 16, [20, 3])
        const { points: some, valid } = space.decode(uniform)
        return [space.encodeDoubled(products), space.encode(sums), space.encode(some), String(valid)].map(String)
      })
    }),
  )
  expect(results[1]).toEqual(results[0])
  expect(results[2]).toEqual(results[0])
})

test('the bytes of an encoding are canonical, even and not zero', () => {
  const prime = 2n ** 255n - 19n
  const number = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    fc.integer({ min: -40, max: 40 }).map((near) => prime + BigInt(near)),
    fc.integer({ min: -40, max: 40 }).map((near) => 2n ** 255n + BigInt(near)),
    fc.bigInt({ min: 0n, max: 300n }),
  )
  const property = fc.property(fc.array(number, { maxLength: 5 }), (numbers) => {
    const expected = numbers.map((one) => one < prime && one % 2n === 0n && one > 0n)
    expect(arePlausible(Uint8Array.from(numbers.flatMap((one) => [...littleEndian(one)])))).toEqual(expected)
  })
  fc.assert(property, { numRuns: 3000 })
  expect(arePlausible(fromHex(...vectors.multiples))).toEqual([false, ...Array(15).fill(true)])
  expect(hexes(fromHex(multiple(1n)))).toEqual([vectors.multiples[1]])
})
