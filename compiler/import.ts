import { withBothShares } from './2-import/both-shares.ts'
import { codedCuts, onValues } from './2-import/coded.ts'
import { answersNeed, expectNeed, importNeeds } from './2-import/errors.ts'
import { compareExpected } from './2-import/expect.ts'
import type { ForeignModel, ForeignRow } from './2-import/foreign.ts'
import type { ReaderOptions } from './2-import/options.ts'
import { type ForeignPrediction, predictForeign } from './2-import/predict.ts'
import { readForeign } from './2-import/read.ts'
import { readSample, type Sample, type SampleOptions } from './2-import/sample.ts'
import { type SumsChoices, toSums } from './2-import/sums/to-sums.ts'
import { answersOf } from './2-import/to-link.ts'
import { type ImportChoices, type Imported, toTrees } from './2-import/to-model.ts'
import { isSingleTree, toTree } from './2-import/to-tree.ts'
import { emitPageDocuments } from './emit/page.ts'
import { javascriptOf } from './emit/source.ts'
import { badOption, CompileError } from './errors.ts'
import { importTarget } from './import-target.ts'
import type { Family } from './model.ts'
import { checkName } from './model-name.ts'
import { type GivenOptions, givenOf } from './options.ts'
import type { Plan } from './plan.ts'
import { importedCard, importedJson, importedLines } from './report/imported.ts'
import type { ForeignFamily, ImportedReport, ImportLoss } from './report/imported-report.ts'
import { revealsWith, schemeFor, schemeOf, schemeOptions, schemes } from './schemes/index.ts'
import type { Lowered, SchemeDoor } from './schemes/scheme.ts'
import type { Target } from './table.ts'

export interface ImportOptions extends SampleOptions, Omit<ImportChoices, 'seed' | 'isCompared'> {
  /** The model's name. */
  readonly name: string
  /** The model file: its name, and its bytes. */
  readonly file: string
  readonly bytes: Uint8Array
  readonly read: Partial<ReaderOptions>
  /** What the model predicts, in a word; `answer` by default. */
  readonly target: string | null
  /** A CSV of the library's own predictions for the rows of the data. */
  readonly expect: string | null
  readonly reveal: string | null
  /** The options of the scheme, by their names; those of another one are refused. */
  readonly scheme: GivenOptions
  /** All that was said, by the names of the options. */
  readonly recipe: GivenOptions
  /** Of a network, most numbers that are multiplied; null for as few as keep the answers. */
  readonly degree?: SumsChoices['degree']
  readonly replyKey?: string
}

export interface CompiledImport {
  readonly model: ForeignFamily
  readonly loss: ImportLoss
  readonly plan: Plan
  readonly lines: readonly (readonly [string, string])[]
  readonly files: ReadonlyMap<string, string>
}

/**
 * Model file, and Grids from a schema or rows -> Model -> Plan -> two modules and a report. Writes nothing.
 *
 * @throws {CompileError}
 */
export async function compileForeign(options: ImportOptions): Promise<CompiledImport> {
  checkName(options.name)
  return compileRead(options, await readDecided(options))
}

/** What the leaves of a forest hold is not always written: then the library's own predictions decide it. */
async function readDecided({ file, bytes, read, expect, ...options }: ImportOptions): Promise<ForeignModel> {
  const isCode = (error: unknown, code: string) => error instanceof CompileError && error.code === code
  try {
    return readForeign(file, bytes, read)
  } catch (error) {
    if (expect === null || !isCode(error, 'ambiguous-average')) throw error
  }
  const as = (averagedLeaves: 'raw' | 'probability') => readForeign(file, bytes, { ...read, averagedLeaves })
  const raw = as('raw')
  const { rows } = await readSample(raw, options)
  const own = rows.map((row) => predictForeign(raw, row))
  return compareExpected(expect, raw, options.answers, rows, own).then(
    () => raw,
    (error: unknown) => {
      if (!isCode(error, 'not-as-expected')) throw error
      return as('probability')
    },
  )
}

/** As {@link compileForeign}, for a file that is read already. @throws {CompileError} */
export async function compileRead(options: ImportOptions, asRead: ForeignModel): Promise<CompiledImport> {
  checkName(options.name)
  const scheme = schemeFor(familyOf(asRead, options.reveal), options.reveal)
  requireBasics(options, asRead, scheme)
  const sample = await readSample(asRead, options)
  const foreign = withBothShares(onValues(asRead, codedCuts(sample.schema, sample.columns)))
  const sha256 = await hexHash(options.bytes)
  // Nobody who lacks the model file can draw the decoys again.
  const seed = Number.parseInt(sha256.slice(0, 8), 16)
  const imported = produce(options, foreign, sample, { scheme, seed })
  const { model, rows, predictions } = imported
  const expected =
    options.expect === null ? null : await compareExpected(options.expect, foreign, model.answers, rows, predictions)
  const target = importTarget(options.file, options.target, model, sample, scheme)
  const lowered = scheme.configure(optionsOf(scheme, options.scheme)).lower(model, target, options)
  const loss = { float: expected, ...imported.loss }
  const report = reportOf(options, foreign, sample, { model, lowered, loss, sha256 })
  return {
    model,
    loss,
    plan: lowered.plan,
    lines: importedLines(report),
    files: new Map([
      ...emit(lowered, sample, target),
      ['report/model.json', importedJson(report)],
      ['report/MODEL_CARD.md', importedCard(report)],
    ]),
  }
}

/** What a model becomes. One tree that answers by itself is one where trees reveal what is asked for, else a sum of one. */
function familyOf(foreign: ForeignModel, asked: string | null): Family {
  const { kind } = foreign.body
  if (kind !== 'trees') return kind
  const isRevealed = schemes.some(({ family, reveal }) => family === 'tree' && (asked === null || asked === reveal))
  return isSingleTree(foreign) && isRevealed ? 'tree' : 'boosted'
}

/** The options that are the scheme's. @throws {CompileError} `bad-option` for one of another scheme. */
function optionsOf(scheme: SchemeDoor, given: GivenOptions): GivenOptions {
  const stray = givenOf(schemeOptions, given).find((name) => !(name in scheme.options))
  if (stray !== undefined) {
    throw badOption(stray, given[stray], `nothing: it is for \u2e28reveal\u2e29 ${revealsWith(stray).join(' or ')}`)
  }
  return given
}

/** Without Grids nothing can be measured: all that is missing is said at once. @throws {CompileError} `import-needs` */
function requireBasics(options: ImportOptions, foreign: ForeignModel, scheme: SchemeDoor): void {
  const { data, schema, columns, answers, cuts, expect, file } = options
  const isNamed = columns !== null || foreign.columns.every(({ name }) => name !== null)
  const basics = [
    ...(data === null && schema === null
      ? ['what may stand in its columns: rows with --data sample.csv, or a Table Schema with --schema']
      : []),
    ...(isNamed ? [] : [`the names of its ${foreign.columns.length} columns, in its order: --columns age,sex,...`]),
  ]
  if (basics.length === 0) return
  const known = answersOf(foreign)
  throw importNeeds(file, [
    ...basics,
    ...(known === null || known.names !== null || answers !== null ? [] : [answersNeed(known.count)]),
    ...(cuts === null && foreign.body.kind === 'trees' && publishesCuts(scheme)
      ? ['the cuts to publish: --cuts even:32, or another way, which are compared once the columns are known']
      : []),
    ...(expect === null ? [expectNeed] : []),
  ])
}

/** A model of ours, and what it lost on the way. */
interface Made {
  readonly model: ForeignFamily
  readonly loss: Omit<ImportLoss, 'float'>
  /** The rows that were measured, and the library's predictions for them. */
  readonly rows: readonly ForeignRow[]
  readonly predictions: readonly ForeignPrediction[]
}

/** Whether clients compare their values with cuts that are public: so the scheme demands it of training. */
const publishesCuts = (scheme: SchemeDoor): boolean => scheme.configure({}).demands.cuts !== null

/** A tree, or a sum of trees; of linear models and networks a sum of weighted numbers. */
function produce(
  options: ImportOptions,
  foreign: ForeignModel,
  sample: Sample,
  { scheme, seed }: { readonly scheme: SchemeDoor; readonly seed: number },
): Made {
  const isCompared = options.expect !== null
  if (foreign.body.kind === 'trees') {
    if (options.degree) throw badOption('degree', options.degree, 'nothing for trees: it is for networks')
    if (scheme.family === 'tree') {
      if (options.scoreStep !== null) throw badOption('score-step', options.scoreStep, 'nothing where no score is told')
      const own = publishesCuts(scheme)
      if (!own && options.cuts !== null) {
        const others = schemes.filter((other) => other.family === scheme.family && publishesCuts(other))
        const names = others.map(({ reveal }) => `\u2e28reveal\u2e29 ${reveal}`).join(' or ')
        throw badOption('cuts', options.cuts, `nothing where tests are the model\u2019s own: say ${names}`)
      }
      const { cuts, ...made } = toTree(options.file, foreign, sample, {
        ...options,
        isCompared,
        seed,
        publishesCuts: own,
      })
      return { ...made, rows: sample.rows, loss: { quantised: null, cuts, sums: null } }
    }
    const imported = toTrees(options.file, foreign, sample, { ...options, isCompared, seed })
    return { ...imported, rows: sample.rows, loss: lossOf(imported) }
  }
  if (options.cuts !== null)
    throw badOption('cuts', options.cuts, 'nothing for this model: no value is compared with cuts')
  const { loss, ...made } = toSums(options.file, foreign, sample, {
    ...options,
    degree: options.degree ?? null,
    isCompared,
    seed,
  })
  return { ...made, loss: { quantised: null, cuts: null, sums: loss } }
}

function lossOf({ quantised, cuts, bound, unit }: Imported): Made['loss'] {
  if (quantised === null) return { quantised, cuts, sums: null }
  const { largest, changed } = quantised
  return { quantised: { largest, changed, bound, step: 1 / unit }, cuts, sums: null }
}

function reportOf(
  { file, recipe }: ImportOptions,
  { source }: ForeignModel,
  sample: Sample,
  own: Pick<ImportedReport, 'model' | 'lowered' | 'loss' | 'sha256'>,
): ImportedReport {
  return {
    ...own,
    keys: schemeOf(own.lowered.plan.contract).describeKeys(own.lowered.plan.contract),
    file,
    format: source.version === null ? source.format : `${source.format} ${source.version}`,
    rounds: source.rounds,
    source: sample.source,
    rows: sample.rows.length,
    recipe,
  }
}

function emit(lowered: Lowered, { source, columns, rows }: Sample, target: Target): [file: string, text: string][] {
  const documents = { target, columns: new Map(columns.map(({ column, document }) => [column.name, document])) }
  const server = lowered.emitServer()
  const sealing = schemeOf(lowered.plan.contract).sealing(lowered.plan.contract)
  return [
    ['client.ts', lowered.emitClient(documents)],
    ['server.ts', server],
    ['server.js', javascriptOf(server)],
    ['page.json', emitPageDocuments(lowered, sealing, { source, rows: rows.length, target, columns })],
  ]
}

async function hexHash(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
