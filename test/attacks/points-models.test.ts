import { describe, expect, test } from 'vitest'
import { at } from '../../runtime/at.ts'
import { bytesToBigint } from '../../runtime/bytes.ts'
import { drawnOnce } from '../../runtime/schemes/once.ts'
import { drawPoints, type PointsDraws } from '../../runtime/schemes/points/draws.ts'
import type { PointsServerEnvironment } from '../../runtime/schemes/points/server.ts'
import { announcedStream, isFull } from '../support/lattice.ts'
import { labelPlan, numbers, pointsOf, scorePlan, serverOf, weakened } from '../support/points.ts'
import { Attacker, half, signed } from '../support/points-attacker.ts'

/** The client as attacker: it wants to know more of a model than the sum of its record. */
const random = announcedStream('points-models')
const replies = isFull ? 2_000 : 60
/** Of so many fair coins, more than this many heads come up once in 10^9 runs. */
const bound = replies / 2 + 3 * Math.sqrt(replies)

const noMasks = weakened((draws: PointsDraws) =>
  draws.kind === 'masks' ? { ...draws, masks: new Uint32Array(draws.masks.length) } : draws,
)

/** The same draws for every reply. */
function reused(): NonNullable<PointsServerEnvironment['draw']> {
  let first: PointsDraws | null = null
  return (group, from, contract) => {
    first ??= drawPoints(group, from, contract).take()
    return drawnOnce(first)
  }
}

/** How often the client guesses right which of two models with equal sums answered it, by the entry of the first column. */
async function guesses(environment: PointsServerEnvironment): Promise<number> {
  const models = [1, 1000].map((own) => pointsOf([numbers('a', 2, [own, 0]), numbers('b', 2, [1001 - own, 3])]))
  const plans = models.map(scorePlan)
  const attacker = await Attacker.of(at(plans, 0).contract, random)
  const servers = plans.map((plan) => serverOf(plan, { ...environment, random }))
  let right = 0
  for (let i = 0; i < replies; i++) {
    const secret = at(random(1), 0) & 1
    const seen = await attacker.ask(at(servers, secret), [0n, 0n])
    const [first = 0, second = 0] = [0, 1].map((f) => signed(attacker.entryAt(seen, f, 0, attacker.opening(seen, f))))
    expect((first + second) | 0).toBe(1001)
    if (Number(Math.abs(first - 1000) < Math.abs(first - 1)) === secret) right++
  }
  return right
}

describe('models with equal sums', () => {
  test('without masks they are told apart', async () => expect(await guesses({ draw: noMasks })).toBe(replies))
  test('ours are not', async () => expect(await guesses({})).toBeLessThan(bound))
  test('their contracts are equal, whatever columns they use', () => {
    const unused = pointsOf([numbers('a', 2, [1, 5]), numbers('b', 2, [0, 0])])
    const used = pointsOf([numbers('a', 2, [0, 0]), numbers('b', 2, [1, 5])])
    expect(scorePlan(unused).contract).toEqual(scorePlan(used).contract)
    expect(labelPlan(unused).contract).toEqual(labelPlan(used).contract)
  })
})

describe('draws of one reply', () => {
  const model = pointsOf([numbers('a', 2, [4, 11]), numbers('b', 2, [0, 3])])
  /** How often two replies tell by how much one position counts more than the other one, from entries that are masked. */
  async function read(environment: () => PointsServerEnvironment): Promise<number> {
    const plan = scorePlan(model)
    const attacker = await Attacker.of(plan.contract, random)
    let hits = 0
    for (let i = 0; i < replies / 10; i++) {
      const server = serverOf(plan, { ...environment(), random })
      const values: number[] = []
      for (const position of [0, 1]) {
        const seen = await attacker.ask(server, [BigInt(position), 0n])
        values.push(signed(attacker.entryAt(seen, 0, position, attacker.opening(seen, 0))))
      }
      if (((at(values, 1) - at(values, 0)) | 0) === 7) hits++
    }
    return hits
  }
  test('used for two: one column is read apart from the others', async () => {
    expect(await read(() => ({ draw: reused() }))).toBe(replies / 10)
  })
  test('ours: nothing', async () => expect(await read(() => ({}))).toBe(0))
})

describe('pairs have main tables beneath them', () => {
  // 1/2 and 1 make position 1/2 * 2 + 1 = 2 of the pair: a place of a record, and yet no record.
  const model = pointsOf([numbers('a', 2, [0, 0]), numbers('b', 2, [0, 0])], {
    pairs: [{ columns: [0, 1], points: [[5], [-9], [31], [2]] }],
  })
  /** How often the pair's points are read by positions of which one is none. */
  async function read(environment: PointsServerEnvironment): Promise<number> {
    const plan = scorePlan(model)
    const attacker = await Attacker.of(plan.contract, random)
    const server = serverOf(plan, { ...environment, random })
    let hits = 0
    for (let i = 0; i < replies / 10; i++) {
      const seen = await attacker.ask(server, [half, 1n])
      if (signed(attacker.entryAt(seen, 2, 2, attacker.opening(seen, 2))) === 31) hits++
    }
    return hits
  }
  // Main tables that are left out are main tables whose masks are 0: the pair's mask is the base then.
  test('left out: inconsistent positions are read', async () =>
    expect(await read({ draw: noMasks })).toBe(replies / 10))
  test('ours: nothing', async () => expect(await read({})).toBe(0))
})

describe('label hides the sum', () => {
  const model = pointsOf([numbers('a', 4, [0, 3, 10, 40])], { base: [-20] })
  /** How often two replies tell how far apart the sums of two records lie. */
  async function read(environment: () => PointsServerEnvironment): Promise<number> {
    const plan = labelPlan(model)
    const attacker = await Attacker.of(plan.contract, random)
    let hits = 0
    for (let i = 0; i < replies / 10; i++) {
      const server = serverOf(plan, { ...environment(), random })
      const places: number[] = []
      for (const position of [1, 3]) {
        const seen = await attacker.ask(server, [BigInt(position)])
        const entry = attacker.entryAt(seen, 0, position, attacker.opening(seen, 0))
        places.push(Number(bytesToBigint(entry.subarray(16))))
      }
      if ((at(places, 1) - at(places, 0) + 256) % 256 === 37) hits++
    }
    return hits
  }
  test('draws used for two: the difference of two sums is read', async () => {
    expect(await read(() => ({ draw: reused() }))).toBe(replies / 10)
  })
  test('ours: by chance, once in 256', async () => {
    expect(await read(() => ({}))).toBeLessThan(isFull ? 12 : 4)
  })
})
