import { randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { lowerSums } from '../../compiler/schemes/sums/lower.ts'
import { at } from '../../runtime/at.ts'
import { defineSumsClient } from '../../runtime/schemes/sums/client.ts'
import { drawSums, type SumsDraws } from '../../runtime/schemes/sums/draws.ts'
import { defineSumsServer } from '../../runtime/schemes/sums/server.ts'
import { replyError } from '../../runtime/wire/message.ts'
import { stairs } from '../support/score-trees.ts'
import { announcedRandom } from '../support/seed.ts'
import { kappaOf, leavesOf, openLeaves } from '../support/sums-attacker.ts'

/**
 * The curious client tells two forests apart that have the same contract and give its record the same sum, by what the leaves
 * that it reached hold: 100 + 900 + 1 against 700 + 300 + 1.
 */
const random = announcedRandom('masks')
const forests = [
  stairs([
    [100, 0, 0, 0],
    [900, 0, 0],
    [1, 5, 0, 0],
  ]),
  stairs([
    [700, 0, 0],
    [300, 0, 0, 0],
    [1, 0, 7, 0],
  ]),
].map((model) => lowerSums(model, { guard: false }, { name: 'test' }))
const { contract } = at(forests, 0)
const client = defineSumsClient<object, number>(contract)

type Weaken = (draws: SumsDraws) => SumsDraws

async function reachedBy(which: number, weaken: Weaken, key: Awaited<ReturnType<typeof client.generateKey>>) {
  const { server: parts } = at(forests, which)
  const server = defineSumsServer(contract, parts, { draw: (...drawn) => ({ ...weaken(drawSums(...drawn)) }) })
  const sealed = await client.seal({ x: 0 }, key)
  const reply = await server.evaluate(sealed.request)
  const opened = openLeaves(key, await kappaOf(sealed.request), leavesOf(contract, reply))
  return {
    sealed,
    reply,
    held: opened.filter((one) => one !== null),
    places: opened.flatMap((one, i) => (one === null ? [] : [i])),
  }
}

/** The share of replies of which the client tells the forest, by a threshold on what it sees that fits half of them best. */
async function toldRight(weaken: Weaken, count: number): Promise<number> {
  const key = await client.generateKey()
  const samples: { readonly which: number; readonly seen: readonly number[] }[] = []
  for (let i = 0; i < count; i++) {
    const which = Number(random() < 0.5)
    const { held, places } = await reachedBy(which, weaken, key)
    const sum = held.reduce((a, b) => (a + b) % 2 ** 32, 0)
    samples.push({ which, seen: [...held, ...places, sum] })
  }
  const [seen, unseen] = [samples.slice(0, count / 2), samples.slice(count / 2)]
  const features = at(samples, 0).seen.map((_, feature) => {
    const values = [...new Set(seen.map((sample) => at(sample.seen, feature)))].sort((a, b) => a - b)
    const candidates = values
      .filter((_, i) => i % Math.ceil(values.length / 20) === 0)
      .flatMap((threshold) =>
        [true, false].map(
          (above) => (sample: (typeof samples)[number]) => Number(at(sample.seen, feature) >= threshold === above),
        ),
      )
    const score = (guess: (typeof candidates)[number]) => seen.filter((sample) => guess(sample) === sample.which).length
    return candidates.map((guess) => ({ guess, right: score(guess) })).reduce((a, b) => (b.right > a.right ? b : a))
  })
  const { guess } = features.reduce((a, b) => (b.right > a.right ? b : a))
  return unseen.filter((sample) => guess(sample) === sample.which).length / unseen.length
}

const masksOf =
  (own: (tree: number) => number): Weaken =>
  (draws) => ({
    ...draws,
    masks: draws.masks.map((_, tree) => [own(tree)]),
  })

test('the contracts are equal, and so are the sums', async () => {
  expect(at(forests, 0).contract).toEqual(at(forests, 1).contract)
  const key = await client.generateKey()
  for (const which of [0, 1]) {
    const { sealed, reply } = await reachedBy(which, (draws) => draws, key)
    expect(await sealed.open(reply)).toEqual({ kind: 'number', answer: 1001, scores: [1001] })
  }
})

test('forests of equal sums are not told apart', async () => {
  // Half of 2,000 replies are unseen: five deviations of guessing.
  expect(Math.abs((await toldRight((draws) => draws, 2000)) - 0.5)).toBeLessThan(0.08)
}, 120_000)

describe('weakened builds fall', () => {
  test('masks of 0: the leaves are read', async () => {
    expect(
      await toldRight(
        masksOf(() => 0),
        60,
      ),
    ).toBe(1)
  })

  test('the masks of two replies are equal: the differences of leaves are read', async () => {
    const kept = [randomInt(2 ** 31), randomInt(2 ** 31)]
    const masks = [...kept, -kept.reduce((a, b) => a + b)]
    const weak = masksOf((tree) => at(masks, tree))
    expect(await toldRight(weak, 60)).toBe(1)
    const honest = await toldRight((draws) => draws, 60)
    expect(honest).toBeLessThan(1)
  })

  test('masks that do not sum to the base: the sum is wrong', async () => {
    const { sealed, reply } = await reachedBy(
      0,
      masksOf(() => 77),
      await client.generateKey(),
    )
    expect((await sealed.open(reply)).answer).not.toBe(1001)
  })

  test('an order that is kept: the place tells the leaf', async () => {
    const weak: Weaken = (draws) => ({ ...draws, orders: draws.orders.map((order) => order.map((_, i) => i)) })
    const key = await client.generateKey()
    const places = new Set<string>()
    for (let i = 0; i < 20; i++) places.add((await reachedBy(0, weak, key)).places.join())
    expect(places.size).toBe(1)
    for (let i = 0; i < 20; i++) places.add((await reachedBy(0, (draws) => draws, key)).places.join())
    expect(places.size).toBeGreaterThan(5)
  })

  test('draws that are used twice are refused', async () => {
    let kept: SumsDraws | null = null
    const server = defineSumsServer(contract, at(forests, 0).server, {
      draw: (...drawn) => {
        kept ??= drawSums(...drawn)
        return kept
      },
    })
    const { request } = await client.seal({ x: 0 }, await client.generateKey())
    await server.evaluate(request)
    expect(replyError(await server.evaluate(request))).not.toBeNull()
  })
})
