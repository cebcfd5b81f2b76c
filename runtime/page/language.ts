import { nearestAmong, type Speech, speechOf } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import {
  type DocumentWords,
  documentsIn,
  type LanguageTexts,
  type PageDocuments,
  type PageLanguage,
  type PageModel,
  wordsOf,
} from './documents.ts'
import { replace } from './dom.ts'
import { aroundSources, type FrameKey, frameTexts } from './frame.ts'

/** A page in one of its languages. */
export interface Spoken {
  readonly speech: Speech<PageCatalogue>
  readonly documents: PageDocuments
}

/** The languages of a page: the first at once, the others as soon as their texts are here. */
export interface Tongue {
  readonly first: Spoken
  /** In every language whose texts are here. */
  readonly documents: PageDocuments
  /** The speech of one of those; else that of the first. */
  speechIn(lang: string): Speech<PageCatalogue>
  /** @throws {TypeError} if the texts cannot be loaded (by the promise). */
  speak(lang: string): Promise<Spoken>
}

export function tongueOf({ languages: [first, ...others], documents: own }: PageModel): Tongue {
  const texts: Record<string, DocumentWords> = { [first.lang]: wordsOf(own) }
  const documents: PageDocuments = { ...own, languages: texts }
  const initial: Spoken = { speech: speechOf(first.lang, first.words), documents: own }
  const known = new Map([[first.lang, initial]])
  return {
    first: initial,
    documents,
    speechIn: (lang) => (known.get(lang) ?? initial).speech,
    async speak(lang) {
      const former = known.get(lang)
      if (former !== undefined) return former
      const { file, integrity } = others.find((language) => language.lang === lang)?.texts ?? {}
      if (file === undefined || integrity === undefined) throw new TypeError('not a language of this page')
      const given: LanguageTexts = await (await fetch(file, { integrity })).json()
      texts[lang] = given.documents
      const spoken = { speech: speechOf(lang, given.words), documents: documentsIn(documents, lang) }
      known.set(lang, spoken)
      return spoken
    },
  }
}

/**
 * The language that the browser's owner likes best among those of the page, by its tag: the very one, else the nearest that
 * is more general, else another of the same language; the first if there is none.
 */
export function preferredOf(
  { languages }: { readonly languages: readonly [Pick<PageLanguage, 'lang'>, ...Pick<PageLanguage, 'lang'>[]] },
  liked: readonly string[],
): string {
  const tags = languages.map(({ lang }) => lang)
  return canonical(liked).flatMap((tag) => nearestAmong(tag, tags))[0] ?? languages[0].lang
}

/** Tags as they are written; others are left out. */
const canonical = (tags: readonly string[]) =>
  tags.flatMap((tag) => {
    try {
      return Intl.getCanonicalLocales(tag)
    } catch {
      return []
    }
  })

/** Says beside the switch that a language did not come; null takes that away. */
export function tellUnspoken({ languages }: PageModel, lang: string | null, { say }: Spoken['speech']): void {
  const place = document.getElementById('not-spoken')
  const language = languages.find((one) => one.lang === lang)?.name
  if (place !== null) replace(place, language === undefined ? '' : say('page.not-spoken', { language }))
}

/** Says everything that stands in the markup in a language. */
export function translateFrame({ contract, operator }: PageModel, { speech, documents }: Spoken): void {
  const text = frameTexts({ contract, documents, operator }, speech)
  document.documentElement.lang = speech.lang
  document.documentElement.dir = speech.dir
  for (const node of document.querySelectorAll<HTMLElement>('[data-say]')) {
    replace(node, text(node.dataset.say as FrameKey))
  }
  for (const node of document.querySelectorAll<HTMLElement>('[data-label]')) {
    node.setAttribute('aria-label', text(node.dataset.label as FrameKey))
  }
  document.querySelector('meta[name=description]')?.setAttribute('content', text('page.about'))
  const [before, behind] = aroundSources(speech)
  for (const [id, said] of [
    ['sources-before', before],
    ['sources-behind', behind],
  ] as const) {
    const node = document.getElementById(id)
    if (node !== null) replace(node, said)
  }
}
