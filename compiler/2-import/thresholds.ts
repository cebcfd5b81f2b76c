import { at } from 'emp-compile-runtime/internal/at'
import { type Grid, gridValue } from 'emp-compile-runtime/internal/grid'
import { saysYes } from './decide.ts'
import { noGrid, refusedValue } from './errors.ts'
import type { ForeignInput, ForeignModel, ForeignTest, ForeignValue } from './foreign.ts'
import { foreignInput } from './inputs.ts'

/** What records may hold for a column of the model, as published. */
export type Domain =
  | { readonly kind: 'number'; readonly grid: Grid; readonly missing: boolean }
  /** For a model that knows its categories by codes only, the level at place i has code i. */
  | { readonly kind: 'text'; readonly levels: readonly string[]; readonly missing: boolean }

/**
 * Positions of a Grid, as the ascending positions after which membership changes; before the first it is "in".
 * `[c]` is `position <= c`, `[-1, c]` is `position > c`, `[]` is all.
 */
export type PositionSet = readonly number[]

/** What of a column says "yes" to a test: exactly what the library would. */
export type Side =
  | { readonly kind: 'number'; readonly column: number; readonly positions: PositionSet; readonly missing: boolean }
  | { readonly kind: 'text'; readonly column: number; readonly levels: readonly string[]; readonly missing: boolean }

/** Up to so many positions a side is checked at every one of them. */
const fewPositions = 1024

/**
 * Takes a model's tests to Grids by evaluation: the library's own comparison is put to values of the Grid, in a binary
 * search for every place where its outcome may change. No threshold is converted, so the side is exact for every
 * value of the Grid.
 *
 * @param domains one per column of the model; null for columns that no test asks for.
 * @returns the side of a test that says "yes". `missing` is false where the domain does not admit it.
 * @throws {CompileError} `no-grid` if a test needs a column without a domain, `refused-value` if the library refuses
 *   a value that the domain admits.
 * @throws {RangeError} if a Grid has more than 2^31 values.
 */
export function sides(
  model: Pick<ForeignModel, 'columns' | 'inputs' | 'missing'>,
  domains: readonly (Domain | null)[],
): (test: ForeignTest) => Side {
  const valuesOf = domains.map((domain) => (domain?.kind === 'number' ? rememberedValues(domain.grid) : null))
  return (test) => {
    const input = at(model.inputs, test.input)
    const { column } = input
    const domain = domains[column] ?? null
    const name = model.columns[column]?.name ?? `column ${column + 1}`
    if (domain === null) throw noGrid(name)
    const says = (value: ForeignValue) => {
      const x = accepted(input, value, name)
      if (model.missing === 'refused' && Number.isNaN(x)) throw refusedValue(name, value)
      return saysYes(test, x)
    }
    const missing = domain.missing && says(null)
    if (domain.kind === 'text') {
      const levels = domain.levels.filter((level, i) => says(input.kind === 'number' ? i : ownLevel(input, level)))
      return { kind: 'text', column, levels, missing }
    }
    const valueAt = valuesOf[column] ?? rememberedValues(domain.grid)
    const positions = positionsOf(domain.grid.size, valueAt, says, questionsOf(test, input))
    return { kind: 'number', column, positions, missing }
  }
}

function accepted(input: ForeignInput, value: ForeignValue, name: string): number {
  try {
    return foreignInput(input, value)
  } catch (cause) {
    if (cause instanceof RangeError) throw refusedValue(name, value)
    throw cause
  }
}

/** The model's own level that is written like this: its levels may be numbers. */
const ownLevel = (input: Extract<ForeignInput, { kind: 'coded' }>, text: string): string | number =>
  input.levels.find((level) => String(level) === text) ?? text

/** The values of a Grid, each computed once where they are not too many to keep. */
function rememberedValues(grid: Grid): (position: number) => number {
  if (!(Number.isInteger(grid.size) && grid.size >= 1 && grid.size <= 2 ** 31)) {
    throw new RangeError(`a Grid has 1 to 2^31 values, not ${grid.size}`)
  }
  if (grid.size > 2 ** 17) return (position) => gridValue(grid, position)
  const known = new Float64Array(grid.size).fill(Number.NaN)
  return (position) => {
    if (Number.isNaN(known[position])) known[position] = gridValue(grid, position)
    return known[position] as number
  }
}

/** A question about a number of the column whose answer changes at most once along the Grid. */
type Question = (x: number) => boolean

/** Between the changes of all these, what a test says is constant. */
function questionsOf(test: ForeignTest, input: ForeignInput): Question[] {
  if (input.kind === 'coded') {
    return input.levels.flatMap((level) =>
      typeof level === 'number' ? [(x: number) => x < level, (x: number) => x <= level] : [],
    )
  }
  const asked = (compare: (y: number) => boolean) => (x: number) => compare(foreignInput(input, x))
  if (test.kind === 'category') {
    const codes = [-1, 0, ...test.codes, ...(test.known ?? [])].flatMap((code) => [code, code + 1])
    return [...new Set(codes)].flatMap((code) => [asked((y) => y < code), asked((y) => y <= code)])
  }
  const yes = (comparison: '<' | '<=', threshold: number) =>
    asked((y) => saysYes({ ...test, comparison, threshold, zero: null }, y))
  const ends = test.zero === null ? [] : [yes('<', -test.zero.within), yes('<=', test.zero.within)]
  return [yes('<', test.threshold), yes('<=', test.threshold), ...ends]
}

function positionsOf(
  size: number,
  valueAt: (position: number) => number,
  says: (value: number) => boolean,
  questions: readonly Question[],
): PositionSet {
  const borders = questions.map((question) => lastBefore(size, (position) => question(valueAt(position))))
  const starts = [...new Set([0, ...borders.map((border) => border + 1)])].filter((start) => start < size)
  const changes: number[] = []
  let inside = true
  for (const start of starts.sort((a, b) => a - b)) {
    if (says(valueAt(start)) === inside) continue
    changes.push(start - 1)
    inside = !inside
  }
  if (size <= fewPositions) checkAll(size, changes, (position) => says(valueAt(position)))
  return changes
}

/** The last position at which the question is answered as at the first, by binary search; the last of all if always. */
function lastBefore(size: number, question: (position: number) => boolean): number {
  const first = question(0)
  if (question(size - 1) === first) return size - 1
  let [low, high] = [0, size - 1]
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2)
    if (question(middle) === first) low = middle
    else high = middle
  }
  return low
}

function checkAll(size: number, set: PositionSet, says: (position: number) => boolean): void {
  for (let position = 0; position < size; position++) {
    if (isIn(set, position) !== says(position)) throw new RangeError(`the side of a test is wrong at ${position}`)
  }
}

/** Whether a set holds a position. */
export function isIn(set: PositionSet, position: number): boolean {
  return set.filter((change) => change < position).length % 2 === 0
}
