/**
 * Errors of the runtime: a stable code and a constant text. None of them carries a value of a record, a key, a
 * ciphertext or a threshold, so all of them may be logged.
 */

import { protocolTexts } from './text/error-texts.ts'

export type ProtocolErrorCode = keyof typeof protocolTexts

/** A failed session. `message` is a constant of `code` and says nothing about records, keys or models. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode

  constructor(code: ProtocolErrorCode, options?: ErrorOptions) {
    super(protocolTexts[code], options)
    this.name = 'ProtocolError'
    this.code = code
  }
}

/** What a server may say in an error reply; the other codes are the client's own findings. */
export const serverCodes = [
  'wrong-version',
  'wrong-contract',
  'bad-message',
  'too-large',
  'bad-key',
  'bad-ciphertext',
  'server-failed',
  'busy',
] as const satisfies ProtocolErrorCode[]

/** Tells whether a text out of a reply is a code that a server may give. */
export function isServerErrorCode(text: string): text is ProtocolErrorCode {
  return serverCodes.some((code) => code === text)
}

export type RecordErrorCode = 'unknown-feature' | 'missing-feature' | 'not-a-number' | 'out-of-range' | 'unknown-level'

/** A record the contract does not admit. Names the field and what it takes, never the value: that is a patient's. */
export class RecordError extends Error {
  readonly code: RecordErrorCode
  readonly field: string

  constructor(code: RecordErrorCode, field: string, message: string) {
    super(message)
    this.name = 'RecordError'
    this.code = code
    this.field = field
  }
}

/** What can be wrong with the key that signs replies. None of the texts quotes a key. */
const replyKeyTexts = {
  'no-reply-key':
    'The model pins a reply key, and this server has none: its replies would be refused. Give it the private key (serve --reply-key FILE, or EMP_COMPILE_REPLY_KEY).',
  'wrong-reply-key':
    'The reply key is not the one that the model pins: clients would refuse its replies. Give the private key whose public key the model was compiled with.',
  'malformed-reply-key':
    'The reply key is no P-256 private key in PKCS #8, as PEM or base64. emp-compile reply-key FILE makes one; openssl pkcs8 -topk8 -nocrypt converts one.',
  'unused-reply-key': 'The model pins no reply key, so its clients expect no signature. Compile it with --reply-key.',
} as const

export type ReplyKeyErrorCode = keyof typeof replyKeyTexts

/** A server that cannot sign as its model demands: for its operator, before anything is served. */
export class ReplyKeyError extends Error {
  readonly code: ReplyKeyErrorCode

  constructor(code: ReplyKeyErrorCode, options?: ErrorOptions) {
    super(replyKeyTexts[code], options)
    this.name = 'ReplyKeyError'
    this.code = code
  }
}

/** A store that cannot be read or written: full, read-only, gone. `cause` is the system's own error. */
export class StoreError extends Error {
  readonly code = 'store-unavailable'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
  }
}
