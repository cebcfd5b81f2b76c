import { at } from 'emp-compile-runtime/internal/at'
import { malformedModel } from '../errors.ts'
import type { ForeignColumn, ForeignInput } from '../foreign.ts'
import { elements, has, integersAt, member, numbersAt, optional, type Spot, textsAt } from '../json.ts'
import { inputOfColumn } from '../native-columns.ts'

/**
 * The columns and what the trees see of them. Names of categories are in files of 3.1 and later (`cats`); before that
 * a column of type `c` holds codes.
 */
export function xgboostColumns(
  learner: Spot,
  cats: Spot | null,
  count: number,
): { columns: ForeignColumn[]; inputs: ForeignInput[] } {
  const names = listOf(learner, 'feature_names', count)
  const types = listOf(learner, 'feature_types', count)
  const levels = cats === null ? [] : categoryNames(cats, count)
  const columns = Array.from({ length: count }, (_, i): ForeignColumn => {
    const name = names === null ? null : at(names, i)
    const own = levels[i] ?? null
    if (own !== null) return { kind: 'level', name, levels: own }
    if (types !== null && at(types, i) === 'c') return { kind: 'code', name, codes: null }
    return { kind: 'number', name, range: null }
  })
  return { columns, inputs: columns.map(inputOfColumn('unknown is refused')) }
}

/** A list of a text per column; null if it is absent or empty, as for models trained from an array. */
function listOf(learner: Spot, key: string, count: number): string[] | null {
  const spot = optional(learner, key)
  if (spot === null) return null
  const texts = textsAt(spot)
  if (texts.length === 0) return null
  if (texts.length !== count) throw malformedModel(spot.file, spot.path, texts, `a list of ${count} texts`)
  return texts
}

/** Per column its categories, or null where it has none; an empty list if the file names none at all. */
function categoryNames(cats: Spot, count: number): (readonly (string | number)[] | null)[] {
  const encoded = optional(cats, 'enc')
  if (encoded === null) return []
  const columns = elements(encoded)
  if (columns.length === 0) return []
  if (columns.length !== count) throw malformedModel(cats.file, `${cats.path}.enc`, encoded.value, `a list of ${count}`)
  return columns.map((column) => {
    const levels = has(column, 'offsets') ? namesOf(column) : numbersAt(member(column, 'values'))
    return levels.length === 0 ? null : levels
  })
}

/** Names written one behind the other in UTF-8, and where each begins. */
function namesOf(column: Spot): string[] {
  const bytes = Uint8Array.from(integersAt(member(column, 'values'), -128, 255))
  const offsets = integersAt(member(column, 'offsets'), 0, bytes.length)
  if (!offsets.every((offset, i) => i === 0 || offset >= at(offsets, i - 1)))
    throw malformedModel(column.file, `${column.path}.offsets`, offsets, 'an ascending list')
  const decoder = new TextDecoder()
  return offsets.slice(1).map((end, i) => decoder.decode(bytes.subarray(at(offsets, i), end)))
}
