import type { ColumnWords, SourceWords } from '../table.ts'

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
  return { own: all.get('') ?? all.get('en') ?? texts[0]?.[1] ?? null, byLanguage }
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
