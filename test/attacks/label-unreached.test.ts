import { describe, expect, test } from 'vitest'
import { labelModel } from '../../bench/label-models.ts'
import { defineLabelServer, type LabelServerEnvironment } from '../../runtime/schemes/label/server.ts'
import { curiousSession, leavesOf, openAs, scalarOf } from '../support/label-attacker.ts'
import { drawnWith } from '../support/label-draws.ts'
import { announcedRandom } from '../support/seed.ts'

/**
 * The curious client looks for the answers of leaves that it has not reached. D is x A + rho m G, and the cost m is
 * small: were rho known, for instance 1, it would open every leaf by trying all costs that there are.
 */
const random = announcedRandom('unreached')
const answers = Array.from({ length: 8 }, (_, i) => ({ answer: `answer ${i}` }))
const model = labelModel({ features: 3, cuts: 4, leaves: 8, padded: 16, answers, seed: Math.floor(random() * 1e9) })
const { contract } = model
const most = 12

/** Plays a session; gives the answers of all leaves that it opens, by their costs: 0 is the one it has reached. */
async function attack(environment: LabelServerEnvironment): Promise<Map<number, number[]>> {
  const cells = contract.features.map(() => Math.floor(random() * 5))
  const record = Object.fromEntries(cells.map((cell, i) => [`x${i}`, cell]))
  const { key, kappa, request } = await curiousSession(contract, record)
  const leaves = leavesOf(await defineLabelServer(contract, model.leaves, environment).evaluate(request))
  const factor = scalarOf(key.scalar)
  return new Map(
    Array.from({ length: most + 1 }, (_, cost) => [
      cost,
      leaves.flatMap((leaf) => openAs(key, kappa, leaf, { factor, multiple: BigInt(cost) }) ?? []),
    ]),
  )
}

const ones = (leaves: number) => Uint8Array.from({ length: 32 * leaves }, (_, i) => (i % 32 === 0 ? 1 : 0))

describe('the answer of a leaf that is not reached', () => {
  test('with every rho 1, one reply gives away the answers of all leaves of the tree, and how far each is', async () => {
    const found = await attack({ draw: drawnWith(({ leaves }) => ({ multipliers: ones(leaves) })) })
    expect(found.get(0)).toHaveLength(1)
    const all = [...found.values()].flat()
    expect(all.toSorted()).toEqual(model.leaves.map(({ answer }) => answer).toSorted())
  })

  test('with every rho 1, of padding too, the padding opens as well', async () => {
    const weak = drawnWith(({ leaves }) => ({ multipliers: ones(leaves), others: ones(leaves) }))
    expect([...(await attack({ draw: weak })).values()].flat()).toHaveLength(contract.leaves)
  })

  test('with rho as it is drawn, the same attacker opens the leaf that it has reached, and no other', async () => {
    for (let i = 0; i < 10; i++) {
      const found = await attack({})
      expect(found.get(0)).toHaveLength(1)
      expect([...found.values()].flat()).toHaveLength(1)
    }
  })
})
