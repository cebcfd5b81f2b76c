import type { Value } from '../grid.ts'
import type { Explained } from '../schemes/scheme.ts'

/** What a page asks of its worker, which makes a key and draws noise as soon as it starts. */
export type Order =
  | { readonly kind: 'seal'; readonly record: Readonly<Record<string, Value>> }
  | { readonly kind: 'open'; readonly reply: Uint8Array }

/** How far the worker is: `done` of `of` values can be encrypted at once. */
export type Progress =
  | { readonly stage: 'key' }
  | { readonly stage: 'noise'; readonly done: number; readonly of: number }
  | { readonly stage: 'ready' }

/** What a worker tells its page. No key is among it. */
export type Report =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'sealed'; readonly request: Uint8Array }
  | ({ readonly kind: 'opened' } & Explained)
  | { readonly kind: 'failed'; readonly code: string }
