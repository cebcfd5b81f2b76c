import { decode, encode } from 'cborg'
import { type Contract, formatVersion, messageLimit, messageWidths, slotLayout } from './contract.ts'
import { isServerErrorCode, ProtocolError, type ProtocolErrorCode } from './errors.ts'
import { bigintToBytes, bytesToBigint } from './paillier/integer.ts'

/** From the client: its public key, and one ciphertext per feature of the contract. */
export interface Request {
  readonly contract: Uint8Array
  readonly n: bigint
  readonly ciphertexts: readonly bigint[]
}

/** From the server: the blinded differences. `request` is the SHA-256 of the request's bytes. */
export interface Reply {
  readonly contract: Uint8Array
  readonly request: Uint8Array
  readonly ciphertexts: readonly bigint[]
}

/** From the server instead of a reply: a public code, and no detail. */
export interface ErrorReply {
  readonly contract: Uint8Array
  readonly request: Uint8Array
  readonly error: ProtocolErrorCode
}

export function encodeRequest(request: Request, contract: Contract): Uint8Array {
  const { modulus, ciphertext } = messageWidths(contract)
  return encode({
    version: formatVersion,
    contract: request.contract,
    key: bigintToBytes(request.n, modulus),
    ciphertexts: concatenate(request.ciphertexts, ciphertext),
  })
}

/**
 * Decodes a request strictly: canonical CBOR, exactly the fields and lengths of the contract.
 *
 * @throws {ProtocolError} `too-large`, `bad-message`, `wrong-version`, `wrong-contract`
 */
export function decodeRequest(bytes: Uint8Array, contract: Contract, contractPrint: Uint8Array): Request {
  const fields = decodeFields(bytes, contract)
  if (!equalBytes(bytesField(fields, 'contract'), contractPrint)) throw new ProtocolError('wrong-contract')
  requireFields(fields, ['version', 'contract', 'key', 'ciphertexts'])
  const { modulus, ciphertext } = messageWidths(contract)
  const key = bytesField(fields, 'key')
  if (key.length !== modulus) throw new ProtocolError('bad-key')
  const ciphertexts = split(bytesField(fields, 'ciphertexts'), ciphertext, contract.features.length)
  return { contract: contractPrint, n: bytesToBigint(key), ciphertexts }
}

export function encodeReply(reply: Reply | ErrorReply, contract: Contract): Uint8Array {
  const head = { version: formatVersion, contract: reply.contract, request: reply.request }
  if ('error' in reply) return encode({ ...head, error: reply.error })
  return encode({ ...head, ciphertexts: concatenate(reply.ciphertexts, messageWidths(contract).ciphertext) })
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
): readonly bigint[] {
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
  return split(bytesField(fields, 'ciphertexts'), messageWidths(contract).ciphertext, slotLayout(contract).ciphertexts)
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

function concatenate(values: readonly bigint[], width: number): Uint8Array {
  const bytes = new Uint8Array(width * values.length)
  values.forEach((value, i) => {
    bytes.set(bigintToBytes(value, width), i * width)
  })
  return bytes
}

function split(bytes: Uint8Array, width: number, count: number): bigint[] {
  if (bytes.length !== width * count) throw new ProtocolError('bad-message')
  return Array.from({ length: count }, (_, i) => bytesToBigint(bytes.subarray(i * width, (i + 1) * width)))
}

/** Not constant time: used on public values only. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
