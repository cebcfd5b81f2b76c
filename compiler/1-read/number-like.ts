/**
 * What a text seems to be that holds a number but is none; null for other texts.
 *
 * @param hasUnit whether a single letter behind an integer is a unit in this column.
 */
export function numberLike(text: string, hasUnit: boolean): 'date' | 'sign' | null {
  if (dates.some((form) => form.test(text))) return 'date'
  if (hasUnit && letterBehind(text) !== null) return 'sign'
  return !code.test(text) && signed.some((form) => form.test(text)) ? 'sign' : null
}

/** The single letter that stands directly behind an integer: a unit where all texts of a column have the same one. */
export const letterBehind = (text: string): string | null => /^\d+(\p{L})$/u.exec(text)?.[1] ?? null

const clock = String.raw`\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*[ap]\.?m\.?)?`

/** Days and times: `2020-04-01 12:30`, `5-Jan-2020`, `Jan 5, 2020`, `2020-04`, `04/2020`, `1:30 PM`. */
const dates: readonly RegExp[] = [
  new RegExp(String.raw`^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T ]${clock}(Z|[+-]\d{2}:?\d{2})?)?$`, 'i'),
  new RegExp(`^${clock}$`, 'i'),
  /^\d{1,2}(st|nd|rd|th|\.)?[ ./-]*\p{L}{3,9}\.?[ ./,-]+\d{2,4}$/iu,
  /^\p{L}{3,9}\.? \d{1,2}(st|nd|rd|th)?,? \d{4}$/iu,
  /^(\d{4}[-/](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[/.]\d{4})$/,
]

const number = String.raw`[+-]?\d[\d.,]*`
const currency = String.raw`(\p{L}{0,2}\p{Sc}\s*|(EUR|USD|GBP|CHF|INR|JPY|CNY|SEK|NOK|DKK|PLN|BRL|Rs|kr)\.?\s+)`

/** Stages, arms of chromosomes and places in a row are no numbers with a unit: `1a`, `17q`, `3rd`. */
const code = /^\d+(\p{L}|st|nd|rd|th|er|re|[eè]me|ste|de)$/iu

/** Numbers beside something else. */
const signed: readonly RegExp[] = [
  // Bounds, about, currencies; and `90+`, `5-`.
  new RegExp(String.raw`^([<>≤≥~=±≈]+|ca?\.|circa|about)\s*${number}\s*\S{0,6}$`, 'iu'),
  new RegExp(`^[+-]?${currency}${number}$`, 'u'),
  /^\d[\d.,]*\s*[+-]$/,
  // Units; the deviation beside a mean; a fraction.
  new RegExp(String.raw`^${number}\s*(%|‰|°|\p{Sc})|^${number}\s*(%|[\p{L}µ°/²³]{1,8})$|^${number}/${number}$`, 'u'),
  new RegExp(String.raw`^${number}\s*(±|\+/?-|[([])\s*${number}\s*[)\]]?$`),
  // Negative as accountants write it; in quotes of other kinds; with other signs between digits; digits of other scripts.
  /^\(\s*\p{Sc}?\s*\d[\d.,]*\s*\)$/u,
  new RegExp(String.raw`^(=?["'“”„‘’«»]+)\s*${number}\s*["'“”„‘’«»]*$`),
  /^[+-]?\d+[·⋅]\d+$/,
  /^[+-]?\d{1,3}([,_]\d{2,3})+(\.\d+)?$/,
  /^(?![+-]?[\d.,]*$)[+-]?\p{Nd}[\p{Nd}.,\u066b\u066c]*$/u,
  // Feet and inches, hours and minutes.
  /^\d{1,2}\s*(['’′]|ft\.?|h|hrs?)\s*\d{1,2}\s*(["”″]|''|in\.?|m|min\.?)?$/i,
]
