import type { Plan } from '../plan.ts'

/** Who learns what of a model, in its own figures: the rows of the leakage report. Plain text. */
export function describeLeakage({ leakage, contract }: Plan): { readonly client: string; readonly server: string } {
  const { tests, leaves, depth, blindingBits, thresholdAdvantage } = leakage
  const advantage = `${(100 * thresholdAdvantage).toFixed(1)}%`
  const ofLeaves =
    contract.answers === null ? 'mean, spread and number of training rows' : 'the answer and training counts'
  const ofTests =
    `the outcome of each of the ${tests} tests, the shape of the tree (${leaves} leaves, depth ${depth}), and of ` +
    `every leaf ${ofLeaves}; about each threshold a magnitude blinded by ${blindingBits} bits: one reply tells a distance ` +
    `of 1 step from the largest possible one with an advantage of at most ${advantage}. Not the thresholds, nor which test ` +
    'uses which feature. A client that asks often, or sends malformed values or keys, can find them out: limit its rate.'
  const ofLeaf = `of the only leaf ${ofLeaves}.`
  return {
    client: `the names of all columns, the Grids and the missing values of those in use; ${tests === 0 ? ofLeaf : ofTests}`,
    server:
      `that a record was asked about, and when; that the model uses ${contract.columns.length} of its columns; which ` +
      'requests were sealed with the same key. Nothing of the record: it is encrypted under a ' +
      `${contract.keyBits}-bit Paillier key that only the client has.`,
  }
}
