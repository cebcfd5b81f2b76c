import { decode, encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelModel, labelOf } from '../../../bench/label-models.ts'
import { at as itemAt } from '../../../runtime/at.ts'
import { toHex } from '../../../runtime/bytes.ts'
import { fingerprint, replyBytes, requestBytes, sha256 } from '../../../runtime/contract.ts'
import { ProtocolError, type ProtocolErrorCode, RecordError } from '../../../runtime/errors.ts'
import type { RandomBytes } from '../../../runtime/random.ts'
import { defineLabelClient, type LabelAnswer, type RistrettoKey } from '../../../runtime/schemes/label/client.ts'
import { defineLabelServer } from '../../../runtime/schemes/label/server.ts'
import { serveStore } from '../../../runtime/serving/serve-store.ts'
import { sessionHandler } from '../../../runtime/serving/session-handler.ts'
import { overStore } from '../../../runtime/session/index.ts'
import { memoryStore } from '../../../runtime/store/memory.ts'
import { placeOf } from '../../../runtime/store/store.ts'
import { messagesOf } from '../../../runtime/wire/message.ts'
import { insecureTestKey } from '../../support/keys.ts'

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** A record whose cells are these. */
const recordOf = (cells: readonly number[]) => Object.fromEntries(cells.map((cell, i) => [`x${i}`, cell]))

/** What a client opens of an answer. */
const openedOf = (answer: LabelAnswer) => ({ kind: typeof answer.answer === 'number' ? 'number' : 'class', ...answer })

const percents = Array.from({ length: 202 }, (_, i) => ({ answer: i < 101 ? 'no' : 'yes', percent: i % 101 }))
const many = Array.from({ length: 1000 }, (_, answer) => ({ answer }))
const numbers = Array.from({ length: 40 }, (_, i) => ({ answer: i / 4 - 3 }))

test('open(evaluate(seal)) is the answer of the leaf that the record reaches, for random models, exactly', async () => {
  const shapes = fc.record({
    features: fc.integer({ min: 1, max: 5 }),
    cuts: fc.integer({ min: 2, max: 6 }),
    leaves: fc.integer({ min: 1, max: 3 }),
    more: fc.integer({ min: 0, max: 4 }),
    answers: fc.constantFrom([{ answer: 'no' }, { answer: 'yes' }], percents, numbers, many),
    seed: fc.nat(),
    guard: fc.boolean(),
  })
  const property = fc.asyncProperty(shapes, fc.infiniteStream(fc.nat()), async ({ more, ...shape }, stream) => {
    const model = labelModel({ ...shape, padded: shape.leaves + more })
    const client = defineLabelClient<object, string | number>(model.contract)
    const server = defineLabelServer(model.contract, model.leaves)
    const key = await client.generateKey()
    for (let i = 0; i < 4; i++) {
      const cells = model.contract.features.map(() => Number(stream.next().value) % (shape.cuts + 1))
      const { request, open } = await client.seal(recordOf(cells), key)
      const reply = await server.evaluate(request)
      expect([request.length, reply.length]).toEqual([requestBytes(model.contract), replyBytes(model.contract)])
      expect(await open(reply)).toEqual(openedOf(itemAt(model.contract.possible, labelOf(model, cells))))
    }
  })
  await fc.assert(property, { numRuns: 60 })
})

const model = labelModel({ features: 3, cuts: 4, leaves: 6, padded: 8 })
const { contract } = model
const [client, server] = [defineLabelClient<object, string>(contract), defineLabelServer(contract, model.leaves)]
const key = await client.generateKey()
const cells = [2, 0, 4]
const expected = openedOf(itemAt(contract.possible, labelOf(model, cells)))
const sealed = await client.seal(recordOf(cells), key)
const [goodReply, print] = [await server.evaluate(sealed.request), await fingerprint(contract)]
const requestHash = await sha256(sealed.request)

const codeOf = (work: Promise<unknown>): Promise<ProtocolErrorCode | null> => {
  const code = (error: unknown) => (error instanceof ProtocolError ? error.code : Promise.reject(error))
  return work.then(() => null, code)
}
const expectAlive = async () => expect(await sealed.open(await server.evaluate(sealed.request))).toEqual(expected)

/** The good request with other bytes in its key, or from a place in its ciphertexts on. */
function crafted({
  of = sealed.request,
  key: point,
  at = 0,
  bytes = new Uint8Array(),
}: {
  of?: Uint8Array
  key?: Uint8Array
  at?: number
  bytes?: Uint8Array
}) {
  const fields: { key: Uint8Array; ciphertexts: Uint8Array } = decode(of)
  const ciphertexts = fields.ciphertexts.slice()
  ciphertexts.set(bytes, at)
  return encode({ ...fields, key: point ?? fields.key, ciphertexts })
}
const identity = new Uint8Array(32)
/** Negative, not canonical, and of no point: RFC 9496, appendix A.3. */
const noPoints = {
  negative: '0100000000000000000000000000000000000000000000000000000000000000',
  'not canonical': 'f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'not square': '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
  'with the highest bit': 'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6',
  identity: toHex(identity),
}

describe('the server refuses, and goes on answering', () => {
  const lastPoint = 64 * 12 - 32
  const requests: Record<string, [ProtocolErrorCode, Uint8Array]> = {
    ...Object.fromEntries(
      Object.entries(noPoints).flatMap(([name, hex]): [string, [ProtocolErrorCode, Uint8Array]][] => [
        [`a key that is ${name}`, ['bad-key', crafted({ key: bytesOf(hex) })]],
        ...(name === 'not square'
          ? []
          : ([
              [`a first point that is ${name}`, ['bad-ciphertext', crafted({ bytes: bytesOf(hex) })]],
              [`a last point that is ${name}`, ['bad-ciphertext', crafted({ at: lastPoint, bytes: bytesOf(hex) })]],
            ] as [string, [ProtocolErrorCode, Uint8Array]][])),
      ]),
    ),
    'a key of fewer bytes': ['bad-key', crafted({ key: key.point.slice(1) })],
    'a key of more bytes': ['bad-key', crafted({ key: Uint8Array.from([...key.point, 0]) })],
    'a reply': ['bad-message', goodReply],
    'one byte less': ['bad-message', sealed.request.slice(0, -1)],
    'one byte more': ['bad-message', Uint8Array.from([...sealed.request, 0])],
    nothing: ['bad-message', new Uint8Array()],
    'a megabyte': ['too-large', new Uint8Array(1_000_000)],
  }
  test.each(Object.entries(requests))('%s', async (_, [code, request]) => {
    const reply: Record<string, unknown> = decode(await server.evaluate(request))
    expect(reply).toEqual({ version: 2, contract: print, request: await sha256(request), error: code })
    await expectAlive()
  })

  test('a wrong point at any place, used by the tree or not: the error tells nothing of the tree', async () => {
    const used = new Set(model.leaves.flatMap(({ edges }) => edges.flatMap(({ above, upTo }) => [above, upTo])))
    expect(used.size).toBeLessThan(12)
    const whole = labelModel({ features: 3, cuts: 4, leaves: 1, padded: 8 })
    for (const leaves of [model.leaves, whole.leaves]) {
      const one = defineLabelServer(contract, leaves)
      for (let at = 0; at < 64 * 12; at += 32) {
        const reply = await one.evaluate(crafted({ at, bytes: identity }))
        expect(decode(reply)).toMatchObject({ error: 'bad-ciphertext' })
      }
    }
  })

  test('what is not square counts as a point, used by the tree or not; under the guard it is refused', async () => {
    const guarded = labelModel({ features: 3, cuts: 4, leaves: 6, padded: 8, guard: true })
    const strict = defineLabelServer(guarded.contract, guarded.leaves)
    const { request } = await defineLabelClient<object, string>(guarded.contract).seal(recordOf(cells), key)
    for (let at = 0; at < 64 * 12; at += 32) {
      const bytes = bytesOf(noPoints['not square'])
      expect(decode(await server.evaluate(crafted({ at, bytes })))).not.toHaveProperty('error')
      expect(decode(await strict.evaluate(crafted({ of: request, at, bytes })))).toMatchObject({
        error: 'bad-ciphertext',
      })
    }
    await expectAlive()
  })

  test('a client of another contract', async () => {
    const stale = defineLabelClient<object, string>({ ...contract, leaves: 16 })
    const { request, open } = await stale.seal(recordOf(cells), key)
    expect(await codeOf(open(await server.evaluate(request)))).toBe('wrong-contract')
    await expectAlive()
  })

  test('a request during which it fails, without a word why', async () => {
    const random = () => expect.fail('no entropy left for leaf 5')
    const reply = await defineLabelServer(contract, model.leaves, { random }).evaluate(sealed.request)
    expect(Buffer.from(reply).toString('latin1')).not.toContain('leaf')
    expect(await codeOf(sealed.open(reply))).toBe('server-failed')
  })
})

describe('the client refuses', () => {
  test('a reply with any bit flipped, unless it is one that says nothing', async () => {
    const answers = new Set<unknown>()
    for (let bit = 0; bit < 8 * goodReply.length; bit += 1) {
      const flipped = goodReply.with(bit >> 3, (goodReply[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
      // A leaf that was not reached opens to nothing before as after; none opens to another answer.
      answers.add(
        await sealed.open(flipped).then(
          ({ answer }) => answer,
          (error: ProtocolError) => error.code,
        ),
      )
    }
    const refused = ['bad-message', 'wrong-version', 'wrong-contract', 'other-request', 'bad-ciphertext', 'bad-reply']
    expect(answers).toEqual(new Set([expected.answer, ...refused]))
  })

  const { leaves: goodLeaves } = decode(goodReply) as { leaves: Uint8Array }
  const leavesOf = (change: (leaves: Uint8Array[]) => Uint8Array[]) => {
    const leaves = Array.from({ length: 8 }, (_, i) => goodLeaves.slice(38 * i, 38 * (i + 1)))
    return encode({
      ...(decode(goodReply) as object),
      leaves: Uint8Array.from(change(leaves).flatMap((leaf) => [...leaf])),
    })
  }
  /** Opens each leaf alone, seven times repeated or not, to find the one that holds the answer. */
  async function reachedLeaf(): Promise<number> {
    for (let i = 0; i < 8; i++) {
      const reply = leavesOf((leaves) => leaves.map((leaf, j) => (j === i ? (leaves[(i + 1) % 8] ?? leaf) : leaf)))
      if ((await codeOf(sealed.open(reply))) === 'bad-reply') return i
    }
    return expect.fail('no leaf holds the answer')
  }

  test('a reply that holds no answer, or two', async () => {
    const reached = await reachedLeaf()
    const other = (reached + 1) % 8
    const none = leavesOf((leaves) => leaves.with(reached, leaves[other] ?? identity))
    const two = leavesOf((leaves) => leaves.with(other, leaves[reached] ?? identity))
    expect(await codeOf(sealed.open(none))).toBe('bad-reply')
    expect(await codeOf(sealed.open(two))).toBe('bad-reply')
  })

  test.each(Object.entries(noPoints))('a leaf whose point is %s', async (_, hex) => {
    const forged = leavesOf((leaves) => leaves.with(3, Uint8Array.from([...bytesOf(hex), ...new Uint8Array(6)])))
    expect(await codeOf(sealed.open(forged))).toBe('bad-ciphertext')
  })

  test('a reply to another request, under the same key or another one', async () => {
    for (const otherKey of [key, await client.generateKey()]) {
      const other = await client.seal(recordOf(cells), otherKey)
      const reply = await server.evaluate(other.request)
      expect(await codeOf(sealed.open(reply))).toBe('other-request')
      // Under the same key, too: the answer is hidden behind its request.
      const forged = encode({ ...(decode(reply) as object), request: requestHash })
      expect(await codeOf(sealed.open(forged))).toBe('bad-reply')
    }
  })

  test.each<[string, Uint8Array, ProtocolErrorCode]>([
    ['nothing', new Uint8Array(), 'bad-message'],
    ['one byte less', goodReply.slice(0, -1), 'bad-message'],
    ['a leaf less', leavesOf((leaves) => leaves.slice(1)), 'bad-message'],
    ['a leaf more', leavesOf((leaves) => [...leaves, ...leaves.slice(0, 1)]), 'bad-message'],
    ['its own request', sealed.request, 'bad-message'],
    ['a megabyte', new Uint8Array(1_000_000), 'too-large'],
    ['an error reply', messagesOf(contract, print).encodeError(requestHash, 'bad-key'), 'bad-key'],
  ])('%s', async (_, reply, code) => {
    expect(await codeOf(sealed.open(reply))).toBe(code)
  })

  test('a key of the other kind, and a record that does not fit, before anything is sealed', async () => {
    const foreign = insecureTestKey(64) as unknown as RistrettoKey
    expect(await codeOf(client.seal(recordOf(cells), foreign))).toBe('wrong-key')
    expect(() => client.prepare(foreign)).toThrow(ProtocolError)
    const via = () => expect.fail('sent')
    await expect(client.predict({ ...recordOf(cells), x1: 5 }, { via, key })).rejects.toThrow(RecordError)
    await expect(client.predict({ x0: 1 }, { via, key })).rejects.toThrow(RecordError)
  })
})

describe('randomness', () => {
  test('two seals of one record, and two replies to one request, have no point in common', async () => {
    const points = async (bytes: Uint8Array, width: number) => {
      const { ciphertexts, leaves }: Record<string, Uint8Array> = decode(bytes)
      const field = ciphertexts ?? leaves ?? new Uint8Array()
      return Array.from({ length: field.length / width }, (_, i) => toHex(field.subarray(i * width, i * width + 32)))
    }
    client.prepare(key)
    const requests = [sealed, await client.seal(recordOf(cells), key), await client.seal(recordOf(cells), key)]
    const up = (await Promise.all(requests.map(({ request }) => points(request, 32)))).flat()
    expect(new Set(up).size).toBe(3 * 24)
    const down = [goodReply, await server.evaluate(sealed.request), await server.evaluate(sealed.request)]
    expect(new Set((await Promise.all(down.map((reply) => points(reply, 38)))).flat()).size).toBe(3 * 8)
    for (const { request, open } of requests) expect(await open(await server.evaluate(request))).toEqual(expected)
  })

  test('what is prepared is used once, by the key that it was prepared for', async () => {
    let drawn = 0
    const counting: RandomBytes = (length) => {
      drawn += length
      return crypto.getRandomValues(new Uint8Array(length))
    }
    const counted = defineLabelClient<object, string>(contract, { random: counting })
    const [one, other] = [await counted.generateKey(), await counted.generateKey()]
    const before = drawn
    counted.prepare(one)
    counted.prepare(one)
    expect(drawn - before).toBe(64 * 12)
    await counted.seal(recordOf(cells), one)
    expect(drawn - before).toBe(64 * 12)
    await counted.seal(recordOf(cells), other)
    await counted.seal(recordOf(cells), one)
    expect(drawn - before).toBe(3 * 64 * 12)
  })
})

describe('what is around signs is around label', () => {
  test('a session over a store, with the key it makes itself', async () => {
    const [store, stop] = [memoryStore(), new AbortController()]
    const serving = serveStore(server, store, { signal: stop.signal, poll: 5 })
    expect(await client.predict(recordOf(cells), { via: overStore(store, contract) })).toEqual(expected)
    stop.abort()
    await serving
    expect(await store.list('')).toEqual([])
  })

  test('predict gives up at its deadline', async () => {
    const via = () => new Promise<Uint8Array>(() => {})
    expect(await codeOf(client.predict(recordOf(cells), { via, key, deadline: 50 }))).toBe('deadline')
  })

  test('an oversized object in the store is answered by an error', async () => {
    const store = memoryStore()
    const id = '0'.repeat(32)
    await store.put(`requests/${await placeOf(contract)}/${id}`, new Uint8Array(1_000_000), {})
    expect(await sessionHandler(server, store)(id)).toMatchObject({ outcome: { kind: 'answered', error: 'too-large' } })
  })

  test('replies are signed where the contract pins a key', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    const pinned = { ...contract, replyKey: Buffer.from(raw).toString('base64url') }
    const unsigned = defineLabelServer(pinned, model.leaves)
    expect(unsigned.lacksReplyKey).toBe(true)
    const signing = await unsigned.withReplyKey(pair.privateKey)
    const careful = defineLabelClient<object, string>(pinned)
    const one = await careful.seal(recordOf(cells), key)
    const reply = await signing.evaluate(one.request)
    expect(reply).toHaveLength(replyBytes(pinned))
    expect(await one.open(reply)).toEqual(expected)
    expect(await codeOf(one.open(reply.with(60, (reply[60] ?? 0) ^ 1)))).toBe('bad-signature')
  })
})
