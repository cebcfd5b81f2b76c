import { describe, expect, test } from 'vitest'
import { labelModel } from '../../../bench/label-models.ts'
import { labelCost } from '../../../compiler/schemes/label/cost.ts'
import { at } from '../../../runtime/at.ts'
import { fingerprint, sha256 } from '../../../runtime/contract.ts'
import { RistrettoKey } from '../../../runtime/ristretto/keys.ts'
import { loadGroup } from '../../../runtime/ristretto/load.ts'
import { defineLabelClient, type LabelContract } from '../../../runtime/schemes/label/client.ts'
import { drawLabel, type LabelDraws } from '../../../runtime/schemes/label/draws.ts'
import { evaluateLabel, type LabelTask } from '../../../runtime/schemes/label/evaluation.ts'
import { defineLabelServer, type LabelLeaf } from '../../../runtime/schemes/label/server.ts'
import { sumsOf } from '../../../runtime/schemes/label/sums.ts'
import { messagesOf, replyError } from '../../../runtime/wire/message.ts'
import { countingGroup } from '../../support/counting-group.ts'
import { labelVectors } from '../../support/label-vectors.ts'
import { announcedRandom } from '../../support/seed.ts'

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const random = announcedRandom('cost')
const counted = countingGroup(await loadGroup())
const group = async () => counted
/** What is no point: not by its bytes, and only by its square; RFC 9496, appendix A.3. And the identity, which is one. */
const noPoints = {
  'not canonical': bytesOf('f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
  'not square': bytesOf('26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371'),
  identity: new Uint8Array(32),
}

interface Model {
  readonly contract: LabelContract
  readonly leaves: readonly LabelLeaf[]
}

const serverOf = (
  { contract, leaves }: Model,
  draw: (...given: Parameters<typeof drawLabel>) => LabelDraws = drawLabel,
) =>
  defineLabelServer(contract, leaves, {
    group,
    draw,
    runner: { idle: 1, run: async (task) => evaluateLabel(counted, task as LabelTask) },
  })

/** A key and a request of the lowest cells, and a way to put other points into it. */
async function asked(contract: LabelContract) {
  const client = defineLabelClient<object, string | number>(contract, { group })
  const own = await client.generateKey()
  counted.taken()
  const record = Object.fromEntries(
    contract.columns.map((column) => [
      column.name,
      column.kind === 'text' ? at(column.levels, 0) : column.grid.minimum,
    ]),
  )
  const sealed = await client.seal(record, new RistrettoKey(counted, own.point, own.scalar))
  const seal = counted.taken()
  const { decodeRequest, encodeRequest } = messagesOf(contract, await fingerprint(contract))
  const fields = decodeRequest(sealed.request)
  const withPoint = (point: number, bytes: Uint8Array) => {
    const ciphertexts = (fields.ciphertexts ?? new Uint8Array()).slice()
    ciphertexts.set(bytes, 32 * point)
    return encodeRequest({ ...fields, ciphertexts })
  }
  return { ...sealed, seal, withPoint }
}

const wide = (guard: boolean): Model => {
  const found = labelVectors.find(({ contract }) => contract.leaves === 8 && (contract.guard === 1) === guard)
  return found ?? expect.fail('no such vectors')
}
const models: [string, Model][] = [false, true].flatMap((guard): [string, Model][] => [
  [`texts and missing values${guard ? ', guarded' : ''}`, wide(guard)],
  [`one leaf${guard ? ', guarded' : ''}`, labelModel({ features: 2, cuts: 3, leaves: 1, guard })],
  [`one leaf, padded${guard ? ', guarded' : ''}`, labelModel({ features: 2, cuts: 3, leaves: 1, padded: 6, guard })],
  [`19 leaves${guard ? ', guarded' : ''}`, labelModel({ features: 5, cuts: 7, leaves: 19, padded: 32, guard })],
])

describe.each(models)('%s', (_, model) => {
  const { contract } = model

  test('a run takes the operations of the cost model, exactly', async () => {
    const cost = labelCost(contract)
    const { seal, open, request } = await asked(contract)
    // And one multiple for the key.
    const key = { ...seal, baseMultiplications: seal.baseMultiplications + 1, encodings: seal.encodings + 1 }
    expect(key).toEqual(cost.seal)
    const reply = await serverOf(model).evaluate(request)
    expect(counted.taken()).toEqual(cost.evaluate)
    await open(reply)
    expect(counted.taken()).toEqual(cost.open)
    expect([request.length, reply.length]).toEqual([cost.requestBytes, cost.replyBytes])
  })

  test('whatever the tree is, and whatever points are sent', async () => {
    const cost = labelCost(contract)
    const { request, withPoint } = await asked(contract)
    const points = 2 * contract.cuts.flat().length
    const single: Model = { contract, leaves: [{ answer: 0, edges: [] }] }
    for (const tree of [model, single]) {
      const server = serverOf(tree)
      for (const [name, bytes] of Object.entries(noPoints)) {
        for (const point of [0, Math.floor(random() * points), points - 1]) {
          const reply = await server.evaluate(withPoint(point, bytes))
          expect(counted.taken()).toEqual(cost.evaluate)
          const isAnswered = name === 'not square' && contract.guard === undefined
          expect(replyError(reply)).toBe(isAnswered ? null : 'bad-ciphertext')
        }
      }
      await server.evaluate(request)
      expect(counted.taken()).toEqual(cost.evaluate)
    }
  })
})

test.each([false, true])('random trees of one contract take the same, guarded: %s', async (guard) => {
  const shape = { features: 3, cuts: 6, padded: 16, guard }
  const contract = labelModel({ ...shape, leaves: 2 }).contract
  const { request } = await asked(contract)
  for (let i = 0; i < 12; i++) {
    const seed = Math.floor(random() * 1e9)
    const { leaves } = labelModel({ ...shape, leaves: 1 + Math.floor(16 * random()), seed })
    await serverOf({ contract, leaves }).evaluate(request)
    expect(counted.taken()).toEqual(labelCost(contract).evaluate)
  }
})

describe('points that are none', () => {
  const model = labelModel({ features: 3, cuts: 6, leaves: 6, padded: 8 })
  const { contract, leaves } = model
  const used = new Set(sumsOf(contract, leaves).splits.map(({ bit }) => bit))
  const all = contract.cuts.flat().map((_, bit) => bit)
  /** The same draws for every reply, each of them anew. */
  const drawn = drawLabel(counted, (length) => crypto.getRandomValues(new Uint8Array(length)), contract.leaves, null)
  const repeating = () => ({ ...drawn })

  test('change nothing in a cut that the tree does not use: the same reply but for the request’s hash', async () => {
    const { withPoint } = await asked(contract)
    const server = serverOf(model, repeating)
    // What the evaluation makes of the request, under one hash.
    const evaluate = async (request: Uint8Array) => {
      const tasks: LabelTask[] = []
      const runner = {
        idle: 1,
        run: async (task: object) => {
          tasks.push(task as LabelTask)
          return evaluateLabel(counted, { ...(task as LabelTask), request: new Uint8Array(32) })
        },
      }
      const { decodeReply } = messagesOf(contract, await fingerprint(contract))
      return decodeReply(await server.with({ runner }).evaluate(request), await sha256(request)).leaves
    }
    const good = await evaluate(withPoint(0, new Uint8Array()))
    for (const bit of all) {
      const other = await evaluate(withPoint(2 * bit + 1, noPoints['not square']))
      if (used.has(bit)) expect(other).not.toEqual(good)
      else expect(other).toEqual(good)
    }
    expect(used.size).toBeLessThan(all.length)
  })

  test.each(['identity', 'not canonical'] as const)('%s is refused alike in every cut, used or not', async (kind) => {
    const { withPoint, request } = await asked(contract)
    const server = serverOf(model)
    expect(replyError(await server.evaluate(request))).toBe(null)
    for (const point of all.flatMap((bit) => [2 * bit, 2 * bit + 1])) {
      expect(replyError(await server.evaluate(withPoint(point, noPoints[kind])))).toBe('bad-ciphertext')
    }
  })
})

test('what was drawn for one reply serves no other: the server says that it failed', async () => {
  for (const guard of [false, true]) {
    const { contract, leaves } = labelModel({ features: 2, cuts: 3, leaves: 4, guard })
    const { request } = await asked(contract)
    let first: LabelDraws | null = null
    const server = serverOf({ contract, leaves }, (...given) => {
      first ??= drawLabel(...given)
      return first
    })
    expect(replyError(await server.evaluate(request))).toBe(null)
    expect(replyError(await server.evaluate(request))).toBe('server-failed')
  }
})
