/** Colours, where there is a terminal. `NO_COLOR` turns them off, `FORCE_COLOR` on: see no-color.org and force-color.org. */

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green'

const codes: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
}

/** Whether a stream takes colours. */
export function hasColours(
  stream: { readonly isTTY?: boolean },
  { NO_COLOR, FORCE_COLOR, TERM }: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return stream.isTTY === true && TERM !== 'dumb'
}

/** A text in a style, for a stream that takes colours; else the text as it is. */
export function styled(style: Style, text: string, stream: { readonly isTTY?: boolean } = process.stdout): string {
  const [on, off] = codes[style]
  return hasColours(stream) ? `\u001b[${on}m${text}\u001b[${off}m` : text
}

/** Characters in a line of standard output: at most 110, so that lines are read without effort; 60 at least, as labels take 15. */
export const lineWidth = () => Math.max(60, Math.min(110, process.stdout.columns || 110))
