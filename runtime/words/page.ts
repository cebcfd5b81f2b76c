import type { Translated } from './message.ts'
import type { pageEn } from './page-en.ts'

/** The texts of a page by key, each with the values that it takes. */
export type PageCatalogue = typeof pageEn

/** The texts of a page in a language. */
export type PageWords = Translated<PageCatalogue>
