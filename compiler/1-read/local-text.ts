import { nearestAmong } from 'emp-compile-runtime/internal/words/message'
import type { ColumnWords, SourceWords } from '../table.ts'
import { canonicalTag, describeTagFault } from '../text.ts'

/** A text of a schema: the one that stands for it, and others by the tags of their languages. */
export interface LocalText {
  readonly own: string | null
  readonly byLanguage: ReadonlyMap<string, string>
}

/**
 * Reads a text, or an object of texts by language: `{ "en": "Age", "fr": "Âge" }`, as in CSV on the Web. The one without a
 * language (`""`), in English or, if there is neither, the first stands for all languages that are not there.
 */
export function localText(value: unknown): LocalText {
  if (typeof value === 'string') return { own: value === '' ? null : value, byLanguage: new Map() }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { own: null, byLanguage: new Map() }
  const texts = Object.entries(value).filter(([, text]) => typeof text === 'string' && text !== '')
  const byLanguage = new Map(texts.filter(([tag]) => tag !== ''))
  const all = new Map(texts)
  const english = nearestAmong('en', [...all.keys()])[0] ?? ''
  return { own: all.get('') ?? all.get(english) ?? texts[0]?.[1] ?? null, byLanguage }
}

/** The text that stands for all languages. */
export const ownText = (value: unknown): string | null => localText(value).own

const listOf = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []

/** What a field says in each of its languages; undefined where it says everything in one. */
export function columnWords(field: Record<string, unknown>): ReadonlyMap<string, ColumnWords> | undefined {
  const { title, description, unit, group } = field
  const named = { title, description, unit, group }
  const categories = listOf(field.categories).map(({ value, label }) => [String(value), localText(label)] as const)
  const others = listOf(field.otherUnits).map((other) => localText(other.unit))
  const texts = [...Object.values(named).map(localText), ...categories.map(([, label]) => label), ...others]
  const tags = new Set(texts.flatMap(({ byLanguage }) => [...byLanguage.keys()]))
  if (tags.size === 0) return undefined
  return new Map(
    [...tags].map((tag) => {
      const own = Object.entries(named).flatMap(([name, value]) => {
        const text = localText(value).byLanguage.get(tag)
        return text === undefined ? [] : [[name, text] as const]
      })
      const words: ColumnWords = {
        ...Object.fromEntries(own),
        categories: new Map(
          categories.flatMap(([value, label]) => {
            const text = label.byLanguage.get(tag)
            return text === undefined ? [] : [[value, text] as const]
          }),
        ),
        otherUnits: new Map(
          others.flatMap(({ own: name, byLanguage }) => {
            const text = byLanguage.get(tag)
            return name === null || text === undefined ? [] : [[name, text] as const]
          }),
        ),
      }
      return [tag, words]
    }),
  )
}

/** What a schema says of its data in each of its languages; undefined where it says everything in one. */
export function sourceWords(json: Record<string, unknown>): ReadonlyMap<string, SourceWords> | undefined {
  const [title, description] = [localText(json.title), localText(json.description)]
  const tags = new Set([...title.byLanguage.keys(), ...description.byLanguage.keys()])
  if (tags.size === 0) return undefined
  return new Map(
    [...tags].map((tag) => [
      tag,
      {
        title: title.byLanguage.get(tag) ?? null,
        description: description.byLanguage.get(tag) ?? null,
      },
    ]),
  )
}

/** A schema whose texts have their languages' tags as they are written: `pt-BR` for `pt-br`. @param wrong makes the error. */
export function withCanonicalTags(
  json: Record<string, unknown>,
  wrong: (reason: string) => Error,
): Record<string, unknown> {
  const at = (place: string, holder: Record<string, unknown>, names: readonly string[]) =>
    Object.fromEntries(
      Object.entries(holder).map(([name, value]) => [
        name,
        names.includes(name) ? canonicalText(`"${name}" of ${place}`, value, wrong) : value,
      ]),
    )
  const each = (value: unknown, change: (one: Record<string, unknown>) => object) =>
    Array.isArray(value) ? value.map((one) => (isTexts(one) ? change(one) : one)) : value
  return {
    ...at('the schema', json, ['title', 'description']),
    fields: each(json.fields, (field) => {
      const place = JSON.stringify(field.name)
      const { categories, otherUnits } = field
      const list = (value: unknown, name: string, change: (one: Record<string, unknown>) => object) =>
        value === undefined ? {} : { [name]: each(value, change) }
      return {
        ...at(place, field, ['title', 'description', 'unit', 'group']),
        // What a category is called is all that it has beside its value.
        ...list(categories, 'categories', ({ value, ...words }) => ({
          value,
          ...at(place, words, Object.keys(words)),
        })),
        ...list(otherUnits, 'otherUnits', (one) => at(place, one, ['unit'])),
      }
    }),
  }
}

const isTexts = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function canonicalText(place: string, value: unknown, wrong: (reason: string) => Error): unknown {
  if (!isTexts(value)) return value
  const written = new Map<string, string>()
  for (const tag of Object.keys(value)) {
    const canonical = tag === '' ? '' : canonicalTag(tag)
    if (canonical === null) throw wrong(`in ${place}, ${describeTagFault(tag)}`)
    const former = written.get(canonical)
    if (former !== undefined)
      throw wrong(`in ${place}, ${JSON.stringify(former)} and ${JSON.stringify(tag)} are one language`)
    written.set(canonical, tag)
  }
  return Object.fromEntries([...written].map(([canonical, tag]) => [canonical, value[tag]]))
}
