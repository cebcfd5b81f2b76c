import { defaultTrainOptions } from '../../compiler/2-train/index.ts'
import { trainTree } from '../../compiler/2-train/train.ts'
import { publicCuts } from '../../compiler/public-cuts.ts'
import type { Table } from '../../compiler/table.ts'
import { columnOf, type Node, type Tree } from '../../compiler/tree.ts'
import { changesOf, countPositions, type ScoreNode, type Trees } from '../../compiler/trees.ts'
import { at } from '../../runtime/at.ts'

/** Steps of a score that make 1. */
const unit = 64

/** A sum of trees that were trained by themselves, on public cuts: their leaves are worth what their rows say. */
export function sumOfTrees(table: Table, most: number): Trees {
  const trees = [1, 2, 3].map((maxDepth) =>
    trainTree(table, { ...defaultTrainOptions, maxDepth, minSamplesLeaf: 2, prune: null, cuts: most }),
  )
  const first = at(trees, 0)
  const cuts = first.features.map((feature) => publicCuts(columnOf(first, feature), most))
  const shape = { columns: first.columns, features: first.features, cuts }
  const { answers } = first
  const several = answers !== null && answers.length > 2
  return {
    family: 'boosted',
    missingValues: first.missingValues,
    ...shape,
    trees: trees.map((tree) => ({ output: several ? null : 0, root: nodeOf(tree, shape, tree.root) })),
    base: several ? answers.map((_, i) => i) : [3],
    link:
      answers === null
        ? { kind: 'identity', base: 0, unit }
        : several
          ? { kind: 'softmax', base: 0, unit }
          : { kind: 'logistic', base: 0, unit, from: 1 },
    answers,
  }
}

function nodeOf(tree: Tree, shape: Pick<Trees, 'columns' | 'features' | 'cuts'>, node: Node): ScoreNode {
  if (node.kind === 'mean') return { kind: 'leaf', scores: [Math.round(node.answer * unit)] }
  if (node.kind === 'leaf') {
    const scores = (node.counts ?? []).map((count) => Math.round(unit * Math.log(count + 1)))
    return { kind: 'leaf', scores: scores.length > 2 ? scores : [at(scores, 1) - at(scores, 0)] }
  }
  const feature = at(tree.features, node.feature)
  const column = shape.columns.findIndex(({ name }) => name === feature.column)
  const count = countPositions(shape, column)
  const own = shape.features.filter((one) => one.column === feature.column)
  const below = { yes: nodeOf(tree, shape, node.left), no: nodeOf(tree, shape, node.right) }
  const place = own.indexOf(feature) + count - own.length
  // A level of its own goes right; of numbers all positions above the cut do.
  const has = Array.from({ length: count }, (_, i) =>
    'level' in feature ? i !== place : i <= at(shape.cuts, node.feature).indexOf(node.cut),
  )
  return { kind: 'split', column, inside: changesOf(has), ...below }
}
