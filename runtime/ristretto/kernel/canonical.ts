import type { Lanes } from './lanes.ts'
import type { AllocatePlace } from './layout.ts'
import { count, get, lines, locals, number, params, set } from './wat.ts'

/** How the limbs of an element are read and written, each as a word per lane. */
export interface Limbs {
  readonly lanes: Lanes
  /** Bits of each limb: 255 in all, or more. */
  readonly widths: readonly number[]
  /** Sets the locals h0, h1, ... to the limbs of the element at an address. */
  readonly read: (address: string) => string
  /** Writes the locals h0, h1, ... to the element at an address. */
  readonly write: (address: string) => string
  /** Sets the locals w0 to w7 to the words of 32 bits of each lane's 32 bytes, which stand one after another. */
  readonly readWords: (address: string) => string
  readonly writeWords: (address: string) => string
  /** Locals that reading and writing words needs. */
  readonly wordLocals: string
}

/** Where each limb begins, in bits. */
export const placesOf = (widths: readonly number[]): number[] =>
  widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0))

/**
 * From limbs to least residues and bytes, and back.
 *
 * Two rounds of carries, with 2^255 = 19, leave a value within 0 .. 2^255 - 1, for any limbs that stay below 2^31 in what
 * follows: the first carry out is small, the second -1, 0 or 1. One more round finds whether 19 more would reach 2^255,
 * and the last adds 19 if so.
 */
export function canonicalFunctions(
  { lanes, widths, read, write, readWords, writeWords, wordLocals }: Limbs,
  place: AllocatePlace,
): string {
  const from = placesOf(widths)
  const n = widths.length
  const tops = widths.map((width, i) => Math.min(width, 255 - (from[i] as number)))
  const canonical = place(lanes.wordBytes * n)
  const at = number(canonical)
  const h = (i: number) => get(`h${i}`)
  const hs = locals(lanes.type, ...count(n).map((i) => `h${i}`))
  const wide = [...new Set(tops)]
  const maskOf = (bits: number) => get(`mask${bits}`)
  const masks = locals(lanes.type, ...wide.map((bits) => `mask${bits}`))

  /** Carries from limb to limb what is given, and leaves what comes out above 2^255 in $carry. */
  const round = (added: string, stored: boolean) => `
    ${set('carry', added)}
    ${lines(n, (i) => {
      const sum = lanes.add(h(i), get('carry'))
      const bits = tops[i] as number
      return stored
        ? `${set('x', sum)} ${set('carry', lanes.shiftRight(get('x'), bits))} ${set(`h${i}`, lanes.and(get('x'), maskOf(bits)))}`
        : set('carry', lanes.shiftRight(sum, bits))
    })}`
  const folded = lanes.multiply(get('carry'), 19)

  const makeCanonical = `
  (func $canonical ${params('a')} ${hs} ${masks} ${locals(lanes.type, 'carry', 'x')}
    ${wide.map((bits) => set(`mask${bits}`, lanes.constant(2 ** bits - 1))).join(' ')}
    ${read(get('a'))}
    ${round(lanes.constant(0), true)}
    ${round(folded, true)}
    ${set('h0', lanes.add(h(0), folded))}
    ${round(lanes.constant(19), false)}
    ${round(folded, true)}
    ${lines(n, (i) => lanes.store(at, lanes.wordBytes * i, h(i)))})`

  const limb = (i: number) => lanes.load(at, lanes.wordBytes * i)
  const any = count(n)
    .map(limb)
    .reduce((a, b) => lanes.or(a, b))
  const tests = `
  (func $isZero ${params('a')} (result ${lanes.type}) (call $canonical ${get('a')}) ${lanes.isZero(any)})
  (func $isOdd ${params('a')} (result ${lanes.type}) (call $canonical ${get('a')})
    ${lanes.subtract(lanes.constant(0), lanes.and(limb(0), lanes.constant(1)))})`

  /** Word w of the canonical limbs. */
  const word = (w: number) =>
    count(n)
      .filter((i) => (from[i] as number) < 32 * w + 32 && (from[i] as number) + (tops[i] as number) > 32 * w)
      .map((i) => {
        const shift = (from[i] as number) - 32 * w
        return shift >= 0 ? lanes.shiftLeft(limb(i), shift) : lanes.shiftRightUnsigned(limb(i), -shift)
      })
      .reduce((a, b) => lanes.or(a, b))
  const ws = locals(lanes.type, ...count(8).map((w) => `w${w}`))
  const toBytes = `
  (func $toBytes ${params('bytes', 'element')} ${ws} ${wordLocals}
    (call $canonical ${get('element')})
    ${lines(8, (w) => set(`w${w}`, word(w)))}
    ${writeWords(get('bytes'))})`

  const limbOfWords = (i: number) => {
    const start = from[i] as number
    const [w, shift] = [Math.floor(start / 32), start % 32]
    const low = lanes.shiftRightUnsigned(get(`w${w}`), shift)
    const bits = tops[i] as number
    const all = shift + bits > 32 ? lanes.or(low, lanes.shiftLeft(get(`w${w + 1}`), 32 - shift)) : low
    return lanes.and(all, lanes.constant(2 ** bits - 1))
  }
  const fromBytes = `
  (func $fromBytes ${params('element', 'bytes')} ${ws} ${hs} ${wordLocals}
    ${readWords(get('bytes'))}
    ${lines(n, (i) => set(`h${i}`, limbOfWords(i)))}
    ${write(get('element'))}
    (call $tighten ${get('element')}))`

  return [makeCanonical, tests, toBytes, fromBytes].join('\n')
}
