import type { LabelAnswer, LabelContract, SignsContract } from '../runtime/contract.ts'
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

/**
 * The server's part of `label`: a leaf by the edges of its path, merged to one interval per feature. It is reached exactly
 * if `cuts[above] < cell <= cuts[upTo]` for each of them. `answer` is a position in the contract's answers, `feature` in
 * its features, `above` and `upTo` in its cuts of the feature.
 */
export interface LabelLeaf {
  readonly answer: number
  readonly edges: readonly Edge[]
}

export interface Edge {
  readonly feature: number
  readonly above?: number
  readonly upTo?: number
}

/** What one prediction sends. */
export interface Traffic {
  readonly requestCiphertexts: number
  readonly requestBytes: number
  readonly replyCiphertexts: number
  readonly replyBytes: number
}

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

/** Operations in the group: multiplications of its base and of other points by scalars, and additions. */
export interface GroupOperations {
  readonly baseMultiplications: number
  readonly multiplications: number
  readonly additions: number
}

/** What one prediction of `label` under a fresh key takes. */
export interface LabelCost extends Traffic {
  readonly seal: GroupOperations
  readonly evaluate: GroupOperations
  readonly open: GroupOperations
}

/** Who learns what of `signs`, in this model's own figures. */
export interface SignsLeakage {
  readonly reveal: 'signs'
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

/** Who learns what of `label`: all of it but `treeLeaves` is in the contract. */
export interface LabelLeakage {
  readonly reveal: 'label'
  readonly features: number
  /** Public cuts of all features together. */
  readonly cuts: number
  readonly answers: number
  /** What the client sees of the number of leaves: the tree's own, padded. */
  readonly leaves: number
  readonly treeLeaves: number
}

export interface SignsPlan {
  readonly reveal: 'signs'
  readonly contract: SignsContract
  readonly server: { readonly tests: readonly Test[] }
  readonly client: { readonly decision: Decision }
  readonly cost: SignsCost
  readonly leakage: SignsLeakage
}

export interface LabelPlan {
  readonly reveal: 'label'
  readonly contract: LabelContract
  readonly server: { readonly leaves: readonly LabelLeaf[] }
  /** Nothing of the tree is the client's. */
  readonly client: Record<string, never>
  readonly cost: LabelCost
  readonly leakage: LabelLeakage
}

export type Plan = SignsPlan | LabelPlan

/**
 * What the two modules compute together, on plain integers: the oracle for the protocol.
 *
 * @param cells one per feature of the contract.
 * @returns the leaf, or for `label` the answer, which is all that the client is told.
 */
export function simulate(plan: SignsPlan, cells: readonly number[]): Leaf
export function simulate(plan: LabelPlan, cells: readonly number[]): LabelAnswer
export function simulate(plan: Plan, cells: readonly number[]): Leaf | LabelAnswer {
  return plan.reveal === 'signs' ? simulateSigns(plan, cells) : simulateLabel(plan, cells)
}

function simulateSigns(plan: SignsPlan, cells: readonly number[]): Leaf {
  const left = plan.server.tests.map(({ feature, cut }) => 2 * ((cells[feature] ?? 0) - cut) - 1 < 0)
  let decision = plan.client.decision
  while (decision.kind === 'test') decision = left[decision.test] === true ? decision.left : decision.right
  return decision
}

/** From the bits of the request the costs of the leaves: a leaf is reached if it costs nothing. */
function simulateLabel({ contract, server }: LabelPlan, cells: readonly number[]): LabelAnswer {
  const bits = contract.cuts.map((cuts, feature) => cuts.map((cut): number => ((cells[feature] ?? 0) > cut ? 1 : 0)))
  const costs = server.leaves.map(({ edges }) =>
    edges.reduce((sum, { feature, above, upTo }) => {
      const bit = (cut: number) => bits[feature]?.[cut] ?? Number.NaN
      return sum + (above === undefined ? 0 : 1 - bit(above)) + (upTo === undefined ? 0 : bit(upTo))
    }, 0),
  )
  const reached = server.leaves.filter((_, i) => costs[i] === 0)
  const answer = contract.answers[reached[0]?.answer ?? -1]
  if (reached.length !== 1 || answer === undefined) throw new TypeError('not exactly one leaf is reached')
  return answer
}
