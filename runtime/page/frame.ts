import type { Contract } from '../contract.ts'
import { requestBytes } from '../wire/sizes.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import type { PageDocuments } from './documents.ts'

/** What of the frame of a page is the model's: texts that stand in it as they are. */
export const modelTexts = ['title', 'target', 'description', 'data', 'server', 'client'] as const

/** A text of the frame: of the catalogue, or of the model. */
export type FrameKey = keyof PageCatalogue | `model.${(typeof modelTexts)[number]}`

export interface FrameSubject {
  readonly contract: Contract
  /** In the language of the speech. */
  readonly documents: PageDocuments
  readonly operator: string | null
}

/** The target's own title, or the model's. */
export function titleOf({ contract, documents }: Pick<FrameSubject, 'contract' | 'documents'>): string {
  return documents.target.title ?? documents.title ?? contract.name
}

/**
 * The texts of a page's frame by their keys, in a language: for the markup, and for the script where a page has several.
 * They take their values from what is known of the model.
 */
export function frameTexts(subject: FrameSubject, { say }: Speech<PageCatalogue>): (key: FrameKey) => string {
  const { contract, documents, operator } = subject
  const title = titleOf(subject)
  const own: Readonly<Record<string, string | null>> = {
    title,
    target: documents.target.description,
    description: documents.description,
    data: documents.title,
    server: documents.leakage.server,
    client: documents.leakage.client,
  }
  const count = contract.columns.length
  const texts: Partial<Record<FrameKey, string>> = {
    'page.about': say('page.about', { title }),
    'ask.lead': say('ask.lead', { count, people: say('people', { count: documents.rows }) }),
    'ask.lead-made': say('ask.lead-made', { count }),
    'sent.plan': say('sent.plan', {
      bytes: say('bytes', { count: requestBytes(contract) }),
      key: documents.sealing.key,
    }),
    'footer.operator': say('footer.operator', { operator: operator ?? '' }),
  }
  const plain = say as (key: string) => string
  return (key) => {
    if (key.startsWith('model.')) return own[key.slice(6)] ?? ''
    return texts[key] ?? plain(key)
  }
}

/** `Data: {sources}.`, cut where the sources stand, which are links. */
export function aroundSources({ say }: Speech<PageCatalogue>): readonly [before: string, behind: string] {
  const [before = '', behind = ''] = say('footer.data', { sources: '\u0000' }).split('\u0000')
  return [before, behind]
}
