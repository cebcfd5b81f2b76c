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
