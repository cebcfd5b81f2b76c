import { checkPrimeSync, generatePrimeSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../runtime/contract.ts'
import { bigintEngine, slidingPower } from '../../runtime/paillier/bigint-engine.ts'
import { drawUnit, encode, privateCipher } from '../../runtime/paillier/cipher.ts'
import { modInverse, modulo } from '../../runtime/paillier/integer.ts'
import { type PrivateKey, privateKey } from '../../runtime/paillier/keys.ts'
import { systemRandom } from '../../runtime/random.ts'
import { slotLayout } from '../../runtime/schemes/signs/contract.ts'
import { signsWorker } from '../../runtime/schemes/signs/evaluation.ts'
import { defineSignsServer, type SignsDraws } from '../../runtime/schemes/signs/server.ts'
import { drawTestBlinding, readSlots, slotOffset } from '../../runtime/schemes/signs/slots.ts'
import { oneSplit } from '../support/one-split.ts'
import { lower } from '../support/plans.ts'
import { messagesInNumbers } from '../support/signs-messages.ts'

/**
 * The client as attacker on the model. It prepares its key so that p - 1 has many small prime factors, and the noise
 * of its ciphertext so that modulo p it generates exactly the subgroup of that smooth order. Homomorphic evaluation
 * raises the noise to the power 2r; discrete logarithms in the small subgroups then yield r, r yields 2(x - c) - 1,
 * and that the threshold. A fresh n-th residue in the reply makes its randomness uniform, whatever r was.
 */
const subgroupPrimes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67].map(BigInt)
const order = subgroupPrimes.reduce((product, prime) => product * prime, 1n)

const [cut, cell] = [123, 90]
const lowered = lower(oneSplit(cut), { name: 'attacked', keyBits: 512 })
// As little blinding as is admitted, so that the smooth order exceeds every r.
const contract = { ...lowered.contract, blindingBits: 64 }

function smoothKey(): PrivateKey {
  for (;;) {
    const p = 2n * order * (generatePrimeSync(256 - order.toString(2).length - 1, { bigint: true }) + 1n) + 1n
    const q = generatePrimeSync(256, { bigint: true })
    if ((p * q).toString(2).length === 512 && checkPrimeSync(p)) return privateKey(p, q)
  }
}

const key = smoothKey()
const { n, nSquared } = key.publicKey
// privateKey() orders its factors: the smooth one may be either.
const smooth = (key.p - 1n) % order === 0n ? key.p : key.q
const other = n / smooth

/** An element that has exactly the smooth order modulo the smooth factor, and is 1 modulo the other. */
function generator(): bigint {
  const pow = slidingPower(smooth)
  for (let base = 2n; ; base++) {
    const h = pow(base, (smooth - 1n) / order)
    if (subgroupPrimes.every((prime) => pow(h, order / prime) !== 1n)) {
      return modulo(1n + other * modInverse(other, smooth) * (h - 1n), n)
    }
  }
}

/** Plays one session; gives what the attacker found, and the r that the server really drew. */
async function attack(draws: Partial<SignsDraws>) {
  const drawn: bigint[] = []
  const server = defineSignsServer(contract, lowered.server.tests, {
    runner: { idle: 1, run: signsWorker(bigintEngine()) },
    draws: {
      ...draws,
      blinding: (random, bits, leastBits) => {
        const blinding = drawTestBlinding(random, bits, leastBits)
        drawn.push(blinding.r)
        return blinding
      },
    },
  })
  const pow = slidingPower(smooth)
  const base = modulo(slidingPower(nSquared)(generator(), n), smooth)
  const noise = slidingPower(nSquared)(generator(), n)
  const ciphertexts = [(encode(BigInt(cell), key.publicKey) * noise) % nSquared]
  const messages = await messagesInNumbers(contract)
  const request = messages.encodeRequest({ n, ciphertexts })
  const [reply = 0n] = messages.decodeReply(await server.evaluate(request), await sha256(request))

  // Modulo p the plaintext falls away, since (n + 1)^m = 1 there: what is left is base^(2r).
  let [r, modulus] = [0n, 1n]
  for (const prime of subgroupPrimes) {
    const [g, target] = [pow(base, order / prime), pow(reply, order / prime)]
    let digit = 0n
    while (digit < prime && pow(g, digit) !== target) digit += 1n
    const residue = modulo(digit * modInverse(2n, prime), prime)
    r += modulus * modulo((residue - r) * modInverse(modulus, prime), prime)
    modulus *= prime
  }
  const plaintext = privateCipher(key, bigintEngine(), systemRandom).decrypt(reply)
  const [value = 0n] = readSlots(plaintext, 1, slotLayout(contract).slotBits, slotOffset(slotLayout(contract).slotBits))
  // v = r u + s with |s| < r: u is the one odd number strictly within one of v / r.
  const candidates = r === 0n ? [] : [value / r - 1n, value / r, value / r + 1n]
  const odd = candidates.find((u) => u % 2n !== 0n && (value - r * u) ** 2n < r ** 2n)
  return { r: drawn[0] ?? 0n, foundR: r, foundCut: odd === undefined ? null : cell - Number((odd + 1n) / 2n) }
}

describe('the randomness of the reply', () => {
  test('without re-randomisation, one reply gives the threshold away exactly', async () => {
    for (let i = 0; i < 10; i++) {
      const { r, foundR, foundCut } = await attack({ unit: () => 1n })
      expect(foundR).toBe(r)
      expect(foundCut).toBe(cut)
    }
  })

  test('with it, the same attacker learns nothing of r: its guesses are as good as chance', async () => {
    const sessions = 400
    const results = await Promise.all(Array.from({ length: sessions }, () => attack({ unit: drawUnit })))
    expect(results.filter(({ r, foundR }) => r === foundR)).toEqual([])
    // The guess modulo each small prime is right one time in `prime`; six standard deviations allow for chance.
    for (const prime of subgroupPrimes) {
      const right = results.filter(({ r, foundR }) => modulo(r - foundR, prime) === 0n).length
      const share = 1 / Number(prime)
      const deviation = Math.sqrt(sessions * share * (1 - share))
      expect(Math.abs(right - sessions * share), `modulo ${prime}`).toBeLessThan(6 * deviation)
    }
  })
})
