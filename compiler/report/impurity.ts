import { meanAt, type Node, type Tree, weightsAt } from '../tree.ts'

/** What the splits of a tree of answers reduce. */
export type Impurity = 'gini' | 'entropy'

/**
 * Gini or entropy of a node, or its variance in the square of the target's unit: of its training rows, as
 * rows and answers are weighted.
 */
export function impurityAt({ answers }: Tree, node: Node, impurity: Impurity): number {
  if (answers === null) return meanAt(node).deviation ** 2
  const weights = weightsAt(node)
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => weight / all)
  if (impurity === 'gini') return 1 - shares.reduce((sum, share) => sum + share * share, 0)
  return shares.reduce((sum, share) => sum - (share === 0 ? 0 : share * Math.log2(share)), 0)
}
