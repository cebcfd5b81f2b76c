import { concatBytes } from '../../bytes.ts'
import { type Client, defineClient } from '../../client.ts'
import { ProtocolError } from '../../errors.ts'
import { generateLatticeKey, LatticeKey } from '../../lattice/keys.ts'
import { makeLattice } from '../../lattice/lattice.ts'
import { open } from '../../lattice/open.ts'
import { seal } from '../../lattice/seal.ts'
import { type RandomBytes, systemRandom } from '../../random.ts'
import { checkScores, openScores } from '../link.ts'
import { numbersOf } from '../monomials.ts'
import { type LatticeContract, parametersOf } from './contract.ts'

export * from '../../client.ts'
export type { LatticeKey } from '../../lattice/keys.ts'
export type { LatticeContract } from './contract.ts'

/** The client of a model of which the scores are learned. */
export type LatticeClient<Features extends object, Answer extends string | number> = Client<
  Features,
  Answer,
  LatticeKey
>

/** What a client draws on; the default is the right choice outside of tests. */
export interface LatticeClientEnvironment {
  readonly random?: RandomBytes
}

/** Makes the client of a compiled model. Generated modules call it. */
export function defineLatticeClient<Features extends object, Answer extends string | number>(
  contract: LatticeContract,
  { random = systemRandom }: LatticeClientEnvironment = {},
): LatticeClient<Features, Answer> {
  const lattice = makeLattice(parametersOf(contract))
  const numbers = numbersOf(contract)
  const most = 2 ** (contract.scoreBits - 1) - 1

  function checkKey(key: LatticeKey): void {
    if (!(key instanceof LatticeKey) || key.ring !== lattice.ring) throw new ProtocolError('wrong-key')
  }

  return defineClient(contract, {
    generateKey: async () => generateLatticeKey(lattice, random),
    // Nothing takes time but what needs the record.
    prepare: checkKey,
    seal(cells, key) {
      checkKey(key)
      const { keySeed, key: own, recordSeed, record } = seal(lattice, key, numbers(cells), random)
      return {
        fields: { key: concatBytes([keySeed, own]), ciphertexts: concatBytes([recordSeed, record]) },
        open({ mask = new Uint8Array(), scores = new Uint8Array() }) {
          const found = checkScores(open(lattice, key, { mask, scores }), { least: -most, most })
          return { opened: openScores<Answer>(contract, found), path: [] }
        },
      }
    },
  })
}
