import { type Contract, leastBlindingBits, type SignsContract, slotLayout } from './contract.ts'
import { ProtocolError } from './errors.ts'
import type { LabelEvaluator } from './label/evaluation.ts'
import { drawUnit, encode } from './paillier/cipher.ts'
import type { Product } from './paillier/engine.ts'
import { type Evaluator, evaluateHere } from './paillier/evaluation.ts'
import { fastestEngine } from './paillier/fastest-engine.ts'
import { bitLength } from './paillier/integer.ts'
import { publicKey } from './paillier/keys.ts'
import { decodeRequest, encodeReply } from './paillier/message.ts'
import { type Blinding, drawBlinding, factorOf, slotOffset } from './paillier/slots.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import { type ReplyKey, signing } from './reply-key.ts'
import { replying } from './replying.ts'

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
  /** The same server in another environment, for instance `server.with({ evaluator: pool.evaluator })`. */
  with(environment: ServerEnvironment): Server
}

/** What a server draws on; the defaults are the right choice outside of tests. */
export interface ServerEnvironment {
  readonly random?: RandomBytes
  /** What does the exponentiations: this thread with the fastest engine, or a pool of threads. */
  readonly evaluator?: Evaluator
  /** The same for servers of `label`. */
  readonly labelEvaluator?: LabelEvaluator
  readonly blinding?: (random: RandomBytes, bits: number, leastBits: number) => Blinding
  readonly unit?: typeof drawUnit
}

/** Makes the server of a compiled model. Generated modules call it with their thresholds. */
export function defineServer(
  contract: SignsContract,
  tests: readonly Test[],
  environment: ServerEnvironment = {},
): Server {
  return signing((given) => unsignedServer(contract, tests, given), environment)
}

function unsignedServer(
  contract: SignsContract,
  tests: readonly Test[],
  environment: ServerEnvironment,
): Pick<Server, 'contract' | 'evaluate'> {
  const { random = systemRandom, evaluator = evaluateHere(fastestEngine) } = environment
  const { blinding = drawBlinding, unit = drawUnit } = environment
  const layout = slotLayout(contract)
  const leastBits = leastBlindingBits(contract.columns)

  /**
   * One reply ciphertext: in slot i, counted from the lowest bits, the blinded difference r (2 (x - c) - 1) + s of
   * the i-th test. Each test is a factor x^(2 r) in its place; all constants enter in one addition. Without the n-th
   * power of a fresh unit the client could read the r out of the randomness of the result.
   */
  function blind(slots: readonly Test[], n: bigint): { readonly product: Product; readonly constant: bigint } {
    const drawn = slots.map((test) => ({ ...test, ...blinding(random, contract.blindingBits, leastBits) }))
    const factors = drawn.map(({ feature, r }, i) => factorOf(feature, r, i * layout.slotBits + 1))
    const constant = drawn.reduceRight(
      (sum, { r, s, cut }) =>
        (sum << BigInt(layout.slotBits)) + slotOffset(layout.slotBits) + s - r * BigInt(2 * cut + 1),
      0n,
    )
    return { product: { factors, unit: unit(publicKey(n), random) }, constant }
  }

  async function answer(bytes: Uint8Array, contractPrint: Uint8Array): Promise<bigint[]> {
    const { n, ciphertexts } = decodeRequest(bytes, contract, contractPrint)
    // The rest of the key's validation takes time, and is the evaluator's.
    if (bitLength(n) !== contract.keyBits) throw new ProtocolError('bad-key')
    const blinded = Array.from({ length: layout.ciphertexts }, (_, i) => {
      const first = i * layout.slotsPerCiphertext
      return blind(tests.slice(first, first + layout.slotsPerCiphertext), n)
    })
    const products = blinded.map(({ product }) => product)
    const key = publicKey(n)
    const evaluated = await evaluator({ keyBits: contract.keyBits, n, bases: ciphertexts, products })
    return evaluated.map((value, i) => (value * encode(blinded[i]?.constant ?? 0n, key)) % key.nSquared)
  }

  return { contract, evaluate: replying(contract, answer, (reply) => encodeReply(reply, contract)) }
}
