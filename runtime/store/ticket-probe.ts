import { toHex } from '../bytes.ts'
import { type Contract, requestBytes } from '../contract.ts'
import { StoreError } from '../errors.ts'
import { type RandomBytes, systemRandom } from '../random.ts'
import type { SignTicket } from '../serving/tickets.ts'
import { parseUrl } from './s3.ts'
import { placeOf, type Store, sessionKeys } from './store.ts'

/** What a holder of tickets must not be able to do, and can. */
export type TicketFlaw =
  /** The store heeds a header that the ticket did not sign. */
  | { readonly kind: 'unsigned-header'; readonly header: string }
  /** The store takes a second upload for one ticket, or one of another length. */
  | { readonly kind: 'second-upload' }
  | { readonly kind: 'other-length' }
  /** The store does not take what the ticket is for. */
  | { readonly kind: 'refused'; readonly status: number }

/**
 * Tries on a store itself, under names that no session has, what strangers could try with its tickets: an upload with
 * headers that are not signed (`x-amz-copy-source` would read any object that the signer may read), a second upload, and
 * one of another length. It removes what it has put.
 *
 * @param url the store's, on S3. @throws {StoreError} if the store cannot be reached.
 */
export async function findTicketFlaws(
  url: string,
  contract: Contract,
  store: Store,
  sign: SignTicket,
  random: RandomBytes = systemRandom,
): Promise<readonly TicketFlaw[]> {
  const { bucket, root } = parseUrl(url)
  const place = await placeOf(contract)
  const [bait, honest] = [probeName(random), probeName(random)]
  const headers: readonly (readonly [string, string])[] = [
    ['x-amz-copy-source', `/${bucket}/${root}${sessionKeys(place, bait).reply}`],
    ['x-amz-acl', 'public-read'],
    ['x-amz-tagging', 'probe=1'],
    ['x-amz-meta-probe', '1'],
    ['x-amz-website-redirect-location', '/probe'],
  ]
  const flaws: TicketFlaw[] = []
  const used = [bait, honest]
  const body = new Uint8Array(requestBytes(contract))
  const upload = async (session: string, bytes: Uint8Array<ArrayBuffer>, more: Readonly<Record<string, string>>) => {
    const { put } = await sign(session, 60)
    const base = { 'content-type': 'application/cbor', 'if-none-match': '*' }
    const init = { method: 'PUT', headers: { ...base, ...more }, body: bytes, redirect: 'error' } as const
    const response = await fetch(put, init).catch((cause: unknown) => {
      throw new StoreError(`Cannot try a ticket on the bucket "${bucket}": the service is unreachable.`, { cause })
    })
    await response.body?.cancel()
    return response
  }
  try {
    await store.put(sessionKeys(place, bait).reply, new Uint8Array(1))
    const { ok, status } = await upload(honest, body, {})
    if (!ok) return [{ kind: 'refused', status }]
    if ((await upload(honest, body, {})).ok) flaws.push({ kind: 'second-upload' })
    const longer = probeName(random)
    used.push(longer)
    if ((await upload(longer, new Uint8Array(body.length + 1), {})).ok) flaws.push({ kind: 'other-length' })
    for (const [header, value] of headers) {
      const session = probeName(random)
      used.push(session)
      if ((await upload(session, body, { [header]: value })).ok) flaws.push({ kind: 'unsigned-header', header })
    }
    return flaws
  } finally {
    for (const session of used) {
      const { request, reply } = sessionKeys(place, session)
      for (const key of [request, reply]) await store.delete(key).catch(() => {})
    }
  }
}

const probeName = (random: RandomBytes) => `probe-${toHex(random(16))}`
