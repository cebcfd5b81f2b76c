import type { SignsContract } from '../runtime/contract.ts'
import type { Leaf } from './tree.ts'

/** The server's part of `signs`: one threshold to subtract. `feature` is a position in the contract's features. */
export interface Test {
  readonly feature: number
  readonly cut: number
}

/** The client's part of `signs`: which leaf follows from the outcomes of the tests. No feature, no cut. */
export type Decision =
  | { readonly kind: 'test'; readonly test: number; readonly left: Decision; readonly right: Decision }
  | Leaf

/** What one prediction under a fresh key takes. Squarings count as multiplications. */
export interface Cost {
  readonly requestCiphertexts: number
  readonly requestBytes: number
  readonly replyCiphertexts: number
  readonly replyBytes: number
  /** In plain JavaScript. Evaluate multiplies modulo n^2; seal and open modulo p^2 and q^2. */
  readonly bigint: {
    readonly sealMultiplications: number
    readonly evaluateMultiplications: number
    readonly openMultiplications: number
  }
  /** With OpenSSL, and multiplications in WebAssembly. */
  readonly openssl: {
    readonly sealExponentiations: number
    readonly sealMultiplications: number
    readonly evaluateMultiplications: number
    readonly openExponentiations: number
  }
}

/** Who learns what, in this model's own figures. */
export interface Leakage {
  readonly reveal: 'signs'
  readonly tests: number
  readonly leaves: number
  readonly depth: number
  readonly blindingBits: number
  /** The advantage with which one reply tells |x - c| = 1 from the largest distance on the model's grids, at most. */
  readonly thresholdAdvantage: number
  /** The names of the features in the request, which tell both parties that the tree uses them. */
  readonly features: readonly string[]
}

export interface SignsPlan {
  readonly reveal: 'signs'
  readonly contract: SignsContract
  readonly server: { readonly tests: readonly Test[] }
  readonly client: { readonly decision: Decision }
  readonly cost: Cost
  readonly leakage: Leakage
}

export type Plan = SignsPlan

/**
 * What the two modules compute together, on plain integers: the oracle for the protocol.
 *
 * @param cells one per feature of the contract.
 */
export function simulate(plan: Plan, cells: readonly number[]): Leaf {
  const left = plan.server.tests.map(({ feature, cut }) => 2 * ((cells[feature] ?? 0) - cut) - 1 < 0)
  let decision = plan.client.decision
  while (decision.kind === 'test') decision = left[decision.test] === true ? decision.left : decision.right
  return decision
}
