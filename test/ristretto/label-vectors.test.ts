import { describe, expect, test } from 'vitest'
import { type PointBatch, scalarBytes } from '../../runtime/ristretto/group.ts'
import { engines, loadGroup } from '../../runtime/ristretto/load.ts'
import vectors from '../reference/label.json' with { type: 'json' }
import { labelVectors } from '../support/label-vectors.ts'
import { fromHex, hexes, scalarsOf } from './oracle.ts'
import rfc from './rfc9496.json' with { type: 'json' }

const model = labelVectors.find(({ name }) => name === 'small')
if (model === undefined) throw new TypeError('the vectors have no small model')
const { contract } = model

/** The tree of the vectors: age > 39, age > 59, smoker are bits 1, 2 and 4; a leaf is its edges, by bit and outcome. */
const leaves = [
  [[1, false]],
  [
    [1, true],
    [2, false],
  ],
  [
    [1, true],
    [2, true],
    [4, false],
  ],
  [
    [1, true],
    [2, true],
    [4, true],
  ],
] as const

describe.each(engines)('a session of label by batches: %s', async (engine) => {
  const { borrow, scalars } = await loadGroup(engine)

  test.each(model.sessions)('$name', ({ cells, key, noise, zero = '', multipliers = '', order, request, reply }) => {
    const { cuts } = contract
    const bits = cuts.flatMap((column, i) => column.map((cut) => BigInt((cells[i] as number) > cut)))
    const [x, k, z, rho] = [key, noise, zero, multipliers].map((wide) => scalars.reduce(fromHex(wide))) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    // Seal: k G and (k x + b) G, encoded as doubles of their halves.
    const ciphertexts = borrow((space) => {
      const second = scalars.add(scalars.multiply(k, x), scalarsOf(bits))
      const halves = scalars.halve(Uint8Array.from([...k, ...second]))
      const all = hexes(space.encodeDoubled(space.generate(halves)))
      return bits.map((_, i) => `${all[i]}${all[bits.length + i]}`)
    })
    expect(request).toContain(ciphertexts.join(''))

    // Evaluate: sums of bits along the edges, on a fresh encryption of zero; A is rho times their first points.
    const found = borrow((space) => {
      const { points } = space.decode(fromHex(...ciphertexts))
      const first = (bit: number) => points.slice(2 * bit, 2 * bit + 1)
      const fresh = space.generate(z)
      const sums = order.map((leaf) =>
        (leaves[leaf] ?? []).reduce(
          (sum: PointBatch, [bit, above]) => (above ? space.subtract(sum, first(bit)) : space.add(sum, first(bit))),
          fresh,
        ),
      )
      return hexes(space.encodeDoubled(space.multiply(space.join(sums), scalars.halve(rho))))
    })
    for (const encoding of found) expect(reply).toContain(encoding)
    expect(found).toHaveLength(rho.length / scalarBytes)
  })
})

test('the Python of the vectors has the multiples of the generator that the RFC has', () => {
  expect(vectors.multiples).toEqual(rfc.multiples)
})
