import { at } from 'emp-compile-runtime/internal/at'
import { formatVersion } from 'emp-compile-runtime/internal/contract'
import {
  bitsOf,
  columnGroups,
  type SumsContract,
  sizesOf,
  sumsMessages,
} from 'emp-compile-runtime/internal/schemes/sums/contract'
import { countTree, type SumNode } from 'emp-compile-runtime/internal/schemes/sums/layout'
import { sideNotPublic } from '../../errors.ts'
import { leafCount, type ScoreNode, type Trees } from '../../trees.ts'
import type { Naming } from '../scheme.ts'
import { sumsCost } from './cost.ts'
import type { SumsPlan } from './plan.ts'

/** How a sum of trees is revealed by its scores. */
export interface SumsSettings {
  /** Most public cuts per feature, where the model is trained here. */
  readonly cuts: number
  /** Whether clients that encrypt something that is not a record are given nothing. */
  readonly guard: boolean
}

/**
 * Lowers a sum of trees to what its two modules do. Of the trees the contract holds how many there are, the padded number
 * of leaves of each and the score that it adds to, and how many terms a split has at most.
 *
 * @throws {CompileError}
 */
export function lowerSums(model: Trees, { guard }: Pick<SumsSettings, 'guard'>, { name, replyKey }: Naming): SumsPlan {
  const above = model.columns.find(({ kind, missing }) => kind === 'number' && missing === 'above')
  if (above !== undefined) throw sideNotPublic(above.name)
  const trees = model.trees.map(({ root }) => nodeOf(root))
  const outputs = model.trees.flatMap(({ output }) => (output === null ? [] : [output]))
  if (outputs.length !== 0 && outputs.length !== trees.length) throw new TypeError('trees of one and of all outputs')
  const cuts = { columns: model.columns, features: model.features, cuts: model.cuts }
  const counts = trees.map((tree) => countTree(columnGroups(cuts), tree))
  const leaves = counts.map((count) => 2 ** Math.ceil(Math.log2(count.leaves)))
  const terms = counts.map((count, i) => Math.ceil(count.terms / Math.max(1, at(leaves, i) - 1)))
  const sized = {
    ...cuts,
    leaves,
    outputs: outputs.length === 0 ? null : outputs,
    terms: Math.max(1, ...terms),
    link: model.link,
    answers: model.answers,
    ...(guard ? { guard: 1 as const } : {}),
  }
  const contract: SumsContract = {
    format: formatVersion,
    name,
    family: 'boosted',
    reveal: 'score',
    scheme: 'ristretto',
    ...sized,
    ignored: [],
    missingValues: model.missingValues,
    messages: sumsMessages(sized),
    ...(replyKey === undefined ? {} : { replyKey }),
  }
  return {
    contract,
    server: { trees, base: model.base },
    client: {},
    cost: sumsCost(contract),
    leakage: {
      features: model.features.length,
      cuts: bitsOf(contract),
      trees: trees.length,
      scores: model.base.length,
      leaves: sizesOf(contract).leaves,
      treeLeaves: model.trees.reduce((sum, { root }) => sum + leafCount(root), 0),
      guard,
    },
  }
}

function nodeOf(node: ScoreNode): SumNode {
  if (node.kind === 'leaf') return { scores: node.scores }
  const { column, inside, yes, no } = node
  return { column, inside, yes: nodeOf(yes), no: nodeOf(no) }
}
