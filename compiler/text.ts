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
