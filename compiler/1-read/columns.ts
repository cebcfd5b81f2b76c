import { at } from 'emp-compile-runtime/internal/at'
import { CellBlock, textTag, unpack } from './cell-block.ts'
import { NumberIndex } from './number-index.ts'

/**
 * A column as written: its texts in order of appearance, and for every row the position of its text. A text may stand
 * there several times where nearly all texts are different numbers.
 */
export interface RawColumn {
  readonly name: string
  /** Its place in the file, from 1. */
  readonly place: number
  /** How many texts there are. */
  readonly size: number
  readonly codes: Int32Array
  /**
   * The numbers among the texts that are written in the plainest way, without their decimal point: 230 for `2.30`. NaN
   * for other texts, some of which are numbers, too.
   */
  readonly digits: Float64Array
  /** Decimals of the plain numbers: 2 for `2.30`. */
  readonly decimals: Uint8Array
  textAt(code: number): string
}

/** With so many texts, more than half of which occur once so far, plain numbers are no longer looked up. */
const mostLookedUp = 1 << 14

/** In files of so many columns, which have few rows, it is worth it sooner. */
const manyColumns = 1000
const mostLookedUpOfMany = 48

/** Grows a dictionary-coded column. Plain numbers are kept as numbers. */
export class ColumnBuilder {
  readonly name: string
  readonly #texts = new Map<string, number>()
  /** The positions of short texts by the numbers that they are packed into. */
  readonly #packed = new Map<number, number>()
  readonly #codes = new IntegerList()
  /** Per position: the plain number, or NaN and a text in `#texts`. */
  readonly #numbers = new NumberIndex()
  #isAppending = false

  readonly #mostLookedUp: number

  /** @param columns how many the file has. */
  constructor(name: string, columns = 1) {
    this.name = name
    this.#mostLookedUp = columns >= manyColumns ? mostLookedUpOfMany : mostLookedUp
  }

  add(text: string): void {
    const block = new CellBlock(1)
    block.put(0, text, 0, text.length)
    this.take(block, 0, 1, 1)
  }

  /** Takes every `stride`th cell of a block, `count` of them. */
  take(block: CellBlock, first: number, stride: number, count: number): void {
    const [codes, numbers] = [this.#codes, this.#numbers]
    for (let i = first, left = count; left > 0; i += stride, left--) {
      const digits = block.numbers[i] as number
      const tag = block.tags[i] as number
      if (tag >= 0) codes.add(this.#isAppending ? numbers.append(digits, tag) : numbers.positionOf(digits, tag))
      else if (tag === textTag) codes.add(this.#positionOfText(at(block.texts, digits)))
      else codes.add(this.#packed.get(digits) ?? this.#addPacked(digits))
    }
    if (numbers.size > this.#mostLookedUp && 2 * numbers.size > codes.length) this.#isAppending = true
  }

  finish(place: number): RawColumn {
    const texts = new Map(Array.from(this.#texts, ([text, position]) => [position, text]))
    const { digits, decimals } = this.#numbers.finish()
    return {
      name: this.name,
      place,
      size: digits.length,
      codes: this.#codes.finish(),
      digits,
      decimals,
      textAt: (code) => texts.get(code) ?? writePlain(at(digits, code), at(decimals, code)),
    }
  }

  #addPacked(key: number): number {
    const position = this.#positionOfText(unpack(key))
    this.#packed.set(key, position)
    return position
  }

  #positionOfText(text: string): number {
    let position = this.#texts.get(text)
    if (position === undefined) {
      position = this.#numbers.append(Number.NaN, 0)
      this.#texts.set(text, position)
    }
    return position
  }
}

/** A plain number as it was written; what was written -0 is 0. */
function writePlain(digits: number, decimals: number): string {
  if (decimals === 0) return String(digits)
  const written = String(Math.abs(digits)).padStart(decimals + 1, '0')
  return `${digits < 0 ? '-' : ''}${written.slice(0, -decimals)}.${written.slice(-decimals)}`
}

/** A list of 32-bit integers that grows by doubling. */
export class IntegerList {
  #items = new Int32Array(256)
  #length = 0

  add(item: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(2 * this.#length)
      larger.set(this.#items)
      this.#items = larger
    }
    this.#items[this.#length++] = item
  }

  get length(): number {
    return this.#length
  }

  finish(): Int32Array {
    return this.#items.slice(0, this.#length)
  }
}
