import type { PageModel } from './documents.ts'

/**
 * What this browser lacks of what the page needs, by the names that browsers give it: each is tried. One that is too old
 * to run the script at all stays at the line of the markup that says so.
 */
export function lacking({ documents, connection }: Pick<PageModel, 'documents' | 'connection'>): readonly string[] {
  const here = globalThis as Readonly<Record<string, unknown>>
  const missing = ['Worker', 'AbortController', 'TextEncoder', 'crypto'].filter((name) => here[name] === undefined)
  const needed: readonly (readonly [name: string, isThere: () => boolean])[] = [
    ['AbortSignal.throwIfAborted', () => 'throwIfAborted' in AbortSignal.prototype],
    ...(connection.kind === 'tickets' ? [['AbortSignal.timeout', () => 'timeout' in AbortSignal] as const] : []),
    ...(documents.sealing.usesWasm
      ? ([
          ['WebAssembly', () => here.WebAssembly !== undefined],
          ['DecompressionStream', inflates],
        ] as const)
      : []),
  ]
  return [...missing, ...needed.flatMap(([name, isThere]) => (isThere() ? [] : [name]))]
}

/** The first browsers with the stream did not take bare deflated bytes. */
function inflates(): boolean {
  try {
    return new DecompressionStream('deflate-raw') !== null
  } catch {
    return false
  }
}
