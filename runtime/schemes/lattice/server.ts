import { evaluate } from '../../lattice/evaluate.ts'
import { makeLattice } from '../../lattice/lattice.ts'
import { prepareModel } from '../../lattice/model.ts'
import { largestFlood } from '../../lattice/noise.ts'
import { defineServer, type Server, type ServerEnvironment } from '../../server.ts'
import { type LatticeContract, parametersOf, weightSumOf } from './contract.ts'

export type { Server } from '../../server.ts'
export type { LatticeContract } from './contract.ts'

/** A score of the server's: its weights in the order of the contract's inputs, and what is added. Integers. */
export interface Output {
  readonly weights: readonly number[]
  readonly bias: number
}

/**
 * Makes the server of a compiled model. Generated modules call it with their weights.
 *
 * @throws {RangeError} if these are not the outputs of the contract, or a weight is larger than it says.
 */
export function defineLatticeServer(
  contract: LatticeContract,
  outputs: readonly Output[],
  environment: ServerEnvironment = {},
): Server {
  const parameters = parametersOf(contract)
  const lattice = makeLattice(parameters)
  const weights = outputs.map((output) => output.weights)
  if (weights.flat().some((weight) => Math.abs(weight) >= 2 ** contract.weightBits)) {
    throw new RangeError(`A weight is not below 2^${contract.weightBits} in size, as the contract says.`)
  }
  const model = prepareModel(lattice, {
    weights,
    biases: outputs.map(({ bias }) => bias),
    flood: largestFlood(parameters.set, contract.scoreBits, weightSumOf(contract)),
  })
  const { keySeed, recordSeed } = lattice.widths
  return defineServer(
    contract,
    {
      // A reply takes less time than to send it to another thread.
      run: () => Promise.reject(new TypeError('there are no tasks')),
      async evaluate({ key = new Uint8Array(), ciphertexts = new Uint8Array() }, _, { random }) {
        const { mask, scores } = evaluate(
          model,
          {
            keySeed: key.subarray(0, keySeed),
            key: key.subarray(keySeed),
            recordSeed: ciphertexts.subarray(0, recordSeed),
            record: ciphertexts.subarray(recordSeed),
          },
          random,
        )
        return { mask, scores }
      },
    },
    environment,
  )
}
