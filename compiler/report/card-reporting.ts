import { markdownText } from '../emit/escape.ts'
import type { CardEntry } from '../table.ts'
import { clinicalRows, operatingPoint } from './assessment.ts'
import type { Figures } from './figures.ts'
import { subgroupTable } from './subgroups.ts'

/**
 * What a reader of a prediction model asks beside its figures, and what only its maker knows: the name of each entry in the
 * `card` of a schema, the item of the guideline, and the question.
 *
 * Source: Collins et al., "TRIPOD+AI statement: updated guidance for reporting clinical prediction models that use
 * regression or machine learning methods", BMJ 385, 2024, e078378: items of its checklist, shortened. What a report tells
 * by itself (12, 13, 15, 20 to 24) is not asked for.
 */
const reporting: readonly (readonly [name: string, item: string, question: string])[] = [
  ['context', '3a', 'the disease, why a model, and which there are already'],
  ['intended use', '3b', 'for whom and what the model is, and where in care'],
  ['users', '3b', 'who is to use it'],
  ['inequalities', '3c', 'known inequalities between groups of patients'],
  ['source', '5a', 'where the data come from (trial, cohort, routine care, register), and for whom they stand'],
  ['dates', '5b', 'when the data were gathered, and the end of follow-up'],
  ['setting', '6a', 'care, number and place of centres'],
  ['eligibility', '6b', 'who was included and who not'],
  ['treatments', '6c', 'which treatments people had, and how they were dealt with'],
  ['preparation', '7', 'how values were checked and prepared, and whether alike in all groups'],
  ['outcome', '8a', 'what the target is, how and when it was assessed, and why it was chosen'],
  ['horizon', '8a', 'the time from prediction to outcome'],
  ['assessors', '8b, 8c', 'who assessed the outcome, and whether blind to the columns'],
  ['choice of predictors', '9a', 'which columns there were, and which were left out before training'],
  ['predictors', '9b', 'how and when the columns were measured'],
  ['sample size', '10', 'why there are as many rows'],
  ['missing values', '11', 'how gaps were dealt with, and why data were left out'],
  ['fairness', '14', 'what was done for it, and why'],
  ['external validation', '16', 'on whom it was tried elsewhere, and how they differ'],
  ['ethics', '17', 'approval, and consent'],
  ['funding', '18a', 'who paid, and what part they had'],
  ['conflicts of interest', '18b', 'of the makers'],
  ['protocol', '18c', 'where it can be read, or that there is none'],
  ['registration', '18d', 'of the study, or that there is none'],
  ['availability', '18e', 'of the data'],
  ['code', '18f', 'availability of the code of the analysis'],
  ['patient involvement', '19', 'of patients and the public, or that there was none'],
  ['limitations', '26', 'what may bias the figures, or keep them from holding elsewhere'],
  ['poor input', '27a', 'what to do where a value is missing or doubtful'],
  ['expertise', '27b', 'what users have to do and to know'],
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
