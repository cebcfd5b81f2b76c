import type { LabelContract } from '../../runtime/schemes/label/client.ts'
import type { LabelLeaf } from '../../runtime/schemes/label/server.ts'
import vectors from '../reference/label.json' with { type: 'json' }

/** A session with everything that was drawn for it, in hexadecimal; by `test/reference/make-label.py`. */
export interface LabelSession {
  readonly name: string
  readonly cells: readonly number[]
  readonly answer: number
  readonly order: readonly number[]
  readonly key: string
  readonly noise: string
  readonly others: string
  readonly request: string
  readonly reply: string
  /** Without a guard. */
  readonly zero?: string
  readonly multipliers?: string
  /** With one. */
  readonly rho?: string
  readonly betas?: string
  readonly weights?: string
  readonly guardBetas?: string
  readonly seeds?: string
}

interface LabelVectors {
  readonly name: string
  readonly contract: LabelContract
  readonly fingerprint: string
  readonly leaves: readonly LabelLeaf[]
  readonly sessions: readonly LabelSession[]
}

export const labelVectors = vectors.models as unknown as readonly LabelVectors[]
