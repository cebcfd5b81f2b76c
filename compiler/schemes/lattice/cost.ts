import type { LatticeContract } from 'emp-compile-runtime/internal/schemes/lattice/contract'
import { parametersOf } from 'emp-compile-runtime/internal/schemes/lattice/contract'
import { trafficOf } from '../traffic.ts'
import type { LatticeCost } from './plan.ts'

/** What one prediction under a fresh key takes. */
export function latticeCost(contract: LatticeContract): LatticeCost {
  const { set, inputs, outputs } = parametersOf(contract)
  return { ...trafficOf(contract), degree: set.degree, primes: set.primes.length, inputs, outputs }
}
