import { encode } from 'cborg'
import { type Contract, messageLimit, signatureBytes } from './contract.ts'
import { ProtocolError } from './errors.ts'
import { decodeMap } from './message.ts'

/**
 * Signatures of replies: ECDSA on P-256 with SHA-256 (FIPS 186-5), by WebCrypto, over the canonical bytes of the reply
 * without its field `signature`. So a signature covers the version, the contract's fingerprint, the hash of the request
 * and the ciphertexts or the error code. Whoever knows a valid signature can make a second one of the same reply
 * (r, -s); none of another reply.
 */

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const
const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A base64 or base64url text as bytes. @throws if it is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
}

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

/** Adds the signature to an encoded reply. */
export async function signReply(reply: Uint8Array, key: CryptoKey): Promise<Uint8Array> {
  const signature = new Uint8Array(await crypto.subtle.sign(algorithm, key, new Uint8Array(reply)))
  return encode(new Map([...decodeMap(reply, reply.length), ['signature', signature]]))
}

/**
 * Makes the check of a contract's replies: it takes a reply, and gives it without its signature. Where the contract pins
 * no key it gives the reply as it is.
 *
 * @throws {ProtocolError} `too-large`, `bad-message` for what is no message; `bad-signature` for what is not signed by
 *   the pinned key.
 */
export function replyCheck(contract: Contract): (reply: Uint8Array) => Promise<Uint8Array> {
  const { replyKey } = contract
  if (replyKey === undefined) return async (reply) => reply
  return async (reply) => {
    const fields = new Map(decodeMap(reply, messageLimit(contract)))
    const signature = fields.get('signature')
    fields.delete('signature')
    const unsigned = encode(fields)
    if (!(signature instanceof Uint8Array) || signature.length !== signatureBytes) {
      throw new ProtocolError('bad-signature')
    }
    if (!(await isValid(replyKey, signature, unsigned))) throw new ProtocolError('bad-signature')
    return unsigned
  }
}
