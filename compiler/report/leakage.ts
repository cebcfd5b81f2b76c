import type { LabelPlan, Plan, SignsPlan } from '../plan.ts'

/** Who learns what of a model, in its own figures: the rows of the leakage report. Plain text. */
export function describeLeakage(plan: Plan): Learns {
  return plan.reveal === 'label' ? labelLearns(plan) : signsLearns(plan)
}

interface Learns {
  readonly client: string
  readonly server: string
}

function signsLearns({ leakage, contract }: SignsPlan): Learns {
  const { tests, leaves, depth, blindingBits, thresholdAdvantage, publishesTests = false } = leakage
  const advantage = `${(100 * thresholdAdvantage).toFixed(1)}%`
  const ofLeaves =
    contract.answers === null ? 'mean, spread and number of training rows' : 'the answer and training counts'
  const ofShape =
    `the outcome of each of the ${tests} tests, the shape of the tree (${leaves} leaves, depth ${depth}), and of ` +
    `every leaf ${ofLeaves}; `
  const ofPublished = `${ofShape}all tests in words, with their thresholds: they are published for the page (--show-path).`
  const ofTests =
    `${ofShape}about each threshold a magnitude blinded by ${blindingBits} bits: one reply tells a distance ` +
    `of 1 step from the largest possible one with an advantage of at most ${advantage}. Not the thresholds, nor which test ` +
    'uses which feature. A client that asks often, or sends malformed values or keys, can find them out: limit its rate.'
  const ofLeaf = `of the only leaf ${ofLeaves}.`
  return {
    client: `the names of all columns, the Grids and the missing values of those in use; ${tests === 0 ? ofLeaf : publishesTests ? ofPublished : ofTests}`,
    server:
      `that a record was asked about, and when; that the model uses ${contract.columns.length} of its columns; which ` +
      'requests were sealed with the same key. Nothing of the record: it is encrypted under a ' +
      `${contract.keyBits}-bit Paillier key that only the client has.`,
  }
}

function labelLearns({ leakage, contract }: LabelPlan): Learns {
  const { features, cuts, answers, leaves } = leakage
  const isOfNumbers = contract.answers.every(({ answer }) => typeof answer === 'number')
  const hasPercent = contract.answers.some(({ percent }) => percent !== undefined)
  const share = hasPercent ? ', with its share of the training rows that ended like the record, in whole percent' : ''
  const range = isOfNumbers ? 'the range of the target and its answers' : 'the answers'
  return {
    client:
      `its answer, one of ${answers}${share}; and what was published before training: the names, the Grids and the missing ` +
      `values of all columns, the ${cuts} cuts of ${features} features at which a tree may divide, and ${range}; and that the ` +
      `tree has at most ${leaves} ${leaves === 1 ? 'leaf' : 'leaves'}. Not which columns or cuts it uses, nor its shape. A client ` +
      'that asks often can rebuild any model from its answers, and sooner if it sends malformed bits: limit its rate.',
    server:
      'that a record was asked about, and when; which requests were sealed with the same key. Nothing of the record: every ' +
      'request holds all columns, encrypted by ElGamal on ristretto255 under a key that only the client has.',
  }
}
