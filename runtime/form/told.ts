import type { Contract } from '../contract.ts'
import type { PageDocuments } from '../page/documents.ts'
import type { Opened } from '../schemes/scheme.ts'
import type { FormCatalogue } from '../words/form.ts'
import { latin, type Speech } from '../words/message.ts'

/** An answer in a line, and what is told beside it, in lines. */
export interface Told {
  readonly answer: string
  readonly beside: readonly string[]
}

/** Says an answer: what it means by the schema, and how often or how likely, where that is told. */
export function tellAnswer(
  opened: Opened,
  { answers }: Pick<Contract, 'answers'>,
  { target }: Pick<PageDocuments, 'target'>,
  speech: Speech<FormCatalogue>,
): Told {
  const { say, lang } = speech
  const number = new Intl.NumberFormat(lang, { ...latin, maximumSignificantDigits: 6 })
  const clamped = opened.clamped === undefined ? [] : [say('told.clamped')]
  if (opened.kind === 'number') {
    const unit = target.unit === null ? '' : ` ${target.unit}`
    return { answer: `${number.format(opened.answer)}${unit}`, beside: clamped }
  }
  const { answer, counts, percent, shares } = opened
  const place = answers?.indexOf(answer) ?? -1
  const share = percent === undefined ? shares?.[place] : percent / 100
  const whole = counts?.reduce((sum, count) => sum + count, 0) ?? 0
  const beside = [
    ...(counts === undefined ? [] : [say('told.counted', { part: counts[place] ?? 0, whole })]),
    ...(share === undefined ? [] : [say('told.chance', { percent: chanceIn(lang, share) })]),
    ...clamped,
  ]
  return { answer: target.categories.find(({ value }) => value === answer)?.label ?? answer, beside }
}

/** Nothing is certain: above 99 and below 1 percent no figure is said. */
function chanceIn(lang: string, share: number): string {
  const format = new Intl.NumberFormat(lang, { ...latin, style: 'percent', maximumFractionDigits: 0 })
  if (share > 0.99) return `> ${format.format(0.99)}`
  return share < 0.01 ? `< ${format.format(0.01)}` : format.format(share)
}
