import { open, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { csvOptionsOf } from '../1-read/options.ts'
import { readSchema, schemaPath } from '../1-read/schema.ts'
import { badOption, noAssessedRows } from '../errors.ts'
import { compilePoints, isPointsFile } from '../import-points.ts'
import { type Compiled, type CompileOptions, compile } from '../index.ts'
import type { GivenOptions } from '../options.ts'
import { assessmentOf } from '../report/assessment.ts'
import { positiveOf } from '../report/clinical.ts'
import { schemeFor, schemes } from '../schemes/index.ts'
import type { Watch } from '../watch.ts'
import { moduleOf } from './command.ts'
import { type CompileValues, options, schemeValues, trainingOf } from './compile-options.ts'
import { type Destination, finish } from './finish.ts'
import { importCoefficientFile, importModel, isCoefficientFile, isModelFile } from './import.ts'
import { judgeRows } from './judged-rows.ts'
import { stopwatch } from './progress.ts'
import { readPublicKey } from './reply-key.ts'
import { csvArgument } from './rows.ts'

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
  run: (values, csv, given) => run(values as CompileValues, csv, given),
})

async function run(values: CompileValues, csv: string, given: GivenOptions): Promise<void> {
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
  const training = trainingOf(csv, values, given)
  const watch = stopwatch()
  const compiled = await withProgress(csv, watch, {
    ...training,
    ...(values['test-data'] === undefined ? {} : { testData: tryOn(values['test-data'], values) }),
    name,
    publishDistribution: values['publish-distribution'],
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
  values: CompileValues,
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
function tryOn(file: string, values: CompileValues): NonNullable<CompileOptions['testData']> {
  return async (model, contract, { positive, assessment }) => {
    const columns = {
      target: model.target ?? '',
      weight: values['sample-weight'] ?? null,
      group: values.group ?? null,
      others: [],
    }
    const { outcomes, refused } = await judgeRows(file, contract, model, columns, csvOptionsOf(values))
    if (outcomes.length === 0) throw noAssessedRows(basename(file), refused)
    const named = model.classes === null ? null : positiveOf(model.classes, positive?.answer ?? null)
    // The threshold is the one that rows of training chose: chosen anew, it would flatter.
    const chance = assessment?.clinical?.threshold ?? null
    const threshold = chance === null ? null : { chance }
    const { estimates, clinical } = assessmentOf(outcomes, model.classes, named, threshold)
    return { file: basename(file), rows: outcomes.length, refused, figures: estimates, clinical }
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
