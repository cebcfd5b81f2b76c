import { csvOptionsOf, csvRows } from '../1-read/options.ts'
import { badOption, noAssessedRows } from '../errors.ts'
import type { OptionValues } from '../options.ts'
import {
  type Assessment,
  answerRows,
  assessmentOf,
  clinicalRows,
  decisionRows,
  estimateRows,
  operatingPoint,
  thresholdRows,
} from '../report/assessment.ts'
import { type OperatingPoint, type Positive, positiveOf } from '../report/clinical.ts'
import { positiveNamed, positiveRows, thresholdNamed } from '../report/figures.ts'
import { columnsBy, subgroupsOf, subgroupTable } from '../report/subgroups.ts'
import { aligned } from './aligned.ts'
import { moduleOf } from './command.ts'
import { judgeRows, type RefusedRow } from './judged-rows.ts'
import { loadClient, loadModelJson } from './load.ts'
import { jsonRow, modelArgument } from './rows.ts'

const rows = {
  data: { type: 'text', text: 'CSV of records and what is true of them', required: true },
  target: { type: 'text', text: 'column of the true answers', usual: "the model's own" },
  ...positiveRows,
  by: { type: 'names', text: 'figures apart for groups, by commas: sex, or age>=65' },
  'sample-weight': { type: 'text', text: 'column that says how much each row counts' },
  group: { type: 'text', text: 'column that says whose a row is' },
  ...csvRows,
  json: jsonRow,
} as const

export const { builder, handler, optionNames } = moduleOf({
  argument: modelArgument,
  options: rows,
  examples: [
    ['assess generated/heart-disease --data other-hospital.csv --target disease', ''],
    ['assess generated/heart-disease --data other-hospital.csv --threshold sensitivity=0.95', ''],
  ],
  run: assess,
})

async function assess(values: OptionValues<typeof rows>, directory: string): Promise<void> {
  const [{ contract }, model] = await Promise.all([loadClient(directory), loadModelJson(directory)])
  const named = positiveNamed(values.positive, model.classes) ?? model.figures?.positive?.answer ?? null
  const positive = model.classes === null ? null : positiveOf(model.classes, named)
  const threshold = thresholdNamed(values.threshold, positive)
  const target = values.target ?? model.target
  if (target === undefined)
    throw badOption('target', 'not given', 'the column of the true answers: a model that was imported names none')
  const { outcomes, refused, others } = await judgeRows(
    values.data,
    contract,
    model,
    {
      target,
      weight: values['sample-weight'] ?? null,
      group: values.group ?? null,
      others: columnsBy(values.by),
    },
    csvOptionsOf(values),
  )
  if (outcomes.length === 0 || outcomes.every(({ weight }) => weight === 0)) throw noAssessedRows(values.data, refused)
  const assessment = assessmentOf(outcomes, model.classes, positive, threshold)
  const subgroups = subgroupsOf(
    outcomes,
    others,
    values.by,
    model.classes,
    positive,
    assessment.clinical?.threshold ?? null,
  )
  if (values.json) {
    const { estimates, clinical, thresholds, decision, answers } = assessment
    const asked = values.positive !== undefined || values.threshold !== undefined
    const more = asked ? { positive: positive?.answer ?? null, clinical, thresholds, decision } : {}
    const apart = values.by.length === 0 ? {} : { subgroups }
    const perAnswer = answers.length === 0 ? {} : { answers }
    console.log(JSON.stringify({ rows: outcomes.length, refused, figures: estimates, ...more, ...perAnswer, ...apart }))
    return
  }
  const text = [
    `${outcomes.length} rows of ${values.data}${refused.length === 0 ? '' : `, ${refused.length} refused`}, 95% intervals in brackets`,
    ...aligned(estimateRows(assessment.estimates)),
    ...clinicalText(assessment, positive, threshold),
    ...(assessment.answers.length === 0 ? [] : ['', ...aligned(answerRows(assessment.answers, model.classes ?? []))]),
    ...(subgroups.length === 0 ? [] : ['', ...aligned(subgroupTable(subgroups))]),
    ...refusedText(refused),
  ]
  console.log(text.join('\n'))
}

function clinicalText(
  { clinical, thresholds, decision }: Assessment,
  positive: Positive | null,
  threshold: OperatingPoint | null,
): string[] {
  if (clinical === null || positive === null) return []
  const chosen = positive.isChosen ? '' : ' (chosen for you: --positive names another)'
  return [
    '',
    `Positive: ${operatingPoint(clinical, positive.answer)}${chosen}`,
    ...(threshold !== null && 'sensitivity' in threshold
      ? ['These rows chose that chance, so its sensitivity flatters: give the one that training chose, as a number.']
      : []),
    ...aligned(clinicalRows(clinical)),
    '',
    ...aligned(thresholdRows(thresholds)),
    '',
    ...aligned(decisionRows(decision)),
  ]
}

const mostListed = 10

function refusedText(refused: readonly RefusedRow[]): string[] {
  if (refused.length === 0) return []
  const more = refused.length - mostListed
  return [
    '',
    'Refused:',
    ...refused.slice(0, mostListed).map(({ line, reason }) => `line ${line ?? '?'}: ${reason}`),
    ...(more > 0 ? [`... and ${more} more; --json lists all`] : []),
  ]
}
