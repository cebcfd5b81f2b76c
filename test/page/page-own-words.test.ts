import { describe, expect, test } from 'vitest'
import yargs from 'yargs/yargs'
import { columnWords, sourceWords } from '../../compiler/1-read/local-text.ts'
import { moduleOf } from '../../compiler/cli/command.ts'
import { serveRows } from '../../compiler/cli/serve-options.ts'
import { inLanguages, wordsTemplate } from '../../compiler/page/words-file.ts'
import type { SignsPlan } from '../../compiler/schemes/signs/plan.ts'
import { testsInWords } from '../../compiler/schemes/signs/tests-in-words.ts'
import { type ColumnDocument, documentInLanguage, sourceInLanguage } from '../../compiler/table.ts'
import documentsJson from '../../generated/heart-disease/page.json' with { type: 'json' }
import type { PageDocuments } from '../../runtime/page/documents.ts'
import { preferredOf } from '../../runtime/page/language.ts'

const documents: PageDocuments = documentsJson
const file = (lang: string, name = `${lang}.json`) => ({
  file: name,
  text: JSON.stringify({ ...JSON.parse(wordsTemplate(documents, 'en')), lang, name: lang }),
})

test('a command with a row for several texts takes each, and the last of every other option', async () => {
  let seen: object = {}
  const { builder, handler } = moduleOf({
    argument: { name: 'model', text: '' },
    options: { words: { type: 'texts', text: '' }, out: { type: 'text', text: '' }, json: { type: 'flag', text: '' } },
    examples: [],
    run: async (values, argument) => {
      seen = { ...values, argument }
    },
  })
  await yargs(['page', 'm', '--words', 'a', '--out', 'x', '--words', 'b', '--out', 'y', '--json', '--json'])
    .command({ command: 'page <model>', builder, handler })
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .strict()
    .parseAsync()
  expect(seen).toEqual({ words: ['a', 'b'], out: 'y', json: true, argument: 'm' })
  const { languages } = inLanguages(documents, [], [file('es'), file('it')])
  expect(languages.map(({ lang }) => lang)).toEqual(['es', 'it'])
})

describe('languages of a page', () => {
  test.each<[name: string, tags: string[], files: ReturnType<typeof file>[] | null, says: RegExp]>([
    ['a language twice', ['fr', 'fr'], [], /every language once, and fr is there twice/],
    ['a language twice in other letters', ['fr-ca', 'fr-CA'], [], /fr-CA is there twice/],
    ['two files of one', [], [file('es'), file('es', 'b.json')], /"b\.json".*one file for each.*es\.json is of es/],
    ['what is no tag', ['en_US'], [], /"en_US".*tags of languages such as fr or pt-BR: .*write "en-US"/],
    [
      'a file with what is no tag',
      [],
      [file('en_US', 'x.json')],
      /"lang": "en_US" is not the tag of a language; write "en-US"/,
    ],
    ['a file that no language takes', ['pt'], [file('pt-BR')], /"pt", but takes pt-BR too/],
    ['one that there are no words in', ['es'], [], /words-template begins one/],
    ['one that a server has no words in', ['es'], null, /takes en, fr, de here; emp-compile page makes/],
  ])('%s is refused by name', (_, tags, files, says) => {
    expect(() => inLanguages(documents, tags, files)).toThrow(says)
  })

  test.each<[tags: string[], files: string[], found: string[], german: string | undefined]>([
    [['PT-br', 'de-at'], ['pt'], ['pt-BR', 'de-AT'], 'Sprache'],
    [['de-CH'], ['de'], ['de-CH'], 'Language'],
    [['de-CH', 'de-AT'], ['de-ch', 'DE'], ['de-CH', 'de-AT'], 'Language'],
    [[], ['EN-gb', 'zh-hant-tw'], ['en-GB', 'zh-Hant-TW'], undefined],
  ])('%j with words in %j: are those that they mean, in the nearest words', (tags, files, found, german) => {
    const { languages } = inLanguages(
      documents,
      tags,
      files.map((lang) => file(lang)),
    )
    expect(languages.map(({ lang }) => lang)).toEqual(found)
    expect(languages.find(({ lang }) => lang.startsWith('de'))?.words['page.language']).toBe(german)
  })

  test.each<[languages: string[], liked: string[], found: string]>([
    [['en', 'de', 'fr'], ['de-AT'], 'de'],
    [['en', 'de-CH', 'de'], ['de-AT', 'en'], 'de'],
    [['en', 'de', 'de-CH'], ['DE-ch'], 'de-CH'],
    [['en', 'pt-BR'], ['pt-PT', 'en'], 'pt-BR'],
    [['en', 'he'], ['iw'], 'he'],
    [['en', 'zh-Hans', 'zh-Hant'], ['zh-Hant-TW'], 'zh-Hant'],
    [['fr', 'de'], ['es', 'de'], 'de'],
    [['fr', 'de'], ['C', 'x_y', 'es'], 'fr'],
    [['fr', 'de'], [], 'fr'],
  ])('a page in %j begins for a reader of %j in %s', (languages, liked, found) => {
    const [first = { lang: 'en' }, ...others] = languages.map((lang) => ({ lang }))
    expect(preferredOf({ languages: [first, ...others] }, liked)).toBe(found)
  })

  test('a template takes a tag alone; a server names no option that it has not', () => {
    expect(() => wordsTemplate(documents, 'en_US')).toThrow(/"en_US", but takes tags of languages/)
    expect(JSON.parse(wordsTemplate(documents, 'pt-br')).lang).toBe('pt-BR')
    expect(serveRows.lang.text).not.toMatch(/--words/)
    expect(() => inLanguages(documents, ['es'], null)).not.toThrow(/words/)
  })
})

test('a region has what is said in it, else in its language, text by text', () => {
  const field = {
    title: { en: 'Age', fr: 'Âge', 'fr-CA': 'Âge (CA)' },
    description: { en: 'in years', fr: 'en années' },
    categories: [{ value: '1', label: { en: 'one', fr: 'un' } }],
    otherUnits: [{ unit: { en: 'month', 'fr-CA': 'mois' }, factor: 1 }],
  }
  const languages = columnWords(field)
  const document: ColumnDocument = {
    ...{ title: 'Age', description: 'in years', unit: 'year', example: null, categories: new Map([['1', 'one']]) },
    otherUnits: [{ unit: 'month', factor: 1 }],
    ...(languages === undefined ? {} : { languages }),
  }
  expect(documentInLanguage(document, 'fr-CA')).toEqual({
    ...{ title: 'Âge (CA)', description: 'en années', unit: 'year', example: null },
    ...{ categories: new Map([['1', 'un']]), otherUnits: [{ unit: 'mois', factor: 1 }] },
  })
  expect(documentInLanguage(document, 'fr-BE').title).toBe('Âge')
  const said = sourceWords({ title: { en: 'a', 'fr-CA': 'b' }, description: { en: 'c', fr: 'd' } })
  const source = { title: 'a', description: 'c', ...(said === undefined ? {} : { languages: said }) }
  expect(sourceInLanguage(source, 'fr-CA')).toEqual({ title: 'b', description: 'd' })
  expect(sourceInLanguage(source, 'de')).toEqual({ title: 'a', description: 'c' })
})

test('published tests of levels are in the words and the grammar of the language', () => {
  const levels = ['red', 'blue', 'green']
  const plan = {
    contract: {
      columns: [{ kind: 'text', name: 'colour', levels, missing: 'never' }],
      features: levels.map((level) => ({ column: 'colour', level })),
    },
    server: { tests: [{ feature: 0, also: [1, 2], cut: 0 }] },
  } as unknown as SignsPlan
  const document: ColumnDocument = {
    ...{ title: 'Farbe', description: null, unit: null, example: null, otherUnits: [] },
    categories: new Map([
      ['red', 'rot'],
      ['blue', 'blau'],
    ]),
  }
  const said = (lang: 'de' | 'fr' | 'en') => testsInWords(plan, new Map([['colour', document]]), lang)
  expect(said('de')).toEqual([{ question: 'Farbe', left: 'nicht rot, blau oder green', right: 'rot, blau oder green' }])
  expect(said('fr')[0]?.right).toBe('rot, blau ou green')
  expect(said('en')[0]?.right).toBe('rot, blau or green')
})
