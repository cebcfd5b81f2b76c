import { type Grid, gridValue } from 'emp-compile-runtime/internal/grid'
import { badOption } from '../errors.ts'
import type { Target } from '../table.ts'

/** One answer that a model may give, with `--probability` in one of its shares. */
export interface PossibleAnswer {
  readonly answer: string | number
  /** In whole percent. */
  readonly percent?: number
}

/** Most answers of a model of numbers: by default, and at all. Every one of them stands in the contract. */
const [usualAnswers, mostAnswers] = [256, 1024]

/** Every answer of a classification; with its share of a leaf's rows in every whole percent. None of them tells anything about a tree. */
export function answersOver(answers: readonly string[], probability: boolean): PossibleAnswer[] {
  if (!probability) return answers.map((answer) => ({ answer }))
  return answers.flatMap((answer) => Array.from({ length: 101 }, (_, percent) => ({ answer, percent })))
}

/** Every value of the Grid of answers. */
export function answersOn(grid: Grid | null): PossibleAnswer[] {
  if (grid === null) throw new TypeError('a tree of numbers needs a Grid of answers')
  return Array.from({ length: grid.size }, (_, i) => ({ answer: gridValue(grid, i) }))
}

/**
 * The Grid on which a model of numbers answers in `label`: that of its target, coarsened by 2, 5, 10, 20 and so on until
 * it has few enough values, or to the given step. Null for a classification, which takes no step.
 *
 * @throws {CompileError} `bad-option`
 */
export function answerGridOf(target: Target, step: number | null): Grid | null {
  if (target.kind === 'classes') {
    if (step !== null) throw badOption('answer-step', step, 'nothing where the target is answers')
    return null
  }
  if (step === null) {
    const multiples = Array.from({ length: 30 }, (_, i) => [1, 2, 5].map((digit) => digit * 10 ** i)).flat()
    const coarser = multiples.map((multiple) =>
      inSteps(target.grid, Number((multiple * target.grid.step).toPrecision(12))),
    )
    return coarser.find(({ size }) => size <= usualAnswers) ?? target.grid
  }
  const own = inSteps(target.grid, step)
  if (!(step > 0 && own.size <= mostAnswers)) {
    const least = (target.grid.step * (target.grid.size - 1)) / (mostAnswers - 1)
    throw badOption(
      'answer-step',
      step,
      `a step of at least ${Number(least.toPrecision(3))}: ${mostAnswers} answers at most`,
    )
  }
  return own
}

/** A Grid from the same minimum over the same range, in other steps. */
function inSteps({ minimum, step, size }: Grid, other: number): Grid {
  return { minimum, step: other, size: Math.ceil(Number(((step * (size - 1)) / other).toPrecision(12))) + 1 }
}
