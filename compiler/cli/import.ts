import { open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import { schemaPath } from '../1-read/schema.ts'
import { isCoefficientTable } from '../2-import/coefficient-table.ts'
import type { ForeignLink } from '../2-import/foreign.ts'
import { looksLikeModel } from '../2-import/recognise.ts'
import type { SampleOptions } from '../2-import/sample.ts'
import { badOption, cannotRead } from '../errors.ts'
import { type CompiledImport, compileForeign, type ImportOptions } from '../import.ts'
import { compileCoefficients } from '../import-coefficients.ts'
import { type GivenOptions, givenOf, type OptionTable, type OptionValues } from '../options.ts'
import { schemeOptions } from '../schemes/index.ts'

const links = ['identity', 'logistic', 'softmax', 'exponential'] as const

/** The options of importing a model file. */
export const importRows = {
  data: {
    type: 'text',
    text: 'model file: CSV with rows to make Grids of, and to measure on',
    usual: 'a schema alone',
  },
  answers: {
    type: 'names',
    text: 'model file: the names of its answers in its order, by commas',
    usual: 'as in the file',
  },
  columns: { type: 'names', text: 'model file: its columns in its order, by commas', usual: 'by their names' },
  expect: { type: 'text', text: "model file: CSV of the library's own predictions, to be compared" },
  link: { type: 'choice', choices: links, text: 'model file: what its scores mean', usual: 'as in the file' },
  'score-step': {
    type: 'number',
    above: 0,
    text: 'model file: step that scores are rounded to',
    usual: 'the coarsest that keeps the answers',
  },
  degree: {
    type: 'choice',
    choices: [2, 4],
    text: 'model file of a network: most numbers that are multiplied',
    usual: '2, or 4 if 2 change over 5 % of the answers',
  },
  baseline: {
    type: 'number',
    above: 0,
    below: 1,
    text: "table of coefficients of Cox's model: share of people whose sum is 0 without an event at the horizon",
  },
  horizon: { type: 'text', text: 'the same: the horizon in words, such as "10 years"' },
  'accept-changes': { type: 'flag', text: 'model file: cuts that change over 1 % of the answers' },
} as const satisfies OptionTable

/** Names of tables: what such a file is, if it is no text, is for the reader of tables to say. */
const tableName = /\.(csv|tsv|tab|txt|data|dat|xlsx|xls|parquet)(\.\w+)?$/i

/** The beginnings of containers that hold models as well as tables: zip, Parquet, HDF5, bzip2, xz, zstd. */
const containers = ['PK\x03\x04', 'PAR1', '\x89HDF', 'BZh', '\xfd7zXZ', '\x28\xb5\x2f\xfd']

/**
 * Whether a file is a model of another library: by its first bytes, those that gzip packed included. Of containers the name
 * tells.
 */
export async function isModelFile(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null)
  if (file === null) return false
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(4096), 0, 4096)
    const bytes = buffer.subarray(0, bytesRead)
    const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
    if (tableName.test(path) && containers.some((start) => head.startsWith(start))) return false
    return looksLikeModel(bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes)
  } finally {
    await file.close()
  }
}

/** Whether a file is a table of coefficients: by its header. */
export async function isCoefficientFile(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null)
  if (file === null) return false
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4096), 0, 4096)
    return isCoefficientTable(new TextDecoder().decode(buffer.subarray(0, bytesRead)))
  } finally {
    await file.close()
  }
}

/** The beginning of what gzip packed; nothing where it is damaged, which the reader of tables says. */
function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return new Uint8Array()
  }
}

type Values = OptionValues<typeof importRows>

/** What else is said of a model file. */
export interface ImportCommand {
  readonly name: string
  readonly schema: string | null
  readonly reading: NonNullable<SampleOptions['reading']>
  readonly target: string | null
  readonly reveal: string | null
  readonly replyKey?: string
}

/** Imports and compiles a model file. @throws {CompileError} */
export async function importModel(
  path: string,
  values: Values,
  given: GivenOptions,
  command: ImportCommand,
): Promise<CompiledImport> {
  for (const name of ['baseline', 'horizon'] as const) {
    if (values[name] !== undefined) throw badOption(name, values[name], 'nothing for this file: it is for coefficients')
  }
  return compileForeign(await optionsOf(path, values, given, command))
}

/** Imports and compiles a table of coefficients; its schema lies beside it, or is named. @throws {CompileError} */
export async function importCoefficientFile(
  path: string,
  values: Values,
  given: GivenOptions,
  command: ImportCommand,
): Promise<CompiledImport> {
  const { baseline = null, horizon = null } = values
  const schema = command.schema ?? schemaPath(path)
  return compileCoefficients({ ...(await optionsOf(path, values, given, command)), schema, baseline, horizon })
}

async function optionsOf(
  path: string,
  values: Values,
  given: GivenOptions,
  command: ImportCommand,
): Promise<ImportOptions> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw cannotRead(path, error)
  })
  const list = (names: readonly string[]) => (names.length === 0 ? null : names)
  // The cuts and the rounds of a model file are no numbers: they are said and read by themselves.
  const { cuts: _, ...options } = schemeOptions
  const text = { type: 'text', text: '' } as const
  const own = givenOf({ ...importRows, cuts: text, rounds: text, ...options }, given)
  return {
    ...command,
    file: basename(path),
    bytes,
    data: values.data ?? null,
    columns: list(values.columns),
    answers: list(values.answers),
    expect: values.expect ?? null,
    cuts: given.cuts === undefined ? null : String(given.cuts),
    scoreStep: values['score-step'] ?? null,
    acceptChanges: values['accept-changes'],
    degree: values.degree ?? null,
    read: { rounds: roundsOf(given.rounds), link: linkOf(values.link) },
    scheme: Object.fromEntries(Object.keys(options).map((name) => [name, given[name]])),
    recipe: Object.fromEntries(own.map((name) => [name, given[name]])),
  }
}

function roundsOf(given: unknown): 'best' | 'all' | number {
  const text = String(given ?? 'best')
  if (text === 'best' || text === 'all') return text
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badOption('rounds', text, 'best, all or a whole number from 1')
  return Number(text)
}

const linkOf = (kind: Values['link']): ForeignLink | null =>
  kind === undefined ? null : kind === 'logistic' ? { kind, steepness: 1, normalised: false } : { kind }
