/** A column as written: its different texts in order of appearance, and for every row the position of its text. */
export interface RawColumn {
  readonly name: string
  readonly texts: readonly string[]
  readonly codes: Int32Array
}

/** Cells of at most this many characters, all of them ASCII, are looked up as numbers instead of texts. */
const packedLength = 7

/** Grows a dictionary-coded column cell by cell. */
export class ColumnBuilder {
  readonly name: string
  readonly #positions = new Map<string, number>()
  /** The positions of short texts by their characters, packed into one number. */
  readonly #packed = new Map<number, number>()
  readonly #codes = new IntegerList()

  constructor(name: string) {
    this.name = name
  }

  add(text: string): void {
    this.#codes.add(this.#positionOf(text))
  }

  /** Adds the text between two places of a longer one, without making a string of it where its like has been seen. */
  addBetween(text: string, from: number, to: number): void {
    const key = pack(text, from, to)
    if (key === null) {
      this.add(text.slice(from, to))
      return
    }
    let position = this.#packed.get(key)
    if (position === undefined) {
      position = this.#positionOf(text.slice(from, to))
      this.#packed.set(key, position)
    }
    this.#codes.add(position)
  }

  finish(): RawColumn {
    return { name: this.name, texts: [...this.#positions.keys()], codes: this.#codes.finish() }
  }

  #positionOf(text: string): number {
    let position = this.#positions.get(text)
    if (position === undefined) {
      position = this.#positions.size
      this.#positions.set(text, position)
    }
    return position
  }
}

/** A few ASCII characters as one number, different for different texts; null for others. */
function pack(text: string, from: number, to: number): number | null {
  if (to - from > packedLength) return null
  let key = 1
  for (let i = from; i < to; i++) {
    const character = text.charCodeAt(i)
    if (character > 127) return null
    key = key * 128 + character
  }
  return key
}

/** A list of 32-bit integers that grows by doubling. */
export class IntegerList {
  #items = new Int32Array(1024)
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
