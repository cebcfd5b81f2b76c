import { readOptionsOf, readRows } from '../1-read/options.ts'
import {
  defaultTrainOptions,
  familiesWith,
  optionsOfTraining,
  trainedFamilies,
  trainerRows,
  trainOptionsOf,
} from '../2-train/index.ts'
import { badOption } from '../errors.ts'
import type { CompileOptions } from '../index.ts'
import { type Family, families } from '../model.ts'
import { type GivenOptions, givenOf, type OptionRow, type OptionValues, readOptions } from '../options.ts'
import { defaultMeasureOptions, measureRows } from '../report/figures.ts'
import type { MeasureOptions } from '../report/held-out.ts'
import { columnsBy } from '../report/subgroups.ts'
import { cryptosystems, reveals, revealsWith, schemeFor, schemeOptions, schemes } from '../schemes/index.ts'
import { readRecipe } from './command.ts'
import { importRows } from './import.ts'
import { jsonRow, outRow } from './rows.ts'

/** The options of a compile, but those of schemes. */
export const ownRows = {
  ...importRows,
  ...readRows,
  ...trainerRows,
  ...measureRows,
  model: { type: 'choice', choices: trainedFamilies, text: 'what is trained', default: 'tree' },
  reveal: {
    type: 'choice',
    choices: reveals,
    text: `what the client learns: ${schemes.map(({ reveal, summary: text }) => `${reveal}, ${text}`).join('; ')}`,
    usual: families.map((family) => `${schemeFor(family, null).reveal} for ${family}`).join(', '),
  },
  'publish-distribution': {
    type: 'flag',
    text: 'publish how people in the training data are spread over a score, in whole percent, for the page to compare',
  },
  by: { type: 'names', text: 'figures apart for groups, by commas: sex, or age>=65' },
  'test-data': { type: 'text', text: 'CSV of another origin to try the model on, as assess does' },
  scheme: {
    type: 'choice',
    choices: cryptosystems,
    text: 'cryptosystem, where two fit',
    usual: 'the first that fits',
  },
  name: { type: 'text', text: 'name of the model', usual: "the CSV's name" },
  out: outRow('directory to write', 'generated/<name>'),
  'reply-key': {
    type: 'text',
    text: 'PEM of the key that signs replies; its public part is pinned in the client',
    usual: 'replies are not signed',
  },
  check: { type: 'flag', text: 'write nothing; exit 1 if the output is stale' },
  json: jsonRow,
} as const

/** With the options of all schemes, each of which says whose it is. */
export const options = {
  ...ownRows,
  ...Object.fromEntries(
    Object.entries(schemeOptions).map(([name, row]) => [
      name,
      { ...row, text: `${[...new Set(revealsWith(name))].join(', ')}: ${row.text}` },
    ]),
  ),
  cuts: {
    type: 'text',
    text: `${[...new Set(revealsWith('cuts'))].join(', ')}: most cuts for each feature, published before training; of a model file even:N, log:N, used+decoys:N or used`,
    usual: '32; of a model file none',
  },
  rounds: {
    type: 'text',
    text: 'additive: stumps that are boosted; of a model file the rounds of boosting to take, best, all or a number',
    usual: 'by cross-validation; of a model file best, the ones up to where it stopped early',
  },
} as const

export type CompileValues = OptionValues<typeof ownRows>

/** What is trained of a CSV, and how, by the options that were given. @throws {CompileError} `bad-option` */
export function trainingOf(
  csv: string,
  values: CompileValues,
  given: GivenOptions,
): Omit<CompileOptions, 'name' | 'testData' | 'replyKey'> {
  for (const option of givenOf(importRows, given)) {
    throw badOption(option, given[option], 'nothing where a model is trained: it is for model files')
  }
  checkFamily(values.model, given)
  return {
    ...readOptionsOf(csv, values),
    others: columnsBy(values.by),
    ...(values.model === 'tree' ? trainOptionsOf(values) : defaultTrainOptions),
    ...(values.model === 'tree' ? {} : { training: trainingValues(values.model, given) }),
    measure: measureOptionsOf(values),
    family: values.model,
    reveal: values.reveal ?? null,
    how: values.scheme ?? null,
    scheme: schemeValues(values, given),
  }
}

/** A recipe file, for a CSV. @throws {CompileError} `cannot-read`, `bad-option` */
export function recipeIn(file: string, csv: string): { given: GivenOptions; training: ReturnType<typeof trainingOf> } {
  const given = readRecipe(file) as GivenOptions
  for (const [name, value] of Object.entries(given)) {
    if (!(name in options)) throw badOption(name, value, `nothing in ${file}: there is no such option`)
  }
  return { given, training: trainingOf(csv, readOptions(options, given) as CompileValues, given) }
}

/** The values of a family's options. */
function trainingValues(model: Family, given: GivenOptions): GivenOptions {
  const own = optionsOfTraining(model)
  return Object.fromEntries(givenOf(own, given).map((name) => [name, numberIf(own[name], given[name])]))
}

/** @throws {CompileError} `bad-option` for an option of another family. */
function checkFamily(model: Family, given: GivenOptions): void {
  for (const name of givenOf(trainerRows, given)) {
    if (name in optionsOfTraining(model)) continue
    // What has a default is always given.
    if ('default' in trainerRows[name as keyof typeof trainerRows]) continue
    throw badOption(name, given[name], `nothing: it is for \u2e28model\u2e29 ${familiesWith(name).join(' or ')}`)
  }
}

/** @throws {CompileError} `bad-option` for an option of another scheme. */
export function schemeValues({ model, reveal, scheme }: CompileValues, given: GivenOptions): GivenOptions {
  const own = schemeFor(model, reveal ?? null, scheme ?? null).options
  for (const name of givenOf(schemeOptions, given)) {
    if (!(name in own)) {
      throw badOption(name, given[name], `nothing: it is for \u2e28reveal\u2e29 ${revealsWith(name).join(' or ')}`)
    }
  }
  return Object.fromEntries(Object.entries(own).map(([name, row]) => [name, numberIf(row, given[name])]))
}

/** The cuts and the rounds of a model file are no numbers, so they are read as texts. */
const numberIf = (row: OptionRow | undefined, value: unknown) =>
  row?.type === 'number' && typeof value === 'string' && !Number.isNaN(Number(value)) ? Number(value) : value

function measureOptionsOf({
  folds,
  repeats,
  seed,
  'test-size': testSize,
  positive,
  threshold,
  by,
}: CompileValues): MeasureOptions {
  return {
    folds: folds ?? defaultMeasureOptions.folds,
    repeats,
    seed,
    testSize: testSize ?? null,
    positive: positive ?? null,
    threshold: threshold ?? null,
    by,
  }
}
