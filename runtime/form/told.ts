import type { Contract } from '../contract.ts'
import type { PageDocuments } from '../page/documents.ts'
import type { Opened } from '../schemes/scheme.ts'
import type { FormWords } from './words.ts'

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
  words: FormWords,
  lang: string,
): Told {
  const number = new Intl.NumberFormat(lang, { maximumSignificantDigits: 6 })
  const clamped = opened.clamped === undefined ? [] : [words.clamped]
  if (opened.kind === 'number') {
    const unit = target.unit === null ? '' : ` ${target.unit}`
    return { answer: `${number.format(opened.answer)}${unit}`, beside: clamped }
  }
  const { answer, counts, percent, shares } = opened
  const place = answers?.indexOf(answer) ?? -1
  const share = percent === undefined ? shares?.[place] : percent / 100
  const whole = counts?.reduce((sum, count) => sum + count, 0) ?? 0
  const beside = [
    ...(counts === undefined ? [] : [words.counted(number.format(counts[place] ?? 0), number.format(whole))]),
    ...(share === undefined ? [] : [words.chance(chanceIn(lang, share))]),
    ...clamped,
  ]
  return { answer: target.categories.find(({ value }) => value === answer)?.label ?? answer, beside }
}

/** Nothing is certain: above 99 and below 1 percent no figure is said. */
function chanceIn(lang: string, share: number): string {
  const format = new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 0 })
  if (share > 0.99) return `> ${format.format(0.99)}`
  return share < 0.01 ? `< ${format.format(0.01)}` : format.format(share)
}
