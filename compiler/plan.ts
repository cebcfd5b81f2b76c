import type { Contract } from 'emp-compile-runtime/internal/contract'

/** What one prediction sends. */
export interface Traffic {
  readonly requestCiphertexts: number
  readonly requestBytes: number
  readonly replyCiphertexts: number
  readonly replyBytes: number
}

/**
 * What a scheme lowers a model to. It knows nothing of CSV. The schemes say what `server` (the part that stays private),
 * `client`, `cost` and `leakage` hold; everything else asks the scheme.
 */
export interface Plan {
  readonly contract: Contract
  readonly server: object
  readonly client: object
  readonly cost: Traffic
  readonly leakage: object
}

/** Who learns what of a model, in its own figures. Plain text. */
export interface Learns {
  readonly client: string
  readonly server: string
}
