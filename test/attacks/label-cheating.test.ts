import { describe, expect, test } from 'vitest'
import { type LabelModel, labelModel } from '../../bench/label-models.ts'
import { modInverse } from '../../runtime/paillier/integer.ts'
import { generateRistrettoKey } from '../../runtime/ristretto/keys.ts'
import { drawLabel } from '../../runtime/schemes/label/draws.ts'
import { defineLabelServer } from '../../runtime/schemes/label/server.ts'
import { sumsOf } from '../../runtime/schemes/label/sums.ts'
import { order } from '../support/label-attacker.ts'
import { cheatingRequest, openedLeaves } from '../support/label-cheat.ts'
import { drawnWith } from '../support/label-draws.ts'

/**
 * What a client gains that does not keep to the protocol, as runtime/README.md says: with 2 in place of every bit it opens
 * all leaves with twice as many `>` edges as `<=` edges, of any record. It opens no others.
 */
const answers = Array.from({ length: 9 }, (_, i) => ({ answer: `answer ${i}` }))
const model = labelModel({ features: 2, cuts: 7, leaves: 12, padded: 12, depth: 6, answers, seed: 3 })

/** The number of `>` and `<=` edges to every leaf, by the paths that the server adds up. */
function edgesOf({ contract, leaves: given }: LabelModel) {
  const { splits, leaves } = sumsOf(contract, given)
  const constant = contract.cuts.flat().length
  const edges = new Map([[0, { above: 0, upTo: 0 }]])
  for (const { from, to, bit } of splits) {
    const { above = 0, upTo = 0 } = edges.get(from) ?? {}
    // Padding adds nothing to the first leaf.
    const more = Number(bit !== constant)
    edges.set(to, { above, upTo: upTo + more }).set(to + 1, { above: above + more, upTo })
  }
  return leaves.flatMap(({ sum, answer, isPadding }) => {
    const { above = 0, upTo = 0 } = edges.get(sum) ?? {}
    return isPadding ? [] : [{ above, upTo, answer }]
  })
}

/** The answers that a request of so much in place of every bit opens. */
async function opened({ contract, leaves }: LabelModel, value: bigint, draw = drawLabel): Promise<number[]> {
  const key = await generateRistrettoKey()
  const request = await cheatingRequest(
    contract,
    key,
    contract.cuts.flat().map(() => value),
  )
  return openedLeaves(contract, key, request, await defineLabelServer(contract, leaves, { draw }).evaluate(request))
}

test('a request of numbers that are not bits opens leaves by the shape of their path', async () => {
  const expected = edgesOf(model).flatMap(({ above, upTo, answer }) => (above === 2 * upTo ? [answer] : []))
  expect(expected.length).toBeGreaterThan(1)
  expect((await opened(model, 2n)).toSorted()).toEqual(expected.toSorted())
})

/**
 * What is padding costs one more than the first leaf: with -1/k in place of every bit nothing, if there are k edges to that
 * leaf, all of them `<=`. Then it would open, all at once, and give the number of leaves away in as many questions as the
 * tree is deep.
 */
describe('the padding probe', () => {
  const padded = labelModel({ features: 3, cuts: 4, leaves: 9, padded: 16, depth: 5, answers })
  /** How many more leaves open than have such a path, at most. */
  async function probe(draw = drawLabel): Promise<number> {
    let most = 0
    for (let k = 1; k <= padded.depth; k++) {
      const own = edgesOf(padded).filter(({ above, upTo }) => above * (k + 1) === upTo)
      most = Math.max(most, (await opened(padded, -modInverse(BigInt(k), order), draw)).length - own.length)
    }
    return most
  }

  test('counts the padding of a build that draws one multiplier for both points of it', async () => {
    expect(await probe(drawnWith(({ drawn }) => ({ others: drawn.multipliers })))).toBe(16 - 9)
  })

  test('opens none of ours', async () => {
    expect(await probe()).toBe(0)
  })
})
