import { type FileHandle, open, rm } from 'node:fs/promises'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { cannotWrite } from '../errors.ts'
import { damagedJournal, otherJournal } from './journal-errors.ts'

/** What the answers in a journal answer: they are of use to no other model and no other input. */
export interface JournalSubject {
  /** The contract's fingerprint, in hexadecimal. */
  readonly contract: string
  /** SHA-256 of the input file, in hexadecimal. */
  readonly input: string
  readonly rows: number
}

/** Answers as they come in, by the number of their row from 0. */
export interface Journal {
  readonly answered: ReadonlyMap<number, Opened>
  /** Adds an answer; when this is fulfilled, it is kept. */
  add(row: number, opened: Opened): Promise<void>
  close(): Promise<void>
}

/** A journal that is kept as long as the process. */
export function memoryJournal(): Journal {
  const answered = new Map<number, Opened>()
  return { answered, add: async (row, opened) => void answered.set(row, opened), close: async () => {} }
}

/**
 * Opens a journal on disk to go on with it, or begins one: a line of JSON that says what it is about, and one per answer. A last
 * line that was not finished is dropped, as the process died in it. It is not made for two processes at once.
 *
 * @throws {CompileError} `other-journal` if it is about something else, `damaged-journal`, `cannot-write`
 */
export async function openJournal(path: string, subject: JournalSubject): Promise<Journal> {
  const file = await guarded(path, () => open(path, 'as+', 0o600))
  try {
    const text = await guarded(path, () => file.readFile('utf8'))
    const complete = text.slice(0, text.lastIndexOf('\n') + 1)
    const answered = readAnswers(path, complete, subject)
    if (complete.length < text.length) await guarded(path, () => file.truncate(Buffer.byteLength(complete)))
    if (complete === '') await write(file, path, subject)
    let last: Promise<unknown> = Promise.resolve()
    return {
      answered,
      async add(row, opened) {
        const writing = last.then(() => write(file, path, { row, opened }))
        last = writing.catch(() => {})
        await writing
        answered.set(row, opened)
      },
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Removes a journal whose answers have found their place. */
export const removeJournal = (path: string) => guarded(path, () => rm(path))

function readAnswers(path: string, text: string, subject: JournalSubject): Map<number, Opened> {
  const answered = new Map<number, Opened>()
  for (const [i, line] of text.split('\n').slice(0, -1).entries()) {
    const fields = parse(line)
    if (fields === null) throw damagedJournal(path, i + 1)
    if (i === 0) {
      const isSame = Object.entries(subject).every(([name, value]) => fields[name] === value)
      if (!isSame) throw otherJournal(path)
      continue
    }
    const { row, opened } = fields
    if (typeof row !== 'number' || !(row >= 0 && row < subject.rows) || typeof opened !== 'object' || opened === null) {
      throw damagedJournal(path, i + 1)
    }
    answered.set(row, opened as Opened)
  }
  return answered
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(line)
    return typeof json === 'object' && json !== null ? { ...json } : null
  } catch {
    return null
  }
}

/** One whole line in one write to a file that is opened for synchronous appending. */
async function write(file: FileHandle, path: string, line: object): Promise<void> {
  await guarded(path, () => file.appendFile(`${JSON.stringify(line)}\n`))
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw cannotWrite(path, error)
  }
}
