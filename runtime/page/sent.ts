import { at } from '../at.ts'
import { toHex } from '../bytes.ts'
import type { Contract } from '../contract.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
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

/** The rows of "What left your device": all of what was sent, who can read it, and what came back. */
export function showExchange(
  { request, reply, address, made }: Exchange,
  contract: Contract,
  sealing: SealingDocument,
  { say }: Speech<PageCatalogue>,
): HTMLElement[] {
  const [key, sent] = [at(contract.messages.request, 0), at(contract.messages.request, 1)]
  const bytes = (count: number) => say('bytes', { count })
  const back = { bytes: bytes(reply.length) }
  return [
    row(say('sent.sent'), say('sent.sent-what', { bytes: bytes(request.length), address })),
    row(say('sent.made'), requestLines(made, say)),
    row(
      say('sent.inside'),
      say('sent.inside-what', {
        count: sent.count,
        bytes: bytes(sent.bytes),
        each: sealing.each,
        keyBytes: bytes(key.bytes),
      }),
    ),
    row(say('sent.readers'), say('sent.readers-what')),
    row(
      say('sent.back'),
      contract.replyKey === undefined ? say('sent.back-what', back) : say('sent.back-signed', back),
    ),
    element(
      'div',
      {},
      element('dt', {}, say('sent.look')),
      element('dd', {}, element('code', { class: 'bytes' }, hexOf(request.subarray(-sent.bytes)))),
    ),
  ]
}

const row = (name: string, value: string) => element('div', {}, element('dt', {}, name), element('dd', {}, value))

/** Requests of one kind in a row as one: `POST host, 2,763 bytes; GET host, 0 bytes, 3 times`. */
function requestLines(made: readonly MadeRequest[], say: Speech<PageCatalogue>['say']): string {
  const lines: { text: string; times: number }[] = []
  for (const { method, host, bytes } of made) {
    const text = say('sent.made-one', { method, host, bytes: say('bytes', { count: bytes }) })
    const last = lines.at(-1)
    if (last?.text === text) last.times++
    else lines.push({ text, times: 1 })
  }
  return lines
    .map(({ text, times }) => (times === 1 ? text : say('sent.made-times', { what: text, count: times })))
    .join('; ')
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
