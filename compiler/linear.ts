import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Feature } from 'emp-compile-runtime/internal/contract'
import { type Input, inputOf } from 'emp-compile-runtime/internal/schemes/inputs'
import { type Link, openScores } from 'emp-compile-runtime/internal/schemes/link'
import { divisorOf, productsOf } from 'emp-compile-runtime/internal/schemes/monomials'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'

/** Sums of weighted numbers: integers, so that all who compute them agree. They know nothing of cryptography. */
export interface Sums {
  /** The texts that stand for a missing value where records are written as text. */
  readonly missingValues: readonly string[]
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  /** The different answers; null if the answer is a number. */
  readonly answers: readonly string[] | null
  /** The numbers that are weighted, or multiplied first; public. */
  readonly inputs: readonly Input[]
  /** The products that are weighted, as places of their factors; absent where the inputs themselves are. Public. */
  readonly monomials?: readonly (readonly number[])[]
  /** Per output a row of integers, one for each input, or for each product. */
  readonly weights: readonly (readonly number[])[]
  /** Per output an integer. */
  readonly biases: readonly number[]
  /** What the sums mean; public. */
  readonly link: Link
}

/** A linear model. */
export interface Linear extends Sums {
  readonly family: 'linear'
  readonly evidence: LinearEvidence | null
}

/** What training leaves for the report. */
export interface LinearEvidence {
  /** The strengths of the penalty that were compared on rows held out, from the strongest; none where it was given. */
  readonly path: readonly PenaltyStep[]
  /** The strength that was taken. */
  readonly penalty: number
  /** What rounding to integers does to the training rows. */
  readonly rounding: Rounding
}

export interface PenaltyStep {
  readonly penalty: number
  /** The mean loss of rows held out: the negative logarithm of the chance of their answer, or half the squared error. */
  readonly loss: number
  /** Its standard error over the rows. */
  readonly error: number
}

/** What integers change beside floats, over the training rows. */
export interface Rounding {
  readonly rows: number
  /** Rows that get another answer. */
  readonly changed: number
  /** The largest change of a chance, or of a number. */
  readonly largest: number
}

/** An imported model beside the library's own, over some records. */
export interface SumsLoss {
  readonly rows: number
  /** Whether the records were drawn from the Grids, as there were no rows. */
  readonly drawn: boolean
  /** Records that get another answer; of numbers, those that are off by over a hundredth of their span. */
  readonly changed: number
  /** The largest difference of a score, in units of the library's. */
  readonly largest: number
  /** The largest difference of a chance; 0 for numbers. */
  readonly chance: number
  /** Most numbers that are multiplied; null of a linear model. */
  readonly degree: number | null
  /** The share of right answers, or R², of the library's model and of the sums; null where the data do not tell. */
  readonly accuracy: { readonly before: number; readonly after: number } | null
  /** Per column of numbers what the records hold: a network's polynomial is not to be trusted outside. */
  readonly trusted: readonly { readonly column: string; readonly least: number; readonly greatest: number }[]
}

/** The score of every output, as the sum that it is. @param cells one per feature. */
export function scoresOfSums({ inputs, monomials, weights, biases }: Sums, cells: readonly number[]): number[] {
  const numbers = productsOf(inputs, monomials ?? null)(cells)
  return biases.map((bias, output) =>
    numbers.reduce((sum, number, i) => sum + at(at(weights, output), i) * number, bias),
  )
}

/** What a model answers. @param cells one per feature. */
export function predictSums(model: Sums, cells: readonly number[]): Opened {
  return openScores(model, scoresOfSums(model, cells))
}

/** How far apart the numbers are, at most, that an input may be; more than half as far unless its column is constant. */
export const inputSpan = 128

/**
 * The numbers that a client computes from its cells, for columns on their Grids: of a number its place on a scale around
 * the middle, and an indicator if it may be missing; of a text an indicator per level. All span about the same, so that
 * their weights are of one size. No row plays a part.
 */
export function inputsOf(columns: readonly Column[], features: readonly Feature[], span = inputSpan): Input[] {
  return features.flatMap((one, feature): Input[] => {
    const column = columnOf(columns, one)
    if (column.kind === 'text') return [{ kind: 'indicator', feature, cell: 1, value: inputSpan }]
    const { first, last, missing } = cellsOfNumber(column)
    const gaps = Math.max(1, last - first)
    const [factor, step] = [Math.max(1, Math.floor(span / gaps)), Math.ceil(gaps / span)]
    const middle = Math.floor(((first + last) * factor) / (2 * step))
    const place: Input = { kind: 'number', feature, factor, step, middle, missing }
    return missing === null ? [place] : [place, { kind: 'indicator', feature, cell: missing, value: inputSpan }]
  })
}

/** Where the sum of an output may lie, whatever the record. */
export interface ScoreRange {
  readonly least: number
  readonly most: number
}

/**
 * The least and the greatest score of every output over all records of the Grids; no row plays a part. Exactly, but where
 * numbers are multiplied: there a bound, as if every product could be largest at once.
 */
export function scoreRangesOf(model: Sums): ScoreRange[] {
  if (model.monomials !== undefined) return productRangesOf(model, model.monomials)
  const columns = model.columns.map((column) => spansOf(model, column))
  return model.biases.map((bias, output) => ({
    least: columns.reduce((sum, spans) => sum + at(spans, output).least, bias),
    most: columns.reduce((sum, spans) => sum + at(spans, output).most, bias),
  }))
}

/** The least and the most that a column adds to each output; of products, those that it is a factor of. */
export function spansOf(model: Sums, column: Column): ScoreRange[] {
  const { features, inputs, monomials, weights } = model
  const isOwn = (i: number) => at(features, at(inputs, i).feature).column === column.name
  if (monomials !== undefined) {
    const own = monomials.map((monomial) => monomial.some(isOwn))
    const kept = weights.map((row) => row.map((weight, m) => (at(own, m) ? weight : 0)))
    return productRangesOf({ ...model, weights: kept, biases: weights.map(() => 0) }, monomials)
  }
  const places = inputs.flatMap((input, place) => (isOwn(place) ? [{ input, place }] : []))
  const records = extremesOf(column, features)
  return weights.map((row) => {
    const sums = records.map((cells) =>
      places.reduce((sum, { input, place }) => sum + at(row, place) * inputOf(input, cells), 0),
    )
    return { least: Math.min(...sums), most: Math.max(...sums) }
  })
}

/** Products of one number part, and of indicators of one set of columns, exclude each other: a record has one of them. */
function productRangesOf(model: Sums, monomials: readonly (readonly number[])[]): ScoreRange[] {
  const { inputs, features, weights, biases } = model
  const groups = new Map<string, number[]>()
  for (const [m, monomial] of monomials.entries()) {
    const kind = monomial.map((i) => {
      const input = at(inputs, i)
      return input.kind === 'indicator' ? at(features, input.feature).column : i
    })
    const name = JSON.stringify(kind)
    groups.set(name, [...(groups.get(name) ?? []), m])
  }
  const ranges = monomials.map((monomial) => productRange(model, monomial))
  return biases.map((bias, output) => {
    let [least, most] = [bias, bias]
    for (const group of groups.values()) {
      const ends = group.flatMap((m) => {
        const weight = at(at(weights, output), m)
        return [weight * at(ranges, m).least, weight * at(ranges, m).most]
      })
      least += Math.min(...ends)
      most += Math.max(...ends)
    }
    return { least, most }
  })
}

/** Between which numbers a product lies, whatever the record. */
function productRange({ inputs, features, columns }: Sums, monomial: readonly number[]): ScoreRange {
  let range: ScoreRange = { least: 1, most: 1 }
  for (const i of new Set(monomial)) {
    const input = at(inputs, i)
    const power = monomial.filter((other) => other === i).length
    const records = extremesOf(columnOf(columns, at(features, input.feature)), features)
    // 0 is between the ends, and a power of an even number of factors is nowhere below it.
    const powers = [0, ...records.map((cells) => inputOf(input, cells))].map((end) => end ** power)
    const [low, high] = [Math.min(...powers), Math.max(...powers)]
    const corners = [range.least * low, range.least * high, range.most * low, range.most * high]
    range = { least: Math.min(...corners), most: Math.max(...corners) }
  }
  const divisor = divisorOf(inputs, monomial)
  const rounded = (value: number) => Math.floor((2 * value + divisor) / (2 * divisor))
  return { least: rounded(range.least), most: rounded(range.most) }
}

/** Cells of records among which every sum over the inputs of a column is least and greatest; those of other columns are 0. */
function extremesOf(column: Column, features: readonly Feature[]): number[][] {
  const own = features.flatMap((feature, i) => (feature.column === column.name ? [i] : []))
  const none = features.map(() => 0)
  if (own.length === 0) return [none]
  if (column.kind === 'text') {
    const levels = own.map((i) => none.with(i, 1))
    return column.missing === 'never' ? levels : [none, ...levels]
  }
  const { first, last, missing } = cellsOfNumber(column)
  return own.flatMap((i) => [first, last, ...(missing === null ? [] : [missing])].map((cell) => none.with(i, cell)))
}

function cellsOfNumber({ grid, missing }: Extract<Column, { kind: 'number' }>): {
  readonly first: number
  readonly last: number
  readonly missing: number | null
} {
  if (missing === 'below') return { first: 1, last: grid.size, missing: 0 }
  return { first: 0, last: grid.size - 1, missing: missing === 'never' ? null : grid.size }
}

function columnOf(columns: readonly Column[], feature: Feature): Column {
  const column = columns.find(({ name }) => name === feature.column)
  if (column === undefined) throw new TypeError('a feature refers to a column that is not there')
  return column
}

/** Weights on the scale of a link, before they are integers: eta = bias + the sum of weights times inputs. */
export interface Weighted {
  readonly weights: readonly (readonly number[])[]
  readonly biases: readonly number[]
}

/** The nearest integers, if a score of `unit` stands for 1. Minus zero is zero. */
export function quantise({ weights, biases }: Weighted, unit: number): Pick<Linear, 'weights' | 'biases'> {
  const nearest = (value: number) => Math.round(value * unit) + 0
  return { weights: weights.map((row) => row.map(nearest)), biases: biases.map(nearest) }
}
