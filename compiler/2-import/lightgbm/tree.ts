import { at } from 'emp-compile-runtime/internal/at'
import { damagedLine, malformedModel, notATree, unsupported } from '../errors.ts'
import type { ForeignTest, TreeNode } from '../foreign.ts'
import { type Budget, type FiledNode, gatherTree } from '../gather.ts'
import { limits } from '../limits.ts'
import { type Block, finiteNumbers, integerOf, integersOf, lineOf } from './text.ts'

/** LightGBM's kZeroThreshold, a float32. */
const zeroThreshold = Math.fround(1e-35)

/**
 * The nodes of one tree. A number goes left where it is at most the threshold, in double; what missing means stands
 * in each node. Of categories, those whose bit is set go left, all others, unknown and missing ones go right.
 */
export function lightgbmTree(block: Block, inputs: number, budget: Budget): readonly TreeNode[] {
  const { file } = block
  const place = { file, path: `the tree at line ${block.line}` }
  if (block.entries.has('is_linear') && integerOf(block, 'is_linear', 0, 1) === 1) {
    throw unsupported(file, 'linear leaves (linear_tree)', 'Train with linear_tree=false.')
  }
  const leaves = integerOf(block, 'num_leaves', 1, limits.nodes)
  const values = finiteNumbers(block, 'leaf_value', leaves)
  const leaf = (i: number): FiledNode => ({ kind: 'leaf', values: [finite(block, at(values, i))] })
  if (leaves === 1) return gatherTree(place, 0, 1, () => leaf(0), budget)

  const splits = leaves - 1
  const features = integersOf(block, 'split_feature', splits, 0, inputs - 1)
  const thresholds = finiteNumbers(block, 'threshold', splits)
  const decisions = integersOf(block, 'decision_type', splits, 0, 15)
  const left = integersOf(block, 'left_child', splits, -leaves, splits - 1)
  const right = integersOf(block, 'right_child', splits, -leaves, splits - 1)
  const sets = categorySets(block)
  // Leaves are numbered behind the splits.
  const node = (child: number) => (child < 0 ? splits + ~child : child)
  return gatherTree(
    place,
    0,
    splits + leaves,
    (i) => {
      if (i >= splits) return leaf(i - splits)
      const [input, decision, threshold] = [at(features, i), at(decisions, i), at(thresholds, i)]
      const codes = (decision & 1) === 1 ? sets[threshold] : null
      if (codes === undefined)
        throw notATree(file, place.path, i, `splits on the set of categories ${threshold}, of ${sets.length}`)
      const test = codes === null ? numberTest(input, threshold, decision) : categoryTest(input, codes)
      return { kind: 'split', test, yes: node(at(left, i)), no: node(at(right, i)) }
    },
    budget,
  )
}

function finite(block: Block, value: number): number {
  if (Number.isFinite(value)) return value
  throw damagedLine(block.file, lineOf(block, 'leaf_value').line, String(value), 'a finite value of a leaf')
}

/** @param decision bit 1: missing goes left; bits 2 and 3: missing is nothing (0), zero (1) or NaN (2). */
function numberTest(input: number, threshold: number, decision: number): ForeignTest {
  const side = (decision & 2) === 2 ? 'yes' : 'no'
  const missing = decision >> 2
  return {
    kind: 'number',
    input,
    precision: 'float64',
    comparison: '<=',
    threshold,
    missing: missing === 2 ? side : 'zero',
    zero: missing === 1 ? { within: zeroThreshold, side } : null,
  }
}

const categoryTest = (input: number, codes: readonly number[]): ForeignTest => ({
  kind: 'category',
  input,
  codes,
  listed: 'yes',
  known: null,
  fractions: 'dropped',
  unknown: 'no',
  missing: 'no',
})

/** The sets of categories of a tree: bits in words of 32, the set i between two boundaries. */
function categorySets(block: Block): readonly (readonly number[])[] {
  const count = integerOf(block, 'num_cat', 0, limits.nodes)
  if (count === 0) return []
  const boundaries = integersOf(block, 'cat_boundaries', count + 1, 0, limits.nodes)
  const words = integersOf(block, 'cat_threshold', boundaries.at(-1) ?? 0, 0, 2 ** 32 - 1)
  return boundaries.slice(1).map((end, i) => {
    const start = at(boundaries, i)
    if (end < start || end - start > limits.categories / 32) {
      throw malformedModel(
        block.file,
        `cat_boundaries of the tree at line ${block.line}`,
        boundaries,
        'an ascending list',
      )
    }
    return words.slice(start, end).flatMap((word, k) => bitsOf(word).map((bit) => 32 * k + bit))
  })
}

const bitsOf = (word: number) => Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((word >>> bit) & 1) === 1)
