import { at } from 'emp-compile-runtime/internal/at'
import { openScores } from 'emp-compile-runtime/internal/schemes/link'
import { type Sums, type SumsLoss, scoresOfSums } from '../../linear.ts'
import type { ForeignPrediction } from '../predict.ts'
import type { Sample } from '../sample.ts'

/** Compares sums with what the library says of the same records. */
export function compareSums(
  model: Sums,
  cells: readonly (readonly number[])[],
  own: readonly ForeignPrediction[],
  unit: number,
): Pick<SumsLoss, 'changed' | 'largest' | 'chance'> {
  let [largest, chance, changed] = [0, 0, 0]
  const numbers = own.map(({ values }) => at(values, 0))
  const span = numbers.reduce((a, b) => Math.max(a, b), -Infinity) - numbers.reduce((a, b) => Math.min(a, b), Infinity)
  cells.forEach((row, i) => {
    const scores = scoresOfSums(model, row)
    const opened = openScores(model, scores)
    const wanted = at(own, i)
    scores.forEach((score, output) => {
      largest = Math.max(largest, Math.abs(score / unit - at(wanted.scores, output)))
    })
    if (opened.kind === 'number') {
      if (Math.abs(opened.answer - at(wanted.values, 0)) > span / 100) changed += 1
      return
    }
    if (wanted.answer !== null && model.answers?.[wanted.answer] !== opened.answer) changed += 1
    const shares = wanted.values.length === 1 ? (opened.shares ?? []).slice(1) : (opened.shares ?? [])
    shares.forEach((share, k) => {
      chance = Math.max(chance, Math.abs(share - at(wanted.values, k)))
    })
  })
  return { changed, largest, chance }
}

/** The truth of the rows of a sample, where it has a column of that name. */
export function truthsOf({ raw }: Sample, target: string | null, rows: readonly number[]): readonly string[] | null {
  const column = raw?.columns.find(({ name }) => name === target)
  return column === undefined ? null : rows.map((row) => column.textAt(at(column.codes, row)))
}

/** How often the library's model and sums are right; of numbers, their R². */
export function accuracyOf(
  model: Sums,
  cells: readonly (readonly number[])[],
  own: readonly ForeignPrediction[],
  truths: readonly string[],
): NonNullable<SumsLoss['accuracy']> {
  const { answers } = model
  const given = cells.map((row) => openScores(model, scoresOfSums(model, row)).answer)
  if (answers !== null) {
    const isRight = (answer: string | number | undefined, i: number) => {
      const truth = at(truths, i)
      return String(answer) === truth || (answer !== '' && Number(answer) === Number(truth))
    }
    const share = (right: readonly boolean[]) => right.filter(Boolean).length / right.length
    return {
      before: share(own.map(({ answer }, i) => isRight(answers[answer ?? -1], i))),
      after: share(given.map(isRight)),
    }
  }
  const wanted = truths.map(Number)
  const mean = wanted.reduce((sum, value) => sum + value, 0) / wanted.length
  const squares = (values: readonly number[]) => values.reduce((sum, value, i) => sum + (value - at(wanted, i)) ** 2, 0)
  const all = squares(wanted.map(() => mean))
  return {
    before: 1 - squares(own.map(({ values }) => at(values, 0))) / all,
    after: 1 - squares(given.map(Number)) / all,
  }
}
