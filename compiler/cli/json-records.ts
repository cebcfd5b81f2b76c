import { basename } from 'node:path'
import { readText } from '../1-read/decode.ts'
import { badRecord, CompileError, cannotRead, type FilePlace } from '../errors.ts'

/** A part of a file that may be a record. */
interface PlacedItem {
  readonly item: unknown
  readonly place: FilePlace
}

/** Files of JSON, by their name: `.json`, and `.jsonl` or `.ndjson` of one record in each line; also by gzip. */
export const isJson = (path: string): boolean => /\.(json|jsonl|ndjson)(\.gz)?$/i.test(path)

/**
 * The items of a file of JSON: of a list, of its lines, or one. In UTF-8 or UTF-16, with a mark or without.
 *
 * @throws {CompileError} where the file cannot be read, or is not JSON.
 */
export async function readJson(
  path: string,
): Promise<{ readonly isList: boolean; readonly items: readonly PlacedItem[] }> {
  const file = basename(path)
  const text = await textOf(file, path)
  const whole = parse(text)
  if (whole === undefined) return { isList: true, items: itemsOfLines(file, text) }
  if (!Array.isArray(whole)) return { isList: false, items: [{ item: whole, place: { file } }] }
  if (whole.length === 0) throw badRecord({ file }, 'is an empty list. It takes at least one record.')
  return { isList: true, items: whole.map((item: unknown, i) => ({ item, place: { file: `${file}[${i}]` } })) }
}

/** One record in each line, as `.jsonl` has them. */
function itemsOfLines(file: string, text: string): readonly PlacedItem[] {
  const lines = text.split('\n').flatMap((own, i) => (own.trim() === '' ? [] : [{ own, line: i + 1 }]))
  const items = lines.map(({ own, line }) => ({ item: parse(own), place: { file, line } }))
  const [first] = items
  if (first === undefined || first.item === undefined) {
    throw badRecord({ file }, 'is not JSON. It takes an object, a list of them, or one in each line.')
  }
  return items
}

/** What a text says as JSON; undefined if it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function textOf(file: string, path: string): Promise<string> {
  const parts: string[] = []
  try {
    for await (const part of readText(file, path, null, () => {}, true)) parts.push(part)
  } catch (error) {
    if (error instanceof CompileError) throw error
    throw cannotRead(path, error)
  }
  return parts.join('')
}
