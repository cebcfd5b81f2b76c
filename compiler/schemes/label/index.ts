import { at } from 'emp-compile-runtime/internal/at'
import type { Engine } from 'emp-compile-runtime/internal/ristretto/group'
import { readyGroup } from 'emp-compile-runtime/internal/ristretto/ready'
import type { LabelContract } from 'emp-compile-runtime/internal/schemes/label/contract'
import { bitsOf } from 'emp-compile-runtime/internal/schemes/label/contract'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { chancesOf, leavesOf, type Tree, wholePercent } from '../../tree.ts'
import { answerGridOf } from '../answers.ts'
import { cutsOption } from '../cuts-option.ts'
import type { Scheme } from '../scheme.ts'
import { labelCost } from './cost.ts'
import { labelClient } from './emit-client.ts'
import { labelServer } from './emit-server.ts'
import { type LabelSettings, lowerLabel } from './lower.ts'
import { type LabelPlan, simulateLabel } from './plan.ts'
import { labelTranslations } from './translations.ts'
import { describeRounding, labelLearns, labelTable } from './words.ts'

const options = {
  cuts: cutsOption,
  'pad-leaves': {
    type: 'number',
    whole: true,
    least: 1,
    most: 65_536,
    text: 'number of leaves that the client sees',
    usual: 'the next power of two',
  },
  guard: {
    type: 'flag',
    text: 'give nothing to clients that encrypt something that is not a record',
  },
  probability: { type: 'flag', text: 'the answer with its share, in whole percent' },
  'answer-step': {
    type: 'number',
    text: 'step of the answers, where they are numbers',
    usual: 'for 256 answers at most',
  },
} as const

/** The settings before the target is known: the step of the answers as it was asked for. */
interface Settings extends LabelSettings {
  readonly answerStep: number | null
}

/** A tree. The client learns the answer alone: bits of public cuts are summed under ElGamal on ristretto255. */
export const label: Scheme<Tree, typeof options, Settings, LabelPlan> = {
  family: 'tree',
  reveal: 'label',
  scheme: 'ristretto',
  summary: 'the answer alone',
  options,
  words: {
    asked: 'cuts',
    smaller: 'may also have a shorter reply',
    beyondClients: 'It tells, as clients do not learn, which columns the tree uses, and how many leaves it has.',
  },
  admits: (model): model is Tree => model.family === 'tree',
  settings: ({ cuts = 32, 'pad-leaves': padLeaves = null, probability, 'answer-step': answerStep = null, guard }) => ({
    guard,
    cuts,
    padLeaves,
    probability,
    answerStep,
    answerGrid: null,
  }),
  // Cuts that the data suggested would show in the contract.
  demands: ({ cuts }) => ({ cuts }),
  fitted: (settings, target) => ({ ...settings, answerGrid: answerGridOf(target, settings.answerStep) }),
  lower: lowerLabel,
  // The bound on leaves is for the chosen tree: the larger ones beside it are padded as if there were none.
  priced: (settings, tree) =>
    leavesOf(tree.root).length > (settings.padLeaves ?? Infinity) ? { ...settings, padLeaves: null } : settings,
  simulate: simulateLabel,
  emitClient: ({ contract }, documents) => labelClient(contract, documents),
  emitServer: labelServer,
  publishedTests: () => null,
  learns: labelLearns,
  translations: labelTranslations,
  costTable: ({ cost }) => labelTable(cost),
  describeAnswers: (plan, tree) => (tree.answers === null ? describeRounding(plan, tree) : null),
  told,
  sealing: () => ({ key: 'key', each: 'each public cut of each value', usesWasm: true }),
  describeKeys: () => 'ristretto255',
  describeSize: (contract) =>
    `${bitsOf(contract)} cuts, ${contract.features.length} features, ${contract.leaves} leaves`,
  bench: async (contract) => {
    const { engine } = await readyGroup()
    return { engine, engineName: engineNames[engine], cost: labelCost(contract), keys: '', predicted: () => null }
  },
}

const engineNames: Readonly<Record<Engine, string>> = {
  simd: 'WebAssembly with SIMD',
  scalar: 'WebAssembly without SIMD',
  sodium: 'libsodium',
}

/** The answer with its share of the leaf's rows, if that is told; or the possible number nearest to the mean. */
function told({ answers, possible }: LabelContract, given: Opened): Opened {
  if (given.kind === 'number') {
    const numbers = possible.map(({ answer }) => Number(answer))
    const least = Math.min(...numbers.map((number) => Math.abs(number - given.answer)))
    const nearest = numbers.findLast((number) => Math.abs(number - given.answer) === least)
    if (nearest === undefined) throw new TypeError('no possible answer')
    return { kind: 'number', answer: nearest }
  }
  const { kind, answer } = given
  const chances = chancesOf(given)
  if (possible[0]?.percent === undefined || chances === undefined) return { kind, answer }
  return { kind, answer, percent: wholePercent(at(chances, answers?.indexOf(answer) ?? -1)) }
}
