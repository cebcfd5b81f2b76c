import { readFile } from 'node:fs/promises'
import { type NumberFormat, plainFormat } from 'emp-compile-runtime/internal/text/numbers'
import { cannotRead, malformedSchema } from '../errors.ts'
import type { CardEntry, ColumnDocument, OtherUnit, Reference, Scale, SourceWords } from '../table.ts'
import type { FieldSchema } from './field-schema.ts'
import { parseNumber } from './grid.ts'
import { columnWords, ownText, sourceWords, withCanonicalTags } from './local-text.ts'
import { missingValuesOf, unknownProperties } from './schema-notes.ts'
import { defaultMissingValues } from './words.ts'

export type { FieldSchema } from './field-schema.ts'

export interface TableSchema {
  readonly file: string
  readonly title: string | null
  readonly description: string | null
  readonly languages?: ReadonlyMap<string, SourceWords>
  readonly references: readonly Reference[]
  readonly missingValues: readonly string[]
  readonly fields: readonly FieldSchema[]
  /** What the model card is to say, in order. */
  readonly card?: readonly CardEntry[]
  /** What is in it that nothing here understands. */
  readonly notes: readonly string[]
}

export const undocumented: ColumnDocument = {
  title: null,
  description: null,
  unit: null,
  otherUnits: [],
  categories: new Map(),
  example: null,
}

/** A field of which the schema says nothing. */
export const undeclared: Omit<FieldSchema, 'name'> = {
  type: null,
  minimum: null,
  maximum: null,
  step: null,
  scale: null,
  cuts: null,
  enum: null,
  missingValues: null,
  format: null,
  beyond: null,
  missing: null,
  document: undocumented,
}

/** `train.csv` or `train.csv.gz` -> `train.schema.json`, beside it. */
export function schemaPath(csv: string): string {
  return `${csv.replace(/\.gz$/, '').replace(/\.[^./\\]*$/, '')}.schema.json`
}

/**
 * Reads a Frictionless Table Schema (https://specs.frictionlessdata.io/table-schema/): names, types, titles,
 * `minimum`/`maximum`/`enum`, `missingValues`, `categories`, `example`, `decimalChar`, `groupChar`, `bareNumber`; `card`, texts
 * for the model card; and properties of our own: `group` and `result` for the form,
 * `unit`, `step`, `scale` (`linear` or `log`, of public cuts), `cuts` (values; of a column that `emp-compile code` coded), `beyond` (`refuse` or `clamp`), `missing` (`refuse` or `allow`), and `otherUnits`, a list of
 * `{ unit, factor }` where a value times the factor is one in `unit`.
 *
 * @returns null if there is no such file and it is not `required`.
 * @throws {CompileError} `cannot-read`, `malformed-schema`
 */
export async function readSchema(file: string, path: string, required: boolean): Promise<TableSchema | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (!required && error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw cannotRead(file, error)
  }
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw malformedSchema(file, error instanceof Error ? error.message : 'not JSON')
  }
  return parseSchema(file, json)
}

function parseSchema(file: string, given: unknown): TableSchema {
  const wrong = (reason: string) => malformedSchema(file, reason)
  if (!isObject(given)) throw wrong('it needs a list "fields"')
  const json = withCanonicalTags(given, wrong)
  if (!Array.isArray(json.fields)) throw wrong('it needs a list "fields"')
  const fields = json.fields.map((field: unknown, i) => {
    if (!isObject(field) || typeof field.name !== 'string') throw wrong(`fields[${i}] needs a "name"`)
    return parseField(field, field.name, wrong)
  })
  const twice = fields.find(({ name }, i) => fields.findIndex((other) => other.name === name) < i)
  if (twice !== undefined) throw wrong(`the field ${JSON.stringify(twice.name)} is there twice`)
  const inLanguages = sourceWords(json)
  return {
    file,
    title: ownText(json.title),
    description: ownText(json.description),
    ...(inLanguages === undefined ? {} : { languages: inLanguages }),
    references: references(json.sources),
    missingValues: missingValuesOf(json, '', wrong) ?? defaultMissingValues,
    fields,
    card: cardOf(json.card, wrong),
    notes: unknownProperties(json),
  }
}

/** How numbers are written, as far as a field says it. */
function formatOf(field: Record<string, unknown>, name: string, wrong: (reason: string) => Error): NumberFormat | null {
  const { decimalChar, groupChar, bareNumber } = field
  if (decimalChar === undefined && groupChar === undefined && bareNumber === undefined) return null
  const isSign = (value: unknown) => value === undefined || (typeof value === 'string' && /^[^\d+-]$/.test(value))
  if (!isSign(decimalChar) || !isSign(groupChar) || (bareNumber !== undefined && typeof bareNumber !== 'boolean')) {
    throw wrong(
      `"decimalChar" and "groupChar" of ${JSON.stringify(name)} are one character each, and "bareNumber" is true or false`,
    )
  }
  const group = typeof groupChar === 'string' ? groupChar : null
  const decimal = typeof decimalChar === 'string' ? decimalChar : plainFormat.decimalChar
  if (group === decimal) throw wrong(`"decimalChar" and "groupChar" of ${JSON.stringify(name)} are the same`)
  return { decimalChar: decimal, groupChar: group, bareNumber: bareNumber !== false }
}

function choice<T extends string>(
  field: Record<string, unknown>,
  property: string,
  choices: readonly T[],
  wrong: (reason: string) => Error,
): T | null {
  const value = field[property]
  if (value === undefined) return null
  const chosen = choices.find((one) => one === value)
  if (chosen === undefined) {
    throw wrong(
      `"${property}" of ${JSON.stringify(field.name)} is neither ${choices.map((one) => `"${one}"`).join(' nor ')}`,
    )
  }
  return chosen
}

function parseField(given: Record<string, unknown>, name: string, wrong: (reason: string) => Error): FieldSchema {
  const field = withOneWriting(given)
  const constraints = isObject(field.constraints) ? field.constraints : {}
  const number = (holder: Record<string, unknown>, property: string): number | null => {
    const value = holder[property]
    if (value === undefined) return null
    const parsed = typeof value === 'string' ? parseNumber(value.trim()) : value
    if (typeof parsed !== 'number' || !Number.isFinite(parsed)) {
      throw wrong(`"${property}" of ${JSON.stringify(name)} is not a number`)
    }
    return parsed
  }
  const types: Record<string, 'number' | 'text'> = {
    integer: 'number',
    number: 'number',
    string: 'text',
    boolean: 'text',
  }
  const type = field.type
  if (type !== undefined && type !== 'any' && (typeof type !== 'string' || !Object.hasOwn(types, type))) {
    throw wrong(
      `${JSON.stringify(name)} is of type ${JSON.stringify(type)}; supported are integer, number, string, boolean`,
    )
  }
  const [minimum, maximum] = [number(constraints, 'minimum'), number(constraints, 'maximum')]
  if (minimum !== null && maximum !== null && minimum > maximum) {
    throw wrong(`"minimum" of ${JSON.stringify(name)} is greater than its "maximum"`)
  }
  const step = number(field, 'step')
  if (step !== null && step <= 0) throw wrong(`"step" of ${JSON.stringify(name)} is not positive`)
  const declared = typeof type === 'string' ? (types[type] ?? null) : null
  const admitted = texts(constraints.enum)
  const same = (value: string) => (declared === 'number' ? (parseNumber(value) ?? value) : value)
  const twice = admitted?.find((value, i) => admitted.findIndex((other) => same(other) === same(value)) < i)
  if (twice !== undefined) throw wrong(`"enum" of ${JSON.stringify(name)} has ${JSON.stringify(twice)} twice`)
  const stray = admitted?.find((value) => parseNumber(value) === null)
  if (declared === 'number' && stray !== undefined) {
    throw wrong(`"enum" of ${JSON.stringify(name)} has ${JSON.stringify(stray)}, which is not a number`)
  }
  return {
    name,
    // An enumeration of other than numbers makes a column text, whatever its cells look like.
    type: declared ?? (stray === undefined ? null : 'text'),
    minimum,
    maximum,
    step,
    scale: scale(field.scale, name, wrong),
    cuts: cuts(field.cuts, name, wrong),
    enum: admitted,
    missingValues: missingValuesOf(field, ` of ${JSON.stringify(name)}`, wrong),
    format: formatOf(field, name, wrong),
    beyond: choice(field, 'beyond', ['refuse', 'clamp'], wrong),
    missing: choice(field, 'missing', ['refuse', 'allow'], wrong),
    document: {
      title: ownText(field.title),
      description: ownText(field.description),
      unit: ownText(field.unit),
      otherUnits: otherUnits(field.otherUnits, name, wrong),
      categories: categories(field.categories),
      ...(field.positive === undefined ? {} : { positive: textOrNumber(field.positive) }),
      example: textOrNumber(field.example),
      ...inForm(field, name, wrong),
    },
  }
}

/** How a form asks for it, and what it says in other languages. */
function inForm(
  field: Record<string, unknown>,
  name: string,
  wrong: (reason: string) => Error,
): Pick<ColumnDocument, 'group' | 'isResult' | 'languages'> {
  const { result } = field
  if (result !== undefined && typeof result !== 'boolean')
    throw wrong(`"result" of ${JSON.stringify(name)} is neither true nor false`)
  const [group, languages] = [ownText(field.group), columnWords(field)]
  return {
    ...(group === null ? {} : { group }),
    ...(result === true ? { isResult: true } : {}),
    ...(languages === undefined ? {} : { languages }),
  }
}

const textOrNumber = (value: unknown) => (typeof value === 'number' ? String(value) : text(value))

function scale(value: unknown, name: string, wrong: (reason: string) => Error): Scale | null {
  if (value === undefined) return null
  if (value === 'linear' || value === 'log') return value
  throw wrong(`"scale" of ${JSON.stringify(name)} is neither "linear" nor "log"`)
}

function cuts(value: unknown, name: string, wrong: (reason: string) => Error): readonly number[] | null {
  if (value === undefined) return null
  const isAscending =
    Array.isArray(value) &&
    value.every((cut: unknown, i) => typeof cut === 'number' && (i === 0 || cut > Number(value[i - 1])))
  if (!isAscending) throw wrong(`"cuts" of ${JSON.stringify(name)} is not a list of numbers in ascending order`)
  return value
}

/** A field whose categories are written as its "enum" writes them, where both are the same number. */
function withOneWriting(field: Record<string, unknown>): Record<string, unknown> {
  const admitted = isObject(field.constraints) ? (texts(field.constraints.enum) ?? []) : []
  if (!Array.isArray(field.categories) || admitted.length === 0) return field
  const written = (value: string) => {
    const number = admitted.includes(value) ? null : parseNumber(value)
    return (number === null ? undefined : admitted.find((text) => parseNumber(text) === number)) ?? value
  }
  const pairs = field.categories as readonly unknown[]
  return {
    ...field,
    categories: pairs.map((pair) => (isObject(pair) ? { ...pair, value: written(String(pair.value)) } : pair)),
  }
}

function categories(value: unknown): ReadonlyMap<string, string> {
  const pairs = Array.isArray(value) ? value : []
  return new Map(
    pairs.filter(isObject).flatMap((pair) => {
      const label = ownText(pair.label)
      return label === null ? [] : [[String(pair.value), label] as const]
    }),
  )
}

function otherUnits(value: unknown, name: string, wrong: (reason: string) => Error): readonly OtherUnit[] {
  if (value === undefined) return []
  const refusal = wrong(
    `"otherUnits" of ${JSON.stringify(name)} is not a list of { "unit", "factor" }, a positive number`,
  )
  if (!Array.isArray(value)) throw refusal
  return value.map((given: unknown) => {
    const [unit, factor] = isObject(given) ? [ownText(given.unit), given.factor] : [null, null]
    if (unit === null || typeof factor !== 'number' || !(factor > 0)) throw refusal
    return { unit, factor }
  })
}

/** The entries of `card`: texts by their names. @throws {CompileError} */
function cardOf(value: unknown, wrong: (reason: string) => Error): readonly CardEntry[] {
  if (value === undefined) return []
  if (!isObject(value)) throw wrong('"card" is not an object of texts, such as { "funding": "none" }')
  return Object.entries(value).map(([name, own]) => {
    if (typeof own !== 'string') throw wrong(`${JSON.stringify(name)} of "card" is not a text`)
    return { name, text: own.trim() }
  })
}

/** The `sources` of a data package; an address is kept if it is one of the web. */
function references(value: unknown): readonly Reference[] {
  const sources = Array.isArray(value) ? value : []
  return sources.filter(isObject).flatMap((source) => {
    const [title, path] = [text(source.title), text(source.path)]
    return title === null ? [] : [{ title, path: path !== null && /^https?:\/\//.test(path) ? path : null }]
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function texts(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.map(String) : null
}
