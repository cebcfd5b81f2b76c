/** All escaping of data into other languages. Emitters never interpolate raw data. */

/** Controls, formats (bidirectional overrides, CVE-2021-42574), line and paragraph separators, halves of pairs, noncharacters. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\ufffe\uffff]/gu

const codePoint = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`

/** A single-quoted string literal of TypeScript. */
export function stringLiteral(text: string): string {
  // ts-morph's writer takes the quote after an escaped backslash for an escaped one: a last backslash is written otherwise.
  const escaped = text.replaceAll('\\', '\\\\').replace(/\\\\$/, '\\x5c').replaceAll("'", "\\'").replaceAll('\n', '\\n')
  return `'${escaped.replace(unprintable, codePoint)}'`
}

/** A property name of TypeScript: bare if it is a plain identifier, else quoted. Not for `__proto__` in a literal. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : stringLiteral(name)
}

/** One line of a TypeScript comment, of either kind: it neither ends the comment nor begins a tag or directive. */
export function commentText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(unprintable, codePoint)
    .replaceAll('*/', '*\\/')
    .replaceAll('@', '\\@')
    .trim()
}

/** Text or an attribute value of XML and HTML. */
export function xmlText(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text
    .replace(/\s+/g, ' ')
    .replace(unprintable, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** Text in a Markdown paragraph or table cell. */
export function markdownText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(unprintable, '\ufffd')
    .replace(/[\\`*_{}[\]<>#|~!&]/g, (character) => `\\${character}`)
}

/** Longer lists, and lists of numbers, have several items in a line. */
const mostLines = 40

/** A literal of TypeScript for plain data, laid out over lines where it does not fit one. */
export function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return stringLiteral(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const deeper = `${indent}  `
  const parts = Array.isArray(value)
    ? value.map((item) => literal(item, deeper))
    : Object.entries(value).map(([name, item]) => {
        // Written plainly, it would set the prototype.
        const property = name === '__proto__' ? "['__proto__']" : propertyName(name)
        return `${property}: ${literal(item, deeper)}`
      })
  const [open, close, space] = Array.isArray(value) ? ['[', ']', ''] : ['{', '}', ' ']
  if (parts.length === 0) return open + close
  const line = `${open}${space}${parts.join(', ')}${space}${close}`
  if (indent.length + line.length <= 110 && !line.includes('\n')) return line
  if (Array.isArray(value) && (value.length > mostLines || value.every((item) => typeof item === 'number'))) {
    return `${open}\n${fill(parts, deeper)}${indent}${close}`
  }
  return `${open}\n${parts.map((part) => `${deeper}${part},\n`).join('')}${indent}${close}`
}

/** Parts of a list in as few lines as their width allows. */
function fill(parts: readonly string[], indent: string): string {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    if (last === undefined || indent.length + last.length + part.length > 108 || part.includes('\n'))
      lines.push(`${part},`)
    else lines[lines.length - 1] = `${last} ${part},`
  }
  return lines.map((line) => `${indent}${line}\n`).join('')
}
