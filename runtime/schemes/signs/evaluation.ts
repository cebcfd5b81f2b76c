import type { PaillierEngine, Product } from '../../paillier/engine.ts'
import { fastestEngine } from '../../paillier/fastest-engine.ts'
import { checkCiphertexts, keyCheck } from '../../paillier/keys.ts'
import type { Task, TaskResult } from '../scheme.ts'

/** The part of a request's evaluation that takes time, as plain data. Its result are the products, modulo n^2. */
export interface SignsTask extends Task {
  readonly scheme: 'signs'
  /** Length of acceptable moduli. */
  readonly keyBits: number
  readonly n: bigint
  /** The ciphertexts of the request. */
  readonly bases: readonly bigint[]
  readonly products: readonly Product[]
}

/** Public keys whose validation and set-up are kept for the next request. */
const keptKeys = 64

/**
 * Does tasks in this thread, which it blocks for the while. Validates key and ciphertexts first.
 *
 * @throws {ProtocolError} `bad-key`, `bad-ciphertext` (by the promise).
 */
export function signsWorker(engine: PaillierEngine): (task: SignsTask) => Promise<readonly bigint[]> {
  const checks = new Map<number, ReturnType<typeof keyCheck>>()
  const kept = new Map<bigint, ReturnType<PaillierEngine['products']>>()

  function productsOf(n: bigint, keyBits: number): ReturnType<PaillierEngine['products']> {
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

const work = signsWorker(fastestEngine)

/** Does a task with the engine that is fastest here. */
export async function runSigns(task: Task): Promise<TaskResult> {
  if (!isSigns(task)) throw new TypeError('a task of another scheme')
  return work(task)
}

const isSigns = (task: Task): task is SignsTask => task.scheme === 'signs'
