import type {
  DistributionDocument,
  DocumentWords,
  FieldDocument,
  PageDocuments,
  SealingDocument,
  UnseenDocument,
} from 'emp-compile-runtime/internal/page/documents'
import { languageOf, languages } from 'emp-compile-runtime/internal/words/languages'
import { typeset } from 'emp-compile-runtime/internal/words/message'
import type { Lowered } from '../schemes/scheme.ts'
import { type ColumnDocument, documentInLanguage, sourceInLanguage, type Table } from '../table.ts'
import { generatedBy } from '../version.ts'

/** What was measured of a model that its page tells. */
export interface PageFigures {
  readonly unseen?: UnseenDocument
  readonly distribution?: DistributionDocument
}

/**
 * What the page of a model says beside the contract: the words of the schema, where the data came from, and the leakage
 * report, in every language that there are words in. Public, as the client module is; of the rows of the table it takes
 * their number, and of the plan the tests only where their owner publishes them.
 */
export function emitPageDocuments(
  lowered: Pick<Lowered, 'plan' | 'learns' | 'translations' | 'publishedTests'>,
  sealing: SealingDocument,
  table: Pick<Table, 'source' | 'rows' | 'target' | 'columns'>,
  figures: PageFigures = {},
): string {
  const { source, rows, columns, target } = table
  const tags = [
    ...languages,
    ...(source.languages?.keys() ?? []),
    ...[target.document, ...columns.map(({ document }) => document)].flatMap((one) => [
      ...(one.languages?.keys() ?? []),
    ]),
  ]
  const others = [...new Set(tags)].filter((tag) => tag !== 'en').sort()
  const { sealing: inWords, ...words } = wordsIn('en', lowered, sealing, table)
  const documents: PageDocuments = {
    ...words,
    references: source.references,
    rows,
    sealing: { ...inWords, usesWasm: sealing.usesWasm },
    ...figures,
    languages: Object.fromEntries(others.map((tag) => [tag, typesetAll(tag, wordsIn(tag, lowered, sealing, table))])),
  }
  return `${JSON.stringify({ generator: generatedBy, ...documents }, null, 1)}\n`
}

/** Everything that is words, in a language; what is not there in it as it is. */
function wordsIn(
  tag: string,
  { plan, learns, translations, publishedTests }: Pick<Lowered, 'plan' | 'learns' | 'translations' | 'publishedTests'>,
  { key, each }: SealingDocument,
  { source, target, columns: read }: Pick<Table, 'source' | 'target' | 'columns'>,
): DocumentWords {
  const language = languageOf(tag) ?? 'en'
  const documentOf = new Map(read.map(({ column, document }) => [column.name, documentInLanguage(document, tag)]))
  const tests = publishedTests(documentOf, language)
  const { title, description } = sourceInLanguage(source, tag)
  const told = language === 'en' ? { leakage: learns, sealing: { key, each } } : translations[language]
  return {
    title,
    description,
    target: field(target.name, target.document, tag),
    columns: plan.contract.columns.flatMap(({ name }) => {
      const document = documentOf.get(name)
      return document === undefined ? [] : [field(name, document, tag)]
    }),
    ...told,
    ...(tests === null ? {} : { tests }),
  }
}

/** Names and values are no words. */
function typesetAll(tag: string, words: DocumentWords): DocumentWords {
  const isWords = (key: string, value: unknown): value is string =>
    typeof value === 'string' && !['name', 'value', 'example'].includes(key)
  return JSON.parse(JSON.stringify(words, (key, value) => (isWords(key, value) ? typeset(tag, value) : value)))
}

function field(name: string, document: ColumnDocument, tag: string): FieldDocument {
  const { categories, languages: _, ...others } = documentInLanguage(document, tag)
  return { name, ...others, categories: [...categories].map(([value, label]) => ({ value, label })) }
}
