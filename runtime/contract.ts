import { encode } from 'cborg'
import type { Column, Feature } from './grid.ts'

export { type Column, type Feature, featureName, type NumberColumn, type TextColumn } from './grid.ts'

/** The version of the message format and of the meaning of a contract. */
export const formatVersion = 2

/** A field of a message: `count` items of `bytes` bytes each, one after another. */
export interface MessageField {
  readonly name: string
  readonly bytes: number
  readonly count: number
}

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

/** SHA-256 by WebCrypto. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
}

/** Bytes of a SHA-256. */
export const hashBytes = 32

/** Bytes of an ECDSA signature on P-256: r and s, one after the other. */
export const signatureBytes = 64

/** The exact length of every request of the contract. */
export function requestBytes({ messages }: Pick<Contract, 'messages'>): number {
  return encode({ version: formatVersion, contract: new Uint8Array(hashBytes), ...zeros(messages.request) }).length
}

/** The exact length of every reply of the contract that is not an error. */
export function replyBytes({ messages, replyKey }: Pick<Contract, 'messages' | 'replyKey'>): number {
  return encode({
    version: formatVersion,
    contract: new Uint8Array(hashBytes),
    request: new Uint8Array(hashBytes),
    ...zeros(messages.reply),
    ...(replyKey === undefined ? {} : { signature: new Uint8Array(signatureBytes) }),
  }).length
}

/** No message is read that is longer than the contract's own or, so that a stale client can be told so, 64 KiB. */
export function messageLimit(contract: Pick<Contract, 'messages' | 'replyKey'>): number {
  return Math.max(65_536, requestBytes(contract), replyBytes(contract))
}

/** Fields by name, all bytes zero. */
export function zeros(fields: readonly MessageField[]): Record<string, Uint8Array> {
  return Object.fromEntries(fields.map(({ name, bytes, count }) => [name, new Uint8Array(bytes * count)]))
}
