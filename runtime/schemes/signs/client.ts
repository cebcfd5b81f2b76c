import { at } from '../../at.ts'
import { type Client, defineClient } from '../../client.ts'
import { ProtocolError } from '../../errors.ts'
import { type PrivateCipher, privateCipher } from '../../paillier/cipher.ts'
import type { PaillierEngine } from '../../paillier/engine.ts'
import { fastestEngine } from '../../paillier/fastest-engine.ts'
import { bitLength } from '../../paillier/integer.ts'
import { checkCiphertexts, generateKey, PrivateKey } from '../../paillier/keys.ts'
import { type RandomBytes, systemRandom } from '../../random.ts'
import type { Explained, Opened, TakenStep } from '../scheme.ts'
import { largestCell, type SignsContract, slotLayout } from './contract.ts'
import { fieldsOf, joinNumbers, splitNumbers } from './numbers.ts'
import { readSlots } from './slots.ts'

export * from '../../client.ts'
export { fromPaillierBigint, toPaillierBigint } from '../../paillier/interchange.ts'
export { type ExportOptions, exportKey, importKey } from '../../paillier/key-file.ts'
export type { PrivateKey } from '../../paillier/keys.ts'
export type { SignsContract } from './contract.ts'

/** Tells of a test, by its place in the reply, whether it goes left. */
export type Outcomes = (test: number) => boolean

/** The client of a tree of which every test's outcome is learned. */
export type SignsClient<Features extends object, Answer extends string | number> = Client<Features, Answer, PrivateKey>

/** What a client draws on; the defaults are the right choice outside of tests. */
export interface SignsClientEnvironment {
  readonly random?: RandomBytes
  readonly engine?: PaillierEngine
}

/** Makes the client of a compiled model. Generated modules call it; `decide` is their decision logic. */
export function defineSignsClient<Features extends object, Answer extends string | number>(
  contract: SignsContract,
  decide: (left: Outcomes) => Opened<Answer>,
  { random = systemRandom, engine = fastestEngine }: SignsClientEnvironment = {},
): SignsClient<Features, Answer> {
  const layout = slotLayout(contract)
  const fields = fieldsOf(contract)
  // No difference 2(x - c) - 1 exceeds 2 * largest cell, even with the additive blinding.
  const bound = (2n * BigInt(largestCell(contract.columns))) << BigInt(contract.blindingBits)
  const ciphers = new WeakMap<PrivateKey, PrivateCipher>()

  function cipherOf(key: PrivateKey): PrivateCipher {
    if (!(key instanceof PrivateKey)) throw new ProtocolError('wrong-key')
    const known = ciphers.get(key)
    if (known !== undefined) return known
    if (bitLength(key.publicKey.n) !== contract.keyBits) throw new ProtocolError('wrong-key')
    const cipher = privateCipher(key, engine, random)
    ciphers.set(key, cipher)
    return cipher
  }

  /** The outcome of every test, in the order of the reply. */
  function outcomesIn(replied: readonly bigint[], key: PrivateKey): readonly boolean[] {
    checkCiphertexts(replied, key.publicKey)
    return replied.flatMap((ciphertext, i) => {
      const count = Math.min(layout.slotsPerCiphertext, contract.tests - i * layout.slotsPerCiphertext)
      const values = readSlots(cipherOf(key).decrypt(ciphertext), count, layout.slotBits, bound)
      return values.map((value) => value < 0n)
    })
  }

  return defineClient(contract, {
    generateKey: () => generateKey(contract.keyBits),
    // There is noise for that many features at least, never the same twice.
    prepare: (key, features) => cipherOf(key).prepare(features),
    seal(cells, key) {
      const cipher = cipherOf(key)
      cipher.prepare(cells.length)
      const ciphertexts = cells.map((cell) => cipher.encrypt(BigInt(cell)))
      return {
        fields: {
          key: joinNumbers([key.publicKey.n], fields.key),
          ciphertexts: joinNumbers(ciphertexts, fields.up),
        },
        open: ({ ciphertexts: replied = new Uint8Array() }) =>
          explain(decide, outcomesIn(splitNumbers(replied, fields.down), key)),
      }
    },
  })
}

/** The decision, and the outcomes that it asked for in the order of the path. */
function explain<Answer extends string | number>(
  decide: (left: Outcomes) => Opened<Answer>,
  outcomes: readonly boolean[],
): Explained<Answer> {
  const path: TakenStep[] = []
  const opened = decide((test) => {
    const left = at(outcomes, test)
    path.push({ test, left })
    return left
  })
  return { opened, path }
}
