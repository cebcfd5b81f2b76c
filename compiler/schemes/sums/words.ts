import type { Learns } from '../../plan.ts'
import { kilobytes } from '../../text.ts'
import type { SumsCost, SumsOperations, SumsPlan } from './plan.ts'

/** Who learns what, in the model's own figures. */
export function sumsLearns({ leakage, contract }: SumsPlan): Learns {
  const { features, cuts, trees, scores, leaves } = leakage
  const sums = scores === 1 ? 'its score' : `its ${scores} scores`
  const most = Math.max(...contract.leaves)
  return {
    client:
      `${sums}, and by a public link ${contract.answers === null ? 'the number' : 'the answer and the chances of all answers'}; and ` +
      `what is published: the names, the Grids and the missing values of all columns, and the ${cuts} cuts of ${features} features ` +
      `at which a tree may divide; and that there are ${trees} trees with at most ${most} leaves each, ${leaves} in all, rounded up. ` +
      'Not which leaves a record ends at, which columns a tree uses, nor its shape. But a score is a sum: a client that asks for ' +
      'records that differ in one value sees what the difference is worth, and without limit rebuilds the model: limit its rate. ' +
      (leakage.guard
        ? 'A client that cheats, and encrypts something that is not a record, gets an honest record’s scores, or nothing.'
        : `One that encrypts something that is not a record reads how two leaves of a tree differ, and by at most ${cuts + 1} requests the cuts on ` +
          'a path in all trees at once; --guard gives it nothing.'),
    server:
      'that a record was asked about, and when; which requests were sealed with the same key. Nothing of the record: every ' +
      'request holds all columns, encrypted by ElGamal on ristretto255 under a key that only the client has.',
  }
}

/** What one prediction takes, as a table of Markdown. */
export function sumsTable(cost: SumsCost): string {
  const operations = (one: SumsOperations) =>
    `${one.baseMultiplications} | ${one.multiplications} | ${one.shortMultiplications + one.weightMultiplications} | ${one.additions} | ${one.decodings} | ${one.encodings}`
  return `| | ciphertexts | bytes | multiplications of the base | of other points | by short scalars | additions | points decoded | encoded |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| seal (client) | ${cost.requestCiphertexts} | ${cost.requestBytes} up (${kilobytes(cost.requestBytes)}) | ${operations(cost.seal)} |
| evaluate (server) | ${cost.replyCiphertexts} | ${cost.replyBytes} down (${kilobytes(cost.replyBytes)}) | ${operations(cost.evaluate)} |
| open (client) | | | ${operations(cost.open)} |`
}
