import { at } from 'emp-compile-runtime/internal/at'
import { beyondLimit, notATree } from '../errors.ts'
import type { ForeignTree, Precision } from '../foreign.ts'
import { type FiledNode, gatherTree, newBudget } from '../gather.ts'
import { limits } from '../limits.ts'
import type { OnnxNode } from './messages.ts'
import { branchOf, modes } from './modes.ts'
import { bad, integersAttribute, numbersAttribute, textsAttribute } from './node.ts'

/** A tree ensemble as its operator has it, before what follows the sum. */
export interface OnnxTrees {
  readonly trees: readonly ForeignTree[]
  readonly outputs: number
  /** Whether no leaf takes anything away: decides what two answers are made of. */
  readonly noneNegative: boolean
}

/**
 * The trees of TreeEnsembleClassifier and TreeEnsembleRegressor, which are one list of all their nodes, told apart by
 * the numbers of their trees and their own, and one list of what leaves add to which score.
 *
 * @param leaves `class` or `target`: how the lists of leaves begin.
 * @param outputs how many scores there are; classes of one distinct number make one score.
 */
export function readTrees(
  node: OnnxNode,
  leaves: 'class' | 'target',
  outputs: number,
  inputs: number,
  precision: Precision,
): OnnxTrees {
  if (!(outputs >= 1 && outputs <= limits.outputs))
    throw bad(node, 'the number of scores', outputs, `1 to ${limits.outputs}`)
  const treeIds = integersAttribute(node, 'nodes_treeids')
  const count = treeIds.length
  if (count === 0 || count > limits.nodes) throw bad(node, 'nodes_treeids', treeIds, `a list of 1 to ${limits.nodes}`)
  const nodeIds = integersAttribute(node, 'nodes_nodeids', count)
  const features = integersAttribute(node, 'nodes_featureids', count)
  const thresholds = numbersAttribute(node, 'nodes_values', count)
  const modeNames = textsAttribute(node, 'nodes_modes')
  if (modeNames.length !== count) throw bad(node, 'nodes_modes', modeNames, `a list of ${count}`)
  const whenTrue = integersAttribute(node, 'nodes_truenodeids', count)
  const whenFalse = integersAttribute(node, 'nodes_falsenodeids', count)
  const tracks = integersAttribute(node, 'nodes_missing_value_tracks_true')
  const places = new Map(treeIds.map((tree, i) => [`${tree}/${at(nodeIds, i)}`, i]))
  if (places.size !== count) throw bad(node, 'nodes_nodeids', nodeIds, 'a different number for each node of a tree')
  const values = leafValues(node, leaves, outputs, places)
  const roots = new Map<number, number>()
  treeIds.forEach((tree, i) => {
    if (!roots.has(tree)) roots.set(tree, i)
  })
  if (roots.size > limits.trees) throw beyondLimit(node.file, node.operator, 'trees', roots.size, limits.trees)
  const zeros = new Array<number>(outputs).fill(0)
  const budget = newBudget()
  const nodeAt =
    (tree: number) =>
    (i: number): FiledNode => {
      const name = at(modeNames, i)
      if (name === 'LEAF') return { kind: 'leaf', values: values.get(i) ?? zeros }
      const place = `tree ${tree}`
      const mode = modes.find((known) => known === name && known !== 'BRANCH_MEMBER')
      if (mode === undefined) throw bad(node, 'nodes_modes', name, 'a mode')
      const input = at(features, i)
      if (!(input >= 0 && input < inputs))
        throw notATree(node.file, place, i, `splits on column ${input}, of ${inputs}`)
      const threshold = at(thresholds, i)
      if (Number.isNaN(threshold)) throw notATree(node.file, place, i, 'splits at NaN')
      const { test, yesIsTrue } = branchOf(mode, input, precision, threshold, tracks[i] === 1, [])
      const child = (id: number) => places.get(`${tree}/${id}`) ?? -1
      const [first, second] = [child(at(whenTrue, i)), child(at(whenFalse, i))]
      return { kind: 'split', test, yes: yesIsTrue ? first : second, no: yesIsTrue ? second : first }
    }
  const trees = [...roots].map(
    ([tree, root]): ForeignTree => ({
      nodes: gatherTree({ file: node.file, path: `tree ${tree}` }, root, count, nodeAt(tree), budget),
      output: null,
      weight: 1,
    }),
  )
  return { trees, outputs, noneNegative: [...values.values()].flat().every((value) => value >= 0) }
}

/** What each leaf adds to each score. */
function leafValues(
  node: OnnxNode,
  leaves: 'class' | 'target',
  outputs: number,
  places: ReadonlyMap<string, number>,
): Map<number, number[]> {
  const trees = integersAttribute(node, `${leaves}_treeids`)
  const count = trees.length
  const nodes = integersAttribute(node, `${leaves}_nodeids`, count)
  const ids = integersAttribute(node, `${leaves}_ids`, count)
  const weights = numbersAttribute(node, `${leaves}_weights`, count)
  if (count * outputs > limits.leafValues)
    throw beyondLimit(node.file, node.operator, 'numbers in leaves', count * outputs, limits.leafValues)
  const values = new Map<number, number[]>()
  trees.forEach((tree, i) => {
    const place = places.get(`${tree}/${at(nodes, i)}`)
    const output = outputs === 1 ? 0 : at(ids, i)
    const weight = at(weights, i)
    if (place === undefined || !(output >= 0 && output < outputs) || !Number.isFinite(weight)) {
      throw bad(node, `${leaves}_ids`, `${tree}/${at(nodes, i)}/${output}/${weight}`, 'a leaf, a score and a weight')
    }
    const own = values.get(place) ?? new Array<number>(outputs).fill(0)
    own[output] = at(own, output) + weight
    values.set(place, own)
  })
  return values
}
