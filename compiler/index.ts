import { read, type TableOptions } from './1-read/read.ts'
import { type FitRows, type TrainOptions, trainModel } from './2-train/index.ts'
import { distributionOf, withPublishedDistribution } from './distribution.ts'
import { emitPageDocuments, type PageFigures } from './emit/page.ts'
import { javascriptOf } from './emit/source.ts'
import type { Pruning, TrainingEvidence } from './evidence.ts'
import type { Family, Model } from './model.ts'
import { checkName } from './model-name.ts'
import type { GivenOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { describeScales } from './public-cuts.ts'
import { recipeOf } from './recipe.ts'
import { type Figures, measure, type TestData } from './report/figures.ts'
import type { MeasureOptions } from './report/held-out.ts'
import type { ReportInput } from './report/input.ts'
import { modelCard } from './report/model-card.ts'
import { type ModelJson, modelJson } from './report/model-json.ts'
import { pictures } from './report/pictures.ts'
import { type PrunedPath, pricedPath } from './report/priced-path.ts'
import { summaryLines } from './report/summary.ts'
import { tell } from './report/tell.ts'
import type { Telling } from './report/telling.ts'
import { schemeFor, schemeOf } from './schemes/index.ts'
import type { Configured, Lowered } from './schemes/scheme.ts'
import type { Table } from './table.ts'
import type { OnPart, Watch } from './watch.ts'

export { defaultTrainOptions, type TrainOptions } from './2-train/index.ts'
export { CompileError } from './errors.ts'
export { version } from './version.ts'

export interface CompileOptions extends TableOptions, TrainOptions {
  /** The model's name. */
  readonly name: string
  /** What is trained; a tree by default. */
  readonly family?: Family
  /** The options of training of a family other than trees, by their names. */
  readonly training?: GivenOptions
  /** What the client learns; the family's first way by default. */
  readonly reveal?: string | null
  /** The cryptosystem, where two fit; the first that fits by default. */
  readonly how?: string | null
  /** The options of the scheme, by their names. */
  readonly scheme?: GivenOptions
  /** The public key of signed replies; without one they are not signed. */
  readonly replyKey?: string
  readonly measure: MeasureOptions
  /** Publishes how people in the training data are spread over what the model computes, for its page. */
  readonly publishDistribution?: boolean
  /** Tries the model on rows of another origin. */
  readonly testData?: (model: ModelJson, contract: Plan['contract'], figures: Figures) => Promise<TestData>
  /** Told which step is under way, and how far it is. */
  readonly watch?: Watch
}

/** What is compiled, where it came from, and what is known of it. */
export interface Produced {
  readonly table: Table
  readonly model: Model
  /** The pruning path; null where the recipe does not prune by cross-validation. */
  readonly pruning: Pruning | null
  readonly evidence: TrainingEvidence
  readonly figures: Figures
}

export interface Compiled extends Produced {
  /** The pruning path with what its models cost; null where there is none. */
  readonly path: PrunedPath | null
  readonly plan: Plan
  /** What is to be known at first sight: names and values. */
  readonly lines: readonly (readonly [string, string])[]
  /** The generated files by their path below the model's directory. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * CSV -> Table -> Model -> Plan -> two modules and a report. Writes nothing.
 *
 * @throws {CompileError}
 */
export async function compile(options: CompileOptions): Promise<Compiled> {
  checkName(options.name)
  const scheme = schemeFor(options.family ?? 'tree', options.reveal ?? null, options.how ?? null).configure(
    options.scheme ?? {},
  )
  return finish(await produce(options, scheme), scheme, options)
}

/** Reads and trains, and lowers nothing: to compare a recipe with another one. @throws {CompileError} */
export async function followRecipe(
  options: Omit<CompileOptions, 'name'>,
): Promise<{ readonly table: Table; readonly refit: FitRows }> {
  const { demands } = schemeFor(options.family ?? 'tree', options.reveal ?? null, options.how ?? null).configure(
    options.scheme ?? {},
  )
  const table = await read(options)
  const recipe: TrainOptions = { ...options, cuts: demands.cuts }
  const { refit } = trainModel(table, recipe, options.family, { ...demands.training, ...options.training })
  return { table, refit }
}

/** Reads and trains, as the scheme demands it. */
async function produce(options: CompileOptions, { demands }: Configured): Promise<Produced> {
  const { watch } = options
  watch?.step('reading')
  const whole = await read(options)
  const table = demands.cuts === null ? whole : { ...whole, notes: [...whole.notes, ...describeScales(whole.columns)] }
  watch?.step('training')
  let isMeasuring = false
  const onPart: OnPart = (done, total) => {
    if (!isMeasuring) watch?.part(done, total)
  }
  const recipe: TrainOptions = { ...options, cuts: demands.cuts, onPart }
  const { refit, ...trained } = trainModel(table, recipe, options.family, { ...demands.training, ...options.training })
  watch?.step('measuring')
  isMeasuring = true
  let models = 0
  const counted: FitRows = (rows, freely) => {
    watch?.part(models++, null)
    return refit(rows, freely)
  }
  return { table, ...trained, figures: measure(table, trained, counted, options.measure) }
}

/** Lowers, emits and reports. */
async function finish(produced: Produced, scheme: Configured, options: CompileOptions): Promise<Compiled> {
  options.watch?.step('compiling')
  const { table, model } = produced
  const plain = scheme.lower(model, table.target, options)
  const distribution = options.publishDistribution === true ? distributionOf(plain, table) : null
  const lowered = distribution === null ? plain : withPublishedDistribution(plain)
  const price = (one: Model) => scheme.price(one, table.target, options)
  const path = produced.pruning === null ? null : pricedPath(produced.pruning, produced.figures, price)
  const { words } = scheme.scheme
  const untried = { ...produced, lowered, path, words, recipe: recipeOf(options, scheme) }
  const telling = tell(untried)
  const figures = await tried(untried, telling, options)
  const report = { ...untried, figures }
  const keys = schemeOf(lowered.plan.contract).describeKeys(lowered.plan.contract)
  const lines = summaryLines({ ...report, keys, telling })
  const files = new Map([
    ...emitModules(lowered, table, {
      ...pageFiguresOf(figures),
      ...(distribution === null ? {} : { distribution }),
    }),
    ['report/model.json', modelJson(report, telling)] as const,
    ['report/MODEL_CARD.md', modelCard(report, telling)] as const,
    ...pictures(report, telling, lines),
  ])
  return { ...produced, figures, path, plan: lowered.plan, lines, files }
}

/** The figures with those on rows of another origin, where there are some. */
async function tried(report: ReportInput, telling: Telling, { testData }: CompileOptions): Promise<Figures> {
  if (testData === undefined) return report.figures
  const model = JSON.parse(modelJson(report, telling)) as ModelJson
  return { ...report.figures, testData: await testData(model, report.lowered.plan.contract, report.figures) }
}

/** What a page says of how a model did on rows held out, if some were. */
function pageFiguresOf({ heldOut }: Figures): PageFigures {
  if (heldOut === null) return {}
  const { pooled } = heldOut
  const isOfAnswers = 'accuracy' in pooled
  return { unseen: isOfAnswers ? { right: Math.round(100 * pooled.accuracy) } : { error: significantOf(pooled.rmse) } }
}

const significantOf = (value: number) => Number(value.toPrecision(3))

/** The two modules and the words of the page, by file. */
export function emitModules(
  lowered: Lowered,
  table: Table,
  figures: PageFigures = {},
): (readonly [file: string, text: string])[] {
  const { contract } = lowered.plan
  const { target, columns } = table
  const documents = { target, columns: new Map(columns.map(({ column, document }) => [column.name, document])) }
  const server = lowered.emitServer()
  return [
    ['client.ts', lowered.emitClient(documents)],
    ['server.ts', server],
    ['server.js', javascriptOf(server)],
    ['page.json', emitPageDocuments(lowered, schemeOf(contract).sealing(contract), table, figures)],
  ]
}
