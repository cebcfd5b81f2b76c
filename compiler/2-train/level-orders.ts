import { at } from 'emp-compile-runtime/internal/at'
import type { Table, TableFeature, Target } from '../table.ts'

/** Columns of at most so many levels keep a feature for each level beside the order of all. */
const fewLevels = 8

/** The levels of a text column as ranks, and what a cut of them means in the features of the levels. */
export interface LevelOrder {
  /** Cells are ranks; the missing value has a rank of its own. */
  readonly ranks: TableFeature
  /** By rank: the feature of the level; null for the missing value. */
  readonly featureOf: readonly (number | null)[]
}

/** The features to grow a tree on: those of the table, then one for every order of levels. */
export interface OrderedFeatures {
  readonly features: readonly TableFeature[]
  readonly orders: readonly LevelOrder[]
}

/**
 * Adds to every text column of three and more levels one feature: the rank of its level by the mean of the target among
 * `rows`. A cut of the ranks divides the levels into two sets; of all such divisions the best one of a node is among them
 * where the order is the node's own, and close to it where the order is the whole column's. Of several answers the mean
 * is taken along the direction in which the shares of the answers differ most. Columns of many levels are divided by
 * their order alone: the features of their levels become constant.
 *
 * Source: Breiman et al. 1984, section 4.2.2 (two answers and numbers); Coppersmith, Hong and Hosking, "Partitioning nominal
 * attributes in decision trees", 1999 (several answers).
 *
 * @param rows the rows trained on: the order is made anew for each fold.
 */
export function orderLevels(table: Table, features: readonly TableFeature[], rows: Uint32Array): OrderedFeatures {
  const orders: LevelOrder[] = []
  const constant = new Set<number>()
  for (const { column } of table.columns) {
    if (column.kind !== 'text' || column.levels.length < 3) continue
    const own = features.flatMap(({ feature }, i) => (feature.column === column.name ? [i] : []))
    orders.push(orderOf(table, features, own, rows))
    if (own.length > fewLevels) for (const i of own) constant.add(i)
  }
  if (orders.length === 0) return { features, orders }
  const zeros = new Uint8Array(table.rows)
  const kept = features.map((feature, i) =>
    constant.has(i) ? { feature: feature.feature, codes: zeros, cells: Int32Array.of(0) } : feature,
  )
  return { features: [...kept, ...orders.map(({ ranks }) => ranks)], orders }
}

function orderOf(
  table: Table,
  features: readonly TableFeature[],
  own: readonly number[],
  rows: Uint32Array,
): LevelOrder {
  const missing = own.length
  const levels = new Uint8Array(table.rows).fill(missing)
  for (const [level, i] of own.entries()) {
    const { codes, cells } = at(features, i)
    for (let row = 0; row < levels.length; row++) if (cells[codes[row] as number] === 1) levels[row] = level
  }
  const means = levelMeans(table, levels, own.length + 1, rows)
  const byMean = Array.from(means.keys()).sort((a, b) => at(means, a) - at(means, b) || a - b)
  const rankOf = new Uint8Array(byMean.length)
  for (const [rank, level] of byMean.entries()) rankOf[level] = rank
  const { column } = at(features, at(own, 0)).feature
  return {
    ranks: {
      feature: { column },
      codes: levels.map((level) => at(rankOf, level)),
      cells: Int32Array.from(byMean.keys()),
    },
    featureOf: byMean.map((level) => (level === missing ? null : at(own, level))),
  }
}

/** The mean of the target at each level, weighted as rows are; that of all rows for levels that do not occur. */
function levelMeans({ target, weights }: Table, levels: Uint8Array, count: number, rows: Uint32Array): Float64Array {
  const width = target.kind === 'number' ? 1 : target.answers.length
  const [sums, weight] = [new Float64Array(count * width), new Float64Array(count)]
  for (const row of rows) {
    const level = at(levels, row)
    const own = weights === null ? 1 : at(weights, row)
    const place = level * width + (target.kind === 'number' ? 0 : at(target.classes, row))
    sums[place] = at(sums, place) + own * (target.kind === 'number' ? at(target.cells, row) : 1)
    weight[level] = at(weight, level) + own
  }
  const all = weight.reduce((a, b) => a + b, 0)
  const overall = Float64Array.from({ length: width }, (_, i) => {
    let sum = 0
    for (let level = 0; level < count; level++) sum += at(sums, level * width + i)
    return sum / all
  })
  const profile = (level: number, i: number) =>
    at(weight, level) === 0 ? at(overall, i) : at(sums, level * width + i) / at(weight, level)
  const direction = directionOf(target, weight, profile, overall)
  return Float64Array.from({ length: count }, (_, level) =>
    direction.reduce((sum, share, i) => sum + share * profile(level, i), 0),
  )
}

/** Of numbers and of two answers there is one direction only; else the first principal one of the levels' shares. */
function directionOf(
  target: Target,
  weight: Float64Array,
  profile: (level: number, answer: number) => number,
  overall: Float64Array,
): Float64Array {
  const width = overall.length
  if (target.kind === 'number') return Float64Array.of(1)
  if (width === 2) return Float64Array.of(0, 1)
  const covariance = new Float64Array(width * width)
  for (const [level, own] of weight.entries()) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        const product = (profile(level, i) - at(overall, i)) * (profile(level, j) - at(overall, j))
        covariance[i * width + j] = at(covariance, i * width + j) + own * product
      }
    }
  }
  // By powers, from a start that no symmetry of the answers makes orthogonal to the direction.
  let direction = Float64Array.from({ length: width }, (_, i) => 1 / (i + 2))
  for (let step = 0; step < mostPowers; step++) {
    const next = Float64Array.from({ length: width }, (_, i) =>
      direction.reduce((sum, share, j) => sum + share * at(covariance, i * width + j), 0),
    )
    const length = Math.hypot(...next)
    if (length === 0) return direction
    const change = next.reduce((most, share, i) => Math.max(most, Math.abs(share / length - at(direction, i))), 0)
    direction = next.map((share) => share / length)
    if (change < 1e-12) break
  }
  return direction
}

const mostPowers = 1000
