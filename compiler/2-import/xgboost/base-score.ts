import { malformedModel } from '../errors.ts'
import { type Spot, textAt } from '../json.ts'
import type { XgboostObjective } from './objective.ts'

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/**
 * The sums that every prediction begins with, in float32, one per output.
 *
 * @param spot the text `5E-1`, or from 3.1 on `[5E-1]` with one entry, or one per output.
 * @throws {CompileError} `malformed-model` for anything else: a default would be a wrong answer.
 */
export function baseMargins(spot: Spot, outputs: number, margin: XgboostObjective['margin']): number[] {
  const takes = `base_score, which is a number, or ${outputs} of them in brackets,`
  const inner = /^\s*(?:\[(.*)\]|\((.*)\)|([^[\](),]*))\s*$/.exec(textAt(spot))
  const entries = (inner?.[1] ?? inner?.[2] ?? inner?.[3] ?? '').split(',').map((entry) => entry.trim())
  if (!entries.every((entry) => decimal.test(entry)) || ![1, outputs].includes(entries.length)) {
    throw malformedModel(spot.file, spot.path, spot.value, takes)
  }
  const margins = entries.map((entry) => marginOf(margin, Math.fround(Number(entry))))
  if (!margins.every(Number.isFinite)) throw malformedModel(spot.file, spot.path, spot.value, `${takes} in its range,`)
  return margins.length === 1 ? new Array<number>(outputs).fill(Number(margins[0])) : margins
}

/** As XGBoost computes it, each operation in float32. */
function marginOf(margin: XgboostObjective['margin'], base: number): number {
  switch (margin) {
    case 'itself':
      return base
    case 'logit':
      return Math.fround(-Math.log(Math.fround(Math.fround(1 / base) - 1)))
    case 'logarithm':
      return Math.fround(Math.log(base))
  }
}
