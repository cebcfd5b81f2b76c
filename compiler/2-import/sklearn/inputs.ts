import { at } from 'emp-compile-runtime/internal/at'
import { malformedModel } from '../errors.ts'
import type { ForeignColumn, ForeignInput, NumberStep } from '../foreign.ts'
import {
  elements,
  finiteAt,
  has,
  integerAt,
  member,
  numberAt,
  numbersAt,
  optional,
  type Spot,
  textAt,
  textsAt,
} from '../json.ts'
import { limits } from '../limits.ts'

/** The columns and inputs of an exported model; without a list of inputs, the columns as they are. */
export function readInputs(root: Spot): { columns: ForeignColumn[]; inputs: ForeignInput[] } {
  const features = member(root, 'features')
  const names = features.value === null ? null : textsAt(features)
  const spot = optional(root, 'inputs')
  const count = names === null ? columnCount(root, spot) : names.length
  if (count < 1 || count > limits.columns)
    throw malformedModel(root.file, 'features', features.value, `1 to ${limits.columns} columns`)
  const plain = Array.from({ length: count }, (_, i): ForeignInput => ({ kind: 'number', column: i, steps: [] }))
  const inputs = spot === null ? plain : elements(spot, limits.columns).map((input) => readInput(input, count))
  const columns = Array.from({ length: count }, (_, i): ForeignColumn => {
    const name = names === null ? null : at(names, i)
    const coded = inputs.find((input) => input.kind === 'coded' && input.column === i)
    return coded?.kind === 'coded'
      ? { kind: 'level', name, levels: coded.levels }
      : { kind: 'number', name, range: null }
  })
  return { columns, inputs }
}

/** Where columns have no names the file says how many there are. */
function columnCount(root: Spot, inputs: Spot | null): number {
  const count = optional(root, 'columns')
  if (count === null)
    throw malformedModel(root.file, inputs === null ? 'columns' : inputs.path, undefined, 'the number of columns')
  return integerAt(count, 1, limits.columns)
}

function readInput(spot: Spot, columns: number): ForeignInput {
  const column = integerAt(member(spot, 'column'), 0, columns - 1)
  const steps = elements(member(spot, 'steps'), limits.nesting).map(readStep)
  if (!has(spot, 'levels')) return { kind: 'number', column, steps }
  const levels = elements(member(spot, 'levels'), limits.categories).map((level) =>
    typeof level.value === 'number' ? finiteAt(level) : textAt(level),
  )
  return {
    kind: 'coded',
    column,
    levels,
    numbers: numbersAt(member(spot, 'numbers'), levels.length),
    unknown: orNull(member(spot, 'unknown')),
    missing: orNull(member(spot, 'missing')),
    steps,
  }
}

const orNull = (spot: Spot) => (spot.value === null ? null : numberAt(spot))

function readStep(spot: Spot): NumberStep {
  const [kind, ...numbers] = elements(spot, 3)
  const operands = numbers.map(finiteAt)
  const [first, second] = operands
  const name = kind === undefined ? '' : textAt(kind)
  if (first !== undefined && second === undefined && !(name === 'divide' && first === 0)) {
    switch (name) {
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'divide':
        return { kind: name, by: first, precision: 'float64' }
      case 'fill':
        return { kind: name, by: first }
    }
  }
  if (name === 'clip' && first !== undefined && second !== undefined)
    return { kind: name, least: first, greatest: second }
  throw malformedModel(spot.file, spot.path, name, 'a step of one or two numbers, and no division by 0,')
}
