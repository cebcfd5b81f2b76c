import type { Tree } from './tree.ts'

/** One step of the pruning path: the best tree for complexity parameters from `alpha` to the next step's. */
export interface PruningStep {
  readonly alpha: number
  readonly leaves: number
  /** The impurity of the leaves, weighted by their share of the rows. */
  readonly impurity: number
}

/** A step of the pruning path with the loss of such trees on rows they have not seen. */
export interface ValidatedStep extends PruningStep {
  /** The tree of all rows, pruned to this step. */
  readonly tree: Tree
  /** The mean of the loss that chooses, of numbers the squared error; weighted as in training. */
  readonly loss: number
  /** Its standard error over the rows. */
  readonly error: number
  /** Of answers: the share of rows answered wrongly, and its standard error. */
  readonly wrong?: { readonly loss: number; readonly error: number }
  /** How far shares of leaves are shrunk at this step, in people: 0 for not at all. */
  readonly strength: number
}

/** The pruning path of a recipe, and the step that its rule chooses. */
export interface Pruning {
  readonly steps: readonly ValidatedStep[]
  readonly chosen: number
  /** The loss of answers. */
  readonly by: 'brier' | 'log-loss' | 'error'
  /** The least loss, or the smallest tree within one standard error of it. */
  readonly rule: 'least' | '1-se'
}

/** What a report tells of how a model was trained. */
export interface TrainingEvidence {
  readonly description: string
  /** Of trees of answers: what their splits reduce. */
  readonly impurity?: 'gini' | 'entropy'
  /** Of trees of answers: how far shares of leaves are shrunk, in people; 0 or absent for not at all. */
  readonly strength?: number
  /** Most public cuts of a feature; null where the data chose. */
  readonly cuts: number | null
}
