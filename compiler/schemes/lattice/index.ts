import type { LatticeContract } from 'emp-compile-runtime/internal/schemes/lattice/contract'
import { numberCount } from 'emp-compile-runtime/internal/schemes/lattice/contract'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import type { ClientDocuments } from '../../emit/documents.ts'
import type { Linear } from '../../linear.ts'
import type { Model } from '../../model.ts'
import type { Network } from '../../network.ts'
import type { Points } from '../../points.ts'
import { shared, usualCuts } from '../points-options.ts'
import type { Scheme } from '../scheme.ts'
import { latticeCost } from './cost.ts'
import { latticeClient } from './emit-client.ts'
import { latticeServer } from './emit-server.ts'
import { lowerLattice, lowerPositions } from './lower.ts'
import { type LatticePlan, simulateLattice } from './plan.ts'
import { latticeTranslations } from './translations.ts'
import { describeIntegers, latticeLearns, latticeTable } from './words.ts'

const common = {
  reveal: 'score',
  scheme: 'lattice',
  summary: 'the sum, one for each answer where there are several',
  options: {},
  settings: () => null,
  demands: () => ({ cuts: null }),
  fitted: () => null,
  lower: lowerLattice,
  priced: () => null,
  simulate: simulateLattice,
  emitClient: ({ contract }: LatticePlan, documents: ClientDocuments) => latticeClient(contract, documents),
  emitServer: latticeServer,
  publishedTests: () => null,
  learns: latticeLearns,
  translations: latticeTranslations,
  costTable: ({ cost }: LatticePlan) => latticeTable(cost),
  describeAnswers: describeIntegers,
  told: (_: LatticeContract, answer: Opened) => answer,
  sealing: () => ({ key: 'lattice key', each: 'the whole record', usesWasm: false }),
  describeKeys: ({ set }: LatticeContract) => `lattice, set ${set}`,
  describeSize,
  bench: (contract: LatticeContract) => ({
    engine: 'number',
    engineName: 'plain JavaScript',
    cost: latticeCost(contract),
    keys: '',
    predicted: () => null,
  }),
} as const

/** Sums of weighted numbers. The client learns the scores: hidden inner products under a lattice scheme. */
export const linear: Scheme<Linear, Record<string, never>, null, LatticePlan> = {
  ...common,
  family: 'linear',
  words: {
    asked: 'numbers',
    smaller: 'has a shorter reply',
    beyondClients: 'It tells, as clients do not learn at once, the weight of every column.',
  },
  admits: (model: Model): model is Linear => model.family === 'linear',
}

/** Networks, which come to sums of weighted products: the client multiplies its own numbers, in the clear. */
export const network: Scheme<Network, Record<string, never>, null, LatticePlan> = {
  ...common,
  family: 'network',
  words: {
    asked: 'products',
    smaller: 'has a shorter reply',
    beyondClients: 'It tells, as clients do not learn at once, the weight of every product.',
  },
  admits: (model: Model): model is Network => model.family === 'network',
}

/** Points, whose positions a client counts in the clear: all positions of a record in one ciphertext. */
export const additive: Scheme<Points, typeof shared, { readonly cuts: number }, LatticePlan> = {
  ...common,
  family: 'additive',
  summary: 'the sum of points, and what it means',
  options: shared,
  words: {
    asked: 'cuts',
    smaller: 'is easier to follow',
    beyondClients: 'It tells, as clients do not learn at once, the points of every position.',
  },
  admits: (model: Model): model is Points => model.family === 'additive',
  settings: ({ cuts = usualCuts }) => ({ cuts }),
  // Cuts that the data suggested would show in the contract.
  demands: ({ cuts }) => ({ cuts }),
  fitted: (settings) => settings,
  lower: lowerPositions,
  priced: (settings) => settings,
  describeAnswers: () => null,
}

function describeSize(contract: LatticeContract): string {
  const { outputs, features, set, degree, pairs } = contract
  const numbers = `${numberCount(contract)} numbers of ${features.length} features`
  const together = pairs === undefined ? '' : `, ${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} of columns`
  const products = degree === undefined ? together : `, products of up to ${degree}`
  return `${numbers}${products}, ${outputs === 1 ? '1 score' : `${outputs} scores`}, lattice set ${set}`
}
