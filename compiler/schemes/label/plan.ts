import { at } from 'emp-compile-runtime/internal/at'
import { openedOf } from 'emp-compile-runtime/internal/schemes/label/client'
import type { LabelContract } from 'emp-compile-runtime/internal/schemes/label/contract'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import type { Plan, Traffic } from '../../plan.ts'

/**
 * The server's part of `label`: a leaf by the edges of its path, merged to one interval per feature, and of texts to one set
 * of levels per column. It is reached exactly if `cuts[above] < cell <= cuts[upTo]` for each of them; of texts if the sum of
 * the cells of `feature` and `also` is 1 where there is an `above`, and 0 where there is an `upTo`. `answer` is a position in the contract's answers, `feature` in
 * its features, `above` and `upTo` in its cuts of the feature.
 */
export interface PlannedLeaf {
  readonly answer: number
  readonly edges: readonly Edge[]
}

export interface Edge {
  readonly feature: number
  readonly also?: readonly number[]
  readonly above?: number
  readonly upTo?: number
}

/** Operations in the group. */
export interface GroupOperations {
  /** Of the generator, by full scalars. */
  readonly baseMultiplications: number
  /** Of other points, by full scalars; by scalars of 16 bytes; by weights of 8 bytes, which are summed. */
  readonly multiplications: number
  readonly shortMultiplications: number
  readonly weightMultiplications: number
  readonly additions: number
  readonly decodings: number
  readonly encodings: number
}

/** What one prediction of `label` under a fresh key takes. */
export interface LabelCost extends Traffic {
  readonly seal: GroupOperations
  readonly evaluate: GroupOperations
  readonly open: GroupOperations
}

/** Who learns what of `label`: all of it but `treeLeaves` is in the contract. */
export interface LabelLeakage {
  readonly features: number
  /** Public cuts of all features together. */
  readonly cuts: number
  readonly answers: number
  /** What the client sees of the number of leaves: the tree's own, padded. */
  readonly leaves: number
  readonly treeLeaves: number
  /** Whether clients that encrypt something that is not a record are given nothing. */
  readonly guard: boolean
}

export interface LabelPlan extends Plan {
  readonly contract: LabelContract
  readonly server: { readonly leaves: readonly PlannedLeaf[] }
  /** Nothing of the tree is the client's. */
  readonly client: Record<string, never>
  readonly cost: LabelCost
  readonly leakage: LabelLeakage
}

/** From the bits of the request the costs of the leaves: a leaf is reached if it costs nothing. */
export function simulateLabel({ contract, server }: LabelPlan, cells: readonly number[]): Opened {
  const bits = contract.cuts.map((cuts, feature) => cuts.map((cut): number => (at(cells, feature) > cut ? 1 : 0)))
  const costs = server.leaves.map(({ edges }) =>
    edges.reduce((sum, { feature, also = [], above, upTo }) => {
      const bit = (cut: number) => [feature, ...also].reduce((all, one) => all + at(at(bits, one), cut), 0)
      return sum + (above === undefined ? 0 : 1 - bit(above)) + (upTo === undefined ? 0 : bit(upTo))
    }, 0),
  )
  const [reached, ...others] = server.leaves.filter((_, i) => costs[i] === 0)
  if (reached === undefined || others.length > 0) throw new TypeError('not exactly one leaf is reached')
  return openedOf(at(contract.possible, reached.answer))
}
