import { ReplyKeyError } from './errors.ts'
import type { Server, ServerEnvironment } from './server.ts'
import { fromBase64, importPrivateKey, isReplyKey, signReply } from './signature.ts'

/** A private key of P-256: PKCS #8 as PEM or base64, or as WebCrypto holds it. */
export type ReplyKey = CryptoKey | string

/**
 * Reads a reply key from text: a file, an environment variable, a secret.
 *
 * @throws {ReplyKeyError} `malformed-reply-key`
 */
export async function readReplyKey(text: string): Promise<CryptoKey> {
  // Line breaks of a PEM in an environment variable are often written as two characters.
  const body = text.replaceAll('\\n', '\n').replace(/-----(BEGIN|END) PRIVATE KEY-----/g, '')
  try {
    return await importPrivateKey(fromBase64(body.replace(/\s/g, '')))
  } catch (cause) {
    throw new ReplyKeyError('malformed-reply-key', { cause })
  }
}

/** @throws {ReplyKeyError} `no-reply-key` if the server's replies would be refused for want of a signature. */
export function requireReplyKey(server: Server): void {
  if (server.lacksReplyKey) throw new ReplyKeyError('no-reply-key')
}

/** Completes a server, which `make` makes for an environment: where its contract pins a reply key, it sends nothing unsigned. */
export function signing(
  make: (environment: ServerEnvironment) => Pick<Server, 'contract' | 'evaluate'>,
  environment: ServerEnvironment,
  key: CryptoKey | null = null,
): Server {
  const { contract, evaluate } = make(environment)
  const { replyKey } = contract
  const inOther = (other: ServerEnvironment) => signing(make, { ...environment, ...other }, key)
  if (replyKey === undefined) {
    const withReplyKey = () => Promise.reject(new ReplyKeyError('unused-reply-key'))
    return { contract, evaluate, lacksReplyKey: false, withReplyKey, with: inOther }
  }
  const withReplyKey = async (given: ReplyKey): Promise<Server> => {
    const read = typeof given === 'string' ? await readReplyKey(given) : given
    if (!(await isReplyKey(read, replyKey))) throw new ReplyKeyError('wrong-reply-key')
    return signing(make, environment, read)
  }
  const signed =
    key === null
      ? () => Promise.reject(new ReplyKeyError('no-reply-key'))
      : async (request: Uint8Array) => signReply(await evaluate(request), key)
  return { contract, evaluate: signed, lacksReplyKey: key === null, withReplyKey, with: inOther }
}
