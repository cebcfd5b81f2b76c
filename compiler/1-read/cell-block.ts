/** Plain numbers have at most this many digits, so that doubles hold them without their point. */
const mostDigits = 15

/** Texts of at most this many characters, all of them ASCII, are kept as numbers. */
const packedLength = 7

const [zero, nine, point, hyphen] = [48, 57, 46, 45]

/** Cells that are not plain numbers: a short text, packed into a number; and the place of a text in the block's list. */
const packedTag = -1
export const textTag = -2

/**
 * The cells of some rows, row by row, before columns take them: each in two numbers. The second tells what the
 * first one is. At least 0, it is how many decimals a plain number has, whose digits are the first: 230 and 2 for `2.30`.
 * No string is made of plain numbers and of short texts.
 */
export class CellBlock {
  readonly numbers: Float64Array
  readonly tags: Int8Array
  readonly texts: string[] = []

  constructor(cells: number) {
    this.numbers = new Float64Array(cells)
    this.tags = new Int8Array(cells)
  }

  /**
   * Takes down the plain number that begins at a place of a longer text and ends before the delimiter.
   *
   * @returns where it ends; -1 if no plain number stands there, and nothing is taken down.
   */
  putNumber(place: number, text: string, from: number, end: number, delimiter: number): number {
    const isNegative = text.charCodeAt(from) === hyphen && delimiter !== hyphen
    const start = isNegative ? from + 1 : from
    // Integers of 32 bits as long as they suffice: nine digits, and the others.
    let [head, tail, tens, dot, to] = [0, 0, 1, -1, start]
    for (let count = 0; to < end; to++) {
      const character = text.charCodeAt(to)
      if (character === delimiter) break
      if (character >= zero && character <= nine) {
        if (count < 9) head = (head * 10 + (character - zero)) | 0
        else {
          tail = (tail * 10 + (character - zero)) | 0
          tens *= 10
        }
        count += 1
        if (count > mostDigits) return -1
      } else if (character === point && dot < 0 && to > start) dot = to
      else return -1
    }
    if (to === start || dot === to - 1) return -1
    if (text.charCodeAt(start) === zero && to - start > 1 && dot !== start + 1) return -1
    const digits = head * tens + tail
    this.numbers[place] = isNegative ? 0 - digits : digits
    this.tags[place] = dot < 0 ? 0 : to - 1 - dot
    return to
  }

  /** Takes down the text between two places of a longer one. */
  put(place: number, text: string, from: number, to: number): void {
    const isNegative = text.charCodeAt(from) === hyphen
    const start = isNegative ? from + 1 : from
    if (start >= to || to - start > mostDigits + 1) {
      this.#putText(place, text, from, to)
      return
    }
    let digits = 0
    let dot = -1
    for (let i = start; i < to; i++) {
      const character = text.charCodeAt(i)
      if (character >= zero && character <= nine) digits = 10 * digits + (character - zero)
      else if (character === point && dot < 0 && i > start && i < to - 1) dot = i
      else {
        this.#putText(place, text, from, to)
        return
      }
    }
    // Other writings of a number are kept as they are.
    const hasLeadingZero = text.charCodeAt(start) === zero && to - start > 1 && dot !== start + 1
    if (hasLeadingZero || (dot < 0 && to - start > mostDigits)) {
      this.#putText(place, text, from, to)
      return
    }
    this.numbers[place] = isNegative ? 0 - digits : digits
    this.tags[place] = dot < 0 ? 0 : to - 1 - dot
  }

  #putText(place: number, text: string, from: number, to: number): void {
    let key = 1
    let isShort = to - from <= packedLength
    for (let i = from; isShort && i < to; i++) {
      const character = text.charCodeAt(i)
      key = key * 128 + character
      isShort = character < 128
    }
    this.tags[place] = isShort ? packedTag : textTag
    this.numbers[place] = isShort ? key : this.texts.push(text.slice(from, to)) - 1
  }
}

/** The text that was packed into a number. */
export function unpack(key: number): string {
  let text = ''
  for (let rest = key; rest > 1; rest = Math.floor(rest / 128)) text = String.fromCharCode(rest % 128) + text
  return text
}
