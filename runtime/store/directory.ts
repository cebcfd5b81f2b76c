import { randomUUID } from 'node:crypto'
import { link, lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { ProtocolError, StoreError } from '../errors.ts'
import { checkKey, type Entry, isKey, type Store } from './store.ts'

/**
 * A directory as the store, one file per object: for one machine, or a shared file system with atomic `link` and
 * `rename`. Files that it did not write (other names, links, directories) it neither lists nor reads.
 */
export function directoryStore(directory: string): Store {
  const root = resolve(directory)
  const pathOf = (key: string) => {
    checkKey(key)
    return join(root, ...key.split('/'))
  }
  return {
    put: (key, bytes, { ifAbsent = false, signal } = {}) =>
      guarded(`write to the store ${root}`, signal, async () => {
        const path = pathOf(key)
        // Written beside its place under a name that no key has, so that readers never see half of it.
        const draft = join(dirname(path), `${draftPrefix}${randomUUID()}`)
        await mkdir(dirname(path), { recursive: true })
        try {
          await writeFile(draft, bytes, { flag: 'wx' })
          if (!ifAbsent) {
            await rename(draft, path)
            return true
          }
          await link(draft, path)
          return true
        } catch (error) {
          if (ifAbsent && hasCode(error, 'EEXIST')) return false
          throw error
        } finally {
          await rm(draft, { force: true })
        }
      }),

    get: (key, maxBytes, { signal } = {}) =>
      guarded(`read from the store ${root}`, signal, async () => {
        const path = pathOf(key)
        const isFile = await absentIsNull(lstat(path).then((status) => status.isFile()))
        if (isFile !== true) return null
        const file = await absentIsNull(open(path, 'r'))
        if (file === null) return null
        try {
          const { size } = await file.stat()
          if (size > maxBytes) throw new ProtocolError('too-large')
          return new Uint8Array(await file.readFile())
        } finally {
          await file.close()
        }
      }),

    delete: (key, { signal } = {}) =>
      guarded(`delete from the store ${root}`, signal, () => rm(pathOf(key), { force: true })),

    list: (prefix, { signal } = {}) =>
      guarded(`list the store ${root}`, signal, async () => {
        if (prefix !== '') checkKey(prefix.replace(/\/$/, ''))
        const found = await absentIsNull(readdir(join(root, prefix), { withFileTypes: true, recursive: true }))
        const entries: Entry[] = []
        for (const file of found ?? []) {
          const path = join(file.parentPath, file.name)
          const key = relative(root, path).split(sep).join('/')
          const status = file.isFile() ? await absentIsNull(lstat(path)) : null
          if (status === null) continue
          if (isKey(key)) entries.push({ key, modified: status.mtime })
          // What a process that died in the middle of a put left behind.
          else if (isDraft(file.name) && Date.now() - status.mtimeMs > draftLifetime) {
            await rm(path, { force: true }).catch(() => {})
          }
        }
        return entries
      }),
  }
}

const draftPrefix = '.draft-'
const isDraft = (name: string) => name.startsWith(draftPrefix)
/** Milliseconds after which no put is still under way. */
const draftLifetime = 86_400_000

/** Turns the system's errors into a StoreError that names the directory, not the object. */
async function guarded<T>(action: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  try {
    return await work()
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof RangeError) throw error
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new StoreError(`Cannot ${action} (${reason}). Check that it exists, is writable and has space.`, {
      cause: error,
    })
  }
}

async function absentIsNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
