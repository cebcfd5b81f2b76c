import type { Table } from '../table.ts'
import { percent, significant } from '../text.ts'
import { shown } from './assessment.ts'
import type { Figures } from './figures.ts'

/** What a clinician reads first: what the model is for, and how good it is, in words. */
export interface FirstScreen {
  readonly lead: readonly string[]
  /** A figure each, under its name. */
  readonly cards: readonly (readonly [name: string, value: string])[]
}

/** @param kind what the model is: `A decision tree`. @param isPruned whether a pruning path is told below. */
export function firstScreen(table: Table, figures: Figures, kind: string, isPruned: boolean): FirstScreen {
  const { target, source, rows } = table
  const named = target.document.title ?? target.name
  const means = target.document.description ?? ''
  const answers = target.kind === 'number' ? '' : ` The answers: ${answerLabels(table).join('; ')}.`
  return {
    lead: [
      `${kind} that predicts: ${named}.${means === '' ? '' : ` ${sentence(means)}`}${answers}`,
      ...said(table, figures),
      ...(source.description === null ? [] : [source.description]),
      `It was made from ${rows} records in ${source.file}, and knows only people like those. It is for research: it must not decide about a patient.`,
      ...quoted(figures, isPruned),
    ],
    cards: cardsOf(table, figures),
  }
}

/** The answers in the words of the schema. */
export const answerLabels = ({ target }: Pick<Table, 'target'>): readonly string[] =>
  target.kind === 'number' ? [] : target.answers.map((answer) => target.document.categories.get(answer) ?? answer)

/** What “it” is on the cards. */
function said(table: Table, { positive, assessment }: Figures): string[] {
  if (positive === null || assessment === null) return []
  const label = positiveLabel(table, positive.answer)
  return label.length > longest ? [`“It” is “${label}”. In brackets: where the figure lies, with 95% confidence.`] : []
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)

function quoted({ heldOut, training }: Figures, isPruned: boolean): string[] {
  if (heldOut === null) return ['How good it is on people whom it has not seen was not measured.']
  if (!('accuracy' in heldOut.estimates) || !('accuracy' in training)) return []
  const quote = percent(heldOut.estimates.accuracy.value)
  const own = `${percent(training.accuracy)} on the people it was made from`
  const flatter = isPruned
    ? `Others below it flatter: ${own}, and those of the pruning path, which chose its size.`
    : `Another flatters: ${own}.`
  return [`${quote} is the figure to quote: it was measured on people whom the model had not seen. ${flatter}`]
}

function cardsOf(
  table: Table,
  { heldOut, baseline, positive, assessment, testData, training }: Figures,
): FirstScreen['cards'] {
  const people = heldOut === null ? 'on the people it was made from' : 'of 100 people not seen'
  const estimates = heldOut?.estimates
  if (estimates !== undefined && !('accuracy' in estimates)) {
    const { unit } = table.target.document
    const inUnit = (value: number) => `${significant(value)}${unit === null ? '' : ` ${unit}`}`
    return [
      ['Usual error on people not seen', shown(estimates.rmse, inUnit)],
      ['Error of always saying the mean', inUnit(baseline)],
      ['Share of the variance explained', estimates.r2 === null ? '-' : shown(estimates.r2)],
    ]
  }
  const cards: [string, string][] = []
  if (estimates !== undefined) {
    cards.push([`Right answers, ${people}`, shown(estimates.accuracy, of100)])
    cards.push(['Always the most frequent answer would be right for', of100(baseline)])
    const { rocAuc } = estimates
    if (rocAuc !== null) cards.push(['Area under the ROC curve', shown(rocAuc, (value) => value.toFixed(2))])
  } else if ('accuracy' in training) cards.push([`Right answers, ${people}`, percent(training.accuracy)])
  const clinical = assessment?.clinical ?? null
  if (positive !== null && clinical !== null) {
    const label = positiveLabel(table, positive.answer)
    const it = label.length > longest ? 'it' : `“${label}”`
    cards.push([`Of 100 people who have ${it}, found`, shown(clinical.sensitivity, of100)])
    cards.push([`Of 100 who do not have it, told so`, shown(clinical.specificity, of100)])
    cards.push([`Of 100 who are told that they have ${it}, right`, shown(clinical.ppv, of100)])
    cards.push(['Of 100 who are told that they do not, right', shown(clinical.npv, of100)])
  }
  if (testData !== null && 'accuracy' in testData.figures)
    cards.push([`Right answers on ${testData.rows} rows of ${testData.file}`, shown(testData.figures.accuracy, of100)])
  return cards
}

/** A longer answer has no room on a card: the text says what “it” is. */
const longest = 24

/** A share as people of a hundred. */
const of100 = (share: number) => `${Math.round(100 * share)}`

/** The positive answer in the words of the schema. */
export const positiveLabel = ({ target }: Pick<Table, 'target'>, answer: string): string =>
  target.document.categories.get(answer) ?? answer
