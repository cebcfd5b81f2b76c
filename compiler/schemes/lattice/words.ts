import { at } from 'emp-compile-runtime/internal/at'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import type { Input } from 'emp-compile-runtime/internal/schemes/inputs'
import type { LatticeContract } from 'emp-compile-runtime/internal/schemes/lattice/contract'
import type { Linear } from '../../linear.ts'
import type { Network } from '../../network.ts'
import type { Learns } from '../../plan.ts'
import { kilobytes, significant } from '../../text.ts'
import type { LatticeCost, LatticePlan } from './plan.ts'

/** Replies for which the leakage report gives the bound, beside that of one. */
const replies = 10_000

/** Who learns what, in the model's own figures. */
export function latticeLearns({ contract, leakage }: LatticePlan): Learns {
  const { inputs, outputs, questions, scoreBits, weightBits, distanceBits } = leakage
  const scores =
    outputs === 1
      ? `its score, an integer of at most ${scoreBits} bits`
      : `its ${outputs} scores, integers of at most ${scoreBits} bits each`
  const manyBits = Math.ceil(distanceBits + Math.log2(replies))
  return {
    client:
      `${scores}, and by a public link ${linkInWords(contract)}; and what was published before training: the names, the Grids and ` +
      `the missing values of all columns, and the ${inputs} numbers that a record is turned into${productsInWords(contract)}; and that weights have at most ` +
      `${weightBits} bits where a score of ${contract.link.unit} stands for 1. Beside the scores a reply tells next to nothing: what it may tell ` +
      `is bounded by 2^${distanceBits}, that of ${replies.toLocaleString('en-US')} replies by 2^${manyBits} (statistical distance, and the ` +
      `hardness of ring learning with errors). But scores are sums: ${questions} questions rebuild the model, and a client that ` +
      'encrypts something that is not a record learns as much. This is for clients that are metered: limit their rate.',
    server:
      'that a record was asked about, and when; which requests were sealed with the same key, if one is used again. Nothing of the ' +
      'record: every request holds all columns, encrypted by the additive part of BFV, a fully homomorphic scheme that is thought ' +
      'to withstand quantum computers, under a key that only the client has.',
  }
}

/** What is multiplied, and so is public. */
function productsInWords({ degree, pairs }: LatticeContract): string {
  if (pairs !== undefined) {
    return `; and, chosen from the training data unless they were named, that these columns count together: ${pairs.map((pair) => pair.join(' with ')).join(', ')}`
  }
  return degree === undefined ? '' : `, products of up to ${degree}`
}

function linkInWords({ link }: LatticeContract): string {
  switch (link.kind) {
    case 'identity':
    case 'exponential':
      return 'the number that it stands for'
    case 'logistic':
    case 'survival':
    case 'softmax':
    case 'share':
      return 'the answer and the chances of all answers'
    default:
      return link satisfies never
  }
}

/** What one prediction takes, as a table of Markdown. */
export function latticeTable({ requestBytes, replyBytes, degree, primes, inputs, outputs }: LatticeCost): string {
  return `| | bytes | what it does |
| --- | ---: | --- |
| seal (client) | ${requestBytes} up (${kilobytes(requestBytes)}) | a key, and one ciphertext of ${inputs} numbers: polynomials of ${degree} coefficients, modulo ${primes} primes |
| evaluate (server) | ${replyBytes} down (${kilobytes(replyBytes)}) | ${outputs === 1 ? 'one sum' : `${outputs} sums`} of weighted numbers; no ciphertext is multiplied by another |
| open (client) | | ${outputs === 1 ? 'one score' : `${outputs} scores`} |`
}

/** What the integers cost. */
export function describeIntegers(
  { leakage, contract }: LatticePlan,
  { evidence, answers }: Linear | Network,
): string | null {
  if (evidence === null) return null
  const { rows, changed, largest } = evidence.rounding
  const moved =
    answers === null
      ? `no number moves by more than ${significant(largest)}`
      : `${changed} of ${rows} training rows change their answer, and no chance moves by more than ${significant(largest)}`
  return (
    `weights are integers of at most ${leakage.weightBits} bits, scores of ${leakage.scoreBits}, where ${contract.link.unit} stands for 1: beside ` +
    `the weights as they were fitted ${moved}`
  )
}

/** What a number is made of: its factors, each as {@link inputInWords} names it. */
export function numberInWords(
  contract: Pick<LatticeContract, 'features' | 'columns' | 'inputs'>,
  monomial: readonly number[],
): string {
  return monomial.map((i) => inputInWords(contract, at(contract.inputs, i))).join(' × ')
}

/** `age, from its middle`, `ca is missing`, `colour is "red"` */
function inputInWords({ features, columns }: Pick<LatticeContract, 'features' | 'columns'>, input: Input): string {
  const feature = at(features, input.feature)
  if (input.kind === 'number') return `${feature.column}, from the middle of its Grid`
  const column = columns.find(({ name }) => name === feature.column)
  if (column?.kind === 'number' && input.to !== undefined) {
    const first = column.missing === 'below' ? 1 : 0
    const [from, to] = [input.cell, input.to].map((cell) => significant(gridValue(column.grid, cell - first)))
    return `${feature.column} is from ${from} to ${to}`
  }
  if (column?.kind === 'number') return `${feature.column} is missing`
  return `${feature.column} is ${JSON.stringify('level' in feature ? feature.level : '')}`
}
