import { at } from 'emp-compile-runtime/internal/at'
import { openScores } from 'emp-compile-runtime/internal/schemes/link'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { addedBy, columnGroups, type SumsContract } from 'emp-compile-runtime/internal/schemes/sums/contract'
import { type SumsModel, sumsLayout, type TreeLayout } from 'emp-compile-runtime/internal/schemes/sums/layout'
import type { Plan, Traffic } from '../../plan.ts'

/** Operations in the group. */
export interface SumsOperations {
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

/** What one prediction under a fresh key takes. */
export interface SumsCost extends Traffic {
  readonly seal: SumsOperations
  readonly evaluate: SumsOperations
  readonly open: SumsOperations
}

/** Who learns what: all of it but `treeLeaves` is in the contract. */
export interface SumsLeakage {
  readonly features: number
  /** Public cuts of all features together. */
  readonly cuts: number
  readonly trees: number
  readonly scores: number
  /** What the client sees of the number of leaves: the trees' own, padded. */
  readonly leaves: number
  readonly treeLeaves: number
  /** Whether clients that encrypt something that is not a record are given nothing. */
  readonly guard: boolean
}

export interface SumsPlan extends Plan {
  readonly contract: SumsContract
  readonly server: SumsModel
  /** Nothing of the trees is the client's. */
  readonly client: Record<string, never>
  readonly cost: SumsCost
  readonly leakage: SumsLeakage
}

/** From the bits of the request the sums at the leaves: a leaf is reached if its is 0. Then the scores of those reached. */
export function simulateSums({ contract, server }: SumsPlan, cells: readonly number[]): Opened {
  const bits = contract.cuts.flatMap((cuts, feature) => cuts.map((cut): number => (at(cells, feature) > cut ? 1 : 0)))
  const columns = columnGroups(contract)
  const scores = [...server.base]
  server.trees.forEach((root, tree) => {
    const layout = sumsLayout(contract, columns, root, at(contract.leaves, tree))
    for (const [output, score] of addedBy(contract, tree, reached(layout, bits))) {
      scores[output] = at(scores, output) + score
    }
  })
  return openScores(contract, scores)
}

/** The scores of the one leaf whose sum is 0. */
function reached({ terms, ends, from, leaves }: TreeLayout, bits: readonly number[]): readonly number[] {
  const sums = [0]
  from.forEach((node, split) => {
    const own = terms.slice(ends[split - 1] ?? 0, at(ends, split))
    const outside = own.reduce((sum, term) => sum + (term === null ? 0 : term.sign * at(bits, term.bit)), 0)
    sums.push(at(sums, node) + outside, at(sums, node) + 1 - outside)
  })
  const [first, ...others] = leaves.filter(({ node, isPadding }) => !isPadding && at(sums, node) === 0)
  if (first === undefined || others.length > 0) throw new TypeError('not exactly one leaf is reached')
  return first.scores
}
