import { open, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { csvOptionsOf, readOptionsOf, readRows } from '../1-read/options.ts'
import { readSchema, schemaPath } from '../1-read/schema.ts'
import {
  defaultTrainOptions,
  familiesWith,
  optionsOfTraining,
  trainedFamilies,
  trainerRows,
  trainOptionsOf,
} from '../2-train/index.ts'
import { badOption, noAssessedRows } from '../errors.ts'
import { compilePoints, isPointsFile } from '../import-points.ts'
import { type Compiled, type CompileOptions, compile } from '../index.ts'
import { type Family, families } from '../model.ts'
import { type GivenOptions, givenOf, type OptionRow, type OptionValues } from '../options.ts'
import { assessmentOf } from '../report/assessment.ts'
import { positiveOf } from '../report/clinical.ts'
import { defaultMeasureOptions, measureRows, thresholdNamed } from '../report/figures.ts'
import type { MeasureOptions } from '../report/held-out.ts'
import { cryptosystems, reveals, revealsWith, schemeFor, schemeOptions, schemes } from '../schemes/index.ts'
import type { Watch } from '../watch.ts'
import { moduleOf } from './command.ts'
import { type Destination, finish } from './finish.ts'
import { importCoefficientFile, importModel, importRows, isCoefficientFile, isModelFile } from './import.ts'
import { judgeRows } from './judged-rows.ts'
import { stopwatch } from './progress.ts'
import { readPublicKey } from './reply-key.ts'
import { csvArgument, jsonRow, outRow } from './rows.ts'

const ownRows = {
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

export const { builder, handler, optionNames } = moduleOf({
  argument: csvArgument,
  options,
  takesRecipe: true,
  examples: [
    ['datasets/heart-disease.csv', 'writes generated/heart-disease/'],
    ['train.csv --target outcome --max-depth 4', ''],
    ['model.json --data sample.csv --answers no,yes --cuts even:32', 'a model of XGBoost'],
    ...schemes
      .filter(({ family, reveal }) => schemeFor(family, null).reveal !== reveal)
      .map(({ reveal, summary: text }) => [`train.csv --reveal ${reveal}`, `clients learn ${text}`] as const),
  ],
  run: (values, csv, given) => run(values as OptionValues<typeof ownRows>, csv, given),
})

async function run(values: OptionValues<typeof ownRows>, csv: string, given: GivenOptions): Promise<void> {
  const name = values.name ?? nameOf(csv)
  const to: Destination = {
    name,
    directory: values.out ?? join('generated', name),
    check: values.check,
    json: values.json,
  }
  const replyKey = values['reply-key'] === undefined ? undefined : await readPublicKey(values['reply-key'])
  const points = await pointsIn(csv)
  if (points !== null) {
    if (values['publish-distribution']) {
      throw badOption('publish-distribution', true, 'nothing for a table of points: it needs the rows of training')
    }
    const path = values.schema ?? schemaPath(csv)
    const schema = await readSchema(path, path, true)
    if (schema === null) throw badOption('schema', values.schema, 'the Table Schema of the columns')
    const imported = compilePoints({
      file: basename(csv),
      text: points,
      schema,
      name,
      reveal: values.reveal ?? null,
      how: values.scheme ?? null,
      scheme: schemeValues({ ...values, model: 'additive' }, given),
      ...(replyKey === undefined ? {} : { replyKey }),
    })
    return finish({ ...imported, ...noEvidence }, to, () => [])
  }
  const importing = (await isModelFile(csv))
    ? importModel
    : (await isCoefficientFile(csv))
      ? importCoefficientFile
      : null
  if (importing !== null) {
    if (values['publish-distribution']) {
      throw badOption('publish-distribution', true, 'nothing for a model file: it needs the rows of training')
    }
    if (values['test-data'] !== undefined)
      throw badOption('test-data', values['test-data'], 'nothing for a model file: emp-compile assess tries it')
    return runImport(importing, values, csv, given, to, replyKey)
  }
  for (const option of givenOf(importRows, given)) {
    throw badOption(option, given[option], 'nothing where a model is trained: it is for model files')
  }
  checkFamily(values.model, given)
  const watch = stopwatch()
  const compiled = await withProgress(csv, watch, {
    ...readOptionsOf(csv, values),
    ...(values.model === 'tree' ? trainOptionsOf(values) : defaultTrainOptions),
    ...(values.model === 'tree' ? {} : { training: trainingValues(values.model, given) }),
    measure: measureOptionsOf(values),
    ...(values['test-data'] === undefined ? {} : { testData: tryOn(values['test-data'], values) }),
    name,
    publishDistribution: values['publish-distribution'],
    family: values.model,
    reveal: values.reveal ?? null,
    how: values.scheme ?? null,
    scheme: schemeValues(values, given),
    ...(replyKey === undefined ? {} : { replyKey }),
  })
  await finish({ ...compiled, rows: compiled.table.rows, loss: null }, to, watch.end)
}

/** Of a model that was not trained here. */
const noEvidence = { rows: null, figures: null, path: null, loss: null }

/** The text of a table of points; null if a file is none, or not there. */
async function pointsIn(path: string): Promise<string | null> {
  const file = await open(path).catch(() => null)
  if (file === null) return null
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(256), 0, 256)
    const head = new TextDecoder().decode(buffer.subarray(0, bytesRead))
    if (!isPointsFile(`${head.split('\n')[0]}\n`) && !head.trimStart().startsWith('{')) return null
    const text = await readFile(path, 'utf8')
    return isPointsFile(text) ? text : null
  } finally {
    await file.close()
  }
}

/** Compiles a model that was trained elsewhere. */
async function runImport(
  importing: typeof importModel,
  values: OptionValues<typeof ownRows>,
  file: string,
  given: GivenOptions,
  to: Destination,
  replyKey: string | undefined,
): Promise<void> {
  const { schema = null, target = null, reveal = null } = values
  const reading = csvOptionsOf(values)
  const own = replyKey === undefined ? {} : { replyKey }
  const watch = stopwatch()
  watch.step('importing')
  const compiled = await importing(file, values, given, { name: to.name, schema, reading, target, reveal, ...own })
  await finish({ ...compiled, ...noEvidence, loss: compiled.loss }, to, watch.end)
}

/** Tries a model on rows of another origin. Weights and groups are those of training, where the file has such columns. */
function tryOn(file: string, values: OptionValues<typeof ownRows>): NonNullable<CompileOptions['testData']> {
  return async (model, contract, { positive }) => {
    const columns = {
      target: model.target,
      weight: values['sample-weight'] ?? null,
      group: values.group ?? null,
      others: [],
    }
    const { outcomes, refused } = await judgeRows(file, contract, model, columns, csvOptionsOf(values))
    if (outcomes.length === 0) throw noAssessedRows(basename(file), refused)
    const named = model.classes === null ? null : positiveOf(model.classes, positive?.answer ?? null)
    const threshold = thresholdNamed(values.threshold, named)
    const { estimates, clinical } = assessmentOf(outcomes, model.classes, named, threshold)
    return { file: basename(file), rows: outcomes.length, refused, figures: estimates, clinical }
  }
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
function schemeValues({ model, reveal, scheme }: OptionValues<typeof ownRows>, given: GivenOptions): GivenOptions {
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
}: OptionValues<typeof ownRows>): MeasureOptions {
  return {
    folds: folds ?? defaultMeasureOptions.folds,
    repeats,
    seed,
    testSize: testSize ?? null,
    positive: positive ?? null,
    threshold: threshold ?? null,
  }
}

async function withProgress(csv: string, watch: Watch, options: CompileOptions): Promise<Compiled> {
  const size = await stat(csv).then(
    (status) => status.size,
    () => 0,
  )
  let bytes = 0
  return compile({
    ...options,
    watch,
    onBytes: (count) => {
      bytes += count
      watch.part(Math.floor(bytes / 1e6), Math.ceil(size / 1e6))
    },
  })
}

/** `Heart disease.csv` -> `heart-disease`. */
function nameOf(csv: string): string {
  const slug = basename(csv)
    .replace(/\.[^.]*$/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return slug.slice(0, 64) || 'model'
}
