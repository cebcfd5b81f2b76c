import { expect, test } from 'vitest'
import { labelModel } from '../../bench/label-models.ts'
import { fingerprint } from '../../runtime/contract.ts'
import { drawNoise } from '../../runtime/label/cipher.ts'
import { generateLabelKey } from '../../runtime/label/keys.ts'
import { defineLabelServer } from '../../runtime/label/server.ts'
import { sumsOf } from '../../runtime/label/sums.ts'
import { encodeRequest } from '../../runtime/message.ts'
import { systemRandom } from '../../runtime/random.ts'
import { leavesOf, openAs, scalarOf } from '../support/label-attacker.ts'

/**
 * What a client gains that does not keep to the protocol, as runtime/README.md says: with 2 in place of every bit it opens
 * all leaves with twice as many `>` edges as `<=` edges, of any record. It opens no others.
 */
const answers = Array.from({ length: 9 }, (_, i) => ({ answer: `answer ${i}` }))
const model = labelModel({ features: 2, cuts: 7, leaves: 12, padded: 12, depth: 6, answers, seed: 3 })
const { contract } = model

/** The answers of the leaves with so many `>` edges for each `<=` edge, by the paths that the server adds up. */
function leavesOfRatio(ratio: number): number[] {
  const { splits, leaves } = sumsOf(contract, model.leaves)
  const lengths = new Map([[0, 0]])
  for (const { from, to } of splits) {
    const length = 1 + (lengths.get(from) ?? 0)
    lengths.set(to, length).set(to + 1, length)
  }
  const fits = leaves.filter(({ sum, above }) => above === ratio * ((lengths.get(sum) ?? 0) - above))
  return fits.map(({ answer }) => answer)
}

test('a request of numbers that are not bits opens leaves by the shape of their path', async () => {
  const key = await generateLabelKey()
  const { group } = key
  const count = contract.cuts.flat().length
  const { points, scalars } = drawNoise(key, systemRandom, count)
  const ciphertexts = group.borrow(2, (at) =>
    Uint8Array.from(
      Array.from({ length: count }, (_, i) => {
        group.write(at, scalars.subarray(32 * i, 32 * (i + 1)))
        group.write(at + 32, Uint8Array.of(2))
        group.addScalars(at, at, at + 32)
        group.generate(at, at)
        return [...points.subarray(32 * i, 32 * (i + 1)), ...group.read(at)]
      }).flat(),
    ),
  )
  const request = encodeRequest({ contract: await fingerprint(contract), key: key.point, ciphertexts })
  const seen = leavesOf(await defineLabelServer(contract, model.leaves).evaluate(request))
  const opened = seen.flatMap((leaf) => openAs(key, leaf, { factor: scalarOf(key.scalar) }) ?? [])
  expect(leavesOfRatio(2).length).toBeGreaterThan(1)
  expect(opened.toSorted()).toEqual(leavesOfRatio(2).toSorted())
})
