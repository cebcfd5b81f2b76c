import { at } from 'emp-compile-runtime/internal/at'
import { openScores } from 'emp-compile-runtime/internal/schemes/link'
import { quantise, type Rounding, type Sums, type Weighted } from '../../linear.ts'
import { etasOf, type Inputs } from './design.ts'
import type { LearningTask } from './task.ts'

/** How far a chance may move, and a number in deviations of the target; and the share of rows that may change their answer. */
const [mostMoved, mostChanged] = [0.01, 0.001]

/** Scores are at most so fine: 2^-finest of the scale. */
const finest = 30

/** What is rounded: a model but for its integers. */
type Frame = Omit<Sums, 'weights' | 'biases' | 'link'>

/**
 * The coarsest integers that keep the accuracy: with a score of a power of two for 1, the least one by which no chance of a
 * training row moves by more than 0.01, or no number by more than 0.01 of the deviation of all, and no more than one row
 * in a thousand changes its answer. Coarse integers make small messages.
 */
export function roundWeights<Own extends Frame>(
  frame: Own,
  fitted: Weighted,
  inputs: Inputs,
  rows: Uint32Array,
  task: LearningTask,
): { readonly model: Own & Pick<Sums, 'weights' | 'biases' | 'link'>; readonly rounding: Rounding } {
  const coarsest = Math.floor(-Math.log2(task.scale))
  const before = toldOf({ ...frame, link: task.linkOf(1) }, inputs, rows, fitted)
  for (let power = coarsest; ; power++) {
    const unit = 2 ** power
    const model = { ...frame, ...quantise(fitted, unit), link: task.linkOf(unit) }
    const rounding = compare(before, toldOf(model, inputs, rows, model))
    const isKept =
      rounding.changed <= mostChanged * rows.length &&
      rounding.largest <= mostMoved * (frame.answers === null ? task.scale : 1)
    if (isKept || power === coarsest + finest) return { model, rounding }
  }
}

/** Per row the chances of the answers, or the number. */
function toldOf(
  linked: Pick<Sums, 'link' | 'answers'>,
  inputs: Inputs,
  rows: Uint32Array,
  sums: Weighted,
): readonly (readonly number[])[] {
  const etas = etasOf(inputs, rows, sums)
  return Array.from(rows, (_, i) => {
    const opened = openScores(
      linked,
      sums.biases.map((_bias, k) => at(etas, k * rows.length + i)),
    )
    return opened.kind === 'class' ? (opened.shares ?? []) : [opened.answer]
  })
}

function compare(before: readonly (readonly number[])[], after: readonly (readonly number[])[]): Rounding {
  let [changed, largest] = [0, 0]
  before.forEach((own, i) => {
    const other = at(after, i)
    if (placeOfMost(own) !== placeOfMost(other)) changed += 1
    own.forEach((value, k) => {
      largest = Math.max(largest, Math.abs(value - at(other, k)))
    })
  })
  return { rows: before.length, changed, largest }
}

const placeOfMost = (values: readonly number[]) => values.indexOf(Math.max(...values))
