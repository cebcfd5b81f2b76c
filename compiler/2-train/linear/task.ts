import { at } from 'emp-compile-runtime/internal/at'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import { type Link, logisticLink } from 'emp-compile-runtime/internal/schemes/link'
import type { Weighted } from '../../linear.ts'
import { type Table, truthOf } from '../../table.ts'
import { classWeights } from '../train.ts'
import { type Loss, logisticLoss, softmaxLoss, squaredLoss } from './losses.ts'
import type { LinearOptions } from './options.ts'

/** What is learned of the rows of a table. */
export interface LearningTask {
  /** How much each row of the table counts, before they are made to add up to 1. */
  readonly importance: Float64Array
  /** The loss of some rows; of numbers, in units of their deviation over the training rows. */
  lossOf(rows: Uint32Array): Loss
  /** What was fitted, on the scale of the link and beside its base. */
  unscale(fitted: Weighted): Weighted
  /** @param unit steps of a score that make 1. */
  linkOf(unit: number): Link
  /** The change of an eta that means as much as 1 does for chances. */
  readonly scale: number
}

/** @param rows the training rows. */
export function taskOf(
  { target, weights }: Table,
  { classWeight }: Pick<LinearOptions, 'classWeight'>,
  rows: Uint32Array,
): LearningTask {
  const count = target.kind === 'classes' ? target.classes.length : target.cells.length
  const factors = target.kind === 'classes' ? classWeights(target, classWeight, rows) : null
  const importance = Float64Array.from({ length: count }, (_, row) => {
    const factor = target.kind === 'classes' && factors !== null ? at(factors, at(target.classes, row)) : 1
    return (weights === null ? 1 : at(weights, row)) * factor
  })
  const shares = (some: Uint32Array) => sharesOf(importance, some)
  if (target.kind === 'classes') {
    const { answers } = target
    const classesOf = (some: Uint32Array) => Int32Array.from(some, (row) => at(target.classes, row))
    return {
      importance,
      scale: 1,
      lossOf: (some) =>
        answers.length === 2
          ? logisticLoss(classesOf(some), shares(some))
          : softmaxLoss(classesOf(some), answers.length, shares(some)),
      // Of several answers all biases can be moved alike: around 0 they are smallest.
      unscale: ({ weights: fitted, biases }) => {
        const mean = answers.length === 2 ? 0 : biases.reduce((sum, bias) => sum + bias, 0) / biases.length
        return { weights: fitted, biases: biases.map((bias) => bias - mean) }
      },
      linkOf: (unit) => (answers.length === 2 ? logisticLink({ base: 0, unit }) : { kind: 'softmax', base: 0, unit }),
    }
  }
  const truths = Float64Array.from(rows, (row) => truthOf(target, row))
  const own = shares(rows)
  const mean = truths.reduce((sum, truth, i) => sum + truth * at(own, i), 0)
  const variance = truths.reduce((sum, truth, i) => sum + (truth - mean) ** 2 * at(own, i), 0)
  const scale = variance > 0 ? Math.sqrt(variance) : 1
  // The middle of the published Grid, so that scores stay small.
  const base = gridValue(target.grid, Math.floor(target.grid.size / 2))
  return {
    importance,
    scale,
    lossOf: (some) =>
      squaredLoss(
        Float64Array.from(some, (row) => (truthOf(target, row) - mean) / scale),
        shares(some),
      ),
    unscale: ({ weights: fitted, biases }) => ({
      weights: fitted.map((row) => row.map((weight) => weight * scale)),
      biases: biases.map((bias) => bias * scale + mean - base),
    }),
    linkOf: (unit) => ({ kind: 'identity', base, unit }),
  }
}

/** How much rows count, adding up to 1. */
export function sharesOf(importance: Float64Array, rows: Uint32Array): Float64Array {
  const all = rows.reduce((sum, row) => sum + at(importance, row), 0)
  return Float64Array.from(rows, (row) => at(importance, row) / all)
}
