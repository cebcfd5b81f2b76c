import type { Argv } from 'yargs'
import { keyLengths } from '../3-lower/lower.ts'
import { badOption } from '../errors.ts'
import type { CompileLabelOptions, CompileSignsOptions } from '../index.ts'

/** The options that say what the client learns, and how it is kept from learning more. */
export interface RevealArguments {
  readonly reveal: 'signs' | 'label'
  readonly 'key-bits': number | undefined
  readonly 'show-path': boolean
  readonly cuts: number | undefined
  readonly 'pad-leaves': number | undefined
  readonly probability: boolean
  readonly 'answer-step': number | undefined
}

const [usualKeyBits, usualCuts, mostLeaves] = [3072, 32, 65_536]

export function revealOptions<T>(argv: Argv<T>) {
  return argv
    .option('reveal', {
      choices: ['signs', 'label'] as const,
      default: 'signs' as const,
      describe: 'what the client learns: the outcome of every test, or the answer alone',
    })
    .option('key-bits', {
      choices: keyLengths,
      describe: "signs: length of the clients' Paillier keys",
      defaultDescription: String(usualKeyBits),
    })
    .option('show-path', {
      type: 'boolean',
      default: false,
      describe: 'signs: publish the tests in words, thresholds included, so that the page shows the path taken',
    })
    .option('cuts', {
      type: 'number',
      describe: 'label: most cuts for each feature, published before training',
      defaultDescription: String(usualCuts),
    })
    .option('pad-leaves', {
      type: 'number',
      describe: 'label: number of leaves that the client sees',
      defaultDescription: 'the next power of two',
    })
    .option('probability', {
      type: 'boolean',
      default: false,
      describe: 'label: the answer with its share of training rows, in whole percent',
    })
    .option('answer-step', {
      type: 'number',
      describe: 'label: step of the answers, where they are numbers',
      defaultDescription: 'for 256 answers at most',
    })
    .requiresArg(['reveal', 'key-bits', 'cuts', 'pad-leaves', 'answer-step'])
}

type Revealing =
  | Pick<CompileSignsOptions, 'reveal' | 'keyBits' | 'showPath'>
  | Pick<CompileLabelOptions, 'reveal' | 'cuts' | 'padLeaves' | 'probability' | 'answerStep'>

/** @throws {CompileError} `bad-option`, also for an option of the other kind. */
export function revealOptionsOf(argv: RevealArguments): Revealing {
  if (argv.reveal === 'signs') {
    for (const name of ['cuts', 'pad-leaves', 'answer-step'] as const) {
      if (argv[name] !== undefined) throw badOption(`--${name}`, argv[name], 'nothing without --reveal label')
    }
    if (argv.probability) throw badOption('--probability', true, 'nothing without --reveal label')
    return { reveal: 'signs', keyBits: argv['key-bits'] ?? usualKeyBits, showPath: argv['show-path'] }
  }
  if (argv['show-path']) throw badOption('--show-path', true, 'nothing with --reveal label')
  if (argv['key-bits'] !== undefined) throw badOption('--key-bits', argv['key-bits'], 'nothing with --reveal label')
  const { 'pad-leaves': padLeaves = null, 'answer-step': answerStep = null, cuts = usualCuts, probability } = argv
  if (padLeaves !== null && !(Number.isInteger(padLeaves) && padLeaves >= 1 && padLeaves <= mostLeaves)) {
    throw badOption('--pad-leaves', padLeaves, `a whole number from 1 to ${mostLeaves}`)
  }
  return { reveal: 'label', cuts, padLeaves, probability, answerStep }
}
