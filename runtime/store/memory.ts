import { ProtocolError } from '../errors.ts'
import { checkKey, type Entry, type Store } from './store.ts'

/** A store inside one process: for tests and for trying things out. */
export function memoryStore(now: () => Date = () => new Date()): Store {
  const objects = new Map<string, { readonly bytes: Uint8Array; readonly modified: Date }>()
  const below = (prefix: string): Entry[] =>
    [...objects].filter(([key]) => key.startsWith(prefix)).map(([key, { modified }]) => ({ key, modified }))
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
      return below(prefix)
    },
    async *scan(folder, name, { signal } = {}) {
      signal?.throwIfAborted()
      const all = below(folder)
      const entries = all.filter(({ key }) => name.test(key.slice(folder.length)))
      yield { entries, foreign: all.length - entries.length }
    },
    now: async () => now(),
  }
}
