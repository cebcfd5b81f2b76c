import { at } from 'emp-compile-runtime/internal/at'
import type { TextColumn } from 'emp-compile-runtime/internal/contract'
import { readingsOf } from 'emp-compile-runtime/internal/text/numbers'
import { tooManyLevels, unknownLevel } from '../errors.ts'
import type { TableFeature } from '../table.ts'
import type { ColumnContext } from './context.ts'
import { quoted } from './notes.ts'
import { defaultMissingValues } from './words.ts'

/** Most levels of a text column, and most answers of a target. */
export const mostLevels = 32

/** A text column with the level of each of its texts, by code; null for missing ones. */
export interface LevelColumn {
  readonly column: TextColumn
  readonly levelOf: readonly (string | null)[]
}

/**
 * A column of texts: its levels are the declared ones, or the texts that occur. Of over 32 texts the rarest are one level.
 *
 * @throws {CompileError} `unknown-level`, `too-many-levels`
 */
export function textColumn(context: ColumnContext, missing: boolean): LevelColumn {
  const { raw, field, given, place, notes } = context
  const declared = field.enum
  const texts = Array.from(given, (code) => raw.textAt(code))
  const names = namesOf(texts, texts.map(codeNumber), writtenIn(context))
  const nameOf = new Map(Array.from(given, (code, i) => [code, at(names, i)] as const))
  const stray = given.find((code) => declared?.includes(nameOf.get(code) ?? '') === false)
  if (stray !== undefined) throw unknownLevel(place(stray), raw.name, raw.textAt(stray), declared ?? [])
  noteMerged(context, names)
  const found = [...new Set(names)]
  const all = declared ?? found.toSorted()
  const isIdentifier = 2 * found.length > context.raw.codes.length
  if (all.length > mostLevels && (declared !== null || isIdentifier)) {
    throw tooManyLevels(place(given[0] ?? 0), raw.name, all.length, mostLevels, declared !== null)
  }
  const { levels, other } = all.length > mostLevels ? groupRare(context, nameOf) : { levels: all, other: null }
  if (other !== null) {
    notes.add(
      'grouped',
      `${all.length - levels.length + 1} of ${raw.name}`,
      (subjects) => `rare texts as one level, "(other)", as are texts not seen in training: ${subjects}`,
    )
  }
  noteLookalikes(context, levels)
  noteUnlabelled(
    context,
    levels.filter((level) => level !== other),
  )
  const column: TextColumn = {
    kind: 'text',
    name: raw.name,
    ...context.ownMissing,
    levels,
    missing: missing ? 'no-level' : 'never',
    ...(other === null ? {} : { other }),
  }
  const levelOf = Array.from({ length: raw.size }, (_, code) => {
    const name = nameOf.get(code) ?? null
    return name === null || levels.includes(name) ? name : other
  })
  return { column, levelOf }
}

/** One 0/1 feature for each level. */
export function levelFeatures({ column, levelOf }: LevelColumn, codes: Int32Array): TableFeature[] {
  return column.levels.map((level) => {
    const cellOf = Uint8Array.from(levelOf, (own) => (own === level ? 1 : 0))
    const cells = new Uint8Array(codes.length)
    let ones = 0
    for (let i = 0; i < codes.length; i++) {
      const cell = cellOf[codes[i] as number] as number
      cells[i] = cell
      ones += cell
    }
    const feature = { column: column.name, level }
    if (ones === 0 || ones === cells.length)
      return { feature, codes: cells.fill(0), cells: Int32Array.of(ones === 0 ? 0 : 1) }
    return { feature, codes: cells, cells: Int32Array.of(0, 1) }
  })
}

/**
 * The name of each text: itself, unless all of them are numbers. Then texts of the same number have one name: the one
 * declared, else the shortest, the first in the alphabet of equally short ones. Of a target that is so beside other texts,
 * too; codes such as 250.0 and 250.00 beside V45 may be two.
 *
 * @param declared how the schema writes them.
 * @param numbers what the texts are as numbers; null for a text that is not a number.
 */
export function namesOf(
  texts: readonly string[],
  numbers: readonly (number | null)[],
  declared: readonly string[],
  isTarget = false,
): readonly string[] {
  if (numbers.includes(null) && !isTarget) return texts
  const nameOf = new Map<number | null, string>()
  for (const [i, text] of texts.entries()) {
    const number = at(numbers, i)
    if (number === null) continue
    const name = nameOf.get(number)
    const isBetter = name === undefined || text.length < name.length || (text.length === name.length && text < name)
    if (isBetter) nameOf.set(number, text)
  }
  for (const text of declared) nameOf.set(codeNumber(text), text)
  return numbers.map((number, i) => (number === null ? undefined : nameOf.get(number)) ?? at(texts, i))
}

/** The texts of a column as its schema writes them: those that it labels, and those that it admits. */
export const writtenIn = ({ field }: ColumnContext): readonly string[] => [
  ...field.document.categories.keys(),
  ...(field.enum ?? []),
]

/** The number that a code is, if it can be one only. */
export function codeNumber(text: string): number | null {
  const [reading, other] = readingsOf(text)
  return reading === undefined || other !== undefined ? null : reading.value
}

/** Says which texts are one as they are the same number. */
export function noteMerged({ raw, given, notes }: ColumnContext, names: readonly string[]): void {
  for (const [i, code] of given.entries()) {
    const [text, name] = [raw.textAt(code), at(names, i)]
    if (text === name) continue
    notes.add(
      'merged',
      `${quoted(text)} and ${quoted(name)} of ${raw.name}`,
      (all) => `the same number, so one: ${all}`,
    )
    return
  }
}

/** Says which levels look the same to people, or like a missing value. */
export function noteLookalikes({ raw, notes }: ColumnContext, levels: readonly string[]): void {
  const seen = new Map<string, string>()
  const numbers = new Map<number, string>()
  for (const level of levels) {
    const folded = level
      .normalize('NFKC')
      .toLowerCase()
      .replace(/\p{Cf}/gu, '')
      .replace(/\s+/g, ' ')
    const other = seen.get(folded)
    if (other !== undefined) {
      notes.add(
        'alike',
        `${quoted(other)} and ${quoted(level)} of ${raw.name}`,
        (all) => `they differ by case, blanks or marks that nobody sees only, and are two: ${all}`,
      )
    }
    seen.set(folded, level)
    const number = codeNumber(level)
    const twin = number === null ? undefined : numbers.get(number)
    if (twin !== undefined) {
      notes.add(
        'one number',
        `${quoted(twin)} and ${quoted(level)} of ${raw.name}`,
        (all) => `the same number, and two, as there are other texts beside them: ${all}`,
      )
    }
    if (number !== null) numbers.set(number, level)
    if (level !== '' && defaultMissingValues.includes(level)) {
      notes.add(
        'looks missing',
        `${quoted(level)} of ${raw.name}`,
        (all) => `looks like a missing value, but "missingValues" of the schema does not have it: ${all}`,
      )
    }
  }
}

/** Says which levels the schema gives no label, where it labels others. */
export function noteUnlabelled({ raw, field, notes }: ColumnContext, levels: readonly string[]): void {
  const { categories } = field.document
  const bare = categories.size === 0 || field.enum !== null ? [] : levels.filter((level) => !categories.has(level))
  if (bare.length === 0) return
  notes.add(
    'unlabelled level',
    `${bare.map(quoted).join(', ')} of ${raw.name}`,
    (all) => `not among the "categories" of the schema: ${all}`,
  )
}

/** The most frequent levels, and one for all others. */
function groupRare(
  { rowsOf }: ColumnContext,
  nameOf: ReadonlyMap<number, string>,
): { readonly levels: readonly string[]; readonly other: string } {
  const rows = new Map<string, number>()
  for (const [code, name] of nameOf) rows.set(name, (rows.get(name) ?? 0) + at(rowsOf(), code))
  const byRows = [...rows].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name)
  const kept = byRows.slice(0, mostLevels - 1)
  let other = '(other)'
  while (rows.has(other)) other = `(${other})`
  return { levels: [...kept.toSorted(), other], other }
}
