import { documentsIn, type PageDocuments } from '../../runtime/page/documents.ts'
import { languageOf, pageWords } from '../../runtime/words/languages.ts'
import type { Message } from '../../runtime/words/message.ts'

/** Words without which hardly an English sentence is made, and that neither French nor German has. */
const common = new Set(
  (
    'the of to is was were not with from this that are for by you your it its be been and or but which who what when ' +
    'how they their them these those there here have had does did can could will would should may might must shall ' +
    'more most less than then only other others same such each every all any no yes one two our we us she her him ' +
    'please click enter select error loading failed answer answers people person key server page record value values number'
  ).split(' '),
)

const wordsIn = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/\{\w+\}|https?:\S+|[\w.-]+:\d+\S*|--[\w-]+/g, ' ')
    .match(/[\p{L}]+(?:[’'][\p{L}]+)?/gu) ?? []

const textsOf = (messages: Readonly<Record<string, Message>>) =>
  Object.values(messages).flatMap((message) =>
    typeof message === 'string' ? [message] : Object.values<string>({ ...message }),
  )

/** Every text in a value, however deep. */
const deepTexts = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(deepTexts)
      : []

const vocabulary = (lang: string, documents: PageDocuments) => {
  const { title, description, target, columns, leakage, sealing, tests } = documentsIn(documents, lang)
  const own = languageOf(lang)
  const ofModel = [target, ...columns].map(({ name: _, example: __, ...field }) => field)
  return new Set(
    [
      ...(own === null ? [] : textsOf(pageWords[own])),
      ...deepTexts({ title, description, ofModel, leakage, sealing, tests }),
    ].flatMap(wordsIn),
  )
}

/** Names that are the same in every language. */
const names = [
  'sha',
  'javascript',
  'emp',
  'compile',
  'https',
  'post',
  'get',
  'cookies',
  'heart',
  'disease',
  'linear',
  'evaluate',
]

/** The English words in what a page in another language says. */
export function strangeWords(text: string, lang: string, documents: PageDocuments): readonly string[] {
  const [english, own] = [vocabulary('en', documents), vocabulary(lang, documents)]
  const isEnglish = (word: string) => (english.has(word) || common.has(word)) && !own.has(word) && !names.includes(word)
  return [...new Set(wordsIn(text))].filter((word) => word.length > 1 && isEnglish(word))
}
