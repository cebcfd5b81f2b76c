import { type Contract, fingerprint, sha256 } from './contract.ts'
import { isServerErrorCode, ProtocolError, ReplyKeyError } from './errors.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import type { Runner, ServerScheme } from './schemes/scheme.ts'
import { messagesOf } from './wire/message.ts'
import { type ReplyKey, readReplyKey } from './wire/reply-key.ts'
import { isReplyKey, signReply } from './wire/signature.ts'

export type { Contract } from './contract.ts'
export type { Runner } from './schemes/scheme.ts'
export type { ReplyKey } from './wire/reply-key.ts'

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
  /** The same server in another environment, for instance `server.with({ runner: pool })`. */
  with(environment: ServerEnvironment): Server
}

/** What a server draws on; the defaults are the right choice outside of tests. */
export interface ServerEnvironment {
  readonly random?: RandomBytes
  /** What does the work that takes time: this thread, or a pool of threads. */
  readonly runner?: Runner
}

/** Makes the server of a compiled model out of what is its scheme's. */
export function defineServer(
  contract: Contract,
  scheme: ServerScheme,
  environment: ServerEnvironment = {},
  key: CryptoKey | null = null,
): Server {
  const { replyKey } = contract
  const { random = systemRandom, runner = { idle: 1, run: scheme.run } } = environment
  const messages = fingerprint(contract).then((print) => messagesOf(contract, print))

  async function evaluateUnsigned(bytes: Uint8Array): Promise<Uint8Array> {
    const [{ decodeRequest, encodeReply, encodeError }, hash] = await Promise.all([messages, sha256(bytes)])
    try {
      return encodeReply(hash, await scheme.evaluate(decodeRequest(bytes), hash, { random, runner }))
    } catch (error) {
      const code = error instanceof ProtocolError && isServerErrorCode(error.code) ? error.code : 'server-failed'
      return encodeError(hash, code)
    }
  }

  async function evaluate(request: Uint8Array): Promise<Uint8Array> {
    if (replyKey === undefined) return evaluateUnsigned(request)
    if (key === null) throw new ReplyKeyError('no-reply-key')
    return signReply(await evaluateUnsigned(request), key)
  }

  return {
    contract,
    evaluate,
    lacksReplyKey: replyKey !== undefined && key === null,
    async withReplyKey(given) {
      if (replyKey === undefined) throw new ReplyKeyError('unused-reply-key')
      const read = typeof given === 'string' ? await readReplyKey(given) : given
      if (!(await isReplyKey(read, replyKey))) throw new ReplyKeyError('wrong-reply-key')
      return defineServer(contract, scheme, environment, read)
    },
    with: (other) => defineServer(contract, scheme, { ...environment, ...other }, key),
  }
}
