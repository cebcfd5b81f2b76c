import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Feature } from 'emp-compile-runtime/internal/contract'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import type { Input } from 'emp-compile-runtime/internal/schemes/inputs'
import { affine, type Coefficients } from '../../polynomial.ts'
import { missingRefused, notStraight } from '../errors.ts'
import type { ForeignInput, ForeignModel } from '../foreign.ts'
import { foreignInput } from '../inputs.ts'
import { foreignValue, type Sample } from '../sample.ts'

/** How far an input may be from a straight line over its Grid, in shares of its largest size: what float32 rounds. */
const straightness = 1e-5

/** At most so many values of a Grid are looked at. */
const looked = 512

/** The columns of a sample as a model takes them: where it has no rule for a missing value, there is none. */
export function columnsFor(model: ForeignModel, { columns }: Sample): Column[] {
  return columns.map(({ column }, place): Column => {
    const takes = model.inputs.every((input) => input.column !== place || takesMissing(input))
    return takes || column.missing === 'never' ? column : { ...column, missing: 'never' }
  })
}

function takesMissing(input: ForeignInput): boolean {
  const number = numberOr(input, null)
  return number !== null && Number.isFinite(number)
}

/** The number of what a record holds; null where the library refuses it. */
function numberOr(input: ForeignInput, value: number | string | null): number | null {
  try {
    return foreignInput(input, value)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/**
 * The numbers that a model works on, each as a weighted sum of those that a client computes from its record.
 *
 * @throws {CompileError} `unsupported-model` where a number is no straight line over the Grid, or a level is refused.
 */
export function inputsOnGrids(
  file: string,
  model: ForeignModel,
  columns: readonly Column[],
  features: readonly Feature[],
  inputs: readonly Input[],
): Coefficients[] {
  return model.inputs.map((input) => {
    const column = at(columns, input.column)
    const own = inputs.flatMap((one, i) => (at(features, one.feature).column === column.name ? [i] : []))
    const factors = inputs.map(() => 0)
    const missing = column.missing === 'never' ? null : numberOr(input, null)
    if (column.missing !== 'never' && missing === null) throw missingRefused(file, column.name)
    if (column.kind === 'text') {
      const none = missing ?? 0
      for (const i of own) {
        const { feature, value } = indicator(at(inputs, i))
        const level = levelOf(at(features, feature))
        const number = numberOr(input, foreignValue(model, input.column, column, level, false))
        if (number === null || !Number.isFinite(number)) throw notStraight(file, column.name, `the level ${level}`)
        factors[i] = (number - none) / value
      }
      return affine(none, factors)
    }
    const place = own.find((i) => at(inputs, i).kind === 'number')
    if (place === undefined) throw new TypeError('a column of numbers without its number')
    const line = lineOf(file, column, at(inputs, place), input)
    factors[place] = line.slope
    const gap = own.find((i) => at(inputs, i).kind === 'indicator')
    if (gap !== undefined) factors[gap] = ((missing ?? 0) - line.middle) / indicator(at(inputs, gap)).value
    return affine(line.middle, factors)
  })
}

const levelOf = (feature: Feature) => ('level' in feature ? feature.level : '')

function indicator(input: Input): Extract<Input, { kind: 'indicator' }> {
  if (input.kind !== 'indicator') throw new TypeError('a level that is no indicator')
  return input
}

/** A number as `middle + slope * place`, the place before it is rounded. */
function lineOf(
  file: string,
  column: Extract<Column, { kind: 'number' }>,
  place: Input,
  input: ForeignInput,
): { readonly middle: number; readonly slope: number } {
  if (place.kind !== 'number') throw new TypeError('a number that is an indicator')
  const first = column.missing === 'below' ? 1 : 0
  const last = column.grid.size - 1
  const step = Math.max(1, Math.floor(last / looked))
  const points = [...Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step), last].map((cell) => {
    const number = numberOr(input, gridValue(column.grid, cell))
    if (number === null) throw notStraight(file, column.name, String(gridValue(column.grid, cell)))
    return { at: ((cell + first) * place.factor) / place.step - place.middle, number }
  })
  const [low, high] = [at(points, 0), at(points, points.length - 1)]
  const slope = last === 0 ? 0 : (high.number - low.number) / (high.at - low.at)
  const middle = low.number - slope * low.at
  const size = points.reduce((most, { number }) => Math.max(most, Math.abs(number)), 0)
  const bent = points.findIndex((point) => !(Math.abs(middle + slope * point.at - point.number) <= straightness * size))
  if (bent >= 0) throw notStraight(file, column.name, String(gridValue(column.grid, Math.min(last, bent * step))))
  return { middle, slope }
}
