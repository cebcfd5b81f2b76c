import { at } from 'emp-compile-runtime/internal/at'
import { malformedModel, notATree } from '../errors.ts'
import type { ForeignTest, Precision, TreeNode } from '../foreign.ts'
import { type Budget, gatherTree } from '../gather.ts'
import { elements, finiteAt, has, integersAt, member, numbersAt, optional, type Spot } from '../json.ts'
import { limits } from '../limits.ts'

/** How the trees of an estimator compare, and what their leaves hold. */
export interface TreeRules {
  readonly inputs: number
  /** The input's; thresholds are doubles. */
  readonly precision: Precision
  /** Shares of so many answers, or null for one number. */
  readonly shares: number | null
  /** Counts are divided by their sum; from 1.4 on the file has shares. */
  readonly normalise: boolean
  /** Per input the categories known in training, where it is one of categories. */
  readonly known: readonly (readonly number[] | null)[]
}

/**
 * The nodes of a tree: a number goes left where it is at most the threshold, a missing one where `missingLeft` says;
 * a category where it is listed, and one not known in training as if it were missing.
 */
export function sklearnTree(spot: Spot, rules: TreeRules, budget: Budget): readonly TreeNode[] {
  const { file, path } = spot
  const left = integersAt(member(spot, 'left'), -1, limits.nodes)
  const count = left.length
  if (count === 0) throw malformedModel(file, `${path}.left`, [], 'a list of at least one node')
  const right = integersAt(member(spot, 'right'), -1, limits.nodes, count)
  const features = integersAt(member(spot, 'feature'), -2, limits.columns, count)
  const thresholds = numbersAt(member(spot, 'threshold'), count)
  const values = elements(member(spot, 'value'))
  if (values.length !== count) throw malformedModel(file, `${path}.value`, values, `a list of ${count} values`)
  const directions = optional(spot, 'missingLeft')
  const missingLeft = directions === null ? [] : integersAt(directions, 0, 1, count)
  const categories = optional(spot, 'categories')
  return gatherTree(
    spot,
    0,
    count,
    (i) => {
      if (at(left, i) === -1) return { kind: 'leaf', values: leafValues(at(values, i), rules) }
      const input = at(features, i)
      if (input < 0 || input >= rules.inputs)
        throw notATree(file, path, i, `splits on column ${input}, of ${rules.inputs}`)
      const missing = missingLeft[i] === 1 ? 'yes' : 'no'
      const listed = categories === null || !has(categories, String(i)) ? null : member(categories, String(i))
      const threshold = at(thresholds, i)
      if (listed === null && Number.isNaN(threshold)) throw notATree(file, path, i, 'splits at NaN')
      const test: ForeignTest =
        listed === null
          ? { kind: 'number', input, precision: rules.precision, comparison: '<=', threshold, missing, zero: null }
          : {
              kind: 'category',
              input,
              codes: integersAt(listed, 0, limits.categories),
              listed: 'yes',
              known: rules.known[input] ?? null,
              fractions: 'dropped',
              unknown: missing,
              missing,
            }
      return { kind: 'split', test, yes: at(left, i), no: at(right, i) }
    },
    budget,
  )
}

function leafValues(spot: Spot, { shares, normalise }: TreeRules): readonly number[] {
  const parts = Array.isArray(spot.value) ? elements(spot, limits.outputs).map(finiteAt) : [finiteAt(spot)]
  if (parts.length !== (shares ?? 1)) throw malformedModel(spot.file, spot.path, spot.value, `${shares ?? 1} values`)
  if (shares === null || !normalise) return parts
  const sum = parts.reduce((a, b) => a + b, 0)
  return sum === 0 ? parts : parts.map((part) => part / sum)
}
