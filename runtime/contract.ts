import { encode } from 'cborg'
import { sha256 } from './bytes.ts'
import type { Column, Feature } from './grid.ts'
import type { formatVersion, MessageField } from './wire/sizes.ts'

export { sha256 } from './bytes.ts'
export { type Column, type Feature, featureName, type NumberColumn, type TextColumn } from './grid.ts'
export {
  formatVersion,
  hashBytes,
  type MessageField,
  messageLimit,
  replyBytes,
  requestBytes,
  signatureBytes,
  zeros,
} from './wire/sizes.ts'

/**
 * What client and server agree on, and all of it public: it stands in both generated modules, and its fingerprint in
 * every message. The schemes add what is theirs; nothing else needs to know which scheme it is.
 */
export interface Contract {
  readonly format: typeof formatVersion
  /** What the model is called: it becomes part of the keys in a store. */
  readonly name: string
  /** The kind of model: `tree`. */
  readonly family: string
  /** What the client learns. */
  readonly reveal: string
  /** How: the cryptosystem. */
  readonly scheme: string
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  /** Columns of the training data that are not sent: a record may hold them. */
  readonly ignored: readonly string[]
  /** The texts that stand for a missing value where records are written as text. */
  readonly missingValues: readonly string[]
  /** The different answers; null if the answer is a number. */
  readonly answers: readonly string[] | null
  /** What a request and a reply hold beside their heads: by it every message of the contract has its exact length. */
  readonly messages: { readonly request: readonly MessageField[]; readonly reply: readonly MessageField[] }
  /** Where replies are signed: the public key, a point of P-256, uncompressed (65 bytes) in base64url. */
  readonly replyKey?: string
}

/** SHA-256 of the contract's canonical form: its deterministic CBOR encoding. 32 bytes. */
export async function fingerprint(contract: Contract): Promise<Uint8Array> {
  return sha256(encode(contract))
}
