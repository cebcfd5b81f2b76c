/**
 * The one reader of numbers that people write: in a CSV, in a file of records, and in the form of a page. What may mean
 * two numbers is never taken for one of them without evidence.
 */

/** How the numbers of a column are written. The names are those of Table Schema. */
export interface NumberFormat {
  readonly decimalChar: string
  /** Between groups of three digits; a blank stands for all kinds of blanks. Null where digits are not grouped. */
  readonly groupChar: string | null
  /** False where a unit or a currency may stand beside the number, as in `85%` and `$60`. */
  readonly bareNumber: boolean
}

export const plainFormat: NumberFormat = { decimalChar: '.', groupChar: null, bareNumber: true }

/** A number as written: its value, and the digits after its decimal sign. */
export interface Written {
  readonly value: number
  readonly decimals: number
}

const format = (decimalChar: string, groupChar: string | null): NumberFormat => ({
  decimalChar,
  groupChar,
  bareNumber: true,
})

/** The ways in which numbers are written around the world, the plain one first. */
const knownFormats: readonly NumberFormat[] = [
  plainFormat,
  format(',', null),
  format('.', ','),
  format(',', '.'),
  format('.', ' '),
  format(',', ' '),
  format('.', "'"),
  format(',', "'"),
]

/** Alike on paper: kinds of blanks, apostrophes and minus signs. */
const blanks = /[\u00a0\u2007\u2009\u202f]/g
const apostrophes = /\u2019/g
const minus = /^[\u2010-\u2015\u2212]/

/**
 * A number with signs around it: sign, what stands before, the number, what stands behind. No `<` and no `90+`: that is no
 * number; no parenthesis and no `5-`: they may mean a minus.
 */
const dressed = /^([+-]?)[^\d+.,(<>\u2264\u2265~=-]*([+-]?[.,]?\d.*?)[^\d+<>\u2264\u2265~=\u2010-\u2015\u2212-]*$/

/** The number that a text is in a format; null if it is not a number. No hexadecimal, no infinity. */
export function readWritten(text: string, { decimalChar, groupChar, bareNumber }: NumberFormat): Written | null {
  let plain = text.replace(minus, '-')
  if (!bareNumber) {
    const parts = dressed.exec(plain)
    if (parts === null) return null
    plain = `${parts[1] ?? ''}${parts[2] ?? ''}`
  }
  const [, sign = '', body = '', exponent = ''] = /^([+-]?)(.*?)(e[+-]?\d+)?$/i.exec(plain) ?? []
  const point = body.lastIndexOf(decimalChar)
  const whole = ungrouped(point < 0 ? body : body.slice(0, point), groupChar)
  const fraction = point < 0 ? '' : body.slice(point + 1)
  if (whole === null || !/^\d*$/.test(fraction) || whole + fraction === '') return null
  const value = Number(`${sign}${whole}.${fraction}0${exponent}`)
  if (!Number.isFinite(value)) return null
  // What is written -0 is 0.
  return { value: value + 0, decimals: Math.max(0, fraction.length - Number(exponent.slice(1))) }
}

/** The digits of a whole number, without what groups them; null if there is anything else. */
function ungrouped(text: string, groupChar: string | null): string | null {
  if (/^\d*$/.test(text)) return text
  if (groupChar === null) return null
  const [first = '', ...rest] = text.replace(blanks, ' ').replace(apostrophes, "'").split(groupChar)
  const isGrouped = /^[1-9]\d{0,2}$/.test(first) && rest.every((group) => /^\d{3}$/.test(group))
  return isGrouped ? first + rest.join('') : null
}

/** Every number that a text may be on its own, in any of the known formats: none, one, or two. */
export function readingsOf(text: string): readonly (Written & { readonly format: NumberFormat })[] {
  const readings: (Written & { readonly format: NumberFormat })[] = []
  for (const format of knownFormats) {
    const read = readWritten(text, format)
    if (read !== null && !readings.some(({ value }) => value === read.value)) readings.push({ ...read, format })
  }
  return readings
}

export type Recognised =
  | { readonly kind: 'format'; readonly format: NumberFormat }
  /** The texts may be either of two numbers each; one such text, and both of its numbers. */
  | { readonly kind: 'ambiguous'; readonly text: string; readonly values: readonly [number, number] }
  | { readonly kind: 'none' }

/**
 * The format in which all of a column's texts are numbers: the plain one if it does, else the only one that does.
 * Where two do and give different numbers, the column is ambiguous.
 *
 * @param commaDecimals tells that the file has decimal commas elsewhere: then even a single point with three digits
 * behind it is ambiguous.
 */
export function recogniseFormat(texts: readonly string[], commaDecimals = false): Recognised {
  const fitting = knownFormats.filter((format) => texts.every((text) => readWritten(text, format) !== null))
  const [first] = fitting
  if (first === undefined) return { kind: 'none' }
  if (first === plainFormat && !commaDecimals) return { kind: 'format', format: first }
  for (const other of fitting) {
    for (const text of texts) {
      const values = [
        readWritten(text, first)?.value ?? Number.NaN,
        readWritten(text, other)?.value ?? Number.NaN,
      ] as const
      if (values[0] !== values[1]) return { kind: 'ambiguous', text, values }
    }
  }
  return { kind: 'format', format: first }
}

/** Tells whether two formats read every text alike. */
export function isSameFormat(one: NumberFormat, other: NumberFormat): boolean {
  return (
    one.decimalChar === other.decimalChar && one.groupChar === other.groupChar && one.bareNumber === other.bareNumber
  )
}

/** `decimal commas`, `points between groups of three digits`: a format in words. */
export function describeFormat({ decimalChar, groupChar, bareNumber }: NumberFormat): string {
  const names: Record<string, string> = { '.': 'points', ',': 'commas', ' ': 'blanks', "'": 'apostrophes' }
  const named = (char: string) => names[char] ?? JSON.stringify(char)
  const parts = [
    ...(decimalChar === '.' ? [] : [`decimal ${named(decimalChar)}`]),
    ...(groupChar === null ? [] : [`${named(groupChar)} between groups of three digits`]),
    ...(bareNumber ? [] : ['signs beside the number']),
  ]
  return parts.length === 0 ? 'decimal points' : parts.join(' and ')
}
