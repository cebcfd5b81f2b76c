import { at } from 'emp-compile-runtime/internal/at'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import type { SignsContract } from 'emp-compile-runtime/internal/schemes/signs/contract'
import type { Plan, Traffic } from '../../plan.ts'
import type { Leaf } from '../../tree.ts'
import { answerOf, cellAt } from '../../tree.ts'

/**
 * The server's part of `signs`: one threshold to subtract. `feature` is a position in the contract's features, as are `also`:
 * other levels of the same column, whose cells are added up.
 */
export interface PlannedTest {
  readonly feature: number
  readonly cut: number
  readonly also?: readonly number[]
}

/** The client's part of `signs`: which leaf follows from the outcomes of the tests. No feature, no cut. */
export type Decision =
  | { readonly kind: 'test'; readonly test: number; readonly left: Decision; readonly right: Decision }
  | Leaf

/** What one prediction of `signs` under a fresh key takes. Squarings count as multiplications. */
export interface SignsCost extends Traffic {
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

/** Who learns what of `signs`, in this model's own figures. */
export interface SignsLeakage {
  readonly tests: number
  readonly leaves: number
  readonly depth: number
  readonly blindingBits: number
  /** The advantage with which one reply tells |x - c| = 1 from the largest distance on the model's grids, at most. */
  readonly thresholdAdvantage: number
  /** The names of the features in the request, which tell both parties that the tree uses them. */
  readonly features: readonly string[]
  /** The owner publishes the tests in words, thresholds included (`--show-path`). */
  readonly publishesTests?: true
}

export interface SignsPlan extends Plan {
  readonly contract: SignsContract
  readonly server: { readonly tests: readonly PlannedTest[] }
  readonly client: { readonly decision: Decision }
  readonly cost: SignsCost
  readonly leakage: SignsLeakage
}

/** What the two modules compute together, on plain integers: the oracle for the protocol. */
export function simulateSigns({ contract, server, client }: SignsPlan, cells: readonly number[]): Opened {
  const left = server.tests.map((test) => 2 * (cellAt(test, cells) - test.cut) - 1 < 0)
  let decision = client.decision
  while (decision.kind === 'test') decision = at(left, decision.test) ? decision.left : decision.right
  return answerOf(contract, decision)
}
