import type { PageWords } from './page.ts'
import { pageDe } from './page-de.ts'
import { pageEn } from './page-en.ts'
import { pageFr } from './page-fr.ts'

/** The languages that pages come in without a file of words. */
export const languages = ['en', 'fr', 'de'] as const

/** One of them. */
export type Language = (typeof languages)[number]

/** Something in every one of them: one that is missing does not compile. */
export type ByLanguage<T> = Readonly<Record<Language, T>>

/** The texts of pages. */
export const pageWords: ByLanguage<PageWords> = { en: pageEn, fr: pageFr, de: pageDe }

/** The language of a tag such as `fr-CA`, if pages come in it. */
export function languageOf(tag: string): Language | null {
  const own = tag.toLowerCase().split('-')[0]
  return languages.find((language) => language === own) ?? null
}
