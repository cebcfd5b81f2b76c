import { fileURLToPath } from 'node:url'
import { directoryStore } from './directory.ts'
import { memoryStore } from './memory.ts'
import type { Store } from './store.ts'

export { StoreError } from '../errors.ts'
export { directoryStore } from './directory.ts'
export { memoryStore } from './memory.ts'
export type { Entry, Store } from './store.ts'

/**
 * Opens a store by its URL: `memory:`, or a directory as a path or a `file:` URL.
 *
 * @throws {RangeError} for any other scheme.
 */
export function openStore(url: string): Store {
  if (url === 'memory:') return memoryStore()
  if (url.startsWith('file:')) return directoryStore(fileURLToPath(url))
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]
  if (scheme !== undefined) {
    throw new RangeError(`Unknown kind of store "${scheme}:". A store is a directory, or "memory:".`)
  }
  return directoryStore(url)
}
