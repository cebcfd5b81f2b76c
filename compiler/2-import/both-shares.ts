import { at } from 'emp-compile-runtime/internal/at'
import type { ForeignModel, ForeignTree } from './foreign.ts'

/**
 * A model whose one score is the share of the second of two answers, as one that has a score for each: `1 - score` first.
 * Others stay as they are.
 */
export function withBothShares(model: ForeignModel): ForeignModel {
  const { body, link, outcome } = model
  const isShare = link.kind === 'share' && outcome.kind === 'two' && outcome.limit === 0.5 && outcome.tie === 'first'
  if (body.kind !== 'trees' || !isShare) return model
  const [own, whole] = [at(body.base, 0), body.baseComes === 'first' ? body.divisor / body.scale : 1]
  const trees = body.trees.map(
    (tree): ForeignTree => ({
      ...tree,
      output: null,
      nodes: tree.nodes.map((node) =>
        node.kind === 'split' ? node : { kind: 'leaf', values: [-at(node.values, 0), at(node.values, 0)] },
      ),
    }),
  )
  return {
    ...model,
    body: { ...body, trees, base: [whole - own, own] },
    outcome: { kind: 'several', answers: outcome.answers, of: 'value' },
  }
}
