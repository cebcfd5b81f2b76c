import type { Learns } from '../../plan.ts'
import { kilobytes, significant } from '../../text.ts'
import { leavesOf, type Tree } from '../../tree.ts'
import type { GroupOperations, LabelCost, LabelPlan } from './plan.ts'

/** Who learns what, in the model's own figures. */
export function labelLearns({ leakage, contract }: LabelPlan): Learns {
  const { features, cuts, answers, leaves } = leakage
  const isOfNumbers = contract.answers === null
  const hasPercent = contract.possible.some(({ percent }) => percent !== undefined)
  const share = hasPercent ? ', with its share of the training rows that ended like the record, in whole percent' : ''
  const range = isOfNumbers ? 'the range of the target and its answers' : 'the answers'
  return {
    client:
      `its answer, one of ${answers}${share}; and what was published before training: the names, the Grids and the missing ` +
      `values of all columns, the ${cuts} cuts of ${features} features at which a tree may divide, and ${range}; and that the ` +
      `tree has at most ${leaves} ${leaves === 1 ? 'leaf' : 'leaves'}. Not which columns or cuts it uses, nor its shape. A client ` +
      'that asks without limit rebuilds any model from its answers: limit its rate. ' +
      (leakage.guard
        ? 'A client that cheats, and encrypts something that is not a record, gets an honest record’s answer, or nothing.'
        : 'One that encrypts something that is not a record reads the tree much sooner, a path at a time; --guard gives it nothing.'),
    server:
      'that a record was asked about, and when; which requests were sealed with the same key. Nothing of the record: every ' +
      'request holds all columns, encrypted by ElGamal on ristretto255 under a key that only the client has.',
  }
}

/** What one prediction takes, as a table of Markdown. */
export function labelTable(cost: LabelCost): string {
  const operations = (one: GroupOperations) =>
    `${one.baseMultiplications} | ${one.multiplications} | ${one.shortMultiplications + one.weightMultiplications} | ${one.additions} | ${one.decodings} | ${one.encodings}`
  return `| | ciphertexts | bytes | multiplications of the base | of other points | by short scalars | additions | points decoded | encoded |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| seal (client) | ${cost.requestCiphertexts} | ${cost.requestBytes} up (${kilobytes(cost.requestBytes)}) | ${operations(cost.seal)} |
| evaluate (server) | ${cost.replyCiphertexts} | ${cost.replyBytes} down (${kilobytes(cost.replyBytes)}) | ${operations(cost.evaluate)} |
| open (client) | | | ${operations(cost.open)} |`
}

/** Which numbers a model of numbers may answer and how far its means are from them. */
export function describeRounding({ contract }: LabelPlan, tree: Tree): string {
  const numbers = contract.possible.map(({ answer }) => Number(answer))
  const [first = 0, second = first] = numbers
  const off = leavesOf(tree.root).map(({ answer }) => Math.min(...numbers.map((number) => Math.abs(answer - number))))
  return (
    `${numbers.length} numbers, ${first} to ${numbers.at(-1) ?? first} in steps of ${significant(second - first)}: the means ` +
    `of the leaves are rounded to them, which moves none by more than ${significant(Math.max(...off))}; --answer-step sets the step`
  )
}
