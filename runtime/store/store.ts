import { toHex } from '../bytes.ts'
import { type Contract, fingerprint } from '../contract.ts'

/**
 * A mailbox of small objects. Keys are relative paths of `/`-separated names out of `A-Z a-z 0-9 . _ -`, none of
 * which begins with a dot. Every method rejects with `StoreError` if the store itself fails, and with the reason of its
 * signal when that is aborted; what was under way may then have been done or not.
 */
export interface Store {
  /**
   * Writes an object, whole or not at all.
   *
   * @returns false, and nothing is changed, if `ifAbsent` is set and the key is taken.
   */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<boolean>
  /**
   * Reads an object, or null if there is none.
   *
   * @throws {ProtocolError} `too-large`, before more than `maxBytes` are read, if it is longer than that.
   */
  get(key: string, maxBytes: number, options?: StoreOptions): Promise<Uint8Array | null>
  /** Removes an object; one that is not there is no error. */
  delete(key: string, options?: StoreOptions): Promise<void>
  /** The objects whose key begins with `prefix` (whole names: it ends with `/` or is empty), in no particular order. */
  list(prefix: string, options?: StoreOptions): Promise<readonly Entry[]>
  /**
   * The objects right below a folder (it ends with `/`) whose last name fits, in pieces. What else lies there is counted
   * and otherwise left alone: it costs no more than its name.
   */
  scan(folder: string, name: RegExp, options?: StoreOptions): AsyncIterable<Piece>
  /** The time by the clock that dates the store's entries, which may be another machine's. */
  now(options?: StoreOptions): Promise<Date>
  /** Makes folders that others write to, where a store has folders; whoever serves a store calls it first. */
  prepare?(folders: readonly string[]): Promise<void>
  /** Removes what puts that died left in a folder, where a store has such things, and gives how much that was. */
  tidy?(folder: string): Promise<number>
}

export interface StoreOptions {
  readonly signal?: AbortSignal
}

export interface PutOptions extends StoreOptions {
  readonly ifAbsent?: boolean
}

export interface Entry {
  readonly key: string
  /** By the clock of the store. */
  readonly modified: Date
}

/** A part of what lies in a folder. */
export interface Piece {
  readonly entries: readonly Entry[]
  /** How much else was there: objects of other names, folders, links, devices. */
  readonly foreign: number
}

const name = '[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}'
const namePattern = new RegExp(`^${name}$`)
const keyPattern = new RegExp(`^${name}(/${name}){0,7}$`)

/** Names that a key has at most. */
export const mostNames = 8

/** Tells whether a text is one name of a key. */
export const isName = (text: string): boolean => namePattern.test(text)

/** Tells whether a text is a key; none can leave the store. */
export const isKey = (text: string): boolean => keyPattern.test(text)

/** @throws {RangeError} if the text is no key. */
export function checkKey(key: string): void {
  if (!isKey(key)) throw new RangeError('malformed key')
}

/**
 * Where the sessions of a contract lie: below its name and the first 16 digits of its fingerprint, so that servers and
 * clients of several versions of a model can share a store.
 */
export async function placeOf(contract: Contract): Promise<string> {
  return `${contract.name}/${toHex(await fingerprint(contract)).slice(0, 16)}`
}

/** The three folders of a place. */
export const kindsOfObjects = ['requests', 'replies', 'spent'] as const

/** Where a session's objects lie; `spent` marks one that has been answered. An empty id gives the folders. */
export function sessionKeys(place: string, id: string): Readonly<Record<'request' | 'reply' | 'spent', string>> {
  return { request: `requests/${place}/${id}`, reply: `replies/${place}/${id}`, spent: `spent/${place}/${id}` }
}

/** A session id: 128 random bits in 32 hexadecimal digits. */
export const sessionIdPattern = /^[0-9a-f]{32}$/
