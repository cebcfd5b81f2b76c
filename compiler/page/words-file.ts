import { documentsIn, type PageDocuments, type PageLanguage } from 'emp-compile-runtime/internal/page/documents'
import { languageOf, pageWords } from 'emp-compile-runtime/internal/words/languages'
import { faultsOfWords, nearestTags } from 'emp-compile-runtime/internal/words/message'
import type { PageWords } from 'emp-compile-runtime/internal/words/page'
import { pageEn } from 'emp-compile-runtime/internal/words/page-en'
import { badOption, CompileError } from '../errors.ts'
import { canonicalTag, describeTagFault, upToTen } from '../text.ts'
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
  readonly file: string
  readonly lang: string
  readonly name: string
  readonly words: PageWords
  readonly model: Readonly<Record<string, string>>
}

/**
 * The languages that were asked for, out of those that pages come in and of files of words.
 *
 * @param tags such as `fr`; none for the languages of the files, or English.
 * @param files null where none can be given.
 * @throws {CompileError} `malformed-words`, `bad-option` for a language that nobody has words in.
 */
export function inLanguages(
  documents: PageDocuments,
  tags: readonly string[],
  files: readonly WordsFile[] | null,
): InLanguages {
  const own = (files ?? []).map((file) => parse(file, documents))
  for (const [i, { file, lang }] of own.entries()) {
    const former = own.slice(0, i).find((other) => other.lang === lang)
    if (former !== undefined)
      throw badOption('words', file, `one file for each language: ${former.file} is of ${lang}, too`)
  }
  const asked = tags.map(checkedTag)
  const twice = asked.find((tag, i) => asked.indexOf(tag) < i)
  if (twice !== undefined) throw badOption('lang', tags.join(), `every language once, and ${twice} is there twice`)
  const wanted = asked.length > 0 ? asked : own.length > 0 ? own.map(({ lang }) => lang) : ['en']
  /** The words of one's own for a tag: in the language itself, or more generally; `pt` for `pt-BR`. */
  const givenFor = (tag: string) =>
    nearestTags(tag)
      .map((near) => own.find(({ lang }) => lang === near))
      .find((one) => one !== undefined)
  const unused = own.find((one) => !wanted.some((tag) => givenFor(tag) === one))
  if (unused !== undefined) throw badOption('lang', wanted.join(), `${unused.lang} too, as ⸨words⸩ gives words in it`)
  const found = wanted.map((tag): PageLanguage => {
    const given = givenFor(tag)
    if (given !== undefined) return { ...given, lang: tag }
    const language = languageOf(tag)
    if (language === null) {
      const others =
        files === null
          ? ' here; emp-compile page makes a page in any other language'
          : ', or a language with ⸨words⸩; ⸨words-template⸩ begins one'
      throw badOption('lang', tag, `${Object.keys(pageWords).join(', ')}${others}`)
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

/**
 * A file of words to begin with: every text of a page and of a model, as they are in the language or else in English.
 *
 * @throws {CompileError} `bad-option` for what is not the tag of a language.
 */
export function wordsTemplate(documents: PageDocuments, tag: string): string {
  const lang = checkedTag(tag)
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

/** @throws {CompileError} `bad-option` */
function checkedTag(tag: string): string {
  const canonical = canonicalTag(tag)
  if (canonical === null)
    throw badOption('lang', tag, `tags of languages such as fr or pt-BR: ${describeTagFault(tag)}`)
  return canonical
}

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
  const { lang: tag, name, words, model = {} } = json
  const lang = typeof tag === 'string' ? canonicalTag(tag) : null
  if (typeof tag === 'string' && lang === null) throw wrong([`"lang": ${describeTagFault(tag)}`])
  if (lang === null) throw wrong(['"lang" is missing: the tag of a language, such as "fr" or "pt-BR"'])
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
    file,
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
