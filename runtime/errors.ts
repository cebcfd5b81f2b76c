/**
 * Errors of the runtime: a stable code and a constant text. None of them carries a value of a record, a key, a
 * ciphertext or a threshold, so all of them may be logged.
 */

/** What can go wrong between a client and a server. The texts are constants: they reach the other party. */
const protocolTexts = {
  'wrong-version': 'The message has another format version. Use client and server modules made by the same compiler.',
  'wrong-contract':
    'The client and the server were compiled from different models. Update the client module to the one the server publishes.',
  'bad-message': 'The message is malformed: truncated, enlarged, or not in the canonical encoding.',
  'too-large': 'The message is larger than any message of this model.',
  'bad-key':
    'The public key is not acceptable: for signs it must be an odd product of two large primes of exactly the length in the contract, for label a point of the group other than its identity.',
  'bad-ciphertext':
    'A ciphertext is out of range or not invertible for its key, or it is no pair of points of the group.',
  'other-request': 'The reply answers another request than the one sent.',
  'bad-reply': 'The reply decrypts to something no server of this model computes. It was damaged or forged.',
  'bad-signature':
    'The reply is not signed by the key that the client module pins. Somebody else wrote it, or the server has another key.',
  'wrong-key': 'The key does not fit this model: another bit length, or not the key the record was sealed with.',
  'bad-key-file': 'The key cannot be read: the passphrase is another one, or the file was damaged or is no key file.',
  'empty-passphrase': 'The passphrase is empty. Give one: whoever has the file and the passphrase has the key.',
  'foreign-key':
    'The key of the other library cannot be used: its generator must be n + 1, and its numbers those of one sound key.',
  'server-failed': 'The server could not evaluate the request. Try again; if it persists, tell its operator.',
  busy: 'The server has too many requests in hand. Try again later.',
  deadline: 'No reply came before the deadline. Is a server running on this store?',
  unreachable: 'The server cannot be reached, or what answers there is not a server of this kind.',
  'rate-limited': 'Too many requests came from here. Wait a while, then try again.',
  'ticket-used': 'The ticket for this session has been used: the storage takes one request for each.',
  'ticket-expired': 'The ticket for this session has expired. Try again; is the clock of this machine right?',
  'ticket-refused':
    'The storage refuses the ticket: it was changed on its way, or the key that the ticket endpoint signs with is wrong.',
  'worker-failed':
    'The worker that seals and opens did not start, or ended. Is its file where the program looks for it, and does the policy of the page allow it?',
  aborted: 'The session was cancelled.',
} as const

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
