import { type Contract, fingerprint, leastBlindingBits, type SignsContract, sha256, slotLayout } from './contract.ts'
import { isServerErrorCode, ProtocolError } from './errors.ts'
import { decodeRequest, encodeReply } from './message.ts'
import { encode, freshResidue } from './paillier/cipher.ts'
import { checkCiphertext, keyCheck, type PublicKey } from './paillier/keys.ts'
import { fastestPower, type Power, type PowerFactory } from './paillier/power.ts'
import { type Blinding, drawBlinding, slotOffset } from './paillier/slots.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import { type ReplyKey, signing } from './reply-key.ts'

export type { Contract, SignsContract } from './contract.ts'

/** One threshold to subtract: `feature` is a position in the contract's features; a cell `<= cut` goes left. */
export interface Test {
  readonly feature: number
  readonly cut: number
}

/** The server's side of one compiled model: bytes in, bytes out, no I/O. */
export interface Server {
  readonly contract: Contract
  /**
   * Answers a request. Never rejects: what cannot be evaluated gets an error reply with a public code. Unless the
   * contract pins a reply key that the server has not been given: then it always does, with a `ReplyKeyError`.
   */
  evaluate(request: Uint8Array): Promise<Uint8Array>
  /** The contract pins a reply key, and this server has none. */
  readonly lacksReplyKey: boolean
  /**
   * The same server, which signs each of its replies.
   *
   * @throws {ReplyKeyError} if it is not the private key to the public one in the contract.
   */
  withReplyKey(key: ReplyKey): Promise<Server>
}

/** What a server draws on; the defaults are the right choice outside of tests. */
export interface ServerEnvironment {
  readonly random?: RandomBytes
  readonly power?: PowerFactory
  readonly blinding?: (random: RandomBytes, bits: number, leastBits: number) => Blinding
  readonly residue?: typeof freshResidue
}

/** Public keys whose validation and modulus set-up are kept for the next request. */
const keptKeys = 64

/** Makes the server of a compiled model. Generated modules call it with their thresholds. */
export function defineServer(
  contract: SignsContract,
  tests: readonly Test[],
  {
    random = systemRandom,
    power = fastestPower,
    blinding = drawBlinding,
    residue = freshResidue,
  }: ServerEnvironment = {},
): Server {
  const layout = slotLayout(contract)
  const leastBits = leastBlindingBits(contract.columns)
  const print = fingerprint(contract)
  const check = keyCheck(contract.keyBits, power)
  const kept = new Map<bigint, { key: PublicKey; pow: Power }>()

  function accept(n: bigint): { key: PublicKey; pow: Power } {
    const known = kept.get(n)
    if (known !== undefined) return known
    const key = check(n)
    const accepted = { key, pow: power(key.nSquared) }
    const oldest = kept.keys().next()
    if (kept.size >= keptKeys && !oldest.done) kept.delete(oldest.value)
    kept.set(n, accepted)
    return accepted
  }

  /**
   * One reply ciphertext: in slot i, counted from the lowest bits, the blinded difference r (2 (x - c) - 1) + s of
   * the i-th test, by Horner's rule from the highest slot down. All constants enter in one addition.
   */
  function evaluateSlots(slots: readonly Test[], features: readonly bigint[], { key, pow }: ReturnType<typeof accept>) {
    const shift = 1n << BigInt(layout.slotBits)
    let [product, constant] = [1n, 0n]
    for (const { feature, cut } of slots.toReversed()) {
      const { r, s } = blinding(random, contract.blindingBits, leastBits)
      const scaled = pow(features[feature] ?? 0n, 2n * r)
      product = product === 1n ? scaled : (pow(product, shift) * scaled) % key.nSquared
      constant = constant * shift + slotOffset(layout.slotBits) + s - r * BigInt(2 * cut + 1)
    }
    const value = (product * encode(constant, key)) % key.nSquared
    // Without a fresh n-th residue the client could read the r out of the randomness of the result.
    return (value * residue(key, pow, random)) % key.nSquared
  }

  function answer(bytes: Uint8Array, contractPrint: Uint8Array): bigint[] {
    const { n, ciphertexts } = decodeRequest(bytes, contract, contractPrint)
    const accepted = accept(n)
    for (const ciphertext of ciphertexts) checkCiphertext(ciphertext, accepted.key)
    return Array.from({ length: layout.ciphertexts }, (_, i) => {
      const first = i * layout.slotsPerCiphertext
      return evaluateSlots(tests.slice(first, first + layout.slotsPerCiphertext), ciphertexts, accepted)
    })
  }

  return signing({
    contract,
    async evaluate(bytes) {
      const [contractPrint, request] = [await print, await sha256(bytes)]
      try {
        return encodeReply({ contract: contractPrint, request, ciphertexts: answer(bytes, contractPrint) }, contract)
      } catch (error) {
        const code = error instanceof ProtocolError && isServerErrorCode(error.code) ? error.code : 'server-failed'
        return encodeReply({ contract: contractPrint, request, error: code }, contract)
      }
    },
  })
}
