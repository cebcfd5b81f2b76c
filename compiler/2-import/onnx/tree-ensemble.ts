import { at } from 'emp-compile-runtime/internal/at'
import { beyondLimit, notATree, unsupported } from '../errors.ts'
import type { ForeignTree, Precision } from '../foreign.ts'
import { type FiledNode, gatherTree, newBudget } from '../gather.ts'
import { limits } from '../limits.ts'
import type { OnnxNode } from './messages.ts'
import { branchOf, type Mode, modes } from './modes.ts'
import { bad, integerAttribute, integersAttribute, numbersAttribute } from './node.ts'
import type { OnnxTrees } from './trees.ts'

/**
 * The trees of TreeEnsemble (ai.onnx.ml 5): splits and leaves in lists of their own. Each split names two of them;
 * two splits may name the same leaf.
 */
export function readTreeEnsemble(node: OnnxNode, inputs: number, precision: Precision): OnnxTrees {
  const outputs = integerAttribute(node, 'n_targets', 1)
  if (!(outputs >= 1 && outputs <= limits.outputs)) throw bad(node, 'n_targets', outputs, `1 to ${limits.outputs}`)
  const roots = integersAttribute(node, 'tree_roots')
  if (roots.length > limits.trees) throw beyondLimit(node.file, node.operator, 'trees', roots.length, limits.trees)
  const features = integersAttribute(node, 'nodes_featureids')
  const count = features.length
  const modeOf = numbersAttribute(node, 'nodes_modes', count).map((mode): Mode => modes[mode] ?? raise(node, mode))
  const thresholds = numbersAttribute(node, 'nodes_splits', count)
  const sides = (['true', 'false'] as const).map((side) => ({
    ids: integersAttribute(node, `nodes_${side}nodeids`, count),
    leafs: integersAttribute(node, `nodes_${side}leafs`, count),
  }))
  const tracks = integersAttribute(node, 'nodes_missing_value_tracks_true')
  const targets = integersAttribute(node, 'leaf_targetids')
  const weights = numbersAttribute(node, 'leaf_weights', targets.length)
  const members = memberSets(node, modeOf)

  /** A leaf is numbered by the split and the side that name it. */
  const child = (i: number, side: 0 | 1) => {
    const { ids, leafs } = at(sides, side)
    return at(leafs, i) === 1 ? count + 2 * i + side : at(ids, i) < count ? at(ids, i) : -1
  }
  const leaf = (place: number): FiledNode => {
    const { ids } = at(sides, place % 2)
    const id = at(ids, Math.floor(place / 2))
    const [target, weight] = [targets[id] ?? -1, weights[id] ?? Number.NaN]
    if (!(target >= 0 && target < outputs) || !Number.isFinite(weight))
      throw bad(node, 'leaf_targetids', target, `a target below ${outputs}`)
    return { kind: 'leaf', values: Array.from({ length: outputs }, (_, output) => (output === target ? weight : 0)) }
  }
  /** Trees that share splits would take memory for each of them. */
  const seen = new Set<number>()
  const nodeAt = (i: number): FiledNode => {
    if (seen.has(i)) throw notATree(node.file, node.operator, i, 'belongs to two trees')
    seen.add(i)
    if (i >= count) return leaf(i - count)
    const input = at(features, i)
    if (!(input >= 0 && input < inputs))
      throw notATree(node.file, node.operator, i, `splits on column ${input}, of ${inputs}`)
    const mode = at(modeOf, i)
    if (mode !== 'BRANCH_MEMBER' && Number.isNaN(at(thresholds, i)))
      throw notATree(node.file, node.operator, i, 'splits at NaN')
    const branch = branchOf(mode, input, precision, at(thresholds, i), tracks[i] === 1, members.get(i) ?? [])
    const [first, second] = [child(i, 0), child(i, 1)]
    return {
      kind: 'split',
      test: branch.test,
      yes: branch.yesIsTrue ? first : second,
      no: branch.yesIsTrue ? second : first,
    }
  }
  const budget = newBudget()
  const place = { file: node.file, path: node.operator }
  const trees = roots.map((root): ForeignTree => {
    if (!(root >= 0 && root < count)) throw bad(node, 'tree_roots', root, `a node below ${count}`)
    return { nodes: gatherTree(place, root, 3 * count, nodeAt, budget), output: null, weight: 1 }
  })
  if (trees.length === 0) throw bad(node, 'tree_roots', roots, 'a list of at least one')
  return { trees, outputs, noneNegative: weights.every((weight) => weight >= 0) }
}

function raise(node: OnnxNode, mode: number): never {
  throw bad(node, 'nodes_modes', mode, 'a mode from 0 to 6')
}

/** The sets of the nodes that ask for membership, in order, with NaN behind each. */
function memberSets(node: OnnxNode, modeOf: readonly Mode[]): Map<number, readonly number[]> {
  const sets: number[][] = [[]]
  for (const value of numbersAttribute(node, 'membership_values')) {
    if (Number.isNaN(value)) sets.push([])
    else sets.at(-1)?.push(value)
  }
  const asking = modeOf.flatMap((mode, i) => (mode === 'BRANCH_MEMBER' ? [i] : []))
  return new Map(
    asking.map((i, k) => {
      const set = sets[k] ?? []
      if (set.length > limits.categories || !set.every((value) => Number.isInteger(value) && value >= 0)) {
        throw unsupported(
          node.file,
          'a set of numbers that are no codes of categories',
          'Code the categories as 0, 1, 2, ...',
        )
      }
      return [i, set]
    }),
  )
}
