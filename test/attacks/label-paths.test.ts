import { describe, expect, test } from 'vitest'
import { labelModel, labelOf } from '../../bench/label-models.ts'
import { modInverse } from '../../runtime/paillier/integer.ts'
import { defineLabelServer, type LabelServerEnvironment } from '../../runtime/schemes/label/server.ts'
import { sumsOf } from '../../runtime/schemes/label/sums.ts'
import { curiousSession, leavesOf, openAs, order, scalarOf } from '../support/label-attacker.ts'
import { drawnWith } from '../support/label-draws.ts'
import { announcedRandom } from '../support/seed.ts'

/**
 * The curious client looks for the path to a leaf that it has not reached. It knows its key x, the k of its bits and the
 * bits. If a leaf's sum had no randomness but the client's own, or one that the client knows, here 1, it would be
 * K = 1 + the sum of k over the path: then A = rho K G, and for a guessed path, whose cost m is known, D is
 * x A + rho m G = (x + m / K) A. The right guess opens the leaf.
 */
const random = announcedRandom('paths')
const shape = { features: 2, cuts: 4, leaves: 5, padded: 8 }
const model = labelModel({ ...shape, seed: Math.floor(random() * 1e9) })
const { contract } = model
const bits = 8
/** z in the weakened build. */
const known = 1n
const longest = Math.max(...pathsOf().map(({ length }) => length))

/** The path to every leaf of the tree, as the server adds it up: `bit` or `!bit`, in the order of the bits. */
function pathsOf(): string[][] {
  const { splits, leaves } = sumsOf(contract, model.leaves)
  const paths = new Map<number, string[]>([[0, []]])
  for (const { from, bit, to } of splits) {
    const before = paths.get(from) ?? []
    const isPadding = bit === bits
    paths.set(to, isPadding ? before : [...before, `${bit}`])
    if (!isPadding) paths.set(to + 1, [...before, `!${bit}`])
  }
  return leaves.flatMap(({ sum }) => {
    const path = paths.get(sum)
    return path === undefined ? [] : [path.toSorted()]
  })
}

/** Every set of up to `length` edges, each on another bit: -1 for a cell that is above, 1 for one that is not. */
function guesses(length: number, from = 0): { bit: number; sign: -1 | 1 }[][] {
  if (length === 0) return [[]]
  const longer = Array.from({ length: bits - from }, (_, i) => from + i).flatMap((bit) =>
    guesses(length - 1, bit + 1).flatMap((rest) => [
      [{ bit, sign: 1 as const }, ...rest],
      [{ bit, sign: -1 as const }, ...rest],
    ]),
  )
  return [[], ...longer]
}

/** Plays a session and tries all paths on all leaves; gives those found. */
async function attack(environment: LabelServerEnvironment) {
  const cells = contract.features.map(() => Math.floor(random() * (shape.cuts + 1)))
  const { key, noise, kappa, request } = await curiousSession(
    contract,
    Object.fromEntries(cells.map((cell, i) => [`x${i}`, cell])),
  )
  const isAbove = contract.cuts.flatMap((cuts, feature) => cuts.map((cut) => (cells[feature] ?? 0) > cut))
  const leaves = leavesOf(await defineLabelServer(contract, model.leaves, environment).evaluate(request))
  const x = scalarOf(key.scalar)
  const found = new Map<string, number>()
  for (const path of guesses(longest)) {
    const cost = path.filter(({ bit, sign }) => (sign === 1) === isAbove[bit]).length
    // At cost 0 the leaf is the one that is reached, and opens without a guess.
    if (cost === 0) continue
    const k = path.reduce((sum, { bit, sign }) => sum + BigInt(sign) * (noise[bit] ?? 0n), known)
    const factor = x + BigInt(cost) * modInverse(k, order)
    for (const leaf of leaves) {
      const answer = openAs(key, kappa, leaf, { factor })
      if (answer !== null) {
        const edges = path.map(({ bit, sign }) => (sign === 1 ? `${bit}` : `!${bit}`))
        found.set(String(edges.toSorted()), answer)
      }
    }
  }
  return { cells, found }
}

/** What is to be found: paths of the leaves that were not reached, with their answers. */
function unreached(cells: readonly number[]): Map<string, number> {
  const answers = sumsOf(contract, model.leaves).leaves.map(({ answer }) => answer)
  const isAbove = contract.cuts.flatMap((cuts, feature) => cuts.map((cut) => (cells[feature] ?? 0) > cut))
  const isReached = (path: readonly string[]) =>
    path.every((edge) => isAbove[Number(edge.replace('!', ''))] === edge.startsWith('!'))
  return new Map(
    pathsOf().flatMap((path, leaf) => (isReached(path) ? [] : [[String(path), answers[leaf] ?? 0] as const])),
  )
}

describe('the path to a leaf that is not reached', () => {
  test('with an encryption of zero that is not fresh, one reply gives all of them away, with their answers', async () => {
    const { cells, found } = await attack({
      draw: drawnWith(() => ({ zero: new Uint8Array(32).with(0, Number(known)) })),
    })
    expect(unreached(cells).size).toBe(4)
    for (const [path, answer] of unreached(cells)) expect([path, found.get(path)]).toEqual([path, answer])
  })

  test('with it, the same attacker finds none', async () => {
    expect(labelOf(model, [0, 0])).toBeLessThan(2)
    for (let i = 0; i < 3; i++) expect((await attack({})).found.size).toBe(0)
  })
})
