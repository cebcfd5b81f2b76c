import { fingerprint } from '../../runtime/contract.ts'
import type { ProtocolErrorCode } from '../../runtime/errors.ts'
import type { SignsContract } from '../../runtime/schemes/signs/contract.ts'
import { fieldsOf, joinNumbers, splitNumbers } from '../../runtime/schemes/signs/numbers.ts'
import { messagesOf } from '../../runtime/wire/message.ts'

/** A request of `signs` in numbers. */
export interface SignsRequest {
  readonly n: bigint
  readonly ciphertexts: readonly bigint[]
}

/** The messages of a contract of `signs` in numbers. @param print its fingerprint. */
export function signsMessagesOf(contract: SignsContract, print: Uint8Array) {
  const messages = messagesOf(contract, print)
  const fields = fieldsOf(contract)
  const none = new Uint8Array()
  return {
    encodeRequest: ({ n, ciphertexts }: SignsRequest): Uint8Array =>
      messages.encodeRequest({ key: joinNumbers([n], fields.key), ciphertexts: joinNumbers(ciphertexts, fields.up) }),
    decodeRequest(bytes: Uint8Array): SignsRequest {
      const { key = none, ciphertexts = none } = messages.decodeRequest(bytes)
      const [n = 0n] = splitNumbers(key, fields.key)
      return { n, ciphertexts: splitNumbers(ciphertexts, fields.up) }
    },
    encodeReply: (request: Uint8Array, ciphertexts: readonly bigint[]): Uint8Array =>
      messages.encodeReply(request, { ciphertexts: joinNumbers(ciphertexts, fields.down) }),
    encodeError: (request: Uint8Array, code: ProtocolErrorCode): Uint8Array => messages.encodeError(request, code),
    decodeReply(bytes: Uint8Array, request: Uint8Array): bigint[] {
      const { ciphertexts = none } = messages.decodeReply(bytes, request)
      return splitNumbers(ciphertexts, fields.down)
    },
  }
}

/** The same, its fingerprint computed. */
export const messagesInNumbers = async (contract: SignsContract) =>
  signsMessagesOf(contract, await fingerprint(contract))
