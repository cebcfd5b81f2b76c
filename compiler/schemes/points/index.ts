import type { PointsLabelContract, PointsScoreContract } from 'emp-compile-runtime/internal/schemes/points/contract'
import { type PointsContract, positionCounts } from 'emp-compile-runtime/internal/schemes/points/contract'
import type { Points } from '../../points.ts'
import { answerGridOf } from '../answers.ts'
import { shared, usualCuts, usualPoints } from '../points-options.ts'
import type { Scheme } from '../scheme.ts'
import { pointsCost } from './cost.ts'
import { pointsClient, pointsServer } from './emit.ts'
import { lowerPointsLabel, lowerScore, type PointsLabelSettings, toldOf } from './lower.ts'
import { type PointsLabelPlan, type ScorePlan, simulatePointsLabel, simulateScore } from './plan.ts'
import { pointsLabelTranslations, scoreTranslations } from './translations.ts'
import { describeNumbers, pointsLabelLearns, pointsTable, scoreLearns } from './words.ts'

const labelOptions = {
  ...shared,
  probability: { type: 'flag', text: 'the answer with its share of training rows, in whole percent' },
  'answer-step': {
    type: 'number',
    text: 'step of the answers, where they are numbers',
    usual: 'for 256 answers at most',
  },
} as const

interface Settings extends PointsLabelSettings {
  readonly cuts: number
  readonly answerStep: number | null
}

const common = {
  family: 'additive',
  scheme: 'ristretto',
  words: {
    asked: 'cuts',
    smaller: 'is easier to follow',
    beyondClients: 'It tells, as clients do not learn, the points of every position.',
  },
  admits: (model: { readonly family: string }): model is Points => model.family === 'additive',
  publishedTests: () => null,
  sealing: () => ({ key: 'key', each: 'each value', usesWasm: true }),
  describeKeys: () => 'ristretto255',
  describeSize,
  bench: (contract: PointsContract) => ({
    engine: 'simd',
    engineName: 'WebAssembly',
    cost: pointsCost(contract),
    keys: '',
    predicted: () => null,
  }),
} as const

/** Points of which the client learns the sum, by an oblivious transfer per column. */
export const score: Scheme<Points, typeof shared, { readonly cuts: number }, ScorePlan> = {
  ...common,
  reveal: 'score',
  summary: 'the sum of points, and what it means',
  options: shared,
  settings: ({ cuts = usualCuts }) => ({ cuts }),
  // Cuts that the data suggested would show in the contract.
  demands: ({ cuts }) => ({ cuts }),
  fitted: (settings) => settings,
  lower: lowerScore,
  priced: (settings) => settings,
  simulate: simulateScore,
  emitClient: ({ contract }, documents) => pointsClient(contract, documents),
  emitServer: pointsServer,
  learns: scoreLearns,
  translations: scoreTranslations,
  costTable: ({ cost }) => pointsTable(cost),
  describeAnswers: () => null,
  told: (_: PointsScoreContract, given) => given,
}

/** Points of which the client learns the answer alone: wires add up under the sum, and open one entry of a table. */
export const pointsLabel: Scheme<Points, typeof labelOptions, Settings, PointsLabelPlan> = {
  ...common,
  reveal: 'label',
  summary: 'the answer alone',
  options: labelOptions,
  settings: ({ cuts = usualCuts, points = null, probability, 'answer-step': answerStep = null }) => ({
    cuts,
    points,
    probability,
    answerStep,
    answerGrid: null,
  }),
  // The contract shows how far apart sums may lie, so that is not for the data to choose.
  demands: ({ cuts, points }) => ({ cuts, training: { points: points ?? usualPoints } }),
  fitted: (settings, target) => ({ ...settings, answerGrid: answerGridOf(target, settings.answerStep) }),
  lower: lowerPointsLabel,
  priced: (settings) => settings,
  simulate: simulatePointsLabel,
  emitClient: ({ contract }, documents) => pointsClient(contract, documents),
  emitServer: pointsServer,
  learns: pointsLabelLearns,
  translations: pointsLabelTranslations,
  costTable: ({ cost }) => pointsTable(cost),
  describeAnswers: (plan) => describeNumbers(plan),
  told: (contract: PointsLabelContract, given) => toldOf(contract, given),
}

function describeSize(contract: PointsContract): string {
  const positions = positionCounts(contract).reduce((sum, count) => sum + count, 0)
  return `${positions} positions, ${contract.columns.length} columns`
}
