import type { Pruning } from '../evidence.ts'
import type { Traffic } from '../plan.ts'
import type { Tree } from '../tree.ts'
import type { Figures } from './figures.ts'

/** What a step of the pruning path costs, beside how well it does. */
export interface PricedStep {
  readonly leaves: number
  /** Accuracy, or R², on rows not seen; and its standard error. */
  readonly score: number
  readonly deviation: number
  readonly ciphertexts: number
  readonly bytes: number
}

/** The pruning path with what a prediction by each of its trees takes. */
export function pricedPath({ steps, chosen }: Pruning, figures: Figures, price: (tree: Tree) => Traffic): PrunedPath {
  // The loss of a regression is a squared error: over the square of always giving the mean, it is 1 - R².
  const unit = figures.task === 'classification' ? 1 : figures.baseline ** 2
  const priced = steps.map(({ tree, leaves, wrong, ...own }) => {
    const { loss, error } = wrong ?? own
    const cost = price(tree)
    return {
      leaves,
      score: 1 - loss / unit,
      deviation: error / unit,
      ciphertexts: cost.requestCiphertexts + cost.replyCiphertexts,
      bytes: cost.requestBytes + cost.replyBytes,
    }
  })
  return { steps: priced, chosen }
}

/** Which tree of a pruning path is taken, in a sentence. */
export const describeRule = (pruning: Pruning | null): string =>
  pruning?.rule === '1-se'
    ? 'The smallest tree within one standard error of the best one on rows not seen is chosen.'
    : 'The tree of least loss on rows not seen is chosen.'

/** The steps of a pruning path, and which of them was chosen. */
export interface PrunedPath {
  readonly steps: readonly PricedStep[]
  readonly chosen: number
}
