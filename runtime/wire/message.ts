import { encode } from 'cborg'
import { equalBytes } from '../bytes.ts'
import {
  type Contract,
  formatVersion,
  hashBytes,
  type MessageField,
  messageLimit,
  signatureBytes,
  zeros,
} from '../contract.ts'
import { isServerErrorCode, ProtocolError, type ProtocolErrorCode, serverCodes } from '../errors.ts'
import { readFields, type WireField } from './fields.ts'
import { type Layout, layoutOf } from './layout.ts'

/** What a scheme puts into a message: bytes by field, as long as the contract says. */
export type Fields = Readonly<Record<string, Uint8Array>>

/** The messages of one contract. All encodings are deterministic CBOR; every field has its fixed place. */
export interface Messages {
  encodeRequest(fields: Fields): Uint8Array
  /**
   * The fields of a request, recognised by its fixed bytes.
   *
   * @throws {ProtocolError} `too-large`, `bad-message`, `wrong-version`, `wrong-contract`; `bad-key` for a key of another
   *   length
   */
  decodeRequest(bytes: Uint8Array): Fields
  /** @param request SHA-256 of the request's bytes. */
  encodeReply(request: Uint8Array, fields: Fields): Uint8Array
  encodeError(request: Uint8Array, code: ProtocolErrorCode): Uint8Array
  /**
   * The fields of a reply, recognised likewise. Its signature is not looked at: see `wire/signature`.
   *
   * @param request SHA-256 of the request that was sent; a reply to another one is refused.
   * @throws {ProtocolError} as {@link decodeRequest}; `other-request`; or the code of an error reply.
   */
  decodeReply(bytes: Uint8Array, request: Uint8Array): Fields
}

/** The messages of a contract. @param contractPrint its fingerprint. */
export function messagesOf(contract: Contract, contractPrint: Uint8Array): Messages {
  const limit = messageLimit(contract)
  const head = { version: formatVersion, contract: contractPrint }
  const replyHead = { ...head, request: new Uint8Array(hashBytes) }
  const signature: Record<string, Uint8Array> =
    contract.replyKey === undefined ? {} : { signature: new Uint8Array(signatureBytes) }
  const { request: requestFields, reply: replyFields } = contract.messages
  const requestLayout = layoutOf(head, zeros(requestFields))
  const replyLayout = layoutOf(head, { request: replyHead.request, ...zeros(replyFields), ...signature })
  const errorLayouts = serverCodes.map((error): readonly [ProtocolErrorCode, Layout] => [
    error,
    layoutOf({ ...head, error }, { request: replyHead.request, ...signature }),
  ])

  /** The fields that are declared, and no others. */
  function checked(fields: Fields, declared: readonly MessageField[]): Fields {
    return Object.fromEntries(
      declared.map(({ name, bytes, count }) => {
        const field = fields[name]
        if (field?.length !== bytes * count) throw new RangeError(`the field ${name} has another length`)
        return [name, field]
      }),
    )
  }

  return {
    encodeRequest: (fields) => encode({ ...head, ...checked(fields, requestFields) }),
    decodeRequest(bytes) {
      const fields = requestLayout.read(bytes)
      if (fields !== null) return fields
      const foreign = readForeign(bytes, limit, contractPrint)
      const key = requestFields.find(({ name }) => name === 'key')
      const given = foreign.get('key')
      const hasOtherKey = key !== undefined && given instanceof Uint8Array && given.length !== key.bytes * key.count
      const isOtherwiseWhole = [...requestFields.map(({ name }) => name), 'version', 'contract'].every((name) =>
        foreign.has(name),
      )
      throw new ProtocolError(hasOtherKey && isOtherwiseWhole ? 'bad-key' : 'bad-message')
    },
    encodeReply: (request, fields) => encode({ ...replyHead, request, ...checked(fields, replyFields), ...signature }),
    encodeError: (request, error) => encode({ ...replyHead, request, error, ...signature }),
    decodeReply(bytes, request) {
      const fields = replyLayout.read(bytes)
      if (fields !== null) {
        if (!equalBytes(fields.request, request)) throw new ProtocolError('other-request')
        return fields
      }
      for (const [code, layout] of errorLayouts) {
        const read = layout.read(bytes)
        if (read !== null) throw new ProtocolError(equalBytes(read.request, request) ? code : 'other-request')
      }
      const foreign = readForeign(bytes, limit, null)
      const asked = foreign.get('request')
      if (!(asked instanceof Uint8Array)) throw new ProtocolError('bad-message')
      if (!equalBytes(asked, request)) throw new ProtocolError('other-request')
      const other = foreign.get('contract')
      const isOfOther = other instanceof Uint8Array && !equalBytes(other, contractPrint)
      if (!isOfOther) throw new ProtocolError('bad-message')
      // A server of another contract says with what it disagrees.
      const error = foreign.get('error')
      if (typeof error !== 'string') throw new ProtocolError('wrong-contract')
      throw new ProtocolError(isServerErrorCode(error) ? error : 'bad-message')
    },
  }
}

/**
 * The fields of a message that does not fit the contract, to tell its sender why.
 *
 * @throws {ProtocolError} `too-large`, `bad-message`, `wrong-version`; `wrong-contract` if `contractPrint` is given and
 *   another one stands in the message.
 */
function readForeign(
  bytes: Uint8Array,
  limit: number,
  contractPrint: Uint8Array | null,
): ReadonlyMap<string, WireField> {
  if (bytes.length > limit) throw new ProtocolError('too-large')
  const fields = readFields(bytes)
  if (fields === null) throw new ProtocolError('bad-message')
  if (fields.get('version') !== formatVersion) throw new ProtocolError('wrong-version')
  const contract = fields.get('contract')
  if (!(contract instanceof Uint8Array)) throw new ProtocolError('bad-message')
  if (contractPrint !== null && !equalBytes(contract, contractPrint)) throw new ProtocolError('wrong-contract')
  return fields
}

/** The place of the signature in any message of ours, a view to be written to; null if there is none. */
export function signatureIn(reply: Uint8Array): Uint8Array | null {
  const signature = readFields(reply)?.get('signature')
  return signature instanceof Uint8Array && signature.length === signatureBytes ? signature : null
}

/** The code of an error reply that a server of ours has encoded; null for an answer. */
export function replyError(reply: Uint8Array): ProtocolErrorCode | null {
  const error = readFields(reply)?.get('error')
  return typeof error === 'string' && isServerErrorCode(error) ? error : null
}
