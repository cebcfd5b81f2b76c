import { expect, test } from 'vitest'
import { lowerLattice } from '../../compiler/schemes/lattice/lower.ts'
import { inputOf } from '../../runtime/schemes/inputs.ts'
import { defineLatticeClient } from '../../runtime/schemes/lattice/client.ts'
import { defineLatticeServer } from '../../runtime/schemes/lattice/server.ts'
import { drawLinear } from '../support/linear.ts'
import { announcedRandom } from '../support/seed.ts'

/**
 * The limit of scores, by honest records and the client as it is: they are sums of what is asked, so that one question
 * more than there are inputs rebuilds all weights. The leakage report says so; clients have to be metered.
 */
const random = announcedRandom('lattice scores')

test.each([{ outputs: 1 }, { outputs: 3 }])(
  'as many honest questions as the report says rebuild a model of $outputs outputs',
  async ({ outputs }) => {
    const model = drawLinear(random, { columns: 9, weight: 40, outputs })
    const { contract, server: own, leakage } = lowerLattice(model, null, { name: 'attacked' })
    const client = defineLatticeClient<object, string>(contract)
    const server = defineLatticeServer(contract, own.outputs)
    const middle = contract.columns.map(() => 100)
    let questions = 0
    const ask = async (cells: readonly number[]) => {
      questions += 1
      const record = Object.fromEntries(contract.columns.map(({ name }, i) => [name, cells[i]]))
      const { scores = [] } = await client.predict(record, { via: server.evaluate })
      return { scores, numbers: contract.inputs.map((input) => inputOf(input, cells)) }
    }
    const first = await ask(middle)
    const found: number[][] = first.scores.map(() => [])
    for (const [i] of contract.columns.entries()) {
      const other = await ask(middle.with(i, 199))
      const moved = (other.numbers[i] ?? Number.NaN) - (first.numbers[i] ?? Number.NaN)
      first.scores.forEach((score, k) => {
        found[k]?.push(((other.scores[k] ?? Number.NaN) - score) / moved)
      })
    }
    const biases = first.scores.map((score, k) =>
      first.numbers.reduce((sum, number, i) => sum - number * (found[k]?.[i] ?? Number.NaN), score),
    )
    expect(found).toEqual(model.weights)
    expect(biases).toEqual(model.biases)
    expect(questions).toBe(leakage.questions)
  },
)

test('one question fewer leaves as many models as there are weights: the scores of two of them are the same', async () => {
  const model = drawLinear(random, { columns: 4, weight: 40 })
  const plan = lowerLattice(model, null, { name: 'attacked' })
  // Questions that never move the last column cannot tell its weight from the bias.
  const still = inputOf(plan.contract.inputs[3] as never, [0, 0, 0, 100])
  const [row = []] = model.weights
  const other = {
    ...model,
    weights: [row.with(3, (row[3] ?? Number.NaN) - 1)],
    biases: [(model.biases[0] ?? Number.NaN) + still],
  }
  const twin = lowerLattice(other, null, { name: 'attacked' })
  expect(twin.server.outputs).not.toEqual(plan.server.outputs)
  const scoresOf = (own: typeof plan, cells: readonly number[]) =>
    own.server.outputs.map(({ weights, bias }) =>
      plan.contract.inputs.reduce((sum, input, i) => sum + (weights[i] ?? Number.NaN) * inputOf(input, cells), bias),
    )
  for (const cells of [
    [0, 0, 0, 100],
    [199, 0, 0, 100],
    [0, 199, 0, 100],
    [0, 0, 199, 100],
  ]) {
    expect(scoresOf(twin, cells)).toEqual(scoresOf(plan, cells))
  }
})
