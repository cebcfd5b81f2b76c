import { ProtocolError } from '../errors.ts'
import { checkKey, type Store } from './store.ts'

/** A store inside one process: for tests and for trying things out. */
export function memoryStore(now: () => Date = () => new Date()): Store {
  const objects = new Map<string, { readonly bytes: Uint8Array; readonly modified: Date }>()
  return {
    async put(key, bytes, { ifAbsent = false, signal } = {}) {
      checkKey(key)
      signal?.throwIfAborted()
      if (ifAbsent && objects.has(key)) return false
      objects.set(key, { bytes: bytes.slice(), modified: now() })
      return true
    },
    async get(key, maxBytes, { signal } = {}) {
      checkKey(key)
      signal?.throwIfAborted()
      const object = objects.get(key)
      if (object === undefined) return null
      if (object.bytes.length > maxBytes) throw new ProtocolError('too-large')
      return object.bytes.slice()
    },
    async delete(key, { signal } = {}) {
      checkKey(key)
      signal?.throwIfAborted()
      objects.delete(key)
    },
    async list(prefix, { signal } = {}) {
      signal?.throwIfAborted()
      return [...objects].filter(([key]) => key.startsWith(prefix)).map(([key, { modified }]) => ({ key, modified }))
    },
  }
}
