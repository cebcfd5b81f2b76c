import { describe, expect, test } from 'vitest'
import { sha256 } from '../../runtime/contract.ts'
import { bigintEngine } from '../../runtime/paillier/bigint-engine.ts'
import { privateCipher } from '../../runtime/paillier/cipher.ts'
import { systemRandom } from '../../runtime/random.ts'
import { slotLayout } from '../../runtime/schemes/signs/contract.ts'
import { signsWorker } from '../../runtime/schemes/signs/evaluation.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { slotOffset } from '../../runtime/schemes/signs/slots.ts'
import { insecureTestKey } from '../support/keys.ts'
import { oneSplit } from '../support/one-split.ts'
import { lower } from '../support/plans.ts'
import { messagesInNumbers } from '../support/signs-messages.ts'

/**
 * The client of `signs` that does not follow the protocol: it encrypts a number that is no cell, far above all of them. The
 * reply is r (2 (x - c) - 1) + s with |s| < r, and r has 60 random leading bits: for x of 2^80 the leading bits of the reply are
 * those of r x, which gives r, and r gives the threshold c. One request is enough, and nothing in the protocol prevents
 * it: the documents say so, and this test keeps them honest.
 */
const keyBits = 512
const key = insecureTestKey(keyBits)
const cipher = privateCipher(key, bigintEngine(), systemRandom)

/** What the client reads of the threshold from one reply to the number x. */
async function thresholdRead(cut: number, x: bigint): Promise<bigint> {
  const plan = lower(oneSplit(cut), { name: 'attacked', keyBits })
  const contract = { ...plan.contract, blindingBits: 64 }
  const server = defineSignsServer(contract, plan.server.tests, {
    runner: { idle: 1, run: signsWorker(bigintEngine()) },
  })
  const messages = await messagesInNumbers(contract)
  const request = messages.encodeRequest({ n: key.publicKey.n, ciphertexts: [await cipher.encrypt(x)] })
  const [ciphertext = 0n] = messages.decodeReply(await server.evaluate(request), await sha256(request))
  const { slotBits } = slotLayout(contract)
  const value = cipher.decrypt(ciphertext) - slotOffset(slotBits)
  // r (2 x - 2 c - 1) + s: r is the nearest quotient, as c and s are small beside x.
  const r = (value + x) / (2n * x)
  // r (2 c + 1) - s, so that 2 c + 1 is the nearest odd number.
  const rest = 2n * x * r - value
  return rest / r / 2n
}

describe('one request with a number that is no cell', () => {
  test.each([0, 1, 77, 123, 254])('reads the threshold %i', async (cut) =>
    expect(await thresholdRead(cut, 1n << 80n)).toBe(BigInt(cut)),
  )

  test('with a cell, the same arithmetic reads nothing', async () => {
    const read = await Promise.all(Array.from({ length: 20 }, () => thresholdRead(123, 200n)))
    expect(read.filter((guess) => guess === 123n).length).toBeLessThan(10)
  })
})
