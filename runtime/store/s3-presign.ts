import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type Contract, requestBytes } from '../contract.ts'
import type { SignTicket } from '../serving/tickets.ts'
import { configOf, parseUrl, type S3Options } from './s3.ts'
import { placeOf, sessionKeys } from './store.ts'

/** Headers that belong to the signature: a body of another length or type, or one that replaces another, is refused. */
const signed = new Set(['host', 'content-length', 'content-type', 'if-none-match'])

/**
 * Signs tickets for the sessions of a store on S3: with them, and without keys of its own, a client may put one request
 * of exactly the contract's length, once, and get and delete the reply. The rights are those of the credentials that sign.
 * That holds where the service refuses headers that are not signed: `findTicketFlaws` tells.
 *
 * @throws {RangeError} if the URL is no store on S3.
 */
export function ticketSigner(url: string, contract: Contract, options: S3Options = {}): SignTicket {
  const { bucket: Bucket, root } = parseUrl(url)
  // Otherwise the checksum of an empty body becomes part of the signature.
  const client = new S3Client({ ...configOf(options), requestChecksumCalculation: 'WHEN_REQUIRED' })
  const body = { ContentLength: requestBytes(contract), ContentType: 'application/cbor', IfNoneMatch: '*' }
  const place = placeOf(contract)
  return async (session, seconds) => {
    const keys = sessionKeys(await place, session)
    const [request, reply] = [keys.request, keys.reply].map((key) => ({ Bucket, Key: root + key }))
    const life = { expiresIn: seconds }
    const [put, get, remove] = await Promise.all([
      getSignedUrl(client, new PutObjectCommand({ Bucket, Key: '', ...request, ...body }), {
        ...life,
        signableHeaders: signed,
      }),
      getSignedUrl(client, new GetObjectCommand({ Bucket, Key: '', ...reply }), life),
      getSignedUrl(client, new DeleteObjectCommand({ Bucket, Key: '', ...reply }), life),
    ])
    return { put, get, delete: remove }
  }
}
