import { at } from '../at.ts'
import { toHex } from '../bytes.ts'
import type { Contract } from '../contract.ts'
import type { SealingDocument } from './documents.ts'
import { element } from './dom.ts'
import type { MadeRequest } from './requests.ts'

/** What crossed the network in one session. */
export interface Exchange {
  readonly request: Uint8Array
  readonly reply: Uint8Array
  /** Where the request went. */
  readonly address: string
  /** Every request of the session, in the order in which they were made. */
  readonly made: readonly MadeRequest[]
}

const bytes = (count: number) => `${count.toLocaleString('en-GB')} bytes`
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** The rows of "What left your device": all of what was sent, who can read it, and what came back. */
export function showExchange(
  { request, reply, address, made }: Exchange,
  contract: Contract,
  sealing: SealingDocument,
): HTMLElement[] {
  const [key, sent] = [at(contract.messages.request, 0), at(contract.messages.request, 1)]
  const rows = [
    row('Sent', `${bytes(request.length)} to ${address}, and nothing else`),
    row('Requests that were made', requestLines(made)),
    row(
      'In it',
      `${counted(sent.count, 'ciphertext')} of ${bytes(sent.bytes)}, one for ${sealing.each}; the public key that they are ` +
        `encrypted with (${bytes(key.bytes)}); the fingerprint of the contract`,
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
      element('dd', {}, element('code', { class: 'bytes' }, hexOf(request.subarray(-sent.bytes)))),
    ),
  ]
  return rows
}

const row = (name: string, value: string) => element('div', {}, element('dt', {}, name), element('dd', {}, value))

/** Requests of one kind in a row as one: `POST host, 2,763 bytes; GET host, 0 bytes, 3 times`. */
function requestLines(made: readonly MadeRequest[]): string {
  const lines: { text: string; times: number }[] = []
  for (const { method, host, bytes: count } of made) {
    const text = `${method} ${host}, ${bytes(count)}`
    const last = lines.at(-1)
    if (last?.text === text) last.times++
    else lines.push({ text, times: 1 })
  }
  return lines.map(({ text, times }) => (times === 1 ? text : `${text}, ${times} times`)).join('; ')
}

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
