import type { Learns } from '../../plan.ts'
import { kilobytes, significant } from '../../text.ts'
import type { PointsCost, PointsLabelPlan, PointsOperations, ScorePlan } from './plan.ts'

const published = ({ contract, leakage }: ScorePlan | PointsLabelPlan) =>
  `what was published before training: the names, the Grids, the cuts and the levels of all ${leakage.columns} columns, ` +
  `${leakage.positions} positions in all${
    contract.pairs.length === 0
      ? ''
      : `; and, chosen from the training data unless they were named, which ${contract.pairs.length} pairs of columns have points of their own (${contract.pairs
          .map((pair) => pair.map((i) => contract.columns[i]?.name).join(' and '))
          .join('; ')})`
  }`

const cheating =
  'A client that cheats, and encrypts something that is not a position, gets an honest record’s answer, or nothing.'

const server =
  'that a record was asked about, and when; which requests were sealed with the same key. Nothing of the record: every ' +
  'request holds all columns, encrypted by ElGamal on ristretto255 under a key that only the client has.'

/** Who learns what where the sum is told, in the model's own figures. */
export function scoreLearns(plan: ScorePlan): Learns {
  const { outputs, bound } = plan.contract
  const what = outputs === 1 ? 'its sum of points' : `its ${outputs} sums of points, one for each answer`
  return {
    client:
      `${what}, from ${1 - bound} to ${bound - 1}, and what it means; and ${published(plan)}. Not the points of any position, ` +
      `nor which columns have any. From at most ${plan.leakage.questions} sums that it may ask for a client knows those of ` +
      `every record: limit its rate. ${cheating}`,
    server,
  }
}

/** Who learns what where the answer alone is told, in the model's own figures. */
export function pointsLabelLearns(plan: PointsLabelPlan): Learns {
  const { possible, sums, answers } = plan.contract
  const hasPercent = possible.some(({ percent }) => percent !== undefined)
  const share = hasPercent ? ', with its chance in whole percent' : ''
  const range = answers === null ? 'the range of the target and its answers' : 'the answers'
  return {
    client:
      `its answer, one of ${possible.length}${share}; and ${published(plan)}, ${range}, and that sums of points lie less than ` +
      `${sums} apart. Not the sum, nor the points of any position, nor which columns have any. A client that asks without ` +
      `limit rebuilds any model from its answers: limit its rate. ${cheating}`,
    server,
  }
}

/** What one prediction takes, as a table of Markdown. */
export function pointsTable(cost: PointsCost): string {
  const operations = (one: PointsOperations) =>
    `${one.baseMultiplications} | ${one.multiplications} | ${one.shortMultiplications + one.smallMultiplications} | ${one.additions} | ${one.decodings} | ${one.encodings}`
  return `| | ciphertexts | bytes | multiplications of the base | of other points | by short scalars | additions | points decoded | encoded |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| seal (client) | ${cost.requestCiphertexts} | ${cost.requestBytes} up (${kilobytes(cost.requestBytes)}) | ${operations(cost.seal)} |
| evaluate (server) | ${cost.replyCiphertexts} | ${cost.replyBytes} down (${kilobytes(cost.replyBytes)}) | ${operations(cost.evaluate)} |
| open (client) | | | ${operations(cost.open)} |`
}

/** Which numbers a model of numbers may answer. */
export function describeNumbers({ contract }: PointsLabelPlan): string | null {
  if (contract.answers !== null) return null
  const numbers = contract.possible.map(({ answer }) => Number(answer))
  const [first = 0, second = first] = numbers
  return (
    `${numbers.length} numbers, ${first} to ${numbers.at(-1) ?? first} in steps of ${significant(second - first)}: what the ` +
    'points add up to is rounded to them; --answer-step sets the step'
  )
}
