/** What counts as missing where the schema does not say: an empty cell, `?` as in UCI's files, and the words of pandas. */
export const defaultMissingValues: readonly string[] = [
  ...['', '?', 'NA', 'N/A', 'n/a', 'NaN', 'nan', '-NaN', '-nan', 'null', 'NULL', 'None', '<NA>'],
  ...['#N/A', '#N/A N/A', '#NA', '1.#IND', '-1.#IND', '1.#QNAN', '-1.#QNAN'],
]

/** White space of any kind at a place, and what nobody sees: marks of direction and width, soft hyphens. */
export function isBlank(character: number): boolean {
  if (character > 32 && character < 160) return false
  return character === 32 || (character >= 9 && character <= 13) || unseen.test(String.fromCharCode(character))
}

const unseen = /[\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064]/

/** A text without what is blank at its ends. */
export function trimBlanks(text: string): string {
  let [from, to] = [0, text.length]
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return from === 0 && to === text.length ? text : text.slice(from, to)
}
