import { at } from '../at.ts'
import type { Contract } from '../contract.ts'
import type { Opened } from '../schemes/scheme.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import type { PageDocuments } from './documents.ts'
import { askedOf, facts, numberWriter } from './shown.ts'

/** How the model did on people that it had not seen, where that was measured. */
export function showUnseen({ unseen, target }: PageDocuments, speech: Speech<PageCatalogue>): HTMLElement[] {
  if (unseen === undefined) return []
  const { say } = speech
  const unit = target.unit === null ? '' : ` ${target.unit}`
  const said =
    'right' in unseen
      ? say('answer.right-of', { right: unseen.right })
      : say('answer.off-by', { error: `${numberWriter(unseen.error / 10, speech)(unseen.error)}${unit}` })
  return [row(say('answer.right'), said)]
}

/** How an answer compares with all people in the training data, where the model's owner publishes how those are spread. */
export function showBeside(
  opened: Opened,
  { answers }: Pick<Contract, 'answers'>,
  { distribution }: PageDocuments,
  { say }: Speech<PageCatalogue>,
): HTMLElement[] {
  if (distribution === undefined) return []
  const value = comparedOf(opened, answers ?? [])
  if (value === null) return []
  const percentUpTo = (isIn: (other: number) => boolean) =>
    Math.max(0, ...distribution.steps.filter((step) => isIn(step.value)).map(({ percent }) => percent))
  const shares = { part: 100 - percentUpTo((other) => other <= value), less: percentUpTo((other) => other < value) }
  const said = distribution.of === 'chance' ? say('answer.others-higher', shares) : say('answer.others-number', shares)
  return [row(say('answer.others'), said)]
}

/** What of an answer is compared: the chance of the answer that is asked about in whole percent, or the number to two digits. */
export function comparedOf(opened: Opened, answers: readonly string[]): number | null {
  if (opened.kind === 'number') return Number(opened.answer.toPrecision(2))
  if (opened.shares === undefined || answers.length !== 2) return null
  return Math.round(100 * at(opened.shares, askedOf(answers, opened.answer)))
}

function row(name: string, said: string): HTMLElement {
  const list = facts([[name, said]])
  list.className = 'rows'
  return list
}
