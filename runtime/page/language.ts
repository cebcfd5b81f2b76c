import { type Speech, speechOf } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import type { PageLanguage, PageModel } from './documents.ts'
import { documentsIn, type PageDocuments } from './documents.ts'
import { replace } from './dom.ts'
import { aroundSources, type FrameKey, frameTexts } from './frame.ts'

/** A page in one of its languages. */
export interface Spoken {
  readonly speech: Speech<PageCatalogue>
  readonly documents: PageDocuments
}

/** The page in a language. */
export function spokenIn({ documents }: Pick<PageModel, 'documents'>, { lang, words }: PageLanguage): Spoken {
  return { speech: speechOf(lang, words), documents: documentsIn(documents, lang) }
}

/** The language that the browser's owner likes best among those of the page; the first if there is none. */
export function preferredOf({ languages }: Pick<PageModel, 'languages'>, liked: readonly string[]): PageLanguage {
  for (const tag of liked) {
    const exact = languages.find(({ lang }) => lang.toLowerCase() === tag.toLowerCase())
    const near = languages.find(({ lang }) => lang.split('-')[0] === tag.split('-')[0])
    const found = exact ?? near
    if (found !== undefined) return found
  }
  return languages[0]
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
