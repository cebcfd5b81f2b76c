/** What counts as missing where the schema does not say: an empty cell, `?` as in UCI's files, and the words of pandas. */
export const defaultMissingValues: readonly string[] = [
  ...['', '?', 'NA', 'N/A', 'n/a', 'NaN', 'nan', '-NaN', '-nan', 'null', 'NULL', 'None', '<NA>'],
  ...['#N/A', '#N/A N/A', '#NA', '1.#IND', '-1.#IND', '1.#QNAN', '-1.#QNAN'],
]

/** White space of any kind at a place: what `trim` takes away. */
export function isBlank(character: number): boolean {
  if (character > 32 && character < 160) return false
  return character === 32 || (character >= 9 && character <= 13) || /\s/.test(String.fromCharCode(character))
}
