import { at } from 'emp-compile-runtime/internal/at'
import { type Spread, shuffled, spread } from '../folds.ts'

/**
 * What one feature is good for: how far the score drops when its values are dealt to the rows anew, as the mean and the
 * sample deviation over the repeats (Breiman, Random Forests, 2001, section 10; scikit-learn's `permutation_importance`,
 * whose deviations are over n instead of n - 1). Near 0, or below, the feature is of no use. Features that carry the
 * same information hide each other.
 */
export interface PermutationTask {
  readonly features: number
  readonly rows: number
  /**
   * The score, larger is better, where row i has the value of `feature` that row `order[i]` really has, and all its
   * other values unchanged; null changes nothing.
   */
  readonly score: (permute: { readonly feature: number; readonly order: Uint32Array } | null) => number
  /** At least 1. */
  readonly repeats: number
  readonly random: () => number
}

/** By position of the feature. It asks for `1 + features * repeats` scores, every one with another order. */
export function permutationImportance({ features, rows, score, repeats, random }: PermutationTask): Spread[] {
  const unchanged = score(null)
  return Array.from({ length: features }, (_, feature) =>
    spread(Array.from({ length: repeats }, () => unchanged - score({ feature, order: shuffled(rows, random) }))),
  )
}

/** A node of a tree, as far as its impurity goes. */
export interface ImpurityNode {
  /** Training rows, or the sum of their weights. */
  readonly rows: number
  /** Gini, entropy or variance: at least 0, and of one kind throughout. */
  readonly impurity: number
  /** Null for a leaf. */
  readonly split: {
    readonly feature: number
    /** Other features that it asks together with this one: they share the decrease. */
    readonly also?: readonly number[]
    readonly left: ImpurityNode
    readonly right: ImpurityNode
  } | null
}

/**
 * By position of the feature, its share of the decrease of impurity, weighted by rows: as scikit-learn's
 * `feature_importances_`. The shares add up to 1; they are all 0 if nothing decreases it, as in a tree of one leaf.
 *
 * @param features More than the position of any feature in the tree.
 */
export function impurityImportance(root: ImpurityNode, features: number): number[] {
  const decreases = new Array<number>(features).fill(0)
  const visit = ({ rows, impurity, split }: ImpurityNode): void => {
    if (split === null) return
    const { feature, also = [], left, right } = split
    const after = left.rows * left.impurity + right.rows * right.impurity
    const asked = [feature, ...also]
    for (const one of asked) decreases[one] = at(decreases, one) + (rows * impurity - after) / asked.length
    visit(left)
    visit(right)
  }
  visit(root)
  const total = decreases.reduce((sum, decrease) => sum + decrease, 0)
  return decreases.map((decrease) => (total > 0 ? decrease / total : 0))
}
