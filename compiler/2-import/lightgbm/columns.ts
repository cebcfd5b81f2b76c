import { damagedLine } from '../errors.ts'
import type { ForeignColumn, ForeignInput } from '../foreign.ts'
import { elements, parseJson, type Spot } from '../json.ts'
import { inputOfColumn } from '../native-columns.ts'
import { type Block, lineOf } from './text.ts'

/**
 * The columns: names, ranges and categories as `feature_infos` and `pandas_categorical` have them. LightGBM names
 * categories in the order of the columns; where it is not clear which columns those are, codes have to do.
 */
export function lightgbmColumns(
  header: Block,
  pandasCategorical: string | null,
  count: number,
): { columns: ForeignColumn[]; inputs: ForeignInput[] } {
  const names = words(header, 'feature_names', count)
  const infos = header.entries.has('feature_infos') ? words(header, 'feature_infos', count) : names.map(() => 'none')
  const levels = pandasCategorical === null ? [] : namedLevels(header.file, pandasCategorical)
  const coded = infos.flatMap((info, i) => (isCodes(info) ? [i] : []))
  const named = levels.length === coded.length
  const columns = names.map((name, i): ForeignColumn => {
    const info = infos[i] ?? 'none'
    const own = named ? levels[coded.indexOf(i)] : undefined
    if (own !== undefined) return { kind: 'level', name, levels: own }
    const { line } = lineOf(header, header.entries.has('feature_infos') ? 'feature_infos' : 'feature_names')
    return isCodes(info)
      ? { kind: 'code', name, codes: codesOf(info) }
      : { kind: 'number', name, range: rangeOf(header.file, line, info) }
  })
  return { columns, inputs: columns.map(inputOfColumn('unknown is missing')) }
}

function words(header: Block, key: string, count: number): string[] {
  const { value, line } = lineOf(header, key)
  const all = value.split(' ')
  if (all.length !== count) throw damagedLine(header.file, line, `${key}=${value}`, `a list of ${count} words`)
  return all
}

/** `-1:9:0:2` lists the categories, `[0:9.9]` is a range, `none` an unused column. */
const isCodes = (info: string) => /^-?\d+(:-?\d+)*$/.test(info)

const codesOf = (info: string) =>
  info
    .split(':')
    .map(Number)
    .filter((code) => code >= 0)
    .sort((a, b) => a - b)

function rangeOf(file: string, line: number, info: string): { least: number; greatest: number } | null {
  if (info === 'none') return null
  const [least = Number.NaN, greatest = Number.NaN] = (/^\[([^:]+):([^:]+)\]$/.exec(info) ?? []).slice(1).map(Number)
  if (!(least <= greatest)) throw damagedLine(file, line, info, 'a range, a list of categories, or none')
  return { least, greatest }
}

/** The names of categories, a list per column of categories. */
function namedLevels(file: string, text: string): (string | number)[][] {
  const spot = parseJson(file, text)
  if (spot.value === null) return []
  return elements(spot).map((column) => elements(column).map(levelAt))
}

const levelAt = (spot: Spot): string | number => (typeof spot.value === 'number' ? spot.value : String(spot.value))
