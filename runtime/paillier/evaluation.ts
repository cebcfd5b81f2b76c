import type { Engine, Product } from './engine.ts'
import { checkCiphertexts, keyCheck } from './keys.ts'

/** The part of a request's evaluation that takes time, as plain data: it may be done in another thread. */
export interface Evaluation {
  /** Length of acceptable moduli. */
  readonly keyBits: number
  readonly n: bigint
  /** The ciphertexts of the request. */
  readonly bases: readonly bigint[]
  readonly products: readonly Product[]
}

/** Does evaluations: in this thread, or in others. */
export type Evaluator = (evaluation: Evaluation) => Promise<readonly bigint[]>

/** Public keys whose validation and set-up are kept for the next request. */
const keptKeys = 64

/**
 * Does evaluations in this thread, which it blocks for the while. Validates key and ciphertexts first.
 *
 * @throws {ProtocolError} `bad-key`, `bad-ciphertext` (by the promise).
 */
export function evaluateHere(engine: Engine): Evaluator {
  const checks = new Map<number, ReturnType<typeof keyCheck>>()
  const kept = new Map<bigint, ReturnType<Engine['products']>>()

  function productsOf(n: bigint, keyBits: number): ReturnType<Engine['products']> {
    const known = kept.get(n)
    if (known !== undefined) return known
    const check = checks.get(keyBits) ?? keyCheck(keyBits, engine)
    checks.set(keyBits, check)
    check(n)
    const products = engine.products(n)
    const oldest = kept.keys().next()
    if (kept.size >= keptKeys && !oldest.done) kept.delete(oldest.value)
    kept.set(n, products)
    return products
  }

  return async ({ keyBits, n, bases, products }) => {
    const compute = productsOf(n, keyBits)
    checkCiphertexts(bases, { n, nSquared: n * n })
    return compute(bases, products)
  }
}
