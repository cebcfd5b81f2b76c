import { at } from 'emp-compile-runtime/internal/at'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import { type Link, logisticLink } from 'emp-compile-runtime/internal/schemes/link'
import { type Table, truthOf } from '../../table.ts'
import { classWeights } from '../train.ts'
import { type BoostedLoss, binaryDeviance, halfSquares, manyDeviance } from './loss.ts'
import type { BoostedOptions } from './options.ts'
import type { Growth } from './split.ts'

/** What is learned of the rows of a table. */
export interface BoostedTask {
  /** The loss of some of the training rows, by their places among them. */
  lossOf(places: Uint32Array): BoostedLoss
  /** What a score of 1 is on the scale of the link. */
  readonly scale: number
  /** The score at which the link's own base stands. */
  readonly origin: number
  /** @param unit steps that make 1 on the scale of the link. */
  linkOf(unit: number): Link
  /** What leaves are grown by. */
  readonly leaves: Pick<Growth, 'ridge' | 'leastCurvature'>
}

/** Numbers weigh 1 a row, where the curvature of a chance is a quarter at most: so their leaves ask for more of it. */
const [ofChances, ofNumbers] = [
  { ridge: 1, leastCurvature: 1 },
  { ridge: 1, leastCurvature: 5 },
] as const

/** @param own the training rows. */
export function boostedTaskOf({ target, weights }: Table, options: BoostedOptions, own: Uint32Array): BoostedTask {
  const sampleWeight = (row: number) => (weights === null ? 1 : at(weights, row))
  if (target.kind === 'classes') {
    const { answers } = target
    const factors = classWeights(target, options.classWeight, own)
    const weightOf = (row: number) => sampleWeight(row) * (factors === null ? 1 : at(factors, at(target.classes, row)))
    return {
      lossOf(places) {
        const classes = answers.length === 2 ? new Uint8Array(places.length) : new Int32Array(places.length)
        const counted = new Float64Array(places.length)
        for (let i = 0; i < places.length; i++) {
          const row = own[places[i] as number] as number
          classes[i] = target.classes[row] as number
          counted[i] = weightOf(row)
        }
        return classes instanceof Uint8Array
          ? binaryDeviance(classes, counted)
          : manyDeviance(classes, answers.length, counted)
      },
      scale: 1,
      origin: 0,
      linkOf: (unit) => (answers.length === 2 ? logisticLink({ base: 0, unit }) : { kind: 'softmax', base: 0, unit }),
      leaves: ofChances,
    }
  }
  const values = Float64Array.from(own, (row) => truthOf(target, row))
  const counted = Float64Array.from(own, sampleWeight)
  const total = counted.reduce((sum, weight) => sum + weight, 0)
  const mean = values.reduce((sum, value, i) => sum + at(counted, i) * value, 0) / total
  const variance = values.reduce((sum, value, i) => sum + at(counted, i) * (value - mean) ** 2, 0) / total
  const scale = variance > 0 ? Math.sqrt(variance) : target.grid.step
  // The middle of the published Grid, so that the contract tells nothing of the rows.
  const base = gridValue(target.grid, Math.floor(target.grid.size / 2))
  return {
    lossOf: (places) =>
      halfSquares(
        Float64Array.from(places, (place) => at(values, place) / scale),
        Float64Array.from(places, (place) => at(counted, place)),
      ),
    scale,
    origin: base / scale,
    linkOf: (unit) => ({ kind: 'identity', base, unit }),
    leaves: ofNumbers,
  }
}
