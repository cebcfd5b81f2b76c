import { at } from 'emp-compile-runtime/internal/at'
import { openScores } from 'emp-compile-runtime/internal/schemes/link'
import type { Sums, Weighted } from '../../linear.ts'

/** A score of 1 is from 2^first to 2^last steps. */
const [first, last] = [2, 24]

/** How far a chance may move, and a number in deviations of all; and the share of records that may change their answer. */
const [mostMoved, mostChanged] = [0.01, 0.001]

/**
 * The coarsest unit that keeps what weights say: no chance moves by more than 0.01, and no more than one record in a
 * thousand changes its answer. A power of two.
 *
 * @param made the sums with weights rounded to this unit.
 * @param numbers what is weighted, of every record.
 */
export function coarsestUnit(
  made: (unit: number) => Sums,
  weighted: Weighted,
  numbers: readonly (readonly number[])[],
): number {
  const before = toldBy(made(1), weighted, numbers)
  const told = before.map((own) => at(own, 0))
  const scale = made(1).answers === null ? deviationOf(told) : 1
  for (let power = first; power < last; power++) {
    const sums = made(2 ** power)
    const after = toldBy(sums, sums, numbers)
    const moved = after.map((own, i) => Math.max(...own.map((value, k) => Math.abs(value - at(at(before, i), k)))))
    const changed = after.filter((own, i) => placeOfMost(own) !== placeOfMost(at(before, i)))
    const isKept = moved.every((by) => by <= mostMoved * scale) && changed.length <= mostChanged * numbers.length
    if (isKept) return 2 ** power
  }
  return 2 ** last
}

/** Per record the chances of the answers, or the number. */
function toldBy(sums: Sums, { weights, biases }: Weighted, numbers: readonly (readonly number[])[]): number[][] {
  return numbers.map((own) => {
    const scores = biases.map((bias, k) => own.reduce((sum, number, i) => sum + number * at(at(weights, k), i), bias))
    const opened = openScores(sums, scores)
    return opened.kind === 'class' ? [...(opened.shares ?? [])] : [opened.answer]
  })
}

const placeOfMost = (values: readonly number[]) => values.indexOf(Math.max(...values))

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
