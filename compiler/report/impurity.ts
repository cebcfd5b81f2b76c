import { classification } from '../2-train/objective.ts'
import type { TrainOptions } from '../2-train/options.ts'
import { countsOf, meanAt, type Node, type Tree } from '../tree.ts'

/**
 * Gini or entropy of a node, or its variance in the square of the target's unit: of its training rows, each counted
 * once, whatever its weight.
 */
export function impurityAt({ answers }: Tree, node: Node, criterion: TrainOptions['criterion']): number {
  if (answers === null) return meanAt(node).deviation ** 2
  const { impurity } = classification({
    criterion: criterion === 'entropy' ? criterion : 'gini',
    answers: answers.length,
    classes: new Int32Array(),
    classWeights: null,
    sampleWeights: null,
  })
  return impurity(Float64Array.from(countsOf(node)))
}
