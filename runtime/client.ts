import { fingerprint, largestCell, type SignsContract, sha256, slotLayout } from './contract.ts'
import { converse, type Openable, type SessionOptions } from './converse.ts'
import { ProtocolError } from './errors.ts'
import { cellsOf } from './grid.ts'
import { type PrivateCipher, privateCipher } from './paillier/cipher.ts'
import type { Engine } from './paillier/engine.ts'
import { fastestEngine } from './paillier/fastest-engine.ts'
import { bitLength } from './paillier/integer.ts'
import { checkCiphertexts, generateKey, type PrivateKey } from './paillier/keys.ts'
import { decodeReply, encodeRequest } from './paillier/message.ts'
import { readSlots } from './paillier/slots.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import { replyCheck } from './signature.ts'

export type { Contract, SignsContract } from './contract.ts'
export type { Transport } from './converse.ts'
export { ProtocolError, type ProtocolErrorCode, RecordError, type RecordErrorCode } from './errors.ts'
export { fromPaillierBigint, toPaillierBigint } from './paillier/interchange.ts'
export { type ExportOptions, exportKey, importKey } from './paillier/key-file.ts'
export type { PrivateKey } from './paillier/keys.ts'

/** What a record ends at: the answer, and how many training rows of each answer (in the contract's order) ended there. */
export interface ClassLeaf<Answer extends string = string> {
  readonly answer: Answer
  readonly counts: readonly number[]
}

/** What a record ends at in a model of numbers: the mean of the training rows that ended there, and their spread. */
export interface NumberLeaf {
  readonly answer: number
  /** How many training rows ended there. */
  readonly rows: number
  /** Their standard deviation (over n), in the unit of the answer. */
  readonly deviation: number
}

/** What a record ends at, by the type of the answer. */
export type Leaf<Answer extends string | number = string | number> = Answer extends string
  ? ClassLeaf<Answer>
  : NumberLeaf

/** The outcome of every test, in the order of the reply: true goes left. */
export type Outcomes = readonly boolean[]

/** A leaf, and the tests on the way to it from the root: their places in the reply, and whether they went left. */
export interface Walk<Answer extends string | number = string | number> {
  readonly leaf: Leaf<Answer>
  readonly path: readonly { readonly test: number; readonly left: boolean }[]
}

/** A sealed record: the bytes to send, and the one who can open the reply to them. */
export interface Sealed<Answer extends string | number> extends Openable<Leaf<Answer>> {
  /**
   * Decrypts a reply, reads the outcome of every test and walks the decision logic.
   *
   * @throws {ProtocolError} if the reply is malformed, damaged, another request's, an error reply, or not signed by the
   *   key that the contract pins.
   */
  open(reply: Uint8Array): Promise<Leaf<Answer>>
  /** As `open`, with the path that was taken. */
  walk(reply: Uint8Array): Promise<Walk<Answer>>
}

export interface PredictOptions extends SessionOptions {
  /** A key of this contract's length to use again; by default every session makes its own. */
  readonly key?: PrivateKey
}

/** The client's side of one compiled model. Bytes in, bytes out: only `predict` does I/O, by its transport. */
export interface Client<Features extends object, Answer extends string | number> {
  readonly contract: SignsContract
  /** A fresh key of the contract's length, by WebCrypto. Takes about a second at 3072 bits. */
  generateKey(): Promise<PrivateKey>
  /**
   * Draws the noise for the next record that will be sealed with this key, which is nearly all of the work: done while
   * a form is filled in, it makes sealing immediate. Blocks the thread for the while.
   *
   * @param features for how many of its features; all by default. Noise that is there already counts.
   * @throws {ProtocolError} `wrong-key` if the key has another length than the contract's.
   */
  prepare(key: PrivateKey, features?: number): void
  /**
   * Encrypts a record: one ciphertext for each feature that the model uses.
   *
   * @throws {RecordError} if the record does not fit the contract; names the field.
   * @throws {ProtocolError} `wrong-key` if the key has another length than the contract's.
   */
  seal(features: Features, key: PrivateKey): Promise<Sealed<Answer>>
  /**
   * One whole session: seal, send, open.
   *
   * @throws {RecordError} before anything is sent. @throws {ProtocolError} @throws {StoreError}
   */
  predict(features: Features, options: PredictOptions): Promise<Leaf<Answer>>
}

/** What a client draws on; the defaults are the right choice outside of tests. */
export interface ClientEnvironment {
  readonly random?: RandomBytes
  readonly engine?: Engine
}

/** The decision logic reads outcomes in the order of the path: so whoever hears what it reads knows the path. */
function walkOf<Answer extends string | number>(
  decide: (left: Outcomes) => Leaf<Answer>,
  outcomes: Outcomes,
): Walk<Answer> {
  const path: { readonly test: number; readonly left: boolean }[] = []
  const heard = new Proxy(outcomes, {
    get(target, name) {
      const test = Number(name)
      const left = target[test] === true
      path.push({ test, left })
      return left
    },
  })
  return { leaf: decide(heard), path }
}

/** Makes the client of a compiled model. Generated modules call it; `decide` is their decision logic. */
export function defineClient<Features extends object, Answer extends string | number>(
  contract: SignsContract,
  decide: (left: Outcomes) => Leaf<Answer>,
  { random = systemRandom, engine = fastestEngine }: ClientEnvironment = {},
): Client<Features, Answer> {
  const layout = slotLayout(contract)
  // No difference 2(x - c) - 1 exceeds 2 * largest cell, even with the additive blinding.
  const bound = (2n * BigInt(largestCell(contract.columns))) << BigInt(contract.blindingBits)
  const print = fingerprint(contract)
  const authentic = replyCheck(contract)
  const ciphers = new WeakMap<PrivateKey, PrivateCipher>()

  function cipherOf(key: PrivateKey): PrivateCipher {
    const known = ciphers.get(key)
    if (known !== undefined) return known
    if (bitLength(key.publicKey.n) !== contract.keyBits) throw new ProtocolError('wrong-key')
    const cipher = privateCipher(key, engine, random)
    ciphers.set(key, cipher)
    return cipher
  }

  /** There is noise for that many features at least, never the same twice. */
  function prepare(key: PrivateKey, features = contract.features.length): void {
    cipherOf(key).prepare(features)
  }

  async function seal(features: Features, key: PrivateKey): Promise<Sealed<Answer>> {
    const cells = cellsOf(contract, features)
    const cipher = cipherOf(key)
    cipher.prepare(cells.length)
    const ciphertexts = cells.map((cell) => cipher.encrypt(BigInt(cell)))
    const request = encodeRequest({ contract: await print, n: key.publicKey.n, ciphertexts }, contract)
    const requestHash = await sha256(request)
    async function outcomesIn(reply: Uint8Array): Promise<Outcomes> {
      const replied = decodeReply(await authentic(reply), contract, await print, requestHash)
      checkCiphertexts(replied, key.publicKey)
      const values = replied.flatMap((ciphertext, i) => {
        const count = Math.min(layout.slotsPerCiphertext, contract.tests - i * layout.slotsPerCiphertext)
        return readSlots(cipher.decrypt(ciphertext), count, layout.slotBits, bound)
      })
      return values.map((value) => value < 0n)
    }
    return {
      request,
      open: async (reply) => decide(await outcomesIn(reply)),
      walk: async (reply) => walkOf(decide, await outcomesIn(reply)),
    }
  }

  return {
    contract,
    prepare,
    seal,
    generateKey: () => generateKey(contract.keyBits),
    async predict(features, { key, ...session }) {
      cellsOf(contract, features)
      return converse(async () => seal(features, key ?? (await generateKey(contract.keyBits))), session)
    },
  }
}
