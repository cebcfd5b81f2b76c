import type { PageLanguage } from 'emp-compile-runtime/internal/page/documents'
import { type Language, pageWords } from 'emp-compile-runtime/internal/words/languages'

/** What languages are called in themselves. */
const names: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français', de: 'Deutsch' }

/** A language that pages come in. @param lang its tag, where it is not the language alone: `fr-CA`. */
export const ownLanguage = (language: Language, lang: string = language): PageLanguage => ({
  lang,
  name: names[language],
  words: pageWords[language],
})
