import type { Contract } from '../contract.ts'
import { nearestAmong } from '../words/message.ts'
import type { PageWords } from '../words/page.ts'

/** What people are told about a column or the target. All of it comes from the schema, and is published. */
export interface FieldDocument {
  readonly name: string
  readonly title: string | null
  readonly description: string | null
  readonly unit: string | null
  /** Units in which a value may be given instead: times `factor`, it is one in `unit`. */
  readonly otherUnits: readonly { readonly unit: string; readonly factor: number }[]
  /** The meaning of coded values, by their text. */
  readonly categories: readonly { readonly value: string; readonly label: string }[]
  /** A value to fill in for show; nobody's. */
  readonly example: string | null
  /** Under which heading a long form asks for it. */
  readonly group?: string
  /** Whether the value comes from a test or a paper: people look it up before they begin. */
  readonly isResult?: boolean
}

/** What a page says of a model beside its contract: `page.json`. It holds no threshold. */
export interface PageDocuments {
  readonly title: string | null
  readonly description: string | null
  readonly references: readonly { readonly title: string; readonly path: string | null }[]
  /** Rows of the training data. */
  readonly rows: number
  readonly target: FieldDocument
  /** How the model did on people that it had not seen; left out where nobody measured it. */
  readonly unseen?: UnseenDocument
  /** The columns of the contract, in its order. */
  readonly columns: readonly FieldDocument[]
  /** Who learns what of the model, in its own figures. */
  readonly leakage: { readonly client: string; readonly server: string }
  /** How a record is sealed, in words and needs. */
  readonly sealing: SealingDocument
  /** The tests in the order of the contract, in words: only where the model's owner publishes them. */
  readonly tests?: readonly TestDocument[]
  /** How people in the training data are spread over what the model computes: only where its owner publishes it. */
  readonly distribution?: DistributionDocument
  /** The same words in other languages, by their tags. */
  readonly languages?: Readonly<Record<string, DocumentWords>>
}

/** What of a model's documents is words. */
export interface DocumentWords
  extends Pick<PageDocuments, 'title' | 'description' | 'target' | 'columns' | 'leakage' | 'tests'> {
  readonly sealing: Pick<SealingDocument, 'key' | 'each'>
}

/**
 * Of 100 people in the training data, how many have at most each of these numbers by the model: the chance of the answer
 * that is asked about in percent, or the number that it computes. In whole percent.
 */
export interface DistributionDocument {
  readonly of: 'chance' | 'number'
  /** Ascending; the percent do not fall. */
  readonly steps: readonly { readonly value: number; readonly percent: number }[]
}

/** The documents in a language, by its tag such as `fr-CA`; as they are where they are not there in it. */
export function documentsIn<D extends InLanguages>(documents: D, lang: string): D {
  const { languages = {} } = documents
  const [nearest = ''] = nearestAmong(lang, Object.keys(languages))
  const own: InLanguages | undefined = languages[nearest]
  if (own === undefined) return documents
  const { sealing } = documents
  return { ...documents, ...own, ...(sealing === undefined ? {} : { sealing: { ...sealing, ...own.sealing } }) }
}

/** The words among documents. */
export function wordsOf({
  title,
  description,
  target,
  columns,
  leakage,
  tests,
  sealing,
}: PageDocuments): DocumentWords {
  const { key, each } = sealing
  const shown = tests === undefined ? {} : { tests }
  return { title, description, target, columns, leakage, ...shown, sealing: { key, each } }
}

interface InLanguages {
  readonly languages?: Readonly<Record<string, object>>
  readonly sealing?: object
}

/** Of answers: of 100 people how many were answered right. Of numbers: the usual error, in the unit of the target. */
export type UnseenDocument = { readonly right: number } | { readonly error: number }

/** What a page says of the sealing of its model, and what its worker needs. */
export interface SealingDocument {
  /** The key that the page makes: `3072-bit key`. */
  readonly key: string
  /** What a ciphertext is made for: `each value that the model takes`. */
  readonly each: string
  /** Whether the worker runs WebAssembly. */
  readonly usesWasm: boolean
}

/** A test, and what its two outcomes mean. */
export interface TestDocument {
  readonly question: string
  readonly left: string
  readonly right: string
}

/** Where a page sends requests: `POST evaluate` on a server, or the tickets of one for a store. */
export interface Connection {
  readonly kind: 'http' | 'tickets'
  /** The address; null is where the page itself comes from. */
  readonly url: string | null
}

/** A language of a page: its tag, what it is called in itself, and its texts. */
export interface PageLanguage {
  readonly lang: string
  readonly name: string
  readonly words: PageWords
}

/** A language of a page whose texts lie in a file of their own, which is loaded when it is spoken first. */
export interface LanguageFile extends Pick<PageLanguage, 'lang' | 'name'> {
  readonly texts: PageFile
}

/** What such a file holds. */
export interface LanguageTexts {
  readonly words: PageWords
  readonly documents: DocumentWords
}

/** A file beside the page, and its hash as in an `integrity` attribute. */
export interface PageFile {
  readonly file: string
  readonly integrity: string
}

/** What the script of a page is made with. */
export interface PageModel {
  /** The first is the one that the markup is in, and the documents. */
  readonly languages: readonly [PageLanguage, ...LanguageFile[]]
  readonly contract: Contract
  readonly documents: PageDocuments
  readonly connection: Connection
  /** Who runs the page, in their own words; null if they do not say. */
  readonly operator: string | null
  readonly worker: PageFile
  /** The worker for browsers whose WebAssembly has no SIMD; null where it needs none. */
  readonly plainWorker: PageFile | null
}
