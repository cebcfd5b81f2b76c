import { documentsIn, type PageDocuments, type PageLanguage } from 'emp-compile-runtime/internal/page/documents'
import { languageOf, pageWords } from 'emp-compile-runtime/internal/words/languages'
import { faultsOfWords } from 'emp-compile-runtime/internal/words/message'
import type { PageWords } from 'emp-compile-runtime/internal/words/page'
import { pageEn } from 'emp-compile-runtime/internal/words/page-en'
import { badOption, CompileError } from '../errors.ts'
import { upToTen } from '../text.ts'
import { ownLanguage } from './languages.ts'
import { modelTextsOf, withModelTexts } from './model-texts.ts'

/** A file of words: the texts of a page in a language, and those of a model. */
export interface WordsFile {
  readonly file: string
  readonly text: string
}

/** The languages of a page, with the documents in them. */
export interface InLanguages {
  readonly documents: PageDocuments
  readonly languages: readonly [PageLanguage, ...PageLanguage[]]
}

interface ParsedWords {
  readonly lang: string
  readonly name: string
  readonly words: PageWords
  readonly model: Readonly<Record<string, string>>
}

/**
 * The languages that were asked for, out of those that pages come in and of files of words.
 *
 * @param tags such as `fr`; none for the languages of the files, or English.
 * @throws {CompileError} `malformed-words`, `bad-option` for a language that nobody has words in.
 */
export function inLanguages(
  documents: PageDocuments,
  tags: readonly string[],
  files: readonly WordsFile[],
): InLanguages {
  const own = files.map((file) => parse(file, documents))
  const wanted = tags.length > 0 ? tags : own.length > 0 ? own.map(({ lang }) => lang) : ['en']
  const unused = own.find(({ lang }) => !wanted.includes(lang))
  if (unused !== undefined) throw badOption('lang', wanted.join(), `${unused.lang} too, as ⸨words⸩ gives words in it`)
  const found = wanted.map((tag): PageLanguage => {
    const given = own.find(({ lang }) => lang === tag)
    if (given !== undefined) return given
    const language = languageOf(tag)
    if (language === null || !isTag(tag)) {
      throw badOption(
        'lang',
        tag,
        `${Object.keys(pageWords).join(', ')}, or a language with ⸨words⸩; ⸨words-template⸩ begins one`,
      )
    }
    return ownLanguage(language, tag)
  })
  const translated = own.map(({ lang, model }) => [lang, withModelTexts(documentsIn(documents, lang), model)] as const)
  const [first = ownLanguage('en'), ...others] = found
  return {
    documents: { ...documents, languages: { ...documents.languages, ...Object.fromEntries(translated) } },
    languages: [bare(first), ...others.map(bare)],
  }
}

/** Without what is not for the page. */
const bare = ({ lang, name, words }: PageLanguage): PageLanguage => ({ lang, name, words })

/** A file of words to begin with: every text of a page and of a model, as they are in the language or else in English. */
export function wordsTemplate(documents: PageDocuments, lang: string): string {
  const language = languageOf(lang) ?? 'en'
  const template = {
    lang,
    name: nameOf(lang),
    words: pageWords[language],
    model: modelTextsOf(documentsIn(documents, lang)),
  }
  return `${JSON.stringify(template, null, 2)}\n`
}

/** What a language is called in itself. */
function nameOf(lang: string): string {
  const language = languageOf(lang)
  return language === null
    ? (new Intl.DisplayNames([lang], { type: 'language' }).of(lang) ?? lang)
    : ownLanguage(language).name
}

const isTag = (tag: string) => /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)

const malformedWords = (file: string, faults: readonly string[]) =>
  new CompileError(
    'malformed-words',
    { file },
    `is not a file of words for this page: ${upToTen(faults)}. ⸨words-template⸩ prints one with every text.`,
  )

/** @throws {CompileError} `malformed-words` */
function parse({ file, text }: WordsFile, documents: PageDocuments): ParsedWords {
  const wrong = (faults: readonly string[]) => malformedWords(file, faults)
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw wrong([error instanceof Error ? error.message : 'it is not JSON'])
  }
  if (!isObject(json)) throw wrong(['it is not an object'])
  const { lang, name, words, model = {} } = json
  if (typeof lang !== 'string' || !isTag(lang))
    throw wrong(['"lang" is not the tag of a language, such as "fr" or "pt-BR"'])
  if (name !== undefined && typeof name !== 'string')
    throw wrong(['"name" is not a text: what the language is called in itself'])
  if (!isObject(words)) throw wrong(['"words" is missing: the texts of the page by their keys'])
  if (!isObject(model)) throw wrong(['"model" is not an object: the texts of the model by their keys'])
  const known = modelTextsOf(documents)
  const ofModel = Object.entries(model).flatMap(([key, said]) => {
    if (!Object.hasOwn(known, key)) return [`"${key}" of "model" is not a text of this model`]
    return typeof said === 'string' && said !== '' ? [] : [`"${key}" of "model" is not a text`]
  })
  const faults = [...faultsOfWords(words, pageEn), ...ofModel]
  if (faults.length > 0) throw wrong(faults)
  return {
    lang,
    name: name ?? nameOf(lang),
    // Checked against the catalogue, key by key.
    words: words as unknown as PageWords,
    model: model as Record<string, string>,
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
