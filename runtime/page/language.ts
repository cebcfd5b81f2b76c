import { nearestAmong, type Speech, speechOf } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import { type LanguageTexts, type PageDocuments, type PageLanguage, type PageModel, withWords } from './documents.ts'
import { byId, element, replace } from './dom.ts'
import { aroundSources, type FrameKey, frameTexts, mostShort } from './frame.ts'
import type { Question } from './questions.ts'

/** A page in one of its languages. */
export interface Spoken {
  readonly speech: Speech<PageCatalogue>
  readonly documents: PageDocuments
}

/** The page in its languages: at once in its first, in the others as soon as their texts are here. */
export function tongueOf({ languages: [first, ...others], documents }: PageModel): {
  readonly first: Spoken
  /** @throws {TypeError} if the texts cannot be loaded (by the promise). */
  speak(lang: string): Promise<Spoken>
} {
  const own: Spoken = { speech: speechOf(first.lang, first.words), documents }
  const known = new Map([[first.lang, own]])
  return {
    first: own,
    async speak(lang) {
      const former = known.get(lang)
      if (former !== undefined) return former
      const { texts } = others.find((language) => language.lang === lang) ?? {}
      if (texts === undefined) throw new TypeError('not a language of this page')
      const response = await fetch(texts.file, { integrity: texts.integrity })
      const given: LanguageTexts = await response.json()
      const spoken = { speech: speechOf(lang, given.words), documents: withWords(documents, given.documents) }
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

/** The titles of what is to be looked up before a long form is filled in. */
export function showReadyList(questions: readonly Question[]): void {
  if (questions.length <= mostShort) return
  const results = questions.filter(({ isResult }) => isResult)
  byId('have-ready', HTMLElement).hidden = results.length === 0
  replace(byId('ready-list', HTMLElement), ...results.map(({ title }) => element('li', {}, title)))
}
