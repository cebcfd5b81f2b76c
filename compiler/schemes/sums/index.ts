import { bitsOf, sizesOf } from 'emp-compile-runtime/internal/schemes/sums/contract'
import type { Trees } from '../../trees.ts'
import { cutsOption } from '../cuts-option.ts'
import type { Scheme } from '../scheme.ts'
import { sumsCost } from './cost.ts'
import { sumsClient } from './emit-client.ts'
import { sumsServer } from './emit-server.ts'
import { lowerSums, type SumsSettings } from './lower.ts'
import { type SumsPlan, simulateSums } from './plan.ts'
import { sumsTranslations } from './translations.ts'
import { sumsLearns, sumsTable } from './words.ts'

/** Public cuts of a feature where nothing is said. */
const usualCuts = 16

const options = {
  cuts: cutsOption,
  guard: {
    type: 'flag',
    text: 'give nothing to clients that encrypt something that is not a record',
  },
} as const

/** A sum of trees. The client learns the scores: bits of public cuts are summed under ElGamal on ristretto255. */
export const sums: Scheme<Trees, typeof options, SumsSettings, SumsPlan> = {
  family: 'boosted',
  reveal: 'score',
  scheme: 'ristretto',
  summary: 'the sum, one for each answer where there are several',
  options,
  words: {
    asked: 'cuts',
    smaller: 'has a shorter reply',
    beyondClients: 'It tells, as clients do not learn, which columns each tree uses, and what its leaves are worth.',
  },
  admits: (model): model is Trees => model.family === 'boosted',
  settings: ({ cuts, guard }) => ({ cuts: cuts ?? usualCuts, guard }),
  demands: ({ cuts }) => ({ cuts }),
  fitted: (settings) => settings,
  lower: lowerSums,
  priced: (settings) => settings,
  simulate: simulateSums,
  emitClient: ({ contract }, documents) => sumsClient(contract, documents),
  emitServer: sumsServer,
  publishedTests: () => null,
  learns: sumsLearns,
  translations: sumsTranslations,
  costTable: ({ cost }) => sumsTable(cost),
  describeAnswers: () => null,
  told: (_, answer) => answer,
  sealing: () => ({ key: 'key', each: 'each public cut of each value', usesWasm: true }),
  describeKeys: () => 'ristretto255',
  describeSize: (contract) =>
    `${bitsOf(contract)} cuts, ${contract.features.length} features, ${contract.leaves.length} trees, ${sizesOf(contract).leaves} leaves`,
  bench: (contract) => ({
    engine: 'simd',
    engineName: 'WebAssembly',
    cost: sumsCost(contract),
    keys: '',
    predicted: () => null,
  }),
}
