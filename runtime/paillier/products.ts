import { mantissaBits, type PaillierEngine } from './engine.ts'
import { bitLength } from './integer.ts'
import type { RingFactory } from './square-ring.ts'
import { cheapestWidth, interleave, oddPowers, windowSteps, windowsOf } from './windows.ts'

/** Products by windows over tables of odd powers. How many multiplications they take depends on lengths only, not on values. */
export function productsBy(ringOf: RingFactory): PaillierEngine['products'] {
  return (n) => {
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
          return windowSteps(windowsOf(mantissa, width, count), tables[base] ?? [], shift)
        })
        const unitSteps = windowSteps(unitWindows, oddPowers(ring, unit, unitWidth), 0)
        // One chain of squarings, as long as n, serves the n-th power of the unit and all factors.
        return ring.integer(interleave(ring, unit, top, [...steps, ...unitSteps]))
      })
    }
  }
}
