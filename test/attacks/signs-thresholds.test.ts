import { describe, expect, test } from 'vitest'
import { thresholdAdvantage } from '../../compiler/schemes/signs/lower.ts'
import { sha256 } from '../../runtime/contract.ts'
import { bigintEngine } from '../../runtime/paillier/bigint-engine.ts'
import { privateCipher } from '../../runtime/paillier/cipher.ts'
import { randomBits, systemRandom } from '../../runtime/random.ts'
import { leastBlindingBits, slotLayout } from '../../runtime/schemes/signs/contract.ts'
import { signsWorker } from '../../runtime/schemes/signs/evaluation.ts'
import { defineSignsServer, type SignsDraws } from '../../runtime/schemes/signs/server.ts'
import { drawTestBlinding, readSlots, slotOffset } from '../../runtime/schemes/signs/slots.ts'
import { insecureTestKey } from '../support/keys.ts'
import { oneSplit } from '../support/one-split.ts'
import { clientOf, lower } from '../support/plans.ts'
import { announcedRandom } from '../support/seed.ts'
import { messagesInNumbers } from '../support/signs-messages.ts'

/**
 * The curious client as estimator of a threshold: from the magnitude of the blinded difference in one reply it tells
 * whether its cell is next to the cut or 200 cells away. What it learns is set against the bound that the report states, as
 * an advantage, and in bits: a magnitude of log2 |u| over `span` bits of uniform log2 r is a channel of at most
 * log2(1 + log2-range / span) bits.
 */
const random = announcedRandom('thresholds')
const distance = 200
const cell = 20
const keyBits = 512
// The narrowest blinding that is admitted, where the bound is widest.
const plans = [cell, cell + distance].map((cut) => {
  const plan = lower(oneSplit(cut), { name: 'attacked', keyBits })
  return { ...plan, contract: { ...plan.contract, blindingBits: 64 } }
})
const [near] = plans
if (near === undefined) throw new TypeError('there are two plans')
const { contract } = near
const span = contract.blindingBits - leastBlindingBits(contract.columns)
const bound = thresholdAdvantage(distance, span)

const key = insecureTestKey(keyBits)
const cipher = privateCipher(key, bigintEngine(), systemRandom)
const { slotBits } = slotLayout(contract)

interface Seen {
  /** log2 of the blinded magnitude, in whole bits. */
  readonly bits: number
  readonly isFar: boolean
}

/** So many sessions, each with one of the two thresholds. */
async function sessions(count: number, draws: Partial<SignsDraws>): Promise<Seen[]> {
  const runner = { idle: 1, run: signsWorker(bigintEngine()) }
  const servers = plans.map((plan) => defineSignsServer(contract, plan.server.tests, { draws, runner }))
  const { request } = await clientOf(near ?? expect.fail()).seal({ x: cell }, key)
  const [{ decodeReply }, hash] = [await messagesInNumbers(contract), await sha256(request)]
  const seen: Seen[] = []
  for (let i = 0; i < count; i++) {
    const isFar = random() < 0.5
    const reply = await servers[Number(isFar)]?.evaluate(request)
    const [ciphertext = 0n] = decodeReply(reply ?? new Uint8Array(), hash)
    const [value = 0n] = readSlots(cipher.decrypt(ciphertext), 1, slotBits, slotOffset(slotBits))
    const magnitude = value < 0n ? -value : value
    seen.push({ bits: magnitude.toString(2).length, isFar })
  }
  return seen
}

/** The advantage, on the second half, of the best rule on magnitudes that the first half teaches. */
function advantageOf(seen: readonly Seen[]): number {
  const half = seen.length / 2
  const known = seen.slice(0, half)
  const surplus = new Map<number, number>()
  for (const { bits, isFar } of known) surplus.set(bits, (surplus.get(bits) ?? 0) + (isFar ? 1 : -1))
  const asked = seen.slice(half)
  const shareOf = (side: boolean) => {
    const of = asked.filter(({ isFar }) => isFar === side)
    return of.filter(({ bits }) => (surplus.get(bits) ?? 0) > 0).length / of.length
  }
  return shareOf(true) - shareOf(false)
}

/** Mutual information of magnitude and threshold, in bits of one fair one, less its mean for independent ones (Miller and Madow). */
function bitsOf(seen: readonly Seen[]): number {
  const entropy = (labels: readonly string[]) => {
    const counts = new Map<string, number>()
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
    const shares = [...counts.values()].map((n) => n / labels.length)
    return { value: -shares.reduce((sum, p) => sum + p * Math.log2(p), 0), cells: counts.size }
  }
  const magnitude = entropy(seen.map(({ bits }) => `${bits}`))
  const threshold = entropy(seen.map(({ isFar }) => `${isFar}`))
  const both = entropy(seen.map(({ bits, isFar }) => `${bits} ${isFar}`))
  const bias = (both.cells - magnitude.cells - threshold.cells + 1) / (2 * seen.length * Math.LN2)
  return magnitude.value + threshold.value - both.value + bias
}

const count = 4000
/** Six standard deviations of a difference of two shares, each of a quarter of the sessions. */
const chance = 6 * Math.sqrt((2 * 0.25) / (count / 4))
const boundInBits = Math.log2(1 + bound)

describe('what one reply gives away of a threshold', () => {
  test('with a multiplier that is uniform, all of whether it is near', async () => {
    const blinding = () => ({ r: randomBits(systemRandom, 64) | (1n << 63n), s: 0n })
    const seen = await sessions(400, { blinding })
    expect(advantageOf(seen)).toBe(1)
    expect(bitsOf(seen)).toBeGreaterThan(0.9)
  })

  test('with the one that is drawn, no more than the report says', async () => {
    const seen = await sessions(count, { blinding: drawTestBlinding })
    const [advantage, bits] = [advantageOf(seen), bitsOf(seen)]
    console.log(
      `thresholds: advantage ${advantage.toFixed(3)}, bound ${bound.toFixed(3)}; ` +
        `${bits.toFixed(3)} bits, bound ${boundInBits.toFixed(3)}`,
    )
    expect(bound).toBeLessThan(0.2)
    expect(advantage).toBeLessThan(bound + chance)
    // Its deviation is below 0.01.
    expect(bits).toBeLessThan(boundInBits + 0.06)
  }, 180_000)
})
