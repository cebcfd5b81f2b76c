import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, opendir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isName, mostNames } from './store.ts'
import { hasCode, nullIf } from './system-errors.ts'

/** A file that a listing found. */
export interface Found {
  readonly names: readonly string[]
  readonly modified: Date
}

/** Names that are read at a time. */
const pieceOfNames = 1024

/** Drafts have names that no key has. */
const draftPattern = /^\.draft-[0-9a-f-]{36}$/
export const newDraft = () => `.draft-${randomUUID()}`
/** Milliseconds after which no put is still under way. */
const draftLifetime = 3_600_000

/** What may lie in the way of a listing that others write to: each is the error of its entry, not of the listing. */
const passedOver = ['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']

/** All files below a directory, no deeper than a key, passing over what is no key and what cannot be read. */
export async function* walk(directory: string, depth = mostNames): AsyncGenerator<Found> {
  const entries = await opendir(directory, { bufferSize: pieceOfNames })
  for await (const entry of entries) {
    if (!isName(entry.name)) continue
    const path = join(directory, entry.name)
    if (entry.isFile()) {
      const status = await nullIf(lstat(path), ...passedOver)
      if (status !== null) yield { names: [entry.name], modified: status.mtime }
    } else if (entry.isDirectory() && depth > 1) {
      try {
        for await (const { names, modified } of walk(path, depth - 1)) {
          yield { names: [entry.name, ...names], modified }
        }
      } catch (error) {
        if (!hasCode(error, ...passedOver)) throw error
      }
    }
  }
}

/** A part of a folder: its files whose names fit, and how much else there was. */
export interface FolderPiece {
  readonly files: readonly Found[]
  readonly foreign: number
}

/** Reads one folder in pieces. A name is tested before anything is asked about it. */
export async function* readFolder(directory: string, name: RegExp): AsyncGenerator<FolderPiece> {
  const entries = await nullIf(opendir(directory, { bufferSize: pieceOfNames }))
  if (entries === null) return
  let names: string[] = []
  let foreign = 0
  let read = 0
  const piece = async (): Promise<FolderPiece> => {
    const asked = await Promise.all(
      names.map(async (one) => {
        const status = await nullIf(lstat(join(directory, one)), ...passedOver)
        return status === null ? null : { names: [one], modified: status.mtime }
      }),
    )
    return { files: asked.filter((file) => file !== null), foreign }
  }
  for await (const entry of entries) {
    if (name.test(entry.name) && entry.isFile()) names.push(entry.name)
    else if (!entry.name.startsWith('.draft-')) foreign += 1
    read += 1
    if (read % (4 * pieceOfNames) !== 0) continue
    yield await piece()
    names = []
    foreign = 0
  }
  yield await piece()
}

/** The time by the clock that dates the files of a directory: of a file that is made and removed there. */
export async function timeAt(directory: string): Promise<Date> {
  const path = join(directory, newDraft())
  const file = await open(path, 'wx', 0o600)
  try {
    return (await file.stat()).mtime
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

/** Removes what puts that died in the middle have left. */
export async function removeDrafts(directory: string, now: Date): Promise<number> {
  let removed = 0
  for await (const { files } of readFolder(directory, draftPattern)) {
    for (const { names, modified } of files) {
      if (now.getTime() - modified.getTime() < draftLifetime) continue
      if (
        (await nullIf(
          rm(join(directory, ...names)).then(() => true),
          ...passedOver,
        )) === true
      )
        removed += 1
    }
  }
  return removed
}

/**
 * Reads a file that others may have made: null for what is no plain file (a link, a FIFO, a device, a directory), which
 * is told by the very file that was opened. Null as well if there is none.
 *
 * @returns at most `maxBytes` + 1 bytes, whatever length it had and however it grows.
 */
export async function readPlainFile(path: string, maxBytes: number): Promise<Uint8Array | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await nullIf(open(path, flags), 'ENOENT', 'ELOOP', 'ENXIO', 'ENODEV', 'EISDIR')
  if (file === null) return null
  try {
    const status = await file.stat()
    return status.isFile() ? await readUpTo(file, Math.min(status.size, maxBytes) + 1) : null
  } finally {
    await file.close()
  }
}

async function readUpTo(file: FileHandle, most: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(most)
  let length = 0
  while (length < most) {
    const { bytesRead } = await file.read(bytes, length, most - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

/** The mode of files in a folder: readable and writable for the group, readable for all, where the folder is. */
export async function fileModeIn(directory: string): Promise<number> {
  const { mode } = await stat(directory)
  return 0o600 | (mode & 0o064)
}

/** Makes the names in a directory outlast a crash of the machine, where whoever asks may open it. */
export async function syncFolder(directory: string): Promise<void> {
  const folder = await nullIf(open(directory, constants.O_RDONLY), 'EACCES', 'EPERM')
  if (folder === null) return
  try {
    await nullIf(folder.sync(), 'EINVAL', 'ENOTSUP')
  } finally {
    await folder.close()
  }
}
