import { describe, expect, test } from 'vitest'
import { lowerSums } from '../../compiler/schemes/sums/lower.ts'
import { at } from '../../runtime/at.ts'
import { toHex } from '../../runtime/bytes.ts'
import { fingerprint } from '../../runtime/contract.ts'
import { systemRandom } from '../../runtime/random.ts'
import type { Group } from '../../runtime/ristretto/group.ts'
import type { RistrettoKey } from '../../runtime/ristretto/keys.ts'
import { readyGroup } from '../../runtime/ristretto/ready.ts'
import { shortOf } from '../../runtime/ristretto/short.ts'
import { drawNoise } from '../../runtime/schemes/cipher.ts'
import { bitsOf } from '../../runtime/schemes/groups.ts'
import { findPayload } from '../../runtime/schemes/hidden.ts'
import type { Task } from '../../runtime/schemes/scheme.ts'
import { defineSumsClient } from '../../runtime/schemes/sums/client.ts'
import { drawSums, type SumsDraws } from '../../runtime/schemes/sums/draws.ts'
import { evaluateSums, type SumsTask } from '../../runtime/schemes/sums/evaluation.ts'
import { defineSumsServer } from '../../runtime/schemes/sums/server.ts'
import { messagesOf, replyError } from '../../runtime/wire/message.ts'
import { scalarBytesOf } from '../support/label-attacker.ts'
import { stairs } from '../support/score-trees.ts'
import { difference, kappaOf, leavesOf, openLeaves } from '../support/sums-attacker.ts'

/** Leaves that a client should not open: it is given a build that is weakened in one draw, and ours. */
const model = stairs([
  [10, 20, 30, 40],
  [100, 200, 300],
])
const plain = lowerSums(model, { guard: false }, { name: 'test' })
const guarded = lowerSums(model, { guard: true }, { name: 'test' })
const ours = (draws: SumsDraws) => draws

async function replied(weaken: (draws: SumsDraws) => SumsDraws, { contract, server: parts } = plain) {
  const client = defineSumsClient<object, number>(contract)
  const server = defineSumsServer(contract, parts, { draw: (...drawn) => ({ ...weaken(drawSums(...drawn)) }) })
  const key = await client.generateKey()
  const sealed = await client.seal({ x: 0 }, key)
  const reply = await server.evaluate(sealed.request)
  return { key, leaves: leavesOf(contract, reply), kappa: await kappaOf(sealed.request) }
}

const openedOf = async (weaken: (draws: SumsDraws) => SumsDraws) => {
  const { key, leaves, kappa } = await replied(weaken)
  return openLeaves(key, kappa, leaves).filter((one) => one !== null).length
}

describe('rho', () => {
  test('one leaf of each tree opens', async () => expect(await openedOf(ours)).toBe(2))

  test('of 0: every leaf opens but padding', async () => {
    // It is 1 + v: a group whose short multiples are the opposites of points makes nothing of it.
    const group = await readyGroup()
    const without: Group = {
      ...group,
      borrow: (work) =>
        group.borrow((space) =>
          work({
            ...space,
            multiply: (points, scalars, size) =>
              size === 16
                ? space.subtract(space.identities(points.length), points)
                : space.multiply(points, scalars, size),
          }),
        ),
    }
    const client = defineSumsClient<object, number>(plain.contract)
    const key = await client.generateKey()
    const opened = async (own: Group) => {
      const { request } = await client.seal({ x: 0 }, key)
      const runner = { idle: 1, run: async (task: Task) => evaluateSums(own, task as SumsTask) }
      const reply = await defineSumsServer(plain.contract, plain.server).with({ runner }).evaluate(request)
      return openLeaves(key, await kappaOf(request), leavesOf(plain.contract, reply)).filter((one) => one !== null)
        .length
    }
    expect(await opened(without)).toBe(7)
    expect(await opened(group)).toBe(2)
  })

  test('of 8 bits: all values of it are tried, and other leaves open', async () => {
    const small = (draws: SumsDraws): SumsDraws => ({
      ...draws,
      rho: shortOf(Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? at(draws.rho.v, 0) & 7 : 0))),
    })
    const tried = async (weaken: (draws: SumsDraws) => SumsDraws) => {
      const { key, leaves, kappa } = await replied(weaken)
      const found = new Set<number>()
      for (let rho = 1; rho <= 8; rho++) {
        // Sums are at most 3: D = x A + 2 rho sum G.
        for (const sum of [0, 1, 2, 3]) {
          const shift = (multiple: Uint8Array) => shifted(key, multiple, 2 * rho * sum)
          openLeaves(key, kappa, leaves, shift).forEach((one, i) => {
            if (one !== null) found.add(i)
          })
        }
      }
      return found.size
    }
    // All but padding: four leaves and three.
    expect(await tried(small)).toBe(7)
    expect(await tried(ours)).toBe(2)
  })
})

describe('beta', () => {
  /** Whether the points A of two leaves differ by nothing, or by the same as two others. */
  const repeats = async (weaken: (draws: SumsDraws) => SumsDraws) => {
    const { key, leaves } = await replied(weaken)
    const seen = leaves.flatMap((a, i) => leaves.slice(i + 1).map((b) => toHex(difference(key, a.point, b.point))))
    return seen.length - new Set(seen).size
  }

  test('of 0: the differences of the points A are those of the sums', async () => {
    expect(await repeats((draws) => ({ ...draws, betas: new Uint8Array(draws.betas.length) }))).toBeGreaterThan(0)
    expect(await repeats(ours)).toBe(0)
  })

  test('equal for all leaves: differences of the points A repeat', async () => {
    const weak = (draws: SumsDraws): SumsDraws => ({
      ...draws,
      betas: Uint8Array.from(draws.betas, (_, i) => at(draws.betas, i % 32)),
    })
    expect(await repeats(weak)).toBeGreaterThan(0)
  })
})

describe('padding', () => {
  /** A client that knows rho opens padding too where it is alive. */
  const opened = async (isAlive: boolean) => {
    let rho = new Uint8Array(32)
    const { key, leaves, kappa } = await replied((draws) => {
      rho = draws.rho.scalar.slice()
      return isAlive ? { ...draws, others: draws.betas } : draws
    })
    const found = new Set<number>()
    for (let sum = 0; sum < 6; sum++) {
      const times = key.group.scalars.multiply(rho, scalarBytesOf(BigInt(2 * sum)))
      const shift = (multiple: Uint8Array) => plusScalar(key, multiple, times)
      openLeaves(key, kappa, leaves, shift).forEach((one, i) => {
        if (one !== null) found.add(i)
      })
    }
    return found.size
  }

  test('alive, it opens to who knows rho; ours never does', async () => {
    expect(await opened(true)).toBe(8)
    expect(await opened(false)).toBe(7)
  })
})

describe('a client that encrypts what is no record', () => {
  /** Any numbers in the place of the bits. */
  async function cheated({ contract, server: parts }: typeof plain, values: readonly bigint[]) {
    const client = defineSumsClient<object, number>(contract)
    const key = await client.generateKey()
    const request = await cheatingRequest(contract, key, values)
    const reply = await defineSumsServer(contract, parts).evaluate(request)
    return { key, leaves: leavesOf(contract, reply), kappa: await kappaOf(request) }
  }

  async function cheatingRequest(contract: typeof plain.contract, key: RistrettoKey, values: readonly bigint[]) {
    const { group } = key
    const noise = drawNoise(key, systemRandom, bitsOf(contract))
    const added = group.scalars.add(
      noise.scalars,
      Uint8Array.from(values.flatMap((value) => [...scalarBytesOf(value)])),
    )
    const seconds = group.borrow((space) => space.encodeDoubled(space.generate(group.scalars.halve(added))))
    const ciphertexts = new Uint8Array(64 * values.length)
    for (let i = 0; i < values.length; i++) {
      ciphertexts.set(noise.points.subarray(32 * i, 32 * (i + 1)), 64 * i)
      ciphertexts.set(seconds.subarray(32 * i, 32 * (i + 1)), 64 * i + 32)
    }
    return messagesOf(contract, await fingerprint(contract)).encodeRequest({ key: key.point, ciphertexts })
  }

  /** Along the stairs the sums are b1, b2 + 1 - b1, and so on: these bits make several of them 0. */
  const values = [0n, -1n, 5n]

  test('without the guard it reads how leaves of one tree differ', async () => {
    const { key, leaves, kappa } = await cheated(plain, values)
    const first = openLeaves(key, kappa, leaves)
      .slice(0, 4)
      .filter((one) => one !== null)
    expect(first.length).toBe(2)
    const [a = 0, b = 0] = first
    expect([10, -10].map((one) => one >>> 0)).toContain((b - a) >>> 0)
  })

  test('with the guard it reads nothing', async () => {
    const { key, leaves, kappa } = await cheated(guarded, values)
    expect(openLeaves(key, kappa, leaves).filter((one) => one !== null)).toEqual([])
  })

  test('a key that is the identity is refused', async () => {
    const client = defineSumsClient<object, number>(plain.contract)
    const sealed = await client.seal({ x: 0 }, await client.generateKey())
    const messages = messagesOf(plain.contract, await fingerprint(plain.contract))
    const { ciphertexts = new Uint8Array() } = messages.decodeRequest(sealed.request)
    const request = messages.encodeRequest({ key: new Uint8Array(32), ciphertexts })
    expect(replyError(await defineSumsServer(plain.contract, plain.server).evaluate(request))).toBe('bad-key')
  })
})

test('more than eight scores of a leaf: none of their bytes is in clear', async () => {
  const scores = Array.from({ length: 12 }, (_, i) => i)
  const several = lowerSums(
    {
      ...stairs([[1]]),
      trees: [{ output: null, root: { kind: 'leaf', scores } }],
      base: scores.map(() => 0),
      link: { kind: 'softmax', base: 0, unit: 1 },
      answers: scores.map(String),
    },
    { guard: false },
    { name: 'test' },
  )
  const { leaves, key, kappa } = await replied((draws) => ({ ...draws, masks: [scores.map(() => 0)] }), several)
  const { point, hidden } = at(leaves, 0)
  expect(hidden).toHaveLength(12 * 4 + 5)
  expect(hidden.subarray(32, 48).filter((byte) => byte === 0).length).toBeLessThan(4)
  const [multiple = point] = [key].map((own) =>
    own.group.borrow((space) => space.encode(space.multiply(space.decode(point).points, own.scalar))),
  )
  expect(findPayload(point, multiple, kappa, hidden)?.[47]).toBe(11)
})

function shifted(key: RistrettoKey, encoding: Uint8Array, multiple: number): Uint8Array {
  return plusScalar(key, encoding, scalarBytesOf(BigInt(multiple)))
}

function plusScalar({ group }: RistrettoKey, encoding: Uint8Array, scalar: Uint8Array): Uint8Array {
  return group.borrow((space) => space.encode(space.add(space.decode(encoding).points, space.generate(scalar))))
}
