import { bigintEngine } from './bigint-engine.ts'
import type { PaillierEngine } from './engine.ts'
import { modulo } from './integer.ts'
import { opensslEngine } from './openssl-engine.ts'

/**
 * Compares an engine with plain BigInt arithmetic on a few numbers, in a few milliseconds: whether an OpenSSL built
 * or configured otherwise, or another compiler of WebAssembly, still does what is asked of it.
 */
export function enginePassesSelfTest({ power, squarePower, products, ringOf }: PaillierEngine): boolean {
  try {
    const m = (1n << 521n) - 1n
    const naive = (base: bigint, exponent: bigint, modulus: bigint) => {
      let result = 1n
      for (const bit of exponent.toString(2)) {
        result = (result * result) % modulus
        if (bit === '1') result = modulo(result * base, modulus)
      }
      return result
    }
    const [pow, squarePow] = [power(m), squarePower(m)]
    for (const base of [0n, 1n, m - 1n, m + 5n]) {
      for (const e of [0n, 1n, (1n << 80n) + 1n]) {
        if (pow(base, e) !== naive(base, e, m) || squarePow(base, e) !== naive(base, e, m * m)) return false
      }
    }
    const long = (1n << 3072n) - 159n
    const ring = ringOf(long)
    const value = ring.integer(ring.square(ring.multiply(ring.residue(-7n), ring.residue((1n << 5000n) / 3n)), 3))
    if (value !== naive(-7n * ((1n << 5000n) / 3n), 8n, long * long)) return false
    const factors = [
      { base: 0, mantissa: 7n, shift: 100 },
      { base: 1, mantissa: (1n << 60n) - 1n, shift: 3 },
    ]
    const n = (1n << 127n) - 1n
    const [product] = products(n)([5n, n - 2n], [{ factors, unit: 11n }])
    const expected =
      naive(5n, 7n << 100n, n * n) * naive(n - 2n, ((1n << 60n) - 1n) << 3n, n * n) * naive(11n, n, n * n)
    return product === expected % (n * n)
  } catch {
    return false
  }
}

/** OpenSSL where the environment has it and it passes the self-test, else BigInt. */
export const fastestEngine: PaillierEngine = chooseEngine(opensslEngine())

/** The engine given, if there is one that works. */
export function chooseEngine(native: PaillierEngine | null): PaillierEngine {
  return native !== null && enginePassesSelfTest(native) ? native : bigintEngine()
}
