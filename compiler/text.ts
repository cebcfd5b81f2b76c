export { upToTen } from 'emp-compile-runtime/internal/grid'

/** Three significant digits. */
export const significant = (value: number) => String(Number(value.toPrecision(3)))

/** `76.6%` */
export const percent = (share: number) => `${(100 * share).toFixed(1)}%`

/** `10.4 kB` */
export const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

/** The words of a text in lines of at most `width` characters, where no single word is longer. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

/** The tag of a language as it is written (BCP 47): `pt-BR` for `pt-br`; null if it is not the tag of a language. */
export function canonicalTag(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null
  } catch {
    return null
  }
}

/** What is wrong with such a tag, and what it may be: `"de_CH" is not the tag of a language; write "de-CH"`. */
export function describeTagFault(tag: string): string {
  const meant = canonicalTag(tag.trim().replaceAll('_', '-'))
  return `${JSON.stringify(tag)} is not the tag of a language; write ${meant === null ? 'one such as "fr" or "pt-BR"' : JSON.stringify(meant)}`
}
