import { formDe } from './form-de.ts'
import { formEn } from './form-en.ts'
import { formFr } from './form-fr.ts'
import { type Speech, speechOf, type Translated } from './message.ts'

/** The texts of a form by key, each with the values that it takes. */
export type FormCatalogue = typeof formEn

/** The texts of a form in a language. */
export type FormWords = Translated<FormCatalogue>

const catalogue: ReadonlyMap<string, FormWords> = new Map(Object.entries({ en: formEn, fr: formFr, de: formDe }))

/** The attribute of a page may say anything. */
function supported(tag: string): string | undefined {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag)[0]
  } catch {
    return undefined
  }
}

/** A language by its tag such as `fr-CA`, with words of one's own among its texts; English where there are none. */
export function formSpeech(tag: string, own: Partial<FormWords> = {}): Speech<FormCatalogue> {
  const known = supported(tag) ?? 'en'
  const words = catalogue.get(known.toLowerCase().split('-')[0] ?? '') ?? formEn
  return speechOf(known, { ...words, ...own })
}
