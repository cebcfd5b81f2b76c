import { chmod, link, mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ProtocolError } from '../errors.ts'
import {
  fileModeIn,
  newDraft,
  readFolder,
  readPlainFile,
  removeDrafts,
  syncFolder,
  timeAt,
  walk,
} from './directory-folders.ts'
import { checkKey, type Entry, isKey, type Piece, type Store } from './store.ts'
import { guarded, hasCode, nullIf } from './system-errors.ts'

export interface DirectoryOptions {
  /**
   * Mode of the folders that a server makes, such as 0o2770 for a group or 0o1777 for all users of a machine. Files are as
   * readable as their folder, whatever the umask says. By default folders are as the umask says.
   */
  readonly mode?: number
}

/** Milliseconds for which a folder that has not changed is not read again, as far as its time of change tells. */
const trust = 5000
/** Milliseconds by which a change must lie before a reading, so that none after it has the same time. */
const tick = 1000

/**
 * A directory as the store, one file per object: for one machine, or a shared file system with atomic `link` and
 * `rename`. Files that it did not write (other names, links, directories, devices) it neither lists nor reads, and
 * nothing that lies there makes it fail.
 */
export function directoryStore(directory: string, { mode }: DirectoryOptions = {}): Store {
  const root = resolve(directory)
  const pathOf = (key: string) => {
    checkKey(key)
    return join(root, ...key.split('/'))
  }
  const lastRead = new Map<string, Reading>()

  /** Where a folder's drafts lie, and files are dated: the best place comes first. */
  const placesOf = (folder: string) => new Set([join(root, dirname(folder)), join(root, folder), join(root)])

  async function timeIn(folder: string): Promise<Date> {
    for (const place of placesOf(folder)) {
      const time = await timeAt(place).catch(() => null)
      if (time !== null) return time
    }
    return new Date()
  }

  return {
    put: (key, bytes, { ifAbsent = false, signal } = {}) =>
      guarded(`write to the store ${root}`, signal, async () => {
        const path = pathOf(key)
        const folder = dirname(path)
        await mkdir(folder, { recursive: true })
        // Written beside its place under a name that no key has, so that readers never see half of it.
        const draft = join(folder, newDraft())
        try {
          await writeDurably(draft, bytes, await fileModeIn(folder))
          if (ifAbsent) await link(draft, path)
          else await rename(draft, path)
          await syncFolder(folder)
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
        const bytes = await readPlainFile(pathOf(key), maxBytes)
        if (bytes !== null && bytes.length > maxBytes) throw new ProtocolError('too-large')
        return bytes
      }),

    delete: (key, { signal } = {}) =>
      guarded(`delete from the store ${root}`, signal, async () => {
        // A directory is no object.
        await nullIf(unlink(pathOf(key)), 'ENOENT', 'EISDIR', 'ENOTDIR')
      }),

    list: (prefix, { signal } = {}) =>
      guarded(`list the store ${root}`, signal, async () => {
        const above = namesOf(prefix)
        const entries: Entry[] = []
        try {
          for await (const { names, modified } of walk(join(root, ...above))) {
            signal?.throwIfAborted()
            const key = [...above, ...names].join('/')
            if (isKey(key)) entries.push({ key, modified })
          }
        } catch (error) {
          if (!hasCode(error, 'ENOENT')) throw error
        }
        return entries
      }),

    async *scan(folder, name, { signal } = {}) {
      const path = join(root, ...namesOf(folder))
      const changed = await guarded(`list the store ${root}`, signal, () => nullIf(stat(path, { bigint: true })))
      if (changed === null) return
      const known = lastRead.get(folder)
      if (known !== undefined && known.changed === changed.mtimeNs && performance.now() - known.at < trust) {
        if (known.isSettled) return yield* known.pieces
      }
      const [at, began] = [performance.now(), Date.now()]
      const pieces: Piece[] = []
      const reading = readFolder(path, name)
      for (;;) {
        const { done, value } = await guarded(`list the store ${root}`, signal, () => reading.next())
        if (done === true) break
        const entries = value.files.map(({ names, modified }) => ({ key: `${folder}${names.join('/')}`, modified }))
        pieces.push({ entries, foreign: value.foreign })
        yield { entries, foreign: value.foreign }
      }
      const isSettled = began - Number(changed.mtimeMs) > tick
      lastRead.set(folder, { changed: changed.mtimeNs, at, pieces, isSettled })
    },

    now: ({ signal } = {}) => guarded(`write to the store ${root}`, signal, () => timeIn('requests/')),

    prepare: (folders) =>
      guarded(`make folders in the store ${root}`, undefined, async () => {
        for (const folder of folders) {
          const names = namesOf(folder)
          await mkdir(join(root, ...names), { recursive: true })
          if (mode === undefined) continue
          // Folders above it may be passed, and changed by their owner alone.
          for (let i = 1; i < names.length; i++) {
            await openFolder(join(root, ...names.slice(0, i)), 0o700 | (mode & 0o055))
          }
          // A client that is another user removes its reply: no sticky bit there.
          await openFolder(join(root, ...names), folder.startsWith('requests/') ? mode : mode & ~0o1000)
        }
      }),

    tidy: (folder) =>
      guarded(`delete from the store ${root}`, undefined, async () => {
        const time = await timeIn(folder)
        let removed = 0
        for (const place of placesOf(folder)) removed += await removeDrafts(place, time)
        return removed
      }),
  }
}

/** What a folder held when it was read. */
interface Reading {
  readonly changed: bigint
  readonly at: number
  readonly pieces: readonly Piece[]
  readonly isSettled: boolean
}

/** Gives a folder the mode, unless somebody else made it and gave it that. */
async function openFolder(path: string, mode: number): Promise<void> {
  try {
    await chmod(path, mode)
  } catch (error) {
    if (!hasCode(error, 'EPERM') || ((await stat(path)).mode & 0o7777) !== mode) throw error
  }
}

async function writeDurably(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(bytes)
    // Whatever the umask says: the other side may be another user.
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}

function namesOf(prefix: string): readonly string[] {
  if (prefix === '') return []
  const key = prefix.replace(/\/$/, '')
  checkKey(key)
  return key.split('/')
}
