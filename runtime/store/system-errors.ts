import { ProtocolError, StoreError } from '../errors.ts'

/** Turns the system's errors into a StoreError that names the directory, not the object. */
export async function guarded<T>(action: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  try {
    return await work()
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof ProtocolError || error instanceof RangeError || error instanceof StoreError) throw error
    throw new StoreError(`Cannot ${action} (${codeOf(error) ?? 'unknown reason'}). ${remedyOf(error)}`, {
      cause: error,
    })
  }
}

function remedyOf(error: unknown): string {
  if (!hasCode(error, 'EACCES', 'EPERM')) return 'Check that it exists, is writable and has space.'
  return 'It, or what lies in it, belongs to another user: see serve --store-mode.'
}

/** Null instead of an error with one of the codes; by default if there is no such file. */
export async function nullIf<T>(work: Promise<T>, ...codes: readonly string[]): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, ...(codes.length === 0 ? ['ENOENT'] : codes))) return null
    throw error
  }
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(codeOf(error) ?? '')
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null
}
