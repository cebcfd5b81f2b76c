/** A text in which `{names}` stand for values; or one for each form that a language has for a `{count}`. */
export type Message = string | PluralMessage

/** By the categories of `Intl.PluralRules`. */
export interface PluralMessage {
  readonly zero?: string
  readonly one?: string
  readonly two?: string
  readonly few?: string
  readonly many?: string
  readonly other: string
}

/** Messages by key. */
export type Catalogue = Readonly<Record<string, Message>>

/** The same messages in another language: a key that is missing does not compile. */
export type Translated<C extends Catalogue> = { readonly [K in keyof C]: Message }

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never
type NamesOf<M> = M extends string ? NamesIn<M> : NamesIn<M[keyof M]> | 'count'
type ValuesFor<M> = [NamesOf<M>] extends [never] ? [] : [Readonly<Record<NamesOf<M>, string | number>>]

/** Says a message of a catalogue. Numbers are written as the language writes them; `count` chooses the plural. */
export type Say<C extends Catalogue> = <K extends keyof C & string>(key: K, ...values: ValuesFor<C[K]>) => string

/** A language that things are said in. */
export interface Speech<C extends Catalogue> {
  /** Its tag: `fr`, `de-CH`. */
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  readonly say: Say<C>
  /** A number as it is read: digits in groups, a minus of its own. @param decimals exactly so many; without it, as many as there are. */
  number(value: number, decimals?: number): string
  /** A number as it is typed: without groups, in the digits 0 to 9. */
  typed(value: number): string
  /** The sign before decimals. */
  readonly decimalSign: string
}

/** A tag and those that stand for it where nothing is said in it, the nearest first: `zh-Hant-TW`, `zh-Hant`, `zh`. */
export const nearestTags = (lang: string): readonly string[] =>
  lang.split('-').map((_, i, parts) => parts.slice(0, parts.length - i).join('-'))

/**
 * Of tags those in which a language finds its texts, the nearest first: its own, more general ones, then others of the same
 * language. For `de-AT` among `de-CH`, `en` and `de`: `de`, `de-CH`.
 */
export function nearestAmong(lang: string, tags: readonly string[]): readonly string[] {
  const near = nearestTags(lang).filter((tag) => tags.includes(tag))
  const [language] = lang.split('-')
  return [...near, ...tags.filter((tag) => tag.split('-')[0] === language && !near.includes(tag))]
}

/** English is written as in Britain: days before months. */
export const localeOf = (lang: string) => (lang === 'en' ? 'en-GB' : lang)

/**
 * A text as its language sets it: no number is parted from its percent sign; and in French no line begins with a sign that has
 * a blank before it, nor ends after an opening one.
 */
export function typeset(lang: string, text: string): string {
  const whole = text.replace(/(?<=[\d}]) (?=%)/g, '\u00a0')
  return /^fr(-|$)/.test(lang) ? whole.replace(/ (?=[:;?!%»])/g, '\u00a0').replace(/« /g, '«\u00a0') : whole
}

/** Whoever reads the language reads these digits, and every keypad has them. */
export const latin = { numberingSystem: 'latn' } as const

/** Languages written from right to left. */
const rightToLeft = /^(ar|arc|ckb|dv|fa|he|ks|ps|sd|ug|ur|yi)(-|$)/i

/**
 * @param words the texts by key, in the language: those of the catalogue, or of a file with the same keys.
 * @param lang a tag of a language; numbers are written as in English where the browser does not know it.
 */
export function speechOf<C extends Catalogue>(lang: string, words: Translated<C>): Speech<C> {
  const [known = 'en-GB'] = Intl.NumberFormat.supportedLocalesOf([localeOf(lang), 'en-GB'])
  const plural = new Intl.PluralRules(known)
  const plain = new Intl.NumberFormat(known, { ...latin, useGrouping: false, maximumFractionDigits: 20 })
  const number = (value: number, decimals?: number) => {
    const digits = decimals === undefined ? 20 : decimals
    const format = { ...latin, minimumFractionDigits: decimals ?? 0, maximumFractionDigits: digits }
    // No number is minus nothing.
    return new Intl.NumberFormat(known, format)
      .format(value)
      .replace(/^-(?=[0.,]*$)/, '')
      .replace('-', '\u2212')
  }
  const messages: Readonly<Record<string, Message>> = words
  function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    const message = messages[key]
    if (message === undefined) throw new TypeError(`no words for ${key}`)
    const { count } = values
    const form = typeof message === 'string' ? message : (message[plural.select(Number(count))] ?? message.other)
    return typeset(lang, form).replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? ''
      return typeof value === 'number' ? number(value) : value
    })
  }
  return {
    lang,
    dir: rightToLeft.test(lang) ? 'rtl' : 'ltr',
    say: say as Say<C>,
    number,
    typed: (value) => plain.format(value).replace('-', '\u2212'),
    decimalSign: plain.formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.',
  }
}

/** The names in a message: those that stand in any of its forms. */
function namesOf(message: Message): ReadonlySet<string> {
  const texts = typeof message === 'string' ? [message] : Object.values<string>({ ...message })
  return new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)))
}

/** What is wrong with texts beside those of a catalogue, a line for each fault. */
export function faultsOfWords(words: Readonly<Record<string, unknown>>, model: Catalogue): readonly string[] {
  const missing = Object.keys(model).filter((key) => !Object.hasOwn(words, key))
  const wrong = Object.entries(words).flatMap(([key, message]) => {
    const own = Object.hasOwn(model, key) ? model[key] : undefined
    if (own === undefined) return [`"${key}" is not a text of a page`]
    if (!isMessage(message)) return [`"${key}" is neither a text nor texts by plural, with one for "other"`]
    if (message === '' || Object.values(Object(message)).includes('')) return [`"${key}" is empty`]
    if (typeof message !== 'string' && typeof own === 'string') return [`"${key}" counts nothing: it is one text`]
    const [known, named] = [namesOf(own), namesOf(message)]
    const strange = [...named]
      .filter((name) => !known.has(name))
      .map((name) => `"${key}" says {${name}}, which it has not`)
    // A form for one may leave the figure out.
    const lost = [...known].filter((name) => !named.has(name)).map((name) => `"${key}" lacks {${name}}`)
    return [...strange, ...lost]
  })
  return [...missing.map((key) => `"${key}" is missing`), ...wrong]
}

const forms = ['zero', 'one', 'two', 'few', 'many', 'other']

function isMessage(given: unknown): given is Message {
  if (typeof given === 'string') return true
  if (typeof given !== 'object' || given === null || !('other' in given)) return false
  return Object.entries(given).every(([form, text]) => forms.includes(form) && typeof text === 'string')
}
