import { rounded } from './decide.ts'
import type { ForeignInput, ForeignValue, NumberStep } from './foreign.ts'

/**
 * The number that a body sees for what a record holds; NaN is "missing".
 *
 * @throws {RangeError} where the library itself refuses the value: a text for a number, an unknown level.
 */
export function foreignInput(input: ForeignInput, value: ForeignValue): number {
  switch (input.kind) {
    case 'number':
      if (typeof value === 'string')
        throw new RangeError(`column ${input.column} takes numbers, not ${JSON.stringify(value)}`)
      return afterSteps(input.steps, value ?? Number.NaN)
    case 'coded':
      return afterSteps(input.steps, codeOf(input, value))
  }
}

function codeOf(input: Extract<ForeignInput, { kind: 'coded' }>, value: ForeignValue): number {
  const missing = value === null || Number.isNaN(value)
  const place = missing ? -1 : input.levels.indexOf(value)
  const number = missing ? input.missing : (input.numbers[place] ?? input.unknown)
  if (number === null) {
    throw new RangeError(`column ${input.column} does not take ${missing ? 'a missing value' : JSON.stringify(value)}`)
  }
  return number
}

/** A number after all steps. */
export function afterSteps(steps: readonly NumberStep[], x: number): number {
  return steps.reduce(after, x)
}

function after(x: number, step: NumberStep): number {
  switch (step.kind) {
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide': {
      const [a, b] = [rounded(step.precision, x), rounded(step.precision, step.by)]
      return rounded(step.precision, calculate(step.kind, a, b))
    }
    case 'clip':
      return Number.isNaN(x) ? x : Math.min(Math.max(x, step.least), step.greatest)
    case 'round':
      return rounded(step.precision, x)
    case 'truncate':
      return Math.trunc(x)
    case 'code':
      return Number.isNaN(x) ? x : step.cuts.filter((cut) => cut < x).length
    case 'fill':
      return Number.isNaN(x) ? step.by : x
  }
}

function calculate(kind: 'add' | 'subtract' | 'multiply' | 'divide', a: number, b: number): number {
  switch (kind) {
    case 'add':
      return a + b
    case 'subtract':
      return a - b
    case 'multiply':
      return a * b
    case 'divide':
      return a / b
  }
}
