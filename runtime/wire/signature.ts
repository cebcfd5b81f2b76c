import { fromBase64 } from '../bytes.ts'
import { type Contract, messageLimit } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import { readFields } from './fields.ts'
import { signatureIn } from './message.ts'

/**
 * Signatures of replies: ECDSA on P-256 with SHA-256 (FIPS 186-5), by WebCrypto, over the bytes of the reply with zeros in
 * the place of the signature. So a signature covers the version, the contract's fingerprint, the hash of the request
 * and the ciphertexts or the error code. Whoever knows a valid signature can make a second one of the same reply
 * (r, -s); none of another reply.
 */

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const

/** The private key of a PKCS #8 encoding. @throws if it is no key of P-256. */
export function importPrivateKey(der: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', der, curve, false, ['sign'])
}

/** Tells whether a signature is valid under a contract's `replyKey`. Under one that is no point of P-256, none is. */
async function isValid(replyKey: string, signature: Uint8Array, bytes: Uint8Array): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', fromBase64(replyKey), curve, false, ['verify'])
    return await crypto.subtle.verify(algorithm, key, new Uint8Array(signature), new Uint8Array(bytes))
  } catch {
    return false
  }
}

/** Tells whether a private key belongs to a contract's `replyKey`: what it signs is valid there. */
export async function isReplyKey(key: CryptoKey, replyKey: string): Promise<boolean> {
  const probe = new Uint8Array(32)
  try {
    return await isValid(replyKey, new Uint8Array(await crypto.subtle.sign(algorithm, key, probe)), probe)
  } catch {
    return false
  }
}

/** The reply with its signature in the place for it. @throws {RangeError} if it has none. */
export async function signReply(reply: Uint8Array, key: CryptoKey): Promise<Uint8Array> {
  const signed = new Uint8Array(reply)
  const place = signatureIn(signed)
  if (place === null) throw new RangeError('the reply has no place for a signature')
  place.fill(0)
  place.set(new Uint8Array(await crypto.subtle.sign(algorithm, key, signed)))
  return signed
}

/**
 * Makes the check of a contract's replies. Where the contract pins no key, every reply passes.
 *
 * @throws {ProtocolError} `too-large`, `bad-message` for what is no message; `bad-signature` for what is not signed by
 *   the pinned key.
 */
export function signatureCheck(contract: Contract): (reply: Uint8Array) => Promise<void> {
  const { replyKey } = contract
  if (replyKey === undefined) return async () => {}
  return async (reply) => {
    if (reply.length > messageLimit(contract)) throw new ProtocolError('too-large')
    if (readFields(reply) === null) throw new ProtocolError('bad-message')
    const unsigned = new Uint8Array(reply)
    const place = signatureIn(unsigned)
    if (place === null) throw new ProtocolError('bad-signature')
    const signature = place.slice()
    place.fill(0)
    if (!(await isValid(replyKey, signature, unsigned))) throw new ProtocolError('bad-signature')
  }
}
