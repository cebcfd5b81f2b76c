import type { PaillierEngine, Power } from './engine.ts'
import { modulo } from './integer.ts'
import { productsBy } from './products.ts'
import { type RingFactory, squareRing } from './square-ring.ts'
import { windowPower } from './windows.ts'

/**
 * Modular exponentiation in plain JavaScript: for browsers, and the reference for the other engine. The number of
 * multiplications modulo m^2 depends on lengths only, not on values. The time of a single one is not constant.
 */
export function bigintEngine(ringOf: RingFactory = squareRing): PaillierEngine {
  return {
    name: 'bigint',
    tablePaysFrom: 2,
    ringOf,
    power: slidingPower,
    squarePower: (m) => {
      const ring = ringOf(m)
      return (base, exponent) => ring.integer(windowPower(ring, ring.residue(base), exponent))
    },
    products: productsBy(ringOf),
  }
}

/** Sliding windows (Menezes, van Oorschot, Vanstone: Handbook of Applied Cryptography, 14.85), for any modulus of at least 2. */
export function slidingPower(modulus: bigint): Power {
  return (base, exponent) => {
    const reduced = modulo(base, modulus)
    if (exponent === 0n) return modulo(1n, modulus)
    const digits = exponent.toString(2)
    const width = digits.length < 24 ? 1 : digits.length < 256 ? 4 : 6
    const square = (reduced * reduced) % modulus
    // odd[i] = base^(2i + 1)
    const odd = [reduced]
    for (let i = 1; i < 1 << (width - 1); i++) odd.push(((odd[i - 1] ?? 1n) * square) % modulus)
    let result = 1n
    for (let at = 0; at < digits.length; ) {
      if (digits[at] === '0') {
        result = (result * result) % modulus
        at += 1
        continue
      }
      let end = Math.min(at + width, digits.length)
      while (digits[end - 1] === '0') end -= 1
      for (let i = at; i < end; i++) result = (result * result) % modulus
      const window = Number.parseInt(digits.slice(at, end), 2)
      result = (result * (odd[(window - 1) / 2] ?? 1n)) % modulus
      at = end
    }
    return result
  }
}
