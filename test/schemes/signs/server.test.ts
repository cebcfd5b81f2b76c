import crypto, { generatePrimeSync } from 'node:crypto'
import { decode, encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { cellsFor } from '../../../compiler/missing.ts'
import { predictTree } from '../../../compiler/tree.ts'
import { bigintToBytes, bytesToBigint } from '../../../runtime/bytes.ts'
import { fingerprint, sha256 } from '../../../runtime/contract.ts'
import { ProtocolError, type ProtocolErrorCode, RecordError, type RecordErrorCode } from '../../../runtime/errors.ts'
import { bigintEngine } from '../../../runtime/paillier/bigint-engine.ts'
import type { PaillierEngine } from '../../../runtime/paillier/engine.ts'
import { opensslEngine } from '../../../runtime/paillier/openssl-engine.ts'
import { type RingFactory, squareRing } from '../../../runtime/paillier/square-ring.ts'
import { wasmRings } from '../../../runtime/paillier/wasm-ring.ts'
import { signsWorker } from '../../../runtime/schemes/signs/evaluation.ts'
import { defineSignsServer } from '../../../runtime/schemes/signs/server.ts'
import { insecureTestKey } from '../../support/keys.ts'
import { clientOf, lower, recordOf } from '../../support/plans.ts'
import { signsMessagesOf } from '../../support/signs-messages.ts'
import { tableOf } from '../../support/tables.ts'
import { boundedOptions, trainClasses } from '../../support/trees.ts'

const keyBits = 512
const rows = Array.from({ length: 60 }, (_, i) => {
  const [age, weight] = [20 + ((i * 37) % 61), 50 + ((i * 29) % 43) / 2]
  const colour = ['red', 'green', 'blue'][i % 3] ?? ''
  const sick = colour === 'red' ? age > 52 : colour === 'green' ? age % 20 < 9 : weight > 60
  return [String(age), weight.toFixed(1), colour, sick ? 'sick' : 'well']
})
const table = tableOf(['age', 'weight', 'colour', 'target'], rows)
const planOf = (maxDepth: number, bits = keyBits) => {
  const tree = trainClasses(table, { ...boundedOptions, maxDepth, minSamplesLeaf: 1 })
  return { tree, plan: lower(tree, { name: 'test', keyBits: bits }) }
}
const { tree, plan } = planOf(6)
const { contract, cost } = plan
const [client, server] = [clientOf(plan), defineSignsServer(contract, plan.server.tests)]
const [key, print] = [insecureTestKey(keyBits), await fingerprint(contract)]
const { n, nSquared } = key.publicKey

const record = recordOf(table, tree, 7)
const expected = predictTree(tree, cellsFor(table, tree)(7))
const sealed = await client.seal(record, key)
const [goodReply, requestHash] = [await server.evaluate(sealed.request), await sha256(sealed.request)]

/** The code of the ProtocolError that `work` rejects with, or null. Any other rejection passes through. */
const codeOf = (work: Promise<unknown>): Promise<ProtocolErrorCode | null> => {
  const code = (error: unknown) => (error instanceof ProtocolError ? error.code : Promise.reject(error))
  return work.then(() => null, code)
}

/** The code in an error reply to `request`, or null if the reply is an answer; anything else fails. */
async function replyCode(request: Uint8Array): Promise<unknown> {
  const reply = await server.evaluate(request)
  const fields: Record<string, unknown> = decode(reply)
  expect(fields.request).toEqual(await sha256(request))
  expect(fields.contract).toEqual(print)
  if (fields.error === undefined) expect(reply).toHaveLength(cost.replyBytes)
  return fields.error ?? null
}

const expectAlive = async () => expect(await sealed.open(await server.evaluate(sealed.request))).toEqual(expected)

test('the plan is worth its tests: several features, several reply ciphertexts', async () => {
  expect(cost.requestCiphertexts).toBeGreaterThanOrEqual(3)
  expect(cost.replyCiphertexts).toBeGreaterThanOrEqual(2)
  expect(await sealed.open(goodReply)).toEqual(expected)
})

/** The good request with another modulus, or another first ciphertext. */
function crafted({ modulus = bigintToBytes(n, 64), first }: { modulus?: Uint8Array; first?: bigint }): Uint8Array {
  const fields: { key: Uint8Array; ciphertexts: Uint8Array } = decode(sealed.request)
  const ciphertexts = fields.ciphertexts.slice()
  if (first !== undefined) ciphertexts.set(bigintToBytes(first, 128))
  return encode({ ...fields, key: modulus, ciphertexts })
}
const ofModulus = (modulus: bigint) => crafted({ modulus: bigintToBytes(modulus, 64) })

describe('the server refuses, and goes on answering', () => {
  const requests: Record<string, [ProtocolErrorCode, Uint8Array]> = {
    'ciphertext 0': ['bad-ciphertext', crafted({ first: 0n })],
    'ciphertext n': ['bad-ciphertext', crafted({ first: n })],
    'ciphertext n^2': ['bad-ciphertext', crafted({ first: nSquared })],
    'a multiple of p': ['bad-ciphertext', crafted({ first: 12_345n * key.p })],
    'a multiple of q': ['bad-ciphertext', crafted({ first: nSquared - key.q })],
    'all ones': ['bad-ciphertext', crafted({ first: (1n << 1024n) - 1n })],
    'a short key in fewer bytes': ['bad-key', crafted({ modulus: bigintToBytes(n >> 8n, 63) })],
    'a long key in more bytes': ['bad-key', crafted({ modulus: bigintToBytes(n, 65) })],
    'a key one bit short': ['bad-key', ofModulus((n >> 1n) | 1n)],
    'an even key': ['bad-key', ofModulus(n - 1n)],
    'a prime key': ['bad-key', ofModulus(generatePrimeSync(keyBits, { bigint: true }))],
    'a reply': ['bad-message', goodReply],
    'one byte less': ['bad-message', sealed.request.slice(0, -1)],
    'one byte more': ['bad-message', Uint8Array.from([...sealed.request, 0])],
    nothing: ['bad-message', new Uint8Array()],
    'a megabyte': ['too-large', new Uint8Array(1_000_000)],
  }
  test.each(Object.entries(requests))('%s', async (_, [code, request]) => {
    expect(await replyCode(request)).toBe(code)
    await expectAlive()
  })

  test('a stale client, and tells it so', async () => {
    const stale = planOf(2).plan
    expect(stale.contract.decision).not.toBe(contract.decision)
    const { request, open } = await clientOf(stale).seal(record, key)
    expect(await replyCode(request)).toBe('wrong-contract')
    expect(await codeOf(open(await server.evaluate(request)))).toBe('wrong-contract')
    await expectAlive()
  })

  test('flipped bits, unless they make another request of this contract', async () => {
    const ciphertextsFrom = sealed.request.length - 128 * contract.features.length
    const keyAt = Buffer.from(sealed.request).indexOf(bigintToBytes(n, 64))
    for (let bit = 0; bit < 8 * sealed.request.length; bit += 97) {
      const at = bit >> 3
      const code = await replyCode(sealed.request.with(at, (sealed.request[at] ?? 0) ^ (1 << (bit & 7))))
      if (at >= ciphertextsFrom) expect([null, 'bad-ciphertext']).toContain(code)
      else if (at >= keyAt && at < keyAt + 64) expect([null, 'bad-key', 'bad-ciphertext']).toContain(code)
      else expect(['bad-message', 'wrong-version', 'wrong-contract']).toContain(code)
    }
    await expectAlive()
  })

  test('random bytes', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 1000 }), async (bytes) => {
      expect(['bad-message', 'wrong-version']).toContain(await replyCode(bytes))
    })
    await fc.assert(property, { numRuns: 300 })
    await expectAlive()
  })

  test('a request during which the server itself fails', async () => {
    const random = () => expect.fail('no entropy left for threshold 233')
    const failing = defineSignsServer(contract, plan.server.tests, { random })
    const reply = await failing.evaluate(sealed.request)
    expect(Buffer.from(reply).toString('latin1')).not.toContain('233')
    expect(await codeOf(sealed.open(reply))).toBe('server-failed')
  })
})

test('two evaluations of one request differ in every ciphertext, and open to the same', async () => {
  const replies = [await server.evaluate(sealed.request), await server.evaluate(sealed.request)]
  const [first, second] = replies.map((reply) => decode(reply).ciphertexts as Uint8Array)
  for (let at = 0; at < 128 * cost.replyCiphertexts; at += 128)
    expect(first?.subarray(at, at + 128)).not.toEqual(second?.subarray(at, at + 128))
  for (const reply of replies) expect(await sealed.open(reply)).toEqual(expected)
})

describe('the client refuses', () => {
  test('a reply with any bit flipped', async () => {
    for (let bit = 0; bit < 8 * goodReply.length; bit += 31) {
      const flipped = goodReply.with(bit >> 3, (goodReply[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
      expect([bit, await codeOf(sealed.open(flipped))]).not.toEqual([bit, null])
    }
  })

  test('a reply to another request, of the same record or under another key', async () => {
    for (const otherKey of [key, insecureTestKey(keyBits)]) {
      const other = await client.seal(record, otherKey)
      const reply = await server.evaluate(other.request)
      expect(await codeOf(sealed.open(reply))).toBe('other-request')
      expect(await codeOf(other.open(goodReply))).toBe('other-request')
      const forged = encode({ ...(decode(reply) as object), request: requestHash })
      if (otherKey !== key) expect(['bad-reply', 'bad-ciphertext']).toContain(await codeOf(sealed.open(forged)))
    }
  })

  const fields: { ciphertexts: Uint8Array } = decode(goodReply)
  const forged = (forge: (c: bigint) => bigint) => {
    const ciphertexts = fields.ciphertexts.slice()
    ciphertexts.set(bigintToBytes(forge(bytesToBigint(ciphertexts.subarray(0, 128))), 128))
    return encode({ ...fields, ciphertexts })
  }
  test.each<[string, Uint8Array, ProtocolErrorCode]>([
    ['nothing', new Uint8Array(), 'bad-message'],
    ['one byte less', goodReply.slice(0, -1), 'bad-message'],
    ['one byte more', Uint8Array.from([...goodReply, 0]), 'bad-message'],
    ['its own request', sealed.request, 'bad-message'],
    ['a megabyte', new Uint8Array(1_000_000), 'too-large'],
    ['an error reply', signsMessagesOf(contract, print).encodeError(requestHash, 'bad-key'), 'bad-key'],
    ['a forged reply: zero', forged(() => 0n), 'bad-ciphertext'],
    ['a forged reply: n', forged(() => n), 'bad-ciphertext'],
    ['a forged reply: n^2', forged(() => nSquared), 'bad-ciphertext'],
    ['a forged reply: an encryption of zero', forged(() => 1n), 'bad-reply'],
    ['a forged reply: n/2 added', forged((c) => (c * (1n + (n >> 1n) * n)) % nSquared), 'bad-reply'],
  ])('%s', async (_, reply, code) => {
    expect(await codeOf(sealed.open(reply))).toBe(code)
  })

  test('a key of another length, before anything is sealed', async () => {
    expect(await codeOf(client.seal(record, insecureTestKey(keyBits - 2)))).toBe('wrong-key')
  })
})

describe('predict gives up', () => {
  const heeding = (_: Uint8Array, signal: AbortSignal) =>
    new Promise<Uint8Array>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const deaf = () => new Promise<Uint8Array>(() => {})

  test.each([
    ['deadline', 'heeds its signal', heeding],
    ['deadline', 'does not', deaf],
    ['aborted', 'heeds its signal', heeding],
    ['aborted', 'does not', deaf],
  ])('promptly, with %s, on a transport that never answers and %s', async (code, _, via) => {
    const controller = new AbortController()
    if (code === 'aborted') setTimeout(() => controller.abort(), 100)
    const deadline = code === 'deadline' ? 100 : 60_000
    const work = codeOf(client.predict(record, { via, key, deadline, signal: controller.signal }))
    const patience = new Promise((resolve) => setTimeout(resolve, 2000, 'still waiting'))
    expect(await Promise.race([work, patience])).toBe(code)
  })

  test('before anything is sent when aborted before, but passes other errors on as they are', async () => {
    const failed = new Error('no network')
    const [unused, failing] = [vi.fn(server.evaluate), () => Promise.reject(failed)]
    const signal = AbortSignal.abort(failed)
    expect(await codeOf(client.predict(record, { via: unused, key, signal }))).toBe('aborted')
    expect(unused).not.toHaveBeenCalled()
    await expect(client.predict(record, { via: failing, key })).rejects.toBe(failed)
    expect(await client.predict(record, { via: (request) => server.evaluate(request), key })).toEqual(expected)
  })
})

describe('a record that does not fit is refused by code and field, before anything is sent', () => {
  const value = 987_654
  test.each<[string, object, RecordErrorCode, string]>([
    ['an unknown feature', { heigth: value }, 'unknown-feature', 'heigth'],
    ['a missing feature', { age: undefined }, 'missing-feature', 'age'],
    ['a missing text', { colour: null }, 'missing-feature', 'colour'],
    ['below the range', { age: -value }, 'out-of-range', 'age'],
    ['above the range', { weight: value + 0.5 }, 'out-of-range', 'weight'],
    ['not a number', { age: Number.NaN }, 'not-a-number', 'age'],
    ['infinite', { age: Number.POSITIVE_INFINITY }, 'not-a-number', 'age'],
    ['a text for a number', { weight: `${value}` }, 'not-a-number', 'weight'],
    ['an unknown level', { colour: `${value}` }, 'unknown-level', 'colour'],
    ['a number for a text', { colour: value }, 'unknown-level', 'colour'],
  ])('%s', async (_, change, code, field) => {
    const [bad, via] = [{ ...record, ...change }, vi.fn(server.evaluate)]
    for (const work of [client.seal(bad, key), client.predict(bad, { via })]) {
      const error: unknown = await work.then(String, (reason: unknown) => reason)
      expect(error).toBeInstanceOf(RecordError)
      expect(error).toMatchObject({ code, field })
      expect(String(error)).not.toMatch(/987654|NaN|Infinity/)
    }
    expect(via).not.toHaveBeenCalled()
  })
})

/** Rings whose multiplications modulo m^2 are counted, by m; conversions are not. */
function countingRing(rings: RingFactory): { ringOf: RingFactory; counts: Map<bigint, number> } {
  const counts = new Map<bigint, number>()
  const ringOf: RingFactory = (m) => {
    const ring = rings(m)
    const count = (more: number) => counts.set(m, (counts.get(m) ?? 0) + more)
    return {
      ...ring,
      multiply: (a, b) => {
        count(1)
        return ring.multiply(a, b)
      },
      square: (a, times = 1) => {
        count(times)
        return ring.square(a, times)
      },
    }
  }
  return { ringOf, counts }
}

/** The engine of Node, whose exponentiations and multiplications are counted. */
function countingOpenssl(): { engine: PaillierEngine; taken: () => number; counts: Map<bigint, number> } {
  let calls = 0
  const { createDiffieHellman } = crypto
  const node: typeof crypto = Object.assign(Object.create(crypto), {
    createDiffieHellman: (modulus: Buffer, generator: Buffer) => {
      const group = createDiffieHellman(modulus, generator)
      return {
        setPrivateKey: (exponent: Buffer) => group.setPrivateKey(exponent),
        computeSecret: (base: Buffer) => {
          calls += 1
          return group.computeSecret(base)
        },
      }
    },
  })
  const rings = wasmRings()
  if (rings === null) throw new Error('there is no WebAssembly')
  const { ringOf, counts } = countingRing(rings)
  const engine = opensslEngine(node, ringOf)
  if (engine === null) throw new Error('there is no node:crypto')
  /** Exponentiations since it was last asked. */
  const taken = () => {
    const count = calls
    calls = 0
    return count
  }
  return { engine, taken, counts }
}

test('what is prepared is drawn once: sealing then takes no exponentiation, and the next record new noise', async () => {
  const bits = 1536
  const { plan } = planOf(2, bits)
  const [{ engine, taken: drawn }, own] = [countingOpenssl(), insecureTestKey(bits)]
  const client = clientOf(plan, { engine })
  client.prepare(own)
  const all = plan.cost.openssl.sealExponentiations
  expect(drawn()).toBe(all)
  client.prepare(own)
  expect(drawn()).toBe(0)
  const [first, second] = [await client.seal(record, own), drawn()]
  expect(second).toBe(0)
  const again = await client.seal(record, own)
  // By now a table of powers pays, of one residue.
  expect(all).toBe(2 * plan.contract.features.length)
  expect(drawn()).toBe(2)
  expect(again.request).not.toEqual(first.request)
  expect(() => client.prepare(insecureTestKey(keyBits))).toThrow(expect.objectContaining({ code: 'wrong-key' }))
})

describe('the cost that the plan predicts is the cost of the run, exactly', () => {
  test.each([1, 2, 3, 6])('in bytes, and in multiplications in plain JavaScript, at depth %i', async (maxDepth) => {
    const { plan } = planOf(maxDepth)
    const { cost } = plan
    for (const bits of [keyBits, 768]) {
      const { plan } = planOf(maxDepth, bits)
      const [mine, yours, own] = [countingRing(squareRing), countingRing(squareRing), insecureTestKey(bits)]
      const client = clientOf(plan, { engine: bigintEngine(mine.ringOf) })
      const taken = () => {
        const count = (mine.counts.get(own.p) ?? 0) + (mine.counts.get(own.q) ?? 0)
        mine.counts.clear()
        return count
      }
      const sealed = await client.seal(record, own)
      expect(sealed.request).toHaveLength(plan.cost.requestBytes)
      expect(taken()).toBe(plan.cost.bigint.sealMultiplications)
      const runner = { idle: 1, run: signsWorker(bigintEngine(yours.ringOf)) }
      const reply = await defineSignsServer(plan.contract, plan.server.tests, { runner }).evaluate(sealed.request)
      expect(reply).toHaveLength(plan.cost.replyBytes)
      expect(yours.counts.get(own.publicKey.n)).toBe(plan.cost.bigint.evaluateMultiplications)
      await sealed.open(reply)
      expect(taken()).toBe(plan.cost.bigint.openMultiplications)
    }
    expect(cost.replyCiphertexts).toBeGreaterThan(0)
  })

  test.each([1, 3, 6])(
    'in exponentiations by OpenSSL and multiplications in WebAssembly, at depth %i',
    async (maxDepth) => {
      const bits = 1536
      const { plan } = planOf(maxDepth, bits)
      const [mine, yours, own] = [countingOpenssl(), countingOpenssl(), insecureTestKey(bits)]
      const sealed = await clientOf(plan, { engine: mine.engine }).seal(record, own)
      expect(mine.taken()).toBe(plan.cost.openssl.sealExponentiations)
      const multiplied = (mine.counts.get(own.p) ?? 0) + (mine.counts.get(own.q) ?? 0)
      expect(multiplied).toBe(plan.cost.openssl.sealMultiplications)
      const runner = { idle: 1, run: signsWorker(yours.engine) }
      const server = defineSignsServer(plan.contract, plan.server.tests, { runner })
      for (const evaluations of [1, 2]) {
        const reply = await server.evaluate(sealed.request)
        expect(yours.counts.get(own.publicKey.n)).toBe(evaluations * plan.cost.openssl.evaluateMultiplications)
        if (evaluations === 2) await sealed.open(reply)
      }
      // The key is checked, with one exponentiation, the first time that it is seen.
      expect(yours.taken()).toBe(1)
      expect(mine.taken()).toBe(plan.cost.openssl.openExponentiations)
    },
  )
})
