import { describe, expect, test } from 'vitest'
import { undocumented } from '../../../compiler/1-read/schema.ts'
import { type Linear, predictSums } from '../../../compiler/linear.ts'
import { latticeClient } from '../../../compiler/schemes/lattice/emit-client.ts'
import { lowerLattice } from '../../../compiler/schemes/lattice/lower.ts'
import { simulateLattice } from '../../../compiler/schemes/lattice/plan.ts'
import { at } from '../../../runtime/at.ts'
import type { Column } from '../../../runtime/contract.ts'
import { fingerprint, sha256 } from '../../../runtime/contract.ts'
import { largestFlood, replyDistance } from '../../../runtime/lattice/noise.ts'
import { latticeSets } from '../../../runtime/lattice/sets.ts'
import { defineLatticeClient } from '../../../runtime/schemes/lattice/client.ts'
import { defineLatticeServer } from '../../../runtime/schemes/lattice/server.ts'
import { messagesOf, replyError } from '../../../runtime/wire/message.ts'
import { drawLinear } from '../../support/linear.ts'
import { announcedRandom } from '../../support/seed.ts'

const random = announcedRandom('lattice scheme')
const naming = { name: 'test' }
const lower = (model: Linear) => lowerLattice(model, null, naming)

function sessionsOf(model: Linear) {
  const plan = lower(model)
  const client = defineLatticeClient<object, string>(plan.contract)
  return { plan, client, server: defineLatticeServer(plan.contract, plan.server.outputs) }
}

const drawCells = ({ columns }: Linear) =>
  columns.map((column) => Math.floor(random() * (column.kind === 'number' ? column.grid.size : 2)))

const recordOf = ({ columns }: Linear, cells: readonly number[]) =>
  Object.fromEntries(columns.map(({ name }, i) => [name, cells[i] ?? Number.NaN]))

describe('predict = simulate = open(evaluate(seal))', () => {
  test.each([
    ['S, one score', 'S', { columns: 20, weight: 60 }],
    ['L, one score', 'L', { columns: 20, weight: 100_000 }],
    ['S, three scores', 'S', { columns: 5, weight: 20, outputs: 3 }],
    ['L, ten scores', 'L', { columns: 30, weight: 200, outputs: 10 }],
    ['L, as many inputs as it holds', 'L', { columns: 4096, weight: 3 }],
  ] as const)('%s', async (_, set, shape) => {
    const model = drawLinear(random, shape)
    const { plan, client, server } = sessionsOf(model)
    expect(plan.contract.set).toBe(set)
    const key = await client.generateKey()
    const extremes = [0, 199].map((cell) => model.columns.map(() => cell))
    for (const cells of [...extremes, drawCells(model), drawCells(model)]) {
      const want = predictSums(model, cells)
      expect(simulateLattice(plan, cells)).toEqual(want)
      expect(await client.predict(recordOf(model, cells), { via: server.evaluate, key })).toEqual(want)
    }
  })
})

test('the worst record has its score, exactly, in either direction', async () => {
  for (const sign of [1, -1]) {
    const drawn = drawLinear(random, { columns: 12, weight: 60 })
    const model = { ...drawn, weights: [drawn.inputs.map(() => 60 * sign)], biases: [60 * sign] }
    const { client, server } = sessionsOf(model)
    for (const cell of [0, 199]) {
      const record = recordOf(
        model,
        model.columns.map(() => cell),
      )
      const want = predictSums(
        model,
        model.columns.map(() => cell),
      )
      expect(await client.predict(record, { via: server.evaluate })).toEqual(want)
    }
  }
})

describe('what the contract tells', () => {
  test('the same of all models of one size, and so does the client module', () => {
    const draw = () => ({ ...drawLinear(random, { columns: 8, weight: 100 }), biases: [0] })
    const sizeOf = ({ contract }: ReturnType<typeof lower>) => `${contract.weightBits} ${contract.scoreBits}`
    const one = draw()
    const plans = [lower(one)]
    // The bits of weights and scores are told, and lengths follow from them: the other has as many.
    while (plans.length === 1) {
      const other = draw()
      const plan = lower(other)
      if (sizeOf(plan) !== sizeOf(at(plans, 0))) continue
      expect(other.weights).not.toEqual(one.weights)
      plans.push(plan)
    }
    expect(at(plans, 0).contract).toEqual(at(plans, 1).contract)
    const documents = { target: { name: 'target', document: undocumented }, columns: new Map() }
    const [text = ''] = plans.map(({ contract }) => latticeClient(contract, documents))
    expect(text).not.toMatch(/weights|bias:/)
  })

  test('the bound of a reply is that of its public numbers, and small enough', () => {
    for (const shape of [
      { columns: 20, weight: 60 },
      { columns: 30, weight: 200, outputs: 10 },
    ]) {
      const { contract, leakage } = lower(drawLinear(random, shape))
      const { inputs, outputs, weightBits, scoreBits } = contract
      const largest = 2 ** weightBits - 1
      const flood = largestFlood(latticeSets[contract.set], scoreBits, inputs.length * outputs * largest)
      const distance = replyDistance(latticeSets[contract.set], outputs, inputs.length * outputs * largest ** 2, flood)
      expect(leakage.distanceBits).toBe(Math.ceil(Math.log2(distance)))
      expect(leakage.distanceBits).toBeLessThanOrEqual(-20)
      expect(leakage.questions).toBe(inputs.length + 1)
    }
  })

  test('the smallest set is taken: coarser weights buy it', () => {
    const sets = [60, 6000].map((weight) => lower(drawLinear(random, { columns: 10, weight })).contract.set)
    expect(sets).toEqual(['S', 'L'])
  })
})

describe('what fits no set is refused, naming the column to narrow', () => {
  const levels = Array.from({ length: 4100 }, (_, i) => `l${i}`)
  const texts: Column = { kind: 'text', name: 'town', levels, missing: 'never' }

  test('too many inputs', () => {
    const base = drawLinear(random, { columns: 2, weight: 1 })
    const inputs = levels.map((_, i) => ({ kind: 'indicator', feature: i + 2, cell: 1, value: 128 }) as const)
    const model: Linear = {
      ...base,
      columns: [...base.columns, texts],
      features: [...base.features, ...levels.map((level) => ({ column: 'town', level }))],
      inputs: [...base.inputs, ...inputs],
      weights: [[1, 1, ...levels.map(() => 1)]],
    }
    expect(() => lower(model)).toThrow(/Narrow the column "town", which takes the most/)
  })

  test('weights that are too large', () => {
    const base = drawLinear(random, { columns: 3, weight: 1 })
    expect(() => lower({ ...base, weights: [[1, 2 ** 27, 1]] })).toThrow(/scores of \d+ bits.*"x1"/)
  })
})

describe('what does not belong together is refused', () => {
  const model = drawLinear(random, { columns: 5, weight: 50 })
  const { plan, client, server } = sessionsOf(model)

  test('weights that are larger than the contract says, or too many or few', () => {
    const { contract, server: own } = plan
    const [output] = own.outputs
    if (output === undefined) throw new TypeError('there is an output')
    const large = { ...output, weights: output.weights.with(0, 64) }
    expect(() => defineLatticeServer(contract, [large])).toThrow('A weight is not below 2^6 in size')
    expect(() => defineLatticeServer(contract, [output, output])).toThrow(RangeError)
    expect(() => defineLatticeServer(contract, [{ ...output, weights: output.weights.slice(1) }])).toThrow(RangeError)
    expect(() => defineLatticeServer(contract, [{ ...output, bias: 0.5 }])).toThrow(RangeError)
  })

  test('a key of another client, though of the same contract', async () => {
    const other = await defineLatticeClient<object, string>(plan.contract).generateKey()
    await expect(client.seal(recordOf(model, drawCells(model)), other)).rejects.toMatchObject({ code: 'wrong-key' })
    expect(() => client.prepare(other)).toThrow(expect.objectContaining({ code: 'wrong-key' }))
  })

  test('residues that are none, and replies whose bits say what no server computes', async () => {
    const messages = messagesOf(plan.contract, await fingerprint(plan.contract))
    const sealed = await client.seal(recordOf(model, drawCells(model)), await client.generateKey())
    const fields = messages.decodeRequest(sealed.request)
    const hash = await sha256(sealed.request)
    // All residues as large as their bits allow, but for the zeros that end the last byte.
    const full = (fields.ciphertexts ?? new Uint8Array()).map((byte, i) => (i < 32 ? byte : 0xff))
    const filled = (model.inputs.length * 51) % 8
    full[full.length - 1] = filled === 0 ? 0xff : 2 ** filled - 1
    const bad = messages.encodeRequest({ key: fields.key ?? new Uint8Array(), ciphertexts: full })
    expect(replyError(await server.evaluate(bad))).toBe('bad-ciphertext')
    // A mask of zeros and the least score there is: -2^(bits - 1), which is beyond the range.
    const { mask, scores } = lengths(plan.contract.messages.reply)
    const most = new Uint8Array(scores)
    const bits = plan.contract.scoreBits + 13
    most[Math.floor((bits - 1) / 8)] = 1 << ((bits - 1) % 8)
    const forged = messages.encodeReply(hash, { mask: new Uint8Array(mask), scores: most })
    await expect(sealed.open(forged)).rejects.toMatchObject({ code: 'bad-reply' })
  })
})

function lengths(fields: readonly { readonly name: string; readonly bytes: number; readonly count: number }[]) {
  const of = (name: string) => fields.find((field) => field.name === name)?.bytes ?? Number.NaN
  return { mask: of('mask'), scores: of('scores') }
}
