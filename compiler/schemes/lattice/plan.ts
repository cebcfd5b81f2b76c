import { at } from 'emp-compile-runtime/internal/at'
import type { LatticeContract } from 'emp-compile-runtime/internal/schemes/lattice/contract'
import type { Output } from 'emp-compile-runtime/internal/schemes/lattice/server'
import { openScores } from 'emp-compile-runtime/internal/schemes/link'
import { numbersOf } from 'emp-compile-runtime/internal/schemes/monomials'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import type { Plan, Traffic } from '../../plan.ts'

/** What one prediction takes: transforms of N numbers modulo one prime, and numbers drawn from the stream of a seed. */
export interface LatticeCost extends Traffic {
  readonly degree: number
  readonly primes: number
  readonly inputs: number
  readonly outputs: number
}

/** Who learns what, in the model's own figures. */
export interface LatticeLeakage {
  readonly inputs: number
  readonly outputs: number
  /** Questions after which a client has rebuilt the model: one more than there are inputs. */
  readonly questions: number
  readonly scoreBits: number
  readonly weightBits: number
  /** The logarithm to base 2, rounded up, of a bound of what a reply tells beside its scores. */
  readonly distanceBits: number
}

export interface LatticePlan extends Plan {
  readonly contract: LatticeContract
  readonly server: { readonly outputs: readonly Output[] }
  /** Nothing of the model is the client's. */
  readonly client: Record<string, never>
  readonly cost: LatticeCost
  readonly leakage: LatticeLeakage
}

/** The sums on plain integers, and what they mean. */
export function simulateLattice({ contract, server }: LatticePlan, cells: readonly number[]): Opened {
  const numbers = numbersOf(contract)(cells)
  const scores = server.outputs.map(({ weights, bias }) =>
    numbers.reduce((sum, number, i) => sum + number * at(weights, i), bias),
  )
  return openScores(contract, scores)
}
