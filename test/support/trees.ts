import { defaultTrainOptions, type TrainOptions } from '../../compiler/2-train/options.ts'
import { train } from '../../compiler/2-train/train.ts'
import { type ClassLeaf, type Leaf, type NumberLeaf, predict, type Tree } from '../../compiler/tree.ts'
import type { ClassTable } from './tables.ts'

/** A small tree without pruning, whatever the defaults are. */
export const boundedOptions: TrainOptions = {
  ...defaultTrainOptions,
  maxDepth: 5,
  minSamplesLeaf: 5,
  prune: null,
}

/** A tree that ends in answers. */
export type ClassTree = Tree & { readonly answers: readonly string[] }

export function classTree(tree: Tree): ClassTree {
  const { answers } = tree
  if (answers === null) throw new TypeError('a tree of numbers, where one of answers is expected')
  return { ...tree, answers }
}

export const trainClasses = (table: ClassTable, options: TrainOptions): ClassTree => classTree(train(table, options))

export function classLeaf(leaf: Leaf): ClassLeaf {
  if (leaf.kind !== 'leaf') throw new TypeError('a leaf of numbers, where one of answers is expected')
  return leaf
}

export function numberLeaf(leaf: Leaf): NumberLeaf {
  if (leaf.kind !== 'mean') throw new TypeError('a leaf of answers, where one of numbers is expected')
  return leaf
}

/** The answer as it is written in the data. */
export const answerOf = (tree: ClassTree, cells: readonly number[]): string =>
  tree.answers[classLeaf(predict(tree, cells)).answer] ?? ''

/** A leaf as clients give it. */
export function openedLeaf({ answers }: Tree, leaf: Leaf): unknown {
  if (leaf.kind === 'leaf') return { answer: answers?.[leaf.answer], counts: leaf.counts }
  const { answer, rows, deviation } = leaf
  return { answer, rows, deviation }
}
