import { formDe } from './form-de.ts'
import { formEn } from './form-en.ts'
import { formFr } from './form-fr.ts'
import { type Speech, speechOf, type Translated } from './message.ts'

/** The texts of a form by key, each with the values that it takes. */
export type FormCatalogue = typeof formEn

/** The texts of a form in a language. */
export type FormWords = Translated<FormCatalogue>

const catalogue: ReadonlyMap<string, FormWords> = new Map(Object.entries({ en: formEn, fr: formFr, de: formDe }))

/** A language by its tag such as `fr-CA`, with words of one's own among its texts; English where there are none. */
export function formSpeech(tag: string, own: Partial<FormWords> = {}): Speech<FormCatalogue> {
  const known = Intl.NumberFormat.supportedLocalesOf(tag === '' ? 'en' : tag)[0] ?? 'en'
  const words = catalogue.get(known.toLowerCase().split('-')[0] ?? '') ?? formEn
  return speechOf(known, { ...words, ...own })
}
