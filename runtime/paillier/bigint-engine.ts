import { type Engine, mantissaBits, type Power } from './engine.ts'
import { bitLength, modulo } from './integer.ts'
import { type RingFactory, squareRing } from './square-ring.ts'
import { cheapestWidth, interleave, oddPowers, stepsOf, windowPower, windowsOf } from './windows.ts'

/**
 * Modular exponentiation in plain JavaScript: for browsers, and the reference for the other engine. The number of
 * multiplications modulo m^2 depends on lengths only, not on values. The time of a single one is not constant.
 */
export function bigintEngine(ringOf: RingFactory = squareRing): Engine {
  return {
    name: 'bigint',
    tablePaysFrom: 2,
    power: slidingPower,
    squarePower: (m) => {
      const ring = ringOf(m)
      return (base, exponent) => ring.integer(windowPower(ring, ring.residue(base), exponent))
    },
    products: (n) => {
      const ring = ringOf(n)
      const top = bitLength(n) - 1
      const unitWidth = cheapestWidth(1, 1, top)
      const unitWindows = windowsOf(n - (1n << BigInt(top)), unitWidth, Math.ceil(top / unitWidth))
      return (bases, products) => {
        const factors = products.reduce((sum, product) => sum + product.factors.length, 0)
        const width = cheapestWidth(bases.length, factors, mantissaBits)
        const tables = bases.map((base) => oddPowers(ring, ring.residue(base), width))
        return products.map((product) => {
          const unit = ring.residue(product.unit)
          const steps = product.factors.flatMap(({ base, mantissa, shift }) => {
            const count = Math.ceil(Math.max(mantissaBits, bitLength(mantissa)) / width)
            return stepsOf(windowsOf(mantissa, width, count), tables[base] ?? [], shift)
          })
          const unitSteps = stepsOf(unitWindows, oddPowers(ring, unit, unitWidth), 0)
          // One chain of squarings, as long as n, serves the n-th power of the unit and all factors.
          return ring.integer(interleave(ring, unit, top, [...steps, ...unitSteps]))
        })
      }
    },
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
