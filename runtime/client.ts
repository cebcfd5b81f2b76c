import { type Contract, fingerprint, sha256 } from './contract.ts'
import { cellsOf, checked, clampedIn } from './grid.ts'
import type { ClientScheme, Explained, Opened } from './schemes/scheme.ts'
import { runSession, type SessionOptions } from './session/run-session.ts'
import { messagesOf } from './wire/message.ts'
import { signatureCheck } from './wire/signature.ts'

export type { Contract } from './contract.ts'
export { ProtocolError, type ProtocolErrorCode, RecordError, type RecordErrorCode } from './errors.ts'
export type { ClassAnswer, Explained, NumberAnswer, Opened, TakenStep } from './schemes/scheme.ts'
export type { Transport } from './session/run-session.ts'

/** A sealed record: the bytes to send, and the one who can open the reply to them. */
export interface Sealed<Answer extends string | number> {
  readonly request: Uint8Array
  /**
   * Decrypts a reply.
   *
   * @throws {ProtocolError} if the reply is malformed, damaged, another request's, an error reply, or not signed by the
   *   key that the contract pins.
   */
  open(reply: Uint8Array): Promise<Opened<Answer>>
  /** As `open`, with the path that was taken, where the scheme shows it. */
  explain(reply: Uint8Array): Promise<Explained<Answer>>
}

export interface PredictOptions<Key> extends SessionOptions {
  /** A key of this contract to use again; by default every session makes its own. */
  readonly key?: Key
}

/** The client's side of one compiled model. Bytes in, bytes out: only `predict` does I/O, by its transport. */
export interface Client<Features extends object, Answer extends string | number, Key = unknown> {
  readonly contract: Contract
  /**
   * The same record, known to be one of this model: for records of plain numbers and texts that come from elsewhere.
   * What may be missing and is not there is `null`.
   *
   * @throws {RecordError} if it does not fit the contract; names the field.
   */
  check(record: object): Features
  /** A fresh key of the contract. */
  generateKey(): Promise<Key>
  /**
   * Draws what the next record that is sealed with this key needs: done while a form is filled in, it makes sealing
   * faster. Blocks the thread for the while.
   *
   * @param features for how many of its features; all by default. What is there already counts.
   * @throws {ProtocolError} `wrong-key` if the key is of another contract.
   */
  prepare(key: Key, features?: number): void
  /**
   * Encrypts a record.
   *
   * @throws {RecordError} if the record does not fit the contract; names the field.
   * @throws {ProtocolError} `wrong-key` if the key is of another contract.
   */
  seal(features: Features, key: Key): Promise<Sealed<Answer>>
  /**
   * One whole session: seal, send, open. Sealing blocks the thread: on a page, let a worker do it. Its program is
   * `exposeClient(client)`, and the page says
   *
   * ```ts
   * const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
   * const remote = workerClient<Features, Answer>(worker, contract)
   * const { answer } = await remote.predict(record, { via: overHttp('https://predict.example', contract) })
   * ```
   *
   * @throws {RecordError} before anything is sent. @throws {ProtocolError} @throws {StoreError}
   */
  predict(features: Features, options: PredictOptions<Key>): Promise<Opened<Answer>>
}

/** Makes the client of a compiled model out of what is its scheme's. */
export function defineClient<Features extends object, Answer extends string | number, Key>(
  contract: Contract,
  scheme: ClientScheme<Key, Answer>,
): Client<Features, Answer, Key> {
  const messages = fingerprint(contract).then((print) => messagesOf(contract, print))
  const checkSignature = signatureCheck(contract)

  async function seal(features: Features, key: Key): Promise<Sealed<Answer>> {
    const sealed = await scheme.seal(cellsOf(contract, features), key)
    const { encodeRequest, decodeReply } = await messages
    const request = encodeRequest(sealed.fields)
    const hash = await sha256(request)
    const clamped = clampedIn(contract, features)
    async function explain(reply: Uint8Array): Promise<Explained<Answer>> {
      await checkSignature(reply)
      const explained = await sealed.open(decodeReply(reply, hash), hash)
      return clamped.length === 0 ? explained : { ...explained, opened: { ...explained.opened, clamped } }
    }
    return { request, explain, open: async (reply) => (await explain(reply)).opened }
  }

  return {
    contract,
    seal,
    check: (record) => checked<Features>(contract, record),
    generateKey: () => scheme.generateKey(),
    prepare: (key, features = contract.features.length) => scheme.prepare(key, features),
    async predict(features, { key, ...session }) {
      cellsOf(contract, features)
      return runSession(async () => seal(features, key ?? (await scheme.generateKey())), session)
    },
  }
}
