import type { AllocatePlace } from './layout.ts'
import { count, get, lines, load, locals, number, params, set, store, vector } from './wat.ts'

/**
 * Products modulo p = 2^255 - 19 of four elements at once.
 *
 * An element is 20 limbs to the base 2^13, balanced; limbs 2i and 2i + 1 of the four elements are vector i. Two products
 * of limbs and their sum are one `i32x4.dot_i16x8_s`. Column k = 2i + j of a product is the sum over i of the pairs
 * (a[2i], a[2i + 1]) times the turned pairs (b[j], b[j - 1]). 2^260 = 608 modulo p.
 *
 * Bounds: a limb of a result is at most {@link limbBound}. Factors may be sums of results, as long as the product of
 * their largest limbs is at most {@link productBound}: so that 20 of them, and what is folded, stay below 2^31.
 */

export const simdLimbBits = 13
export const limbs = 20
export const simdVectors = limbs / 2
/** 2^255 - 19 divides 2^260 - 608. */
const wrap = 608
export const limbBound = 4096 + 3
export const productBound = 2 ** 26.65

/** Limbs of a factor that are kept in registers at a time, in vectors. */
const block = 5
const columns = 2 * limbs - 1
/** Of the base: what carries round by. */
const half = 2 ** (simdLimbBits - 1)
/** Chains of carries that go side by side, of an even number of limbs each. */
const chains = 2

/** Vector t of a square's factor is needed against vectors i < t only: twice, but for products with themselves. */
type Terms = (i: number, t: number, parity: number) => string | null

export function simdProducts(place: AllocatePlace): string {
  const turned = place(16 * (limbs + 1))
  const sums = place(16 * columns)
  const zero = number(0)

  const turn = (factor: string) => `
    ${lines(simdVectors, (i) =>
      store(
        zero,
        turned + 16 * (2 * i + 1),
        `(i8x16.shuffle 2 3 0 1 6 7 4 5 10 11 8 9 14 15 12 13 ${load(factor, 16 * i)} ${load(factor, 16 * i)})`,
      ),
    )}
    ${lines(simdVectors, (i) => {
      const below = i === 0 ? vector(0) : load(factor, 16 * (i - 1))
      return store(
        zero,
        turned + 16 * (2 * i),
        `(i8x16.shuffle 0 1 18 19 4 5 22 23 8 9 26 27 12 13 30 31 ${load(factor, 16 * i)} ${below})`,
      )
    })}
    ${store(zero, turned + 16 * limbs, `(v128.and ${load(factor, 16 * (simdVectors - 1))} ${vector(-65536)})`)}`

  /** Columns of one parity, from the first factor's vectors in two blocks; turned pairs pass through a window. */
  function multiplyParity(parity: number, prepare: (i: number, slot: number) => string, terms: Terms): string {
    const last = parity === 0 ? simdVectors : simdVectors - 1
    return [0, block]
      .map((from) => {
        const body = count(last + block).map((u) => {
          const at = sums + 16 * (2 * (u + from) + parity)
          const products = count(block).flatMap((slot) => {
            const t = u - slot
            const term = t >= 0 && t <= last ? terms(slot + from, t, parity) : null
            return term === null ? [] : [`(i32x4.dot_i16x8_s ${term} ${get(`r${t % block}`)})`]
          })
          const before = from > 0 && u + from < last + block ? [load(zero, at)] : []
          const all = [...before, ...products]
          const next = u <= last ? set(`r${u % block}`, load(zero, turned + 16 * (2 * u + parity))) : ''
          if (products.length === 0 && (before.length > 0 || 2 * (u + from) + parity >= columns)) return next
          const isLow = from === 0 && 2 * u + parity < limbs
          const summands = isLow ? [...all, vector(half)] : all
          const total = summands.length === 0 ? vector(0) : summands.reduce((sum, one) => `(i32x4.add ${sum} ${one})`)
          return `${next} ${store(zero, at, total)}`
        })
        return [...count(block).map((slot) => prepare(slot + from, slot)), ...body].join('\n')
      })
      .join('\n')
  }

  const registers = (...names: string[]) =>
    locals('v128', ...names.flatMap((name) => count(block).map((i) => `${name}${i}`)))

  const multiply = `
  (func $multiply (export "multiply") ${params('out', 'a', 'b')} ${registers('a', 'r')}
    ${turn(get('b'))}
    ${[0, 1]
      .map((parity) =>
        multiplyParity(
          parity,
          (i, slot) => set(`a${slot}`, load(get('a'), 16 * i)),
          (i) => get(`a${i % block}`),
        ),
      )
      .join('\n')}
    (call $reduce ${get('out')}))`

  /** Each product of two different limbs is taken once, doubled. */
  const square = `
  (func $square (export "square") ${params('out', 'a')} ${registers('a', 'd', 'r')}
    ${turn(get('a'))}
    ${[0, 1]
      .map((parity) =>
        multiplyParity(
          parity,
          (i, slot) =>
            `${set(`a${slot}`, load(get('a'), 16 * i))}
             ${set(`d${slot}`, `(i16x8.add ${get(`a${slot}`)} ${get(`a${slot}`)})`)}`,
          (i, t, parity) => {
            const [once, twice] = [get(`a${i % block}`), get(`d${i % block}`)]
            if (i > t) return null
            // The columns 4i + 1: a[2i] a[2i + 1] twice. The columns 4i: a[2i] a[2i] once, the others are others' doubles.
            if (i === t) return parity === 1 ? once : `(v128.and ${once} ${vector(65535)})`
            // The columns 4i + 2: a[2i] a[2i + 2] twice, a[2i + 1] a[2i + 1] once.
            if (i + 1 === t && parity === 0) return `(i16x8.add ${once} (v128.and ${once} ${vector(65535)}))`
            return twice
          },
        ),
      )
      .join('\n')}
    (call $reduce ${get('out')}))`

  const column = (k: number) => load(zero, sums + 16 * k)
  /** Column 20 + k: its low 16 bits, with their sign, count 608 times in column k, what is above 608 * 2^3 times in k + 1. */
  const folded = (k: number) => {
    const low = k < limbs - 1 ? column(limbs + k) : vector(0)
    const high = k > 0 ? `(i32x4.add ${column(limbs + k - 1)} ${vector(2 ** 15)})` : vector(0)
    const pair = `(i8x16.shuffle 0 1 18 19 4 5 22 23 8 9 26 27 12 13 30 31 ${low} ${high})`
    return `(i32x4.dot_i16x8_s ${pair} ${get('wraps')})`
  }
  /** The low bits of limb i, which are those of the limb and half of 2^13. */
  const low = (i: number) => `(v128.and ${get(`h${i}`)} ${get('mask')})`
  /** What does not fit limb i becomes the carry of a chain. */
  const carry = (i: number, chain: number) =>
    set(`c${chain}`, `(i32x4.shr_s ${get(`h${i}`)} (i32.const ${simdLimbBits}))`)
  const storePair = (i: number) => {
    const isLast = starts.includes(i - 2)
    const pair = `(i8x16.shuffle 0 1 18 19 4 5 22 23 8 9 26 27 12 13 30 31
      ${get(`h${i}`)} (i32x4.shl ${get(`h${i + 1}`)} (i32.const 16)))`
    const lows = `(v128.and ${pair} ${isLast ? vector(0x1fffffff) : get('masks')})`
    return store(get('out'), 8 * i, `(i16x8.sub ${lows} ${get('halves')})`)
  }

  /**
   * The high columns are folded by halves of 16 bits. A carry waits for the one before, so that chains of them go side by
   * side. They round to the nearest: half of 2^13 stands in every low column, and goes when limbs are stored.
   * Carries of the low columns are at most 2^18; that out of a chain goes on through two limbs of the next to the
   * third, where it is at most 3 after limb 19, whose carry counts 608 times, and at most 1 after others.
   */
  const links = limbs / chains
  const starts = count(chains).map((chain) => chain * links)
  const before = (chain: number) => (chain + chains - 1) % chains
  const inTurn = (k: number, one: (i: number, chain: number) => string) =>
    starts.map((start, chain) => one(start + k, chain)).join('\n')
  const names = [...count(chains).map((chain) => `c${chain}`), ...count(limbs).map((i) => `h${i}`)]
  const reduce = `
  (func $reduce ${params('out')} ${locals('v128', 'wraps', 'mask', 'masks', 'halves', 'last', ...names)}
    ${set('wraps', vector(wrap + 8 * wrap * 65536))}
    ${set('mask', vector(0x1fff))} ${set('masks', vector(0x1fff1fff))} ${set('halves', vector(0x10001000))}
    ${lines(links, (k) =>
      inTurn(k, (i, chain) => {
        const value = `(i32x4.add ${column(i)} ${folded(i)})`
        const all = k === 0 ? value : `(i32x4.add ${value} ${get(`c${chain}`)})`
        return `${set(`h${i}`, all)} ${carry(i, chain)} ${k > 3 && i % 2 === 1 ? storePair(i - 1) : ''}`
      }),
    )}
    ${set('last', `(i32x4.mul ${get(`c${before(0)}`)} ${vector(wrap)})`)}
    ${lines(chains - 1, (k) => {
      const chain = chains - 1 - k
      const first = starts[chain] as number
      return set(`h${first}`, `(i32x4.add ${low(first)} ${get(`c${before(chain)}`)})`)
    })}
    ${set('h0', `(i32x4.add ${low(0)} ${get('last')})`)}
    ${inTurn(0, carry)}
    ${lines(2, (k) => inTurn(k + 1, (i, chain) => `${set(`h${i}`, `(i32x4.add ${low(i)} ${get(`c${chain}`)})`)} ${k === 0 ? carry(i, chain) : ''}`))}
    ${inTurn(0, storePair)} ${inTurn(2, storePair)})`

  return [multiply, square, reduce].join('\n')
}
