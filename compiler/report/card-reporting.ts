import { markdownText } from '../emit/escape.ts'
import type { CardEntry } from '../table.ts'
import { clinicalRows, operatingPoint } from './assessment.ts'
import type { Figures } from './figures.ts'
import { subgroupTable } from './subgroups.ts'

/**
 * What a reader of a prediction model asks beside its figures, and what only its maker knows: the name of each entry in the
 * `card` of a schema, the item of the guideline, and the question.
 *
 * Source: Collins et al., "TRIPOD+AI statement", BMJ 385, 2024, e078378.
 */
const reporting: readonly (readonly [name: string, item: string, question: string])[] = [
  ['intended use', '3b', 'what the model is for, and where in care'],
  ['users', '3b', 'who is to use it'],
  ['inequalities', '3c', 'known inequalities between groups of patients'],
  ['source', '5a', 'where the data come from: trial, cohort, register'],
  ['dates', '5b', 'when the data were gathered, and the end of follow-up'],
  ['setting', '6a', 'care, number and place of centres'],
  ['eligibility', '6b', 'who was included and who not'],
  ['treatments', '6c', 'which treatments people had'],
  ['outcome', '8a', 'what the target is, how and by whom it was assessed'],
  ['horizon', '8a', 'the time from prediction to outcome'],
  ['predictors', '9b', 'how and when the columns were measured'],
  ['sample size', '10', 'why there are as many rows'],
  ['missing values', '11', 'why values are missing, and what was decided'],
  ['fairness', '14', 'for whom it was checked apart, and why'],
  ['external validation', '16', 'on whom it was tried elsewhere'],
  ['ethics', '17', 'approval, and consent'],
  ['funding', '18a', 'who paid, and for what'],
  ['conflicts of interest', '18b', 'of the makers'],
  ['protocol', '18c', 'where it can be read'],
  ['registration', '18d', 'of the study'],
  ['availability', '18e', 'of data and code'],
  ['patient involvement', '19', 'of patients and the public'],
]

/** The names that a schema's `card` is asked for. */
export const cardNames: readonly string[] = reporting.map(([name]) => name)

const keyOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim()

/** What the maker says, "not stated" where there is nothing; and what else is said, in its order. */
export function reportingTable(card: readonly CardEntry[]): string {
  const known = new Map(card.map(({ name, text }) => [keyOf(name), text]))
  const asked = reporting.map(([name, item, question]) => {
    const text = known.get(name) ?? ''
    return `| ${name} | ${item} | ${question} | ${text === '' ? 'not stated' : markdownText(text)} |`
  })
  const others = card
    .filter(({ name, text }) => !cardNames.includes(keyOf(name)) && text !== '')
    .map(({ name, text }) => `| ${markdownText(name)} | | | ${markdownText(text)} |`)
  return `
## Reporting

What only the makers know, by TRIPOD+AI (Collins et al., BMJ 2024); the numbers are those of its items. It comes from \`card\` in
the Table Schema.

| entry | item | asks | stated |
| --- | --- | --- | --- |
${[...asked, ...others].join('\n')}
`
}

/** The figures at the operating point, and those of groups of people; nothing where there are none. */
export function clinicalTables({ positive, assessment, subgroups }: Figures): string {
  const clinical = assessment?.clinical ?? null
  const rows = (table: readonly (readonly string[])[]) =>
    table.map((cells) => `| ${cells.map(markdownText).join(' | ')} |`).join('\n')
  const atPoint =
    clinical === null || positive === null
      ? ''
      : `
Positive: ${markdownText(operatingPoint(clinical, positive.answer))}, on rows not seen, with 95% intervals.

| | |
| --- | ---: |
${rows(clinicalRows(clinical))}
`
  const [head = [], ...groups] = subgroupTable(subgroups)
  if (groups.length === 0) return atPoint
  return `${atPoint}
Groups of people apart, on rows not seen, with 95% intervals:

${rows([head])}
|${head.map(() => ' --- |').join('')}
${rows(groups)}
`
}
