import { at } from 'emp-compile-runtime/internal/at'
import { type Feature, formatVersion } from 'emp-compile-runtime/internal/contract'
import { cellCount } from 'emp-compile-runtime/internal/grid'
import { largestScoreBits, scoreBitsFor } from 'emp-compile-runtime/internal/lattice/lattice'
import { fitSet, type LatticeFit } from 'emp-compile-runtime/internal/lattice/noise'
import { latticeSets } from 'emp-compile-runtime/internal/lattice/sets'
import type { Input } from 'emp-compile-runtime/internal/schemes/inputs'
import {
  type LatticeContract,
  type LatticeShape,
  latticeMessages,
  numberCount,
  weightSumOf,
} from 'emp-compile-runtime/internal/schemes/lattice/contract'
import { monomialsOf } from 'emp-compile-runtime/internal/schemes/monomials'
import { badOption, noRoom } from '../../errors.ts'
import { type Linear, type ScoreRange, type Sums, scoreRangesOf, spansOf } from '../../linear.ts'
import type { Network } from '../../network.ts'
import { meaningOf, type Points, positionCount, sumRange } from '../../points.ts'
import type { Naming } from '../scheme.ts'
import { latticeCost } from './cost.ts'
import type { LatticePlan } from './plan.ts'

/**
 * Lowers a linear model or a network to what its two modules do: the smallest set of parameters that holds its scores and hides its
 * weights. The contract holds the inputs, which are a function of the Grids, the link, and the bits of weights and scores,
 * by which the flood is fixed; no weight.
 *
 * @throws {CompileError} `no-room`, which names the column to narrow.
 */
export function lowerLattice(model: Linear | Network, _settings: unknown, naming: Naming): LatticePlan {
  const { family } = model
  const products = model.family === 'network' ? { degree: model.degree } : {}
  return lowerSums(
    { family, sums: model, products, ranges: scoreRangesOf(model), widest: () => widestColumn(model) },
    naming,
  )
}

/** What is lowered: sums, where they may lie, and the column that takes the most room. */
interface Lowerable {
  readonly family: LatticeContract['family']
  readonly sums: Sums
  /** What is multiplied, if anything is. */
  readonly products: Pick<LatticeContract, 'degree' | 'pairs'>
  readonly ranges: readonly ScoreRange[]
  widest(): string
}

/**
 * Lowers points to sums: each position of a column but the first is an indicator, and its points, less those of the first,
 * are the weight. Of a pair of columns also products of two indicators are weighted, by what their points are more than
 * those of each position beside the other's first.
 *
 * @throws {CompileError} `bad-option` for points with classes by sum.
 */
export function lowerPositions(model: Points, _settings: unknown, naming: Naming): LatticePlan {
  const { columns, pairs, features, answers, missingValues } = model
  const link = meaningOf(model)
  if (link.kind === 'classes') throw badOption('scheme', 'lattice', 'points without classes by sum')
  const inputs = columns.flatMap((one) => indicatorsOf(one, features))
  const names = pairs.map(({ columns: [first, second] }): readonly [string, string] => [
    at(columns, first).column.name,
    at(columns, second).column.name,
  ])
  const products = pairs.length === 0 ? {} : { pairs: names }
  const outputs = model.base.map((_, k) => weightsOf(model, k))
  const sums: Sums = {
    ...{ missingValues, columns: columns.map(({ column }) => column), features, answers, link, inputs },
    ...(pairs.length === 0 ? {} : { monomials: monomialsOf({ inputs, features, ...products }) }),
    weights: outputs.map(({ weights }) => weights),
    biases: outputs.map(({ bias }) => bias),
  }
  const ranges = model.base.map((_, k) => sumRange(model, k)).map(([least, most]) => ({ least, most }))
  const counts = columns.map(positionCount)
  const widest = () => at(columns, counts.indexOf(Math.max(...counts))).column.name
  return lowerSums({ family: 'additive', sums, products, ranges, widest }, naming)
}

/** The bias of an output, and its weights: of every position but the first of every column, then of the pairs. */
function weightsOf({ base, columns, pairs }: Points, k: number): { readonly bias: number; readonly weights: number[] } {
  let bias = at(base, k)
  const singles = columns.map(({ points }) => {
    const own = points.map((all) => at(all, k))
    bias += at(own, 0)
    return own.map((value) => value - at(own, 0))
  })
  const products = pairs.flatMap(({ columns: [first, second], points }) => {
    const [rows, width] = [at(singles, first), at(singles, second).length]
    const value = (i: number, j: number) => at(at(points, i * width + j), k)
    bias += value(0, 0)
    // Beside the first position of the other column, a position counts by itself.
    rows.forEach((own, i) => {
      rows[i] = own + value(i, 0) - value(0, 0)
    })
    const others = at(singles, second)
    others.forEach((own, j) => {
      others[j] = own + value(0, j) - value(0, 0)
    })
    return rows
      .slice(1)
      .flatMap((_, i) =>
        others.slice(1).map((__, j) => value(i + 1, j + 1) - value(i + 1, 0) - value(0, j + 1) + value(0, 0)),
      )
  })
  return { bias, weights: [...singles.flatMap((own) => own.slice(1)), ...products] }
}

/** An indicator for every position but the first, in their order. */
function indicatorsOf({ column, cuts }: Points['columns'][number], features: readonly Feature[]): Input[] {
  const own = features.flatMap((feature, i) => (feature.column === column.name ? [i] : []))
  if (column.kind === 'text') {
    const levels = column.missing === 'never' ? own.slice(1) : own
    return levels.map((feature) => ({ kind: 'indicator', feature, cell: 1, value: 1 }))
  }
  const last = cellCount(column) - 1
  return cuts.map((cut, i) => ({
    ...{ kind: 'indicator', feature: at(own, 0), cell: cut + 1 },
    ...{ to: cuts[i + 1] ?? last, value: 1 },
  }))
}

function lowerSums({ family, sums, products, ranges, widest }: Lowerable, { name, replyKey }: Naming): LatticePlan {
  const { inputs, features, weights, biases } = sums
  const weighed = { inputs, ...products }
  const numbers = numberCount({ ...weighed, features })
  const worst = Math.max(...ranges.flatMap(({ least, most }) => [-least, most]), ...biases.map(Math.abs))
  const scoreBits = Math.max(2, scoreBitsFor(worst))
  const weightBits = Math.max(1, ...weights.flat().map((weight) => Math.ceil(Math.log2(Math.abs(weight) + 1))))
  const sized = { ...weighed, outputs: weights.length, scoreBits, weightBits }
  const fit = fitOf({ ...sized, features })
  if (fit === null) throw noRoom(widest(), numbers * weights.length, scoreBits)
  const shape = { set: fit.set.name === 'S' ? 'S' : 'L', ...sized } as const
  const contract: LatticeContract = {
    format: formatVersion,
    name,
    family,
    reveal: 'score',
    scheme: 'lattice',
    columns: sums.columns,
    features,
    ...shape,
    link: sums.link,
    ignored: [],
    missingValues: sums.missingValues,
    answers: sums.answers,
    messages: latticeMessages({ ...shape, features }),
    ...(replyKey === undefined ? {} : { replyKey }),
  }
  return {
    contract,
    server: { outputs: weights.map((row, output) => ({ weights: row, bias: at(biases, output) })) },
    client: {},
    cost: latticeCost(contract),
    leakage: {
      inputs: numbers,
      outputs: weights.length,
      questions: numbers + 1,
      scoreBits,
      weightBits,
      distanceBits: Math.ceil(Math.log2(fit.distance)),
    },
  }
}

/** The smallest set that does, by what the contract says of the weights alone: so that nothing else shows by it. */
function fitOf(sized: Omit<LatticeShape, 'set'> & Pick<LatticeContract, 'weightBits'>): LatticeFit | null {
  const { outputs, scoreBits, weightBits, ...weighing } = sized
  const inputs = numberCount(weighing)
  // Weights of 2^26 and more are not multiplied exactly.
  if (weightBits > 26 || scoreBits > Math.max(...Object.values(latticeSets).map(largestScoreBits))) return null
  const weightSquares = inputs * outputs * (2 ** weightBits - 1) ** 2
  return fitSet({ inputs, outputs, scoreBits, weightSum: weightSumOf(sized), weightSquares })
}

/** The column that takes the most room: by its inputs where there are too many, else by what it adds to a score. */
function widestColumn(model: Linear | Network): string {
  const { inputs, monomials, features, columns, weights } = model
  const countOf = (name: string) => inputs.filter(({ feature }) => at(features, feature).column === name).length
  const isCrowded =
    (monomials ?? inputs).length * weights.length > Math.max(...Object.values(latticeSets).map(({ degree }) => degree))
  const sizes = columns.map((column) =>
    isCrowded ? countOf(column.name) : Math.max(...spansOf(model, column).map(({ least, most }) => most - least)),
  )
  return at(columns, sizes.indexOf(Math.max(...sizes))).name
}
