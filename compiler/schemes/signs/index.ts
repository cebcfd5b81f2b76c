import type { Tree } from '../../tree.ts'
import type { Scheme } from '../scheme.ts'
import { signsBench } from './bench.ts'
import { signsClient } from './emit-client.ts'
import { signsServer } from './emit-server.ts'
import { lowerSigns, type SignsSettings } from './lower.ts'
import { type SignsPlan, simulateSigns } from './plan.ts'
import { testsInWords } from './tests-in-words.ts'
import { signsTranslations } from './translations.ts'
import { signsLearns, signsTable } from './words.ts'

const options = {
  'key-bits': {
    type: 'choice',
    choices: [2048, 3072, 4096],
    text: "length of the clients' Paillier keys",
    usual: '3072',
  },
  'show-path': {
    type: 'flag',
    text: 'publish the tests in words, thresholds included, so that the page shows the path taken',
  },
} as const

/** A tree. The client learns every test's outcome: thresholds are subtracted under Paillier. */
export const signs: Scheme<Tree, typeof options, SignsSettings, SignsPlan> = {
  family: 'tree',
  reveal: 'signs',
  scheme: 'paillier',
  summary: 'the outcome of every test',
  options,
  words: { asked: 'tests', smaller: 'is also cheaper, and less of it shows', beyondClients: '' },
  admits: (model): model is Tree => model.family === 'tree',
  settings: ({ 'key-bits': keyBits = 3072, 'show-path': showPath }) => ({ keyBits, showPath }),
  demands: () => ({ cuts: null }),
  fitted: (settings) => settings,
  lower: lowerSigns,
  priced: (settings) => settings,
  simulate: simulateSigns,
  emitClient: signsClient,
  emitServer: signsServer,
  publishedTests: (plan, documentOf, language) =>
    plan.leakage.publishesTests === true ? testsInWords(plan, documentOf, language) : null,
  learns: signsLearns,
  translations: signsTranslations,
  costTable: ({ cost }) => signsTable(cost),
  describeAnswers: () => null,
  told: (_, answer) => answer,
  sealing: ({ keyBits }) => ({ key: `${keyBits}-bit key`, each: 'each value that the model takes', usesWasm: false }),
  describeKeys: ({ keyBits }) => `${keyBits}-bit keys`,
  describeSize: ({ tests, features, keyBits }) => `${tests} tests, ${features.length} features, ${keyBits}-bit keys`,
  bench: signsBench,
}
