import { type Contract, fingerprint, sha256 } from './contract.ts'
import { isServerErrorCode, ProtocolError, type ProtocolErrorCode } from './errors.ts'

/** What every reply begins with. */
interface Head {
  readonly contract: Uint8Array
  readonly request: Uint8Array
}

/**
 * Makes the `evaluate` of a server, which never rejects: what `answer` throws becomes an error reply with a public code.
 *
 * @param answer gives the ciphertexts of the reply, from the request and the contract's fingerprint.
 */
export function replying<Ciphertexts>(
  contract: Contract,
  answer: (request: Uint8Array, contractPrint: Uint8Array) => Promise<Ciphertexts>,
  encodeReply: (
    reply: Head & ({ readonly ciphertexts: Ciphertexts } | { readonly error: ProtocolErrorCode }),
  ) => Uint8Array,
): (request: Uint8Array) => Promise<Uint8Array> {
  const print = fingerprint(contract)
  return async (bytes) => {
    const head = { contract: await print, request: await sha256(bytes) }
    try {
      return encodeReply({ ...head, ciphertexts: await answer(bytes, head.contract) })
    } catch (error) {
      const code = error instanceof ProtocolError && isServerErrorCode(error.code) ? error.code : 'server-failed'
      return encodeReply({ ...head, error: code })
    }
  }
}
