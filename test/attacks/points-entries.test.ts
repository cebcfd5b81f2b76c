import { describe, expect, test } from 'vitest'
import { at } from '../../runtime/at.ts'
import { drawShort, shortOf } from '../../runtime/ristretto/short.ts'
import type { PointsDraws } from '../../runtime/schemes/points/draws.ts'
import type { PointsServerEnvironment } from '../../runtime/schemes/points/server.ts'
import { announcedStream, isFull } from '../support/lattice.ts'
import { numbers, pointsOf, scorePlan, serverOf, weakened } from '../support/points.ts'
import { Attacker, half, numberOf, scalarOf, signed } from '../support/points-attacker.ts'

/** The client as attacker: it wants entries beside the one of its own position. */
const random = announcedStream('points-entries')
const truth = [
  [3, -7, 12, 0, 5],
  [1, 9, -4],
]
const model = pointsOf(truth.map((points, i) => numbers(`x${i}`, points.length, points)))
const plan = scorePlan(model)
const sessions = isFull ? 200 : 5

const differences = (values: readonly number[]) => values.map((value) => (value - at(values, 0)) | 0)
const wanted = differences(at(truth, 0))

/** How often all entries of the first column are read, up to their common mask. */
async function read(
  environment: PointsServerEnvironment,
  steal: (attacker: Attacker, seen: Awaited<ReturnType<Attacker['ask']>>) => Iterable<Uint8Array>,
): Promise<number> {
  const attacker = await Attacker.of(plan.contract, random)
  const server = serverOf(plan, { ...environment, random })
  let hits = 0
  for (let i = 0; i < sessions; i++) {
    const seen = await attacker.ask(server, [2n, 1n])
    for (const rho of steal(attacker, seen)) {
      const values = differences(attacker.allEntries(seen, 0, 2, rho))
      if (values.every((value, j) => value === wanted[j])) hits++
    }
  }
  return hits
}

const betas = (change: (own: Uint8Array) => Uint8Array) =>
  weakened((draws: PointsDraws) => ({ ...draws, betas: change(draws.betas) }))

describe('beta hides rho in A', () => {
  // A = rho k G without it, and the client knows k.
  const steal = function* (attacker: Attacker, seen: Awaited<ReturnType<Attacker['ask']>>) {
    yield attacker.divided(at(seen.points, 0), numberOf(at(seen.noise, 0)))
  }
  test('left out: a client reads all entries', async () => {
    expect(await read({ draw: betas((own) => new Uint8Array(own.length)) }, steal)).toBe(sessions)
  })
  test('ours: none', async () => expect(await read({}, steal)).toBe(0))
})

describe('every table has a beta of its own', () => {
  const steal = function* (attacker: Attacker, seen: Awaited<ReturnType<Attacker['ask']>>) {
    const [first, second] = [0, 1].map((i) => numberOf(at(seen.noise, i)))
    yield attacker.divided(attacker.difference(at(seen.points, 0), at(seen.points, 1)), (first ?? 0n) - (second ?? 0n))
  }
  test('one for two tables: a client reads all entries', async () => {
    const equal = (own: Uint8Array) => new Uint8Array([...own.subarray(0, 32), ...own.subarray(0, 32)])
    expect(await read({ draw: betas(equal) }, steal)).toBe(sessions)
  })
  test('ours: none', async () => expect(await read({}, steal)).toBe(0))
})

describe('rho has 128 bits', () => {
  const guesses = isFull ? 256 : 16
  // The server computes with half of rho, 1 to 256: so rho is twice as much.
  const steal = function* (attacker: Attacker) {
    for (let rho = 1; rho <= guesses; rho++) {
      yield attacker.group.borrow((space) => space.encode(space.generate(scalarOf(BigInt(2 * rho)))))
    }
  }
  const short = (bits: number) =>
    weakened((draws: PointsDraws) => ({
      ...draws,
      rho: shortOf(new Uint8Array(16).fill(at(random(1), 0) % bits, 0, 1)),
    }))
  test('of few bits: a client tries them all', async () => {
    expect(await read({ draw: short(guesses) }, steal)).toBe(sessions)
  })
  test('ours: nothing', async () => expect(await read({}, steal)).toBe(0))
  test('it is uniform in 1 to 2^128', () => {
    const drawn = Array.from({ length: 200 }, () => numberOf(drawShort(random).scalar))
    expect(drawn.every((own) => own >= 1n && own <= 2n ** 128n)).toBe(true)
    expect(new Set(drawn.map((own) => own >> 120n)).size).toBeGreaterThan(100)
  })
})

describe('something that is not a position opens nothing', () => {
  /** What the entries hold, as it was computed from the draws: the attacker does not see it. */
  let masks: Uint32Array = new Uint32Array()
  const draw = weakened((draws: PointsDraws) => {
    if (draws.kind === 'masks') masks = draws.masks
    return draws
  })
  const questions = isFull ? 10_000 : 60
  const uniform = () => numberOf(random(32))
  const kept = (own: readonly Uint8Array[]) => own.map((one) => new Uint8Array(one))
  const swapped = (own: readonly Uint8Array[]) =>
    own.map((one) => new Uint8Array([...one.subarray(32), ...one.subarray(0, 32)]))
  const cheats: readonly (readonly [string, () => bigint, typeof swapped])[] = [
    ['a million', () => 2n ** 20n, kept],
    ['-1', () => -1n, kept],
    ['a half', () => half, kept],
    ['the number of positions', () => 5n, kept],
    ['a random scalar', uniform, kept],
    ['the halves of a ciphertext exchanged', () => 2n, swapped],
  ]

  /** How many entries of the first column opened, over all questions: beside x A its neighbours are tried. */
  async function opened(value: () => bigint, change?: typeof swapped): Promise<number> {
    const attacker = await Attacker.of(plan.contract, random)
    const server = serverOf(plan, { draw, random })
    let found = 0
    for (let i = 0; i < questions / cheats.length; i++) {
      const seen = await attacker.ask(server, [value(), 1n], change)
      const own = attacker.opening(seen, 0)
      for (const [j, points] of at(truth, 0).entries()) {
        const held = (points + at(masks, 0)) | 0
        if (signed(attacker.entryAt(seen, 0, j, own)) === held) found++
      }
    }
    return found
  }

  test('an honest position opens its entry', async () => {
    expect(await opened(() => 3n)).toBe(Math.ceil(questions / cheats.length))
  })
  test.each<readonly [string, () => bigint, typeof swapped]>(cheats)('%s: none', async (_, value, change) =>
    expect(await opened(value, change)).toBe(0),
  )

  test('equal and exchanged ciphertexts give the answer of the record that they encrypt, no more', async () => {
    const same = pointsOf([numbers('a', 3, [1, 5, 9]), numbers('b', 3, [20, 40, 80])])
    const own = scorePlan(same)
    const attacker = await Attacker.of(own.contract, random)
    const sum = async (
      change: (ciphertexts: readonly Uint8Array[]) => readonly Uint8Array[],
      places: readonly number[],
    ) => {
      const seen = await attacker.ask(serverOf(own, { random }), [2n, 0n], change)
      return places.reduce(
        (all, j, f) => (all + signed(attacker.entryAt(seen, f, j, attacker.opening(seen, f)))) | 0,
        0,
      )
    }
    expect(await sum((all) => all, [2, 0])).toBe(29)
    expect(await sum((all) => all.toReversed(), [0, 2])).toBe(81)
    expect(await sum((all) => [at(all, 0), at(all, 0)], [2, 2])).toBe(89)
  })
})
