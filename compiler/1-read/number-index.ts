/** Numbers within a window of at most this width may be found by their digits alone. */
const widestWindow = 1 << 16

/** Short lists grow by more, as files of many columns have many of them; longer ones double. */
const larger = (length: number) => (length < 1 << 7 ? 8 : length < 1 << 9 ? 4 : 2) * length

/** Numbers with so many decimals whose digits lie close together: `positions[digits - low]` is a position plus one, or 0. */
interface Window {
  readonly decimals: number
  readonly low: number
  readonly positions: Int32Array
}

/** Finds the position of a plain number: by a hash, or by its place in a window where the numbers lie close together. */
export class NumberIndex {
  /** Per position: the digits and the decimals of a number. */
  #digits = new Float64Array(16)
  #decimals = new Uint8Array(16)
  #size = 0
  /** Positions plus one, by a hash of the number; 0 where there is none. Its length is a power of two. */
  #slots = new Int32Array(32)
  #hashed = 0
  #window: Window | null = null

  get size(): number {
    return this.#size
  }

  /** The position of a number; the next one if it is new. */
  positionOf(digits: number, decimals: number): number {
    const window = this.#window
    if (window !== null && window.decimals === decimals) {
      const place = digits - window.low
      if (place >= 0 && place < window.positions.length) {
        const held = window.positions[place] as number
        if (held > 0) return held - 1
        window.positions[place] = this.#size + 1
        return this.append(digits, decimals)
      }
    }
    const slots = this.#slots
    const last = slots.length - 1
    let slot = hash(digits, decimals) & last
    for (let held = slots[slot] as number; held !== 0; held = slots[slot] as number) {
      if (this.#digits[held - 1] === digits && this.#decimals[held - 1] === decimals) return held - 1
      slot = (slot + 1) & last
    }
    slots[slot] = this.#size + 1
    this.#hashed += 1
    const position = this.append(digits, decimals)
    if (2 * this.#hashed > slots.length) this.#enlargeSlots()
    return position
  }

  /** Gives the next position to a number, without looking whether it has one. */
  append(digits: number, decimals: number): number {
    const position = this.#size
    if (position === this.#digits.length) {
      const [largerDigits, largerDecimals] = [new Float64Array(larger(position)), new Uint8Array(larger(position))]
      largerDigits.set(this.#digits)
      largerDecimals.set(this.#decimals)
      this.#digits = largerDigits
      this.#decimals = largerDecimals
    }
    this.#digits[position] = digits
    this.#decimals[position] = decimals
    this.#size = position + 1
    return position
  }

  finish(): { readonly digits: Float64Array; readonly decimals: Uint8Array } {
    return { digits: this.#digits.slice(0, this.#size), decimals: this.#decimals.slice(0, this.#size) }
  }

  /** Makes room; first it looks whether a window would do. */
  #enlargeSlots(): void {
    this.#window ??= this.#windowOf(this.#decimals[this.#size - 1] as number)
    const held = this.#slots
    const slots = new Int32Array(larger(held.length))
    const last = slots.length - 1
    for (let i = 0; i < held.length; i++) {
      const position = (held[i] as number) - 1
      if (position < 0) continue
      let slot = hash(this.#digits[position] as number, this.#decimals[position] as number) & last
      while (slots[slot] !== 0) slot = (slot + 1) & last
      slots[slot] = position + 1
    }
    this.#slots = slots
  }

  /** A window with room on both sides, if the numbers of so many decimals lie close enough together; else null. */
  #windowOf(decimals: number): Window | null {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let i = 0; i < this.#size; i++) {
      if (this.#decimals[i] !== decimals) continue
      low = Math.min(low, this.#digits[i] as number)
      high = Math.max(high, this.#digits[i] as number)
    }
    const width = 2 * (high - low + 1)
    if (!(width <= widestWindow && width <= 64 * this.#size)) return null
    const window = { decimals, low: low - Math.floor(width / 4), positions: new Int32Array(width) }
    for (let i = 0; i < this.#size; i++) {
      if (this.#decimals[i] === decimals) window.positions[(this.#digits[i] as number) - window.low] = i + 1
    }
    return window
  }
}

/** A hash of 32 bits, mixed as the last step of MurmurHash3 does. */
function hash(digits: number, decimals: number): number {
  const high = Math.floor(digits / 2 ** 32)
  let mixed = (digits - high * 2 ** 32) ^ Math.imul(high ^ (decimals << 24), 0x9e3779b9)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
