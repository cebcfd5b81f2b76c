import type { Column } from 'emp-compile-runtime/internal/contract'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { type Linear, predictSums } from './linear.ts'
import type { Network } from './network.ts'
import { answerOfPoints, type Points } from './points.ts'
import { predictTree, type Tree } from './tree.ts'
import { predictTrees, type Trees } from './trees.ts'

/** What is compiled. It knows nothing of cryptography; where it came from, it does not tell. */
export type Model = Tree | Points | Linear | Network | Trees

/** The kind of a model: what the option `model` names. */
export type Family = Model['family']

/** All families. */
export const families = ['tree', 'additive', 'linear', 'network', 'boosted'] as const satisfies readonly Family[]

/** What a model answers: the slow and obvious oracle. @param cells one per feature of the model. */
export function predict(model: Model, cells: readonly number[]): Opened {
  switch (model.family) {
    case 'tree':
      return predictTree(model, cells)
    case 'additive':
      return answerOfPoints(model, cells)
    case 'linear':
    case 'network':
      return predictSums(model, cells)
    case 'boosted':
      return predictTrees(model, cells)
    default:
      return model satisfies never
  }
}

/** The columns that a model was made on, as it counts their cells. */
export function columnsOf(model: Model): readonly Column[] {
  return model.family === 'additive' ? model.columns.map(({ column }) => column) : model.columns
}
