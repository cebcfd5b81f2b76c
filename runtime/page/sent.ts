import { type Contract, messageWidths } from '../contract.ts'
import { toHex } from '../paillier/integer.ts'
import { element } from './dom.ts'

/** What crossed the network in one session. */
export interface Exchange {
  readonly request: Uint8Array
  readonly reply: Uint8Array
  /** Where the request went. */
  readonly address: string
}

const bytes = (count: number) => `${count.toLocaleString('en-GB')} bytes`
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** The rows of "What left your device": all of what was sent, who can read it, and what came back. */
export function showExchange({ request, reply, address }: Exchange, contract: Contract): HTMLElement[] {
  const { key, requestCiphertext: ciphertext, requestCiphertexts: sent } = messageWidths(contract)
  const of = contract.reveal === 'signs' ? 'each value that the model takes' : 'each public cut of each value'
  const rows = [
    row('Sent', `${bytes(request.length)} to ${address}, and nothing else`),
    row(
      'In it',
      `${counted(sent, 'ciphertext')} of ${bytes(ciphertext)}, one for ${of}; the public key that they are ` +
        `encrypted with (${bytes(key)}); the fingerprint of the contract`,
    ),
    row(
      'Who can read it',
      `Only this page, while it was open: the private key was made here, never left, and is gone now`,
    ),
    row(
      'Came back',
      `${bytes(reply.length)}, encrypted for the same key${contract.replyKey === undefined ? '' : ' and signed by the model’s server'}`,
    ),
    element(
      'div',
      {},
      element('dt', {}, 'A look at it'),
      element('dd', {}, element('code', { class: 'bytes' }, hexOf(request.subarray(-ciphertext)))),
    ),
  ]
  return rows
}

const row = (name: string, value: string) => element('div', {}, element('dt', {}, name), element('dd', {}, value))

/** The first bytes of a ciphertext, in pairs. */
function hexOf(ciphertext: Uint8Array): string {
  return `${toHex(ciphertext.subarray(0, 24)).replace(/..(?=.)/g, '$& ')} …`
}

/** Gives bytes to the user as a file. */
export function download(content: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(content)], { type: 'application/cbor' }))
  const link = element('a', { href: url, download: name })
  link.click()
  // The browser has the bytes by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
