import { fingerprint, type LabelContract, messageWidths, sha256 } from '../contract.ts'
import { converse, type Openable, type SessionOptions } from '../converse.ts'
import { ProtocolError } from '../errors.ts'
import { cellsOf } from '../grid.ts'
import { decodeReply, encodeRequest } from '../message.ts'
import { type RandomBytes, systemRandom } from '../random.ts'
import { replyCheck } from '../signature.ts'
import { drawNoise, encryptBits, type Noise, openLeaves } from './cipher.ts'
import { generateLabelKey, LabelKey } from './keys.ts'

export type { Contract, LabelAnswer, LabelContract } from '../contract.ts'
export type { Transport } from '../converse.ts'
export { ProtocolError, type ProtocolErrorCode, RecordError, type RecordErrorCode } from '../errors.ts'
export type { LabelKey } from './keys.ts'

/** All that the client learns. */
export interface Label<Answer extends string | number = string | number> {
  readonly answer: Answer
  /** Of models compiled with `--probability`: the share of the answer among training rows like this, in whole percent. */
  readonly percent?: number
}

/** A sealed record: the bytes to send, and the one who can open the reply to them. */
export interface LabelSealed<Answer extends string | number> extends Openable<Label<Answer>> {
  /**
   * Decrypts a reply, and finds the one leaf that holds an answer.
   *
   * @throws {ProtocolError} if the reply is malformed, damaged, another request's, an error reply, not signed by the
   *   key that the contract pins, or does not hold exactly one answer.
   */
  open(reply: Uint8Array): Promise<Label<Answer>>
}

export interface LabelPredictOptions extends SessionOptions {
  /** A key to use again; by default every session makes its own, which takes no time. */
  readonly key?: LabelKey
}

/** The client's side of one model compiled with `--reveal label`. Only `predict` does I/O, by its transport. */
export interface LabelClient<Features extends object, Answer extends string | number> {
  readonly contract: LabelContract
  /** A fresh key. */
  generateKey(): Promise<LabelKey>
  /** Draws the noise for the next record that will be sealed with this key: half of the work. */
  prepare(key: LabelKey): void
  /**
   * Encrypts a record: for every feature and cut c of the contract the bit [cell > c].
   *
   * @throws {RecordError} if the record does not fit the contract; names the field.
   * @throws {ProtocolError} `wrong-key` if the key is of another kind of contract.
   */
  seal(features: Features, key: LabelKey): Promise<LabelSealed<Answer>>
  /**
   * One whole session: seal, send, open.
   *
   * @throws {RecordError} before anything is sent. @throws {ProtocolError} @throws {StoreError}
   */
  predict(features: Features, options: LabelPredictOptions): Promise<Label<Answer>>
}

/** What a client draws on; the default is the right choice outside of tests. */
export interface LabelClientEnvironment {
  readonly random?: RandomBytes
}

/** Makes the client of a model compiled with `--reveal label`. Generated modules call it. */
export function defineLabelClient<Features extends object, Answer extends string | number>(
  contract: LabelContract,
  { random = systemRandom }: LabelClientEnvironment = {},
): LabelClient<Features, Answer> {
  const print = fingerprint(contract)
  const authentic = replyCheck(contract)
  const { requestCiphertexts: count, replyCiphertext } = messageWidths(contract)
  const prepared = new WeakMap<LabelKey, Noise>()

  /** There is noise for one record, never the same twice. */
  function prepare(key: LabelKey): Noise {
    if (!(key instanceof LabelKey)) throw new ProtocolError('wrong-key')
    const noise = prepared.get(key) ?? drawNoise(key, random, count)
    prepared.set(key, noise)
    return noise
  }

  async function seal(features: Features, key: LabelKey): Promise<LabelSealed<Answer>> {
    const cells = cellsOf(contract, features)
    const bits = contract.cuts.flatMap((cuts, feature) => cuts.map((cut) => (cells[feature] ?? 0) > cut))
    const noise = prepare(key)
    prepared.delete(key)
    const ciphertexts = encryptBits(key, noise, bits)
    const request = encodeRequest({ contract: await print, key: key.point, ciphertexts })
    const requestHash = await sha256(request)
    return {
      request,
      async open(reply) {
        const replied = decodeReply(await authentic(reply), contract, await print, requestHash)
        const found = openLeaves(key, replied, replyCiphertext).flatMap((place) => contract.answers[place] ?? [])
        const [answer] = found
        if (answer === undefined || found.length > 1) throw new ProtocolError('bad-reply')
        return answer as Label<Answer>
      },
    }
  }

  return {
    contract,
    generateKey: () => generateLabelKey(random),
    prepare: (key) => void prepare(key),
    seal,
    async predict(features, { key, ...session }) {
      cellsOf(contract, features)
      return converse(async () => seal(features, key ?? (await generateLabelKey(random))), session)
    },
  }
}
