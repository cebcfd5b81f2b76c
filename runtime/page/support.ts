import type { SealingDocument } from './documents.ts'

/**
 * What this browser lacks of what the page needs, by the names that browsers give it. One that is too old to run the
 * script at all stays at the line of the markup that says so.
 */
export function lacking({ usesWasm }: Pick<SealingDocument, 'usesWasm'>): readonly string[] {
  const here = globalThis as Readonly<Record<string, unknown>>
  const needed = ['Worker', 'AbortController', 'TextEncoder', 'crypto', ...(usesWasm ? ['WebAssembly'] : [])]
  return needed.filter((name) => here[name] === undefined)
}
