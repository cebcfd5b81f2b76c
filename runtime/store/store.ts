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
}

export interface StoreOptions {
  readonly signal?: AbortSignal
}

export interface PutOptions extends StoreOptions {
  readonly ifAbsent?: boolean
}

export interface Entry {
  readonly key: string
  readonly modified: Date
}

/** Tells whether a text is a key; none can leave the store. */
export function isKey(text: string): boolean {
  const name = '[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}'
  return new RegExp(`^${name}(/${name}){0,7}$`).test(text)
}

/** @throws {RangeError} if the text is no key. */
export function checkKey(key: string): void {
  if (!isKey(key)) throw new RangeError('malformed key')
}

/** Where a session's two objects lie. */
export function sessionKeys(model: string, id: string): { readonly request: string; readonly reply: string } {
  return { request: `requests/${model}/${id}`, reply: `replies/${model}/${id}` }
}

/** A session id: 128 random bits in 32 hexadecimal digits. */
export const sessionIdPattern = /^[0-9a-f]{32}$/
