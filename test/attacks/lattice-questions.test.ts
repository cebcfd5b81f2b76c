import { expect, test } from 'vitest'
import { evaluate } from '../../runtime/lattice/evaluate.ts'
import { generateLatticeKey } from '../../runtime/lattice/keys.ts'
import { open } from '../../runtime/lattice/open.ts'
import { seal } from '../../runtime/lattice/seal.ts'
import { latticeSets } from '../../runtime/lattice/sets.ts'
import { announcedStream, drawModel } from '../support/lattice.ts'

/**
 * The limit of scores, which nothing here removes: they are linear in what the client asks, so that m + 1 questions tell
 * m weights and a bias. Clients have to be metered.
 */
const random = announcedStream('lattice-questions')

test.each([{ outputs: 1 }, { outputs: 3 }])('m + 1 questions rebuild a model of $outputs outputs', ({ outputs }) => {
  const inputs = 12
  const drawn = drawModel(random, latticeSets.S, { inputs, outputs, largest: 100, numbers: 9 })
  const key = generateLatticeKey(drawn.lattice, random)
  const ask = (numbers: readonly number[]) =>
    open(drawn.lattice, key, evaluate(drawn.model, seal(drawn.lattice, key, numbers, random), random))
  const none = Array.from({ length: inputs }, () => 0)
  const biases = ask(none)
  const columns = none.map((_, i) => ask(none.map((zero, j) => (i === j ? 1 : zero))))
  expect(biases).toEqual(drawn.biases)
  const weights = biases.map((bias, r) => columns.map((scores) => (scores[r] ?? Number.NaN) - bias))
  expect(weights).toEqual(drawn.weights)
})

test('one question tells two weights, where both fit into a score', () => {
  const { lattice, model, weights } = drawModel(random, latticeSets.S, { inputs: 20, largest: 63, numbers: 15 })
  const key = generateLatticeKey(lattice, random)
  const ask = (numbers: readonly number[]) =>
    open(lattice, key, evaluate(model, seal(lattice, key, numbers, random), random))
  const place = (pairs: Readonly<Record<number, number>>) => Array.from({ length: 20 }, (_, i) => pairs[i] ?? 0)
  const [bias = Number.NaN] = ask(place({}))
  const [score = Number.NaN] = ask(place({ 3: 1, 7: 128 }))
  const high = Math.round((score - bias) / 128)
  expect([score - bias - 128 * high, high]).toEqual([weights[0]?.[3], weights[0]?.[7]])
})
