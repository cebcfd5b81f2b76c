import { defaultTrainOptions, type TrainOptions } from '../../compiler/2-train/options.ts'
import { trainTree } from '../../compiler/2-train/train.ts'
import type { Model } from '../../compiler/model.ts'
import {
  type ClassLeaf,
  type Leaf,
  leafOf,
  type NumberLeaf,
  answerOf as openedOf,
  type Tree,
} from '../../compiler/tree.ts'
import type { Opened } from '../../runtime/schemes/scheme.ts'
import type { ClassTable } from './tables.ts'

/** A small tree without pruning, whatever the defaults are. */
export const boundedOptions: TrainOptions = {
  ...defaultTrainOptions,
  maxDepth: 5,
  minSamplesLeaf: 5,
  prune: null,
}

/** A model that is a tree. */
export function treeOf(model: Model): Tree {
  if (model.family !== 'tree') throw new TypeError('a model that is no tree, where one is expected')
  return model
}

/** A tree that ends in answers. */
export type ClassTree = Tree & { readonly answers: readonly string[] }

export function classTree(tree: Tree): ClassTree {
  const { answers } = tree
  if (answers === null) throw new TypeError('a tree of numbers, where one of answers is expected')
  return { ...tree, answers }
}

export const trainClasses = (table: ClassTable, options: TrainOptions): ClassTree =>
  classTree(trainTree(table, options))

export function classLeaf(leaf: Leaf): Required<Pick<ClassLeaf, 'kind' | 'answer' | 'counts'>> & ClassLeaf {
  if (leaf.kind !== 'leaf') throw new TypeError('a leaf of numbers, where one of answers is expected')
  return { counts: [], ...leaf }
}

export function numberLeaf(leaf: Leaf): Required<Omit<NumberLeaf, 'weight'>> {
  if (leaf.kind !== 'mean') throw new TypeError('a leaf of answers, where one of numbers is expected')
  return { rows: 0, deviation: 0, ...leaf }
}

/** The answer as it is written in the data. */
export const answerOf = (tree: ClassTree, cells: readonly number[]): string =>
  tree.answers[classLeaf(leafOf(tree, cells)).answer] ?? ''

/** A leaf as clients give it. */
export const openedLeaf = (tree: Tree, leaf: Leaf): Opened => openedOf(tree, leaf)

/** The tree that was compiled. */
export function treeOfModel(model: Model): Tree {
  if (model.family !== 'tree') throw new TypeError('a model of another family, where a tree is expected')
  return model
}
