import { fileURLToPath } from 'node:url'
import { type DirectoryOptions, directoryStore } from './directory.ts'
import { memoryStore } from './memory.ts'
import type { Store } from './store.ts'

export { StoreError } from '../errors.ts'
export { type DirectoryOptions, directoryStore } from './directory.ts'
export { memoryStore } from './memory.ts'
export type { Entry, Piece, PutOptions, Store, StoreOptions } from './store.ts'

/**
 * Opens a store by its URL: `memory:`, a directory as a path or a `file:` URL, or `s3://bucket/prefix`, with endpoint,
 * region and credentials from the environment, the profile or the role, as the AWS SDK finds them. The SDK is loaded for the last
 * only. The options are for a directory.
 *
 * @throws {RangeError} for anything else. @throws {StoreError} if the endpoint that is set is no URL.
 */
export async function openStore(url: string, options: DirectoryOptions = {}): Promise<Store> {
  if (url === 'memory:') return memoryStore()
  if (url.startsWith('file:')) return directoryStore(fileURLToPath(url), options)
  if (url.startsWith('s3:')) return (await import('./s3.ts')).s3Store(url)
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]
  if (scheme !== undefined) {
    throw new RangeError(
      `Unknown kind of store "${scheme}:". A store is a directory, "s3://bucket/prefix" or "memory:".`,
    )
  }
  return directoryStore(url, options)
}
