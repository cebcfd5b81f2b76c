import type { Plan } from '../plan.ts'

/** Who learns what of a model, in its own figures: the rows of the leakage report. Plain text. */
export function describeLeakage({ leakage, contract }: Plan): { readonly client: string; readonly server: string } {
  const { tests, leaves, depth, blindingBits, thresholdAdvantage, features } = leakage
  const advantage = `${(100 * thresholdAdvantage).toFixed(1)}%`
  return {
    client:
      `the outcome of each of the ${tests} tests, the shape of the tree (${leaves} leaves, depth ${depth}), and every leaf's ` +
      `answer and training counts; about each threshold a magnitude blinded by ${blindingBits} bits: one reply tells a distance ` +
      `of 1 step from the largest possible one with an advantage of at most ${advantage}. Not the thresholds, nor which test ` +
      'uses which feature. A client that asks often, or sends malformed values, can find them out: limit its rate.',
    server:
      `that a record was asked about, and when; that the model uses ${features.length} of its columns. Nothing of the ` +
      `record: it is encrypted under a ${contract.keyBits}-bit Paillier key that only the client has.`,
  }
}
