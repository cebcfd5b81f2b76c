import { decode, encode } from 'cborg'
import { type Contract, formatVersion, messageLimit, messageWidths } from './contract.ts'
import { isServerErrorCode, ProtocolError, type ProtocolErrorCode } from './errors.ts'

/** From the client: its public key, and its ciphertexts one after another, each as wide as the contract says. */
export interface Request {
  readonly contract: Uint8Array
  readonly key: Uint8Array
  readonly ciphertexts: Uint8Array
}

/** From the server: its ciphertexts, likewise. `request` is the SHA-256 of the request's bytes. */
export interface Reply {
  readonly contract: Uint8Array
  readonly request: Uint8Array
  readonly ciphertexts: Uint8Array
}

/** From the server instead of a reply: a public code, and no detail. */
export interface ErrorReply {
  readonly contract: Uint8Array
  readonly request: Uint8Array
  readonly error: ProtocolErrorCode
}

export function encodeRequest({ contract, key, ciphertexts }: Request): Uint8Array {
  return encode({ version: formatVersion, contract, key, ciphertexts })
}

/**
 * Decodes a request strictly: canonical CBOR, exactly the fields and lengths of the contract.
 *
 * @throws {ProtocolError} `too-large`, `bad-message`, `wrong-version`, `wrong-contract`; `bad-key` for one of another length
 */
export function decodeRequest(bytes: Uint8Array, contract: Contract, contractPrint: Uint8Array): Request {
  const fields = decodeFields(bytes, contract)
  if (!equalBytes(bytesField(fields, 'contract'), contractPrint)) throw new ProtocolError('wrong-contract')
  requireFields(fields, ['version', 'contract', 'key', 'ciphertexts'])
  const widths = messageWidths(contract)
  const key = bytesField(fields, 'key')
  if (key.length !== widths.key) throw new ProtocolError('bad-key')
  const ciphertexts = ciphertextsField(fields, widths.requestCiphertext * widths.requestCiphertexts)
  return { contract: contractPrint, key, ciphertexts }
}

export function encodeReply(reply: Reply | ErrorReply): Uint8Array {
  const head = { version: formatVersion, contract: reply.contract, request: reply.request }
  return encode('error' in reply ? { ...head, error: reply.error } : { ...head, ciphertexts: reply.ciphertexts })
}

/**
 * Decodes a reply strictly, and throws the error that it may carry.
 *
 * @param requestHash SHA-256 of the request that was sent; a reply to another one is refused.
 * @throws {ProtocolError} as {@link decodeRequest}; `other-request`; or the code of an error reply.
 */
export function decodeReply(
  bytes: Uint8Array,
  contract: Contract,
  contractPrint: Uint8Array,
  requestHash: Uint8Array,
): Uint8Array {
  const fields = decodeFields(bytes, contract)
  // Where a key is pinned the signature has been checked and taken off: the server has another contract.
  if (fields.has('signature')) throw new ProtocolError('wrong-contract')
  const carriesError = fields.has('error')
  requireFields(fields, ['version', 'contract', 'request', carriesError ? 'error' : 'ciphertexts'])
  if (!equalBytes(bytesField(fields, 'request'), requestHash)) throw new ProtocolError('other-request')
  if (carriesError) {
    const error = fields.get('error')
    throw new ProtocolError(typeof error === 'string' && isServerErrorCode(error) ? error : 'bad-message')
  }
  if (!equalBytes(bytesField(fields, 'contract'), contractPrint)) throw new ProtocolError('wrong-contract')
  const { replyCiphertext, replyCiphertexts } = messageWidths(contract)
  return ciphertextsField(fields, replyCiphertext * replyCiphertexts)
}

/** The code of an error reply that a server of ours has encoded; null for an answer. */
export function replyError(reply: Uint8Array): ProtocolErrorCode | null {
  const error = decodeMap(reply, reply.length).get('error')
  return typeof error === 'string' && isServerErrorCode(error) ? error : null
}

/** Checks size, canonical encoding and version, in this order. */
function decodeFields(bytes: Uint8Array, contract: Contract): ReadonlyMap<unknown, unknown> {
  const fields = decodeMap(bytes, messageLimit(contract))
  if (fields.get('version') !== formatVersion) throw new ProtocolError('wrong-version')
  return fields
}

/** Decodes a message to its fields: within the size limit, canonical, and a map. */
export function decodeMap(bytes: Uint8Array, limit: number): ReadonlyMap<unknown, unknown> {
  if (bytes.length > limit) throw new ProtocolError('too-large')
  const fields = decodeCanonical(bytes)
  if (!(fields instanceof Map)) throw new ProtocolError('bad-message')
  return fields
}

function decodeCanonical(bytes: Uint8Array): unknown {
  try {
    const value: unknown = decode(bytes, {
      useMaps: true,
      strict: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowUndefined: false,
    })
    return equalBytes(encode(value), bytes) ? value : null
  } catch {
    return null
  }
}

function requireFields(fields: ReadonlyMap<unknown, unknown>, names: readonly string[]): void {
  if (fields.size !== names.length || !names.every((name) => fields.has(name))) throw new ProtocolError('bad-message')
}

function bytesField(fields: ReadonlyMap<unknown, unknown>, name: string): Uint8Array {
  const value = fields.get(name)
  if (!(value instanceof Uint8Array)) throw new ProtocolError('bad-message')
  return value
}

function ciphertextsField(fields: ReadonlyMap<unknown, unknown>, length: number): Uint8Array {
  const bytes = bytesField(fields, 'ciphertexts')
  if (bytes.length !== length) throw new ProtocolError('bad-message')
  return bytes
}

/** Not constant time: used on public values only. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
