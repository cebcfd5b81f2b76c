import { fromBase64 } from '../bytes.ts'
import { ReplyKeyError } from '../errors.ts'
import { importPrivateKey } from './signature.ts'

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
