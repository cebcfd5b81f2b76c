import type { Learns } from '../../plan.ts'
import { kilobytes } from '../../text.ts'
import type { SignsCost, SignsPlan } from './plan.ts'

/** Who learns what, in the model's own figures. */
export function signsLearns({ leakage, contract }: SignsPlan): Learns {
  const { tests, leaves, depth, blindingBits, thresholdAdvantage, publishesTests = false } = leakage
  const advantage = `${(100 * thresholdAdvantage).toFixed(1)}%`
  const ofLeaves =
    contract.answers === null
      ? 'mean, spread and number of training rows'
      : 'the answer, all shares, and training counts of five people or more'
  const ofShape =
    `the outcome of each of the ${tests} tests, the shape of the tree (${leaves} leaves, depth ${depth}), and of ` +
    `every leaf ${ofLeaves}; `
  const ofPublished = `${ofShape}all tests in words, with their thresholds: they are published for the page (--show-path).`
  const ofTests =
    `${ofShape}about each threshold a magnitude blinded by ${blindingBits} bits: one reply tells a distance ` +
    `of 1 step from the largest possible one with an advantage of at most ${advantage}. Not the thresholds, nor which test ` +
    'uses which feature. But a client that cheats reads nearly all thresholds from one reply: serve those who may know the tree.'
  const ofLeaf = `of the only leaf ${ofLeaves}.`
  return {
    client: `the names of all columns, the Grids and the missing values of those in use; ${tests === 0 ? ofLeaf : publishesTests ? ofPublished : ofTests}`,
    server:
      `that a record was asked about, and when; which requests have the same key; that ${contract.columns.length} columns ` +
      `are used. Nothing of the record: it is encrypted under a ${contract.keyBits}-bit Paillier key of the client.`,
  }
}

/** What one prediction takes, as a table of Markdown. */
export function signsTable(cost: SignsCost): string {
  return `| | ciphertexts | bytes | multiplications, in plain JavaScript | on Node: exponentiations, by OpenSSL, and multiplications, in WebAssembly |
| --- | ---: | ---: | ---: | ---: |
| seal (client) | ${cost.requestCiphertexts} | ${cost.requestBytes} up (${kilobytes(cost.requestBytes)}) | ${cost.bigint.sealMultiplications} of half size | ${cost.openssl.sealExponentiations} exponentiations of half size${cost.openssl.sealMultiplications === 0 ? '' : `, and ${cost.openssl.sealMultiplications} multiplications`} |
| evaluate (server) | ${cost.replyCiphertexts} | ${cost.replyBytes} down (${kilobytes(cost.replyBytes)}) | ${cost.bigint.evaluateMultiplications} modulo n² | ${cost.openssl.evaluateMultiplications} multiplications |
| open (client) | | | ${cost.bigint.openMultiplications} of half size | ${cost.openssl.openExponentiations} exponentiations of half size |`
}
