import { at } from '../../at.ts'
import { bytesToBigint } from '../../bytes.ts'
import { ProtocolError } from '../../errors.ts'
import { drawUnit, encode } from '../../paillier/cipher.ts'
import type { Product } from '../../paillier/engine.ts'
import { bitLength } from '../../paillier/integer.ts'
import { publicKey } from '../../paillier/keys.ts'
import type { RandomBytes } from '../../random.ts'
import { defineServer, type Server, type ServerEnvironment } from '../../server.ts'
import type { Runner } from '../scheme.ts'
import { leastBlindingBits, type SignsContract, slotLayout } from './contract.ts'
import { runSigns, type SignsTask } from './evaluation.ts'
import { fieldsOf, joinNumbers, splitNumbers } from './numbers.ts'
import { drawTestBlinding, factorOf, slotOffset, type TestBlinding } from './slots.ts'

export type { Server } from '../../server.ts'
export type { SignsContract } from './contract.ts'

/**
 * One threshold to subtract: `feature` is a position in the contract's features; a cell `<= cut` goes left. With `also`, other
 * levels of the same column, it is the sum of their cells. At most one of these is 1.
 */
export interface Test {
  readonly feature: number
  readonly cut: number
  readonly also?: readonly number[]
}

/** What is drawn for one reply. */
export interface SignsDraws {
  readonly blinding: (random: RandomBytes, bits: number, leastBits: number) => TestBlinding
  readonly unit: typeof drawUnit
}

/** What a server draws on; the defaults are the right choice outside of tests. */
export interface SignsServerEnvironment extends ServerEnvironment {
  readonly draws?: Partial<SignsDraws>
}

/** Makes the server of a compiled model. Generated modules call it with their thresholds. */
export function defineSignsServer(
  contract: SignsContract,
  tests: readonly Test[],
  { draws, ...environment }: SignsServerEnvironment = {},
): Server {
  const { blinding, unit } = { blinding: drawTestBlinding, unit: drawUnit, ...draws }
  const layout = slotLayout(contract)
  const fields = fieldsOf(contract)
  const leastBits = leastBlindingBits(contract.columns)

  /**
   * One reply ciphertext: in slot i, counted from the lowest bits, the blinded difference r (2 (x - c) - 1) + s of
   * the i-th test. Each test is a factor x^(2 r) in its place, or one for each of its levels; all constants enter in one addition. Without the n-th
   * power of a fresh unit the client could read the r out of the randomness of the result.
   */
  function blind(slots: readonly Test[], n: bigint, random: RandomBytes): Blinded {
    const drawn = slots.map((test) => ({ ...test, ...blinding(random, contract.blindingBits, leastBits) }))
    const factors = drawn.flatMap(({ feature, also = [], r }, i) =>
      [feature, ...also].map((one) => factorOf(one, r, i * layout.slotBits + 1)),
    )
    const constant = drawn.reduceRight(
      (sum, { r, s, cut }) =>
        (sum << BigInt(layout.slotBits)) + slotOffset(layout.slotBits) + s - r * BigInt(2 * cut + 1),
      0n,
    )
    return { product: { factors, unit: unit(publicKey(n), random) }, constant }
  }

  return defineServer(
    contract,
    {
      run: runSigns,
      async evaluate({ key = new Uint8Array(), ciphertexts = new Uint8Array() }, _, { random, runner }) {
        const n = bytesToBigint(key)
        // The rest of the key's validation takes time, and is the task's.
        if (bitLength(n) !== contract.keyBits) throw new ProtocolError('bad-key')
        const blinded = Array.from({ length: layout.ciphertexts }, (__, i) => {
          const first = i * layout.slotsPerCiphertext
          return blind(tests.slice(first, first + layout.slotsPerCiphertext), n, random)
        })
        const task = {
          scheme: 'signs',
          keyBits: contract.keyBits,
          n,
          bases: splitNumbers(ciphertexts, fields.up),
        } as const
        const products = await share(task, blinded, runner)
        const { nSquared } = publicKey(n)
        const sums = products.map((value, i) => (value * encode(at(blinded, i).constant, publicKey(n))) % nSquared)
        return { ciphertexts: joinNumbers(sums, fields.down) }
      },
    },
    environment,
  )
}

interface Blinded {
  readonly product: Product
  readonly constant: bigint
}

/** Does the products, shared out among the threads that are idle. A reply without any is made here: it only validates. */
async function share(
  task: Omit<SignsTask, 'products'>,
  blinded: readonly Blinded[],
  runner: Runner,
): Promise<readonly bigint[]> {
  const products = blinded.map(({ product }) => product)
  const run = async (part: SignsTask, by: Runner['run']) => {
    const result = await by(part)
    if (result instanceof Uint8Array) throw new TypeError('a task came to bytes')
    return result
  }
  if (products.length === 0) return run({ ...task, products }, runSigns)
  const size = Math.ceil(products.length / Math.min(runner.idle, products.length))
  const parts = Array.from({ length: Math.ceil(products.length / size) }, (_, i) =>
    run({ ...task, products: products.slice(i * size, (i + 1) * size) }, runner.run),
  )
  return (await Promise.all(parts)).flat()
}
