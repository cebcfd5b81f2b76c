import { at } from 'emp-compile-runtime/internal/at'
import { type Contract, replyBytes, requestBytes } from 'emp-compile-runtime/internal/contract'
import type { Traffic } from '../plan.ts'

/** What the messages of a contract take: its ciphertexts are the last fields of request and reply. */
export function trafficOf(contract: Contract): Traffic {
  const { request, reply } = contract.messages
  return {
    requestCiphertexts: at(request, request.length - 1).count,
    requestBytes: requestBytes(contract),
    replyCiphertexts: at(reply, reply.length - 1).count,
    replyBytes: replyBytes(contract),
  }
}
