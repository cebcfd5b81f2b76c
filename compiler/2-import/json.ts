import { malformedModel, notJson } from './errors.ts'
import { limits } from './limits.ts'

/** A value inside a model file and the way to it, so that an error can name the place. */
export interface Spot {
  readonly file: string
  readonly path: string
  readonly value: unknown
}

const bad = (spot: Spot, takes: string) => malformedModel(spot.file, spot.path, spot.value, takes)

/**
 * The JSON of a model file. Libraries write NaN and Infinity, which JSON does not have: they become texts here, and
 * {@link numberAt} takes them back.
 *
 * @throws {CompileError} `malformed-model` if it is no JSON, or nested deeper than the limit.
 */
export function parseJson(file: string, text: string): Spot {
  checkNesting(file, text)
  const quoted = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  )
  try {
    return { file, path: '', value: JSON.parse(quoted) }
  } catch (cause) {
    throw notJson(file, (cause as Error).message.slice(0, 80))
  }
}

/** Counts brackets, those in texts too: a text with a hundred opening brackets is no model either. */
function checkNesting(file: string, text: string): void {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) quoted = !quoted
    else if (quoted) i += code === 0x5c ? 1 : 0
    else if (code === 0x7b || code === 0x5b) depth++
    else if (code === 0x7d || code === 0x5d) depth--
    if (depth > limits.nesting) throw notJson(file, `nested deeper than ${limits.nesting}`)
  }
}

/** Whether a spot is an object that has this member. */
export function has(spot: Spot, key: string): boolean {
  return isObject(spot.value) && Object.hasOwn(spot.value, key)
}

/** The member of an object. @throws {CompileError} if there is none. */
export function member(spot: Spot, key: string): Spot {
  const inner = optional(spot, key)
  if (inner === null) throw malformedModel(spot.file, pathTo(spot, key), undefined, 'a value')
  return inner
}

/** The member of an object, or null. */
export function optional(spot: Spot, key: string): Spot | null {
  if (!isObject(spot.value)) throw bad(spot, 'an object')
  if (!Object.hasOwn(spot.value, key)) return null
  return { file: spot.file, path: pathTo(spot, key), value: spot.value[key] }
}

/** The member at the end of a way of keys. */
export function memberAt(spot: Spot, ...keys: readonly string[]): Spot {
  return keys.reduce(member, spot)
}

const pathTo = (spot: Spot, key: string) => (spot.path === '' ? key : `${spot.path}.${key}`)

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}

type Numbers = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint8Array
const isTyped = (value: unknown): value is Numbers => ArrayBuffer.isView(value) && !(value instanceof DataView)

/** The elements of a list. */
export function elements(spot: Spot, most = Number.POSITIVE_INFINITY): Spot[] {
  const { file, path, value } = spot
  if (!Array.isArray(value) && !isTyped(value)) throw bad(spot, 'a list')
  if (value.length > most) throw bad(spot, `a list of at most ${most}`)
  return Array.from(value as ArrayLike<unknown>, (inner, i) => ({ file, path: `${path}[${i}]`, value: inner }))
}

/** A number, or one of the texts that stand for what JSON cannot write. */
export function numberAt(spot: Spot): number {
  const number = asNumber(spot.value)
  if (number === null) throw bad(spot, 'a number')
  return number
}

const notFinite = new Map([
  ['NaN', Number.NaN],
  ['nan', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['inf', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
])

function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? (notFinite.get(value) ?? null) : null
}

/** A number that is neither NaN nor infinite. */
export function finiteAt(spot: Spot): number {
  const number = numberAt(spot)
  if (!Number.isFinite(number)) throw bad(spot, 'a finite number')
  return number
}

/** An integer between two bounds; true and false count as 1 and 0, and its decimal writing as itself. */
export function integerAt(spot: Spot, least: number, most: number): number {
  const number = asInteger(spot.value)
  if (!Number.isInteger(number) || number < least || number > most)
    throw bad(spot, `an integer from ${least} to ${most}`)
  return number
}

function asInteger(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string') return /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  return typeof value === 'number' ? value : Number.NaN
}

export function textAt(spot: Spot): string {
  if (typeof spot.value !== 'string') throw bad(spot, 'a text')
  return spot.value
}

/** A list of numbers, of a given length if one is given. */
export function numbersAt(spot: Spot, length?: number): number[] {
  const { value } = spot
  const numbers = isTyped(value) ? Array.from(value) : Array.isArray(value) ? value.map(asNumber) : null
  if (numbers === null || (length !== undefined && numbers.length !== length)) {
    throw bad(spot, length === undefined ? 'a list of numbers' : `a list of ${length} numbers`)
  }
  return numbers.map((number, i) => {
    if (number === null) throw malformedModel(spot.file, `${spot.path}[${i}]`, (value as unknown[])[i], 'a number')
    return number
  })
}

/** A list of integers between two bounds, of a given length if one is given. */
export function integersAt(spot: Spot, least: number, most: number, length?: number): number[] {
  const { file, path, value } = spot
  if (!Array.isArray(value) && !isTyped(value)) throw bad(spot, 'a list')
  if (length !== undefined && value.length !== length) throw bad(spot, `a list of ${length} integers`)
  // No spot for each: these lists are the greatest part of a file.
  return Array.from(value as ArrayLike<unknown>, (inner, i) => {
    const number = asInteger(inner)
    const isRight = Number.isInteger(number) && number >= least && number <= most
    return isRight ? number : integerAt({ file, path: `${path}[${i}]`, value: inner }, least, most)
  })
}

export function textsAt(spot: Spot): string[] {
  return elements(spot).map(textAt)
}
