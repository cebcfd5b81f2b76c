import type { SignsContract } from '../contract.ts'
import { messageWidths } from '../contract.ts'
import * as messages from '../message.ts'
import { bigintToBytes, bytesToBigint } from './integer.ts'

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

/** @throws {RangeError} if a number does not fit its field. */
export function encodeRequest({ contract: print, n, ciphertexts }: Request, contract: SignsContract): Uint8Array {
  const { key, requestCiphertext } = messageWidths(contract)
  return messages.encodeRequest({
    contract: print,
    key: bigintToBytes(n, key),
    ciphertexts: concatenate(ciphertexts, requestCiphertext),
  })
}

/** @throws {ProtocolError} as {@link messages.decodeRequest} */
export function decodeRequest(bytes: Uint8Array, contract: SignsContract, contractPrint: Uint8Array): Request {
  const { key, ciphertexts } = messages.decodeRequest(bytes, contract, contractPrint)
  const { requestCiphertext } = messageWidths(contract)
  return { contract: contractPrint, n: bytesToBigint(key), ciphertexts: split(ciphertexts, requestCiphertext) }
}

/** @throws {RangeError} if a number does not fit its field. */
export function encodeReply(reply: Reply | messages.ErrorReply, contract: SignsContract): Uint8Array {
  if ('error' in reply) return messages.encodeReply(reply)
  const ciphertexts = concatenate(reply.ciphertexts, messageWidths(contract).replyCiphertext)
  return messages.encodeReply({ ...reply, ciphertexts })
}

/** @throws {ProtocolError} as {@link messages.decodeReply} */
export function decodeReply(
  bytes: Uint8Array,
  contract: SignsContract,
  contractPrint: Uint8Array,
  requestHash: Uint8Array,
): readonly bigint[] {
  const ciphertexts = messages.decodeReply(bytes, contract, contractPrint, requestHash)
  return split(ciphertexts, messageWidths(contract).replyCiphertext)
}

function concatenate(values: readonly bigint[], width: number): Uint8Array {
  const bytes = new Uint8Array(width * values.length)
  values.forEach((value, i) => {
    bytes.set(bigintToBytes(value, width), i * width)
  })
  return bytes
}

function split(bytes: Uint8Array, width: number): bigint[] {
  return Array.from({ length: bytes.length / width }, (_, i) =>
    bytesToBigint(bytes.subarray(i * width, (i + 1) * width)),
  )
}
