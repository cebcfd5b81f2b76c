import { at } from 'emp-compile-runtime/internal/at'
import { malformedModel, notATree, unsupported } from '../errors.ts'
import type { ForeignTest, TreeNode } from '../foreign.ts'
import { type Budget, gatherTree } from '../gather.ts'
import { has, integerAt, integersAt, member, numbersAt, optional, type Spot } from '../json.ts'
import { limits } from '../limits.ts'

/**
 * The nodes of one tree. A number goes left where float32(x) < float32(threshold), a missing one by the node's own
 * direction; of categories, the listed ones go right and all others left. A leaf's value stands among the thresholds.
 *
 * @param inputs how many columns the model has.
 * @throws {CompileError} if the lists do not fit each other, or the tree is none.
 */
export function xgboostTree(spot: Spot, inputs: number, budget: Budget): readonly TreeNode[] {
  const { file, path } = spot
  if (has(spot, 'tree_param')) {
    const size = optional(member(spot, 'tree_param'), 'size_leaf_vector')
    if (size !== null && integerAt(size, 0, limits.outputs) > 1) throw vectorLeaves(file)
  }
  const leftChildren = integersAt(member(spot, 'left_children'), -1, limits.nodes)
  const count = leftChildren.length
  if (count === 0) throw malformedModel(file, `${path}.left_children`, [], 'a list of at least one node')
  const rightChildren = integersAt(member(spot, 'right_children'), -1, limits.nodes, count)
  const conditions = numbersAt(member(spot, 'split_conditions'), count).map(Math.fround)
  const features = integersAt(member(spot, 'split_indices'), 0, 2 ** 32 - 1, count)
  const missingLeft = integersAt(member(spot, 'default_left'), 0, 1, count)
  const types = optional(spot, 'split_type')
  const kinds = types === null ? [] : integersAt(types, 0, 1, count)
  const categories = kinds.includes(1) ? categoriesOf(spot, count) : new Map<number, readonly number[]>()
  return gatherTree(
    spot,
    0,
    count,
    (i) => {
      const left = at(leftChildren, i)
      const condition = at(conditions, i)
      if (left === -1) {
        if (!Number.isFinite(condition)) throw notATree(file, path, i, `is a leaf of value ${condition}`)
        return { kind: 'leaf', values: [condition] }
      }
      const input = at(features, i)
      if (input >= inputs) throw notATree(file, path, i, `splits on column ${input}, of ${inputs}`)
      const missing = at(missingLeft, i) === 1 ? 'yes' : 'no'
      if (kinds[i] === 1) {
        const codes = categories.get(i)
        if (codes === undefined) throw notATree(file, path, i, 'splits on categories and lists none')
        return { kind: 'split', test: categoryTest(input, codes, missing), yes: left, no: at(rightChildren, i) }
      }
      if (Number.isNaN(condition)) throw notATree(file, path, i, 'splits at NaN')
      return { kind: 'split', test: numberTest(input, condition, missing), yes: left, no: at(rightChildren, i) }
    },
    budget,
  )
}

export const vectorLeaves = (file: string) =>
  unsupported(file, 'leaves with several values (several targets)', 'Train one model per target.')

const numberTest = (input: number, threshold: number, missing: 'yes' | 'no'): ForeignTest => ({
  kind: 'number',
  input,
  precision: 'float32',
  comparison: '<',
  threshold,
  missing,
  zero: null,
})

const categoryTest = (input: number, codes: readonly number[], missing: 'yes' | 'no'): ForeignTest => ({
  kind: 'category',
  input,
  codes,
  listed: 'no',
  known: null,
  fractions: 'dropped',
  unknown: 'yes',
  missing,
})

/** The categories that go right, by node. */
function categoriesOf(spot: Spot, count: number): Map<number, readonly number[]> {
  const nodes = integersAt(member(spot, 'categories_nodes'), 0, count - 1)
  const all = integersAt(member(spot, 'categories'), 0, 2 ** 24)
  const starts = integersAt(member(spot, 'categories_segments'), 0, all.length, nodes.length)
  const sizes = integersAt(member(spot, 'categories_sizes'), 0, Math.min(all.length, limits.categories), nodes.length)
  // Sets that overlap would take more memory than the file.
  const listed = sizes.reduce((sum, size) => sum + size, 0)
  if (listed > all.length)
    throw malformedModel(spot.file, `the sum of ${spot.path}.categories_sizes`, listed, `at most ${all.length}`)
  return new Map(
    nodes.map((node, i) => {
      const [start, size] = [at(starts, i), at(sizes, i)]
      if (start + size > all.length) {
        throw malformedModel(spot.file, `${spot.path}.categories_sizes[${i}]`, size, `at most ${all.length - start}`)
      }
      return [node, all.slice(start, start + size)]
    }),
  )
}
