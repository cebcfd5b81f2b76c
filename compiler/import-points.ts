import { createHash } from 'node:crypto'
import type { TableSchema } from './1-read/schema.ts'
import { undocumented } from './1-read/schema.ts'
import { importPointsCsv, isPointsCsv, plainMeaning } from './2-import/points-csv.ts'
import { importPointsJson, isPointsJson } from './2-import/points-json.ts'
import { emitModules } from './index.ts'
import { checkName } from './model-name.ts'
import type { GivenOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { answersOfPoints, type Points, sumRange } from './points.ts'
import { reportHtml } from './report/html.ts'
import { tellAdditive } from './report/tell-additive.ts'
import { schemeFor, schemeOf } from './schemes/index.ts'
import type { Table, Target } from './table.ts'
import { kilobytes } from './text.ts'
import { generatedBy } from './version.ts'

/** Whether a file is a table of points, CSV or JSON: by its content, never by its name. */
export function isPointsFile(text: string): boolean {
  if (isPointsCsv(text)) return true
  if (!/^\ufeff?\s*\{/.test(text)) return false
  try {
    return isPointsJson(JSON.parse(text.replace(/^\ufeff/, '')))
  } catch {
    return false
  }
}

export interface PointsImport {
  readonly file: string
  readonly text: string
  readonly schema: TableSchema
  readonly name: string
  readonly reveal: string | null
  /** The cryptosystem, where two fit. */
  readonly how?: string | null
  /** The options of the scheme, by their names. */
  readonly scheme: GivenOptions
  readonly replyKey?: string
}

/** What is compiled of points that were made elsewhere. */
export interface ImportedPoints {
  readonly plan: Plan
  readonly lines: readonly (readonly [string, string])[]
  readonly files: ReadonlyMap<string, string>
}

/**
 * A table of points and a schema -> Points -> Plan -> two modules and a report of what needs no rows. Writes nothing.
 *
 * @throws {CompileError}
 */
export function compilePoints(options: PointsImport): ImportedPoints {
  checkName(options.name)
  const { file, text, schema } = options
  const model = isPointsCsv(text)
    ? importPointsCsv(file, text, schema, plainMeaning)
    : importPointsJson(file, text, schema)
  const table = tableOf(model, options)
  const scheme = schemeFor('additive', options.reveal, options.how ?? null).configure(options.scheme)
  const lowered = scheme.lower(model, table.target, options)
  const telling = tellAdditive(model, { evidence: { description: `Points of ${file}.`, cuts: null } })
  const { contract, cost } = lowered.plan
  const { learns } = lowered
  const lines = [
    ['points of', `${file}: ${telling.line[1]}`],
    [
      'cost',
      `${cost.requestCiphertexts} ciphertexts up (${kilobytes(cost.requestBytes)}), ` +
        `${cost.replyCiphertexts} down (${kilobytes(cost.replyBytes)}), ${schemeOf(contract).describeKeys(contract)}`,
    ],
    ['client learns', learns.client],
    ['server learns', learns.server],
  ] as const
  const title = schema.title ?? options.name
  const sections = [
    ...telling.pictures.map(([, heading, words, svg]) => ({ heading, text: words, svg, table: null })),
    ...telling.sections,
    {
      heading: 'Who learns what',
      text: '',
      svg: null,
      table: [['party', 'learns'], ...lines.filter(([name]) => name.endsWith('learns'))],
    },
  ]
  const { family, reveal, scheme: how, answers } = contract
  const json = {
    generator: generatedBy,
    name: options.name,
    family,
    reveal,
    scheme: how,
    data: { file, sha256: table.source.sha256 },
    target: table.target.name,
    classes: answers,
    columns: contract.columns.map(({ name, kind, missing }) => ({ name, kind, missing })),
    ...telling.sizes,
    cost,
    leakage: lowered.plan.leakage,
    ...telling.json,
  }
  const summary = lines.filter(([name]) => !name.endsWith('learns'))
  const files = new Map([
    ...emitModules(lowered, table),
    ['report/model.json', `${JSON.stringify(json, null, 1)}\n`] as const,
    ...telling.pictures.map(([name, , , svg]) => [`report/${name}`, svg] as const),
    ['report/report.html', reportHtml({ title, summary, sections })] as const,
  ])
  return { plan: lowered.plan, lines, files }
}

/** A table without rows: what the schema says of the columns, and what the points may answer. */
function tableOf(model: Points, { file, text, schema }: PointsImport): Table {
  const documentOf = (name: string) => schema.fields.find((field) => field.name === name)?.document ?? undocumented
  const { title, description, references, card = [], missingValues, languages } = schema
  return {
    source: {
      file,
      sha256: createHash('sha256').update(text).digest('hex'),
      title,
      description,
      references,
      ...(languages === undefined ? {} : { languages }),
      card,
      missingCells: 0,
      missingValues,
    },
    notes: [],
    rows: 0,
    columns: model.columns.map(({ column }) => ({ column, document: documentOf(column.name) })),
    features: [],
    target: targetOf(model),
    weights: null,
  }
}

function targetOf(model: Points): Target {
  const [name, document] = ['points', undocumented]
  const answers = answersOfPoints(model)
  if (answers !== null) return { kind: 'classes', name, answers, classes: new Int32Array(), document }
  const [low, high] = sumRange(model, 0)
  const step = 1 / model.unit
  const grid = { minimum: low * step, step, size: high - low + 1 }
  return { kind: 'number', name, grid, cells: new Int32Array(), document }
}
