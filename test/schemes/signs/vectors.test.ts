import { readFileSync } from 'node:fs'
import { encode as encodeCbor } from 'cborg'
import { describe, expect, test } from 'vitest'
import { bigintToBytes } from '../../../runtime/bytes.ts'
import { fingerprint, sha256 } from '../../../runtime/contract.ts'
import { ProtocolError } from '../../../runtime/errors.ts'
import { cellsOf } from '../../../runtime/grid.ts'
import { bigintEngine } from '../../../runtime/paillier/bigint-engine.ts'
import { drawUnit, encode, privateCipher } from '../../../runtime/paillier/cipher.ts'
import type { PaillierEngine } from '../../../runtime/paillier/engine.ts'
import { fastestEngine } from '../../../runtime/paillier/fastest-engine.ts'
import { bitLength, modulo } from '../../../runtime/paillier/integer.ts'
import { toPaillierBigint } from '../../../runtime/paillier/interchange.ts'
import { checkCiphertexts, keyCheck, type PrivateKey, privateKey } from '../../../runtime/paillier/keys.ts'
import type { RandomBytes } from '../../../runtime/random.ts'
import type { ClassAnswer } from '../../../runtime/schemes/scheme.ts'
import { defineSignsClient, type Outcomes } from '../../../runtime/schemes/signs/client.ts'
import { type SignsContract, slotLayout } from '../../../runtime/schemes/signs/contract.ts'
import { defineSignsServer, type Test } from '../../../runtime/schemes/signs/server.ts'
import { readSlots } from '../../../runtime/schemes/signs/slots.ts'

/** Hexadecimal, negative integers with a minus. */
type Hex = string
type Decision = ClassAnswer | { readonly test: number; readonly left: Decision; readonly right: Decision }

/** A request and its reply, and everything that was drawn for them. */
interface Session {
  readonly name: string
  readonly contract: string
  readonly key: string
  readonly record: object
  readonly cells: readonly number[]
  readonly noise: readonly { readonly sp: Hex; readonly sq: Hex }[]
  readonly request: Hex
  readonly blindings: readonly { readonly r: Hex; readonly s: Hex }[]
  readonly residues: readonly Hex[]
  readonly reply: Hex
  readonly values: readonly Hex[]
  readonly leaf: ClassAnswer
}

interface Vectors {
  readonly keys: readonly Record<'name' | 'p' | 'q' | 'n' | 'lam' | 'mu', Hex>[]
  readonly encodings: readonly Record<'key' | 'm' | 'encoded', Hex>[]
  readonly ciphertexts: readonly Record<'key' | 'm' | 'r' | 'sp' | 'sq' | 'c', Hex>[]
  readonly homomorphic: readonly Record<
    'key' | 'c' | 'd' | 'k' | 'sum' | 'product' | 'sumOpens' | 'productOpens',
    Hex
  >[]
  readonly slots: readonly { slotBits: number; bound: Hex; values: readonly Hex[]; plaintext: Hex }[]
  readonly contracts: readonly {
    readonly contract: SignsContract
    readonly cbor: Hex
    readonly fingerprint: Hex
    readonly layout: object
    readonly tests: readonly Test[]
    readonly decision: Decision
  }[]
  readonly layouts: readonly (Pick<SignsContract, 'keyBits' | 'columns' | 'tests' | 'blindingBits'> & {
    readonly layout: object
  })[]
  readonly sessions: readonly Session[]
  readonly publicKeys: { bits: number; cases: readonly { name: string; n: Hex; accepted: boolean }[] }
  readonly publicCiphertexts: { key: string; cases: readonly { name: string; c: Hex; accepted: boolean }[] }
  readonly replies: { session: string; cases: readonly { name: string; reply: Hex; code: string | null }[] }
  readonly requests: { session: string; cases: readonly { name: string; request: Hex; reply: Hex }[] }
}

const vectors: Vectors = JSON.parse(readFileSync(new URL('../../reference/paillier.json', import.meta.url), 'utf8'))

const integer = (hex: Hex) => (hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`))
const bytes = (hex: Hex) => new Uint8Array(Buffer.from(hex, 'hex'))
const hexOf = (data: Uint8Array) => Buffer.from(data).toString('hex')

/** The one of this name; that there is one is part of every test. */
function named<Item extends { readonly name: string }>(items: readonly Item[], name: string): Item {
  const found = items.find((item) => item.name === name)
  if (found === undefined) throw new Error(`the vectors have no ${name}`)
  return found
}

const keys = new Map<string, PrivateKey>(
  vectors.keys.map(({ name, p, q }) => [name, privateKey(integer(p), integer(q))]),
)
function keyOf(name: string): PrivateKey {
  const key = keys.get(name)
  if (key === undefined) throw new Error(`the vectors have no key ${name}`)
  return key
}

const contracts = vectors.contracts.map((each) => ({ ...each, name: each.contract.name }))

/** Bytes out of which `randomBelow` draws these numbers, one after the other, each below its bound. */
function drawing(draws: readonly { readonly value: bigint; readonly bound: bigint }[]): RandomBytes {
  const rest = [...draws]
  return (length) => {
    const { value, bound } = rest.shift() ?? { value: 0n, bound: 0n }
    const bits = bitLength(bound - 1n)
    if (length !== Math.ceil(bits / 8)) throw new Error(`${length} bytes asked for, where ${bits} bits are to be drawn`)
    return bigintToBytes(value << BigInt(8 * length - bits), length)
  }
}

/** The draws of an encryption: s in 1 .. p - 1, then in 1 .. q - 1. */
function noiseDraws({ p, q }: PrivateKey, { sp, sq }: { readonly sp: Hex; readonly sq: Hex }) {
  return [
    { value: integer(sp) - 1n, bound: p - 1n },
    { value: integer(sq) - 1n, bound: q - 1n },
  ]
}

/** An engine with which noise is never drawn from a table, which has other draws. */
const oneByOne = (engine: PaillierEngine): PaillierEngine => ({ ...engine, tablePaysFrom: Number.POSITIVE_INFINITY })

/** The draw of a residue: r in 1 .. n - 1. */
const unitDraw = ({ publicKey: { n } }: PrivateKey, r: Hex) => [{ value: integer(r) - 1n, bound: n - 1n }]

const codeOf = async (work: Promise<unknown>): Promise<string | null> => {
  const code = (error: unknown) => (error instanceof ProtocolError ? error.code : Promise.reject(error))
  return work.then(() => null, code)
}

describe('keys', () => {
  test.each(vectors.keys)('$name: factors, modulus, and the numbers of decryption by lambda and mu', (vector) => {
    const key = keyOf(vector.name)
    const { lambda, mu, publicKey } = toPaillierBigint(key)
    expect([key.p, key.q, key.publicKey.n, lambda, mu]).toEqual(
      [vector.p, vector.q, vector.n, vector.lam, vector.mu].map(integer),
    )
    expect(publicKey).toEqual({ n: integer(vector.n), g: integer(vector.n) + 1n })
  })

  const { bits, cases } = vectors.publicKeys
  const check = keyCheck(bits, fastestEngine)
  test.each(cases)('a server finds for $name: accepted is $accepted', ({ n, accepted }) => {
    if (accepted) expect(check(integer(n)).n).toBe(integer(n))
    else expect(() => check(integer(n))).toThrow(expect.objectContaining({ code: 'bad-key' }))
  })
})

describe('plaintexts and ciphertexts', () => {
  test.each(vectors.encodings)('(n + 1)^m of key $key, m = $m', ({ key, m, encoded }) => {
    expect(encode(integer(m), keyOf(key).publicKey)).toBe(integer(encoded))
  })

  test.each(vectors.ciphertexts)('key $key, m = $m: encrypted with this noise, and decrypted', (vector) => {
    const key = keyOf(vector.key)
    const [m, c, { n, nSquared }] = [integer(vector.m), integer(vector.c), key.publicKey]
    checkCiphertexts([c], key.publicKey)
    for (const engine of [fastestEngine, bigintEngine()]) {
      const cipher = privateCipher(key, oneByOne(engine), drawing(noiseDraws(key, vector)))
      expect(cipher.decrypt(c)).toBe(modulo(m, n))
      expect(cipher.encrypt(m)).toBe(c)
      const unit = drawUnit(key.publicKey, drawing(unitDraw(key, vector.r)))
      const residue = engine.squarePower(n)(unit, n)
      expect((encode(m, key.publicKey) * residue) % nSquared).toBe(c)
    }
  })

  test.each(vectors.homomorphic)('sums and multiples under key $key', (vector) => {
    const { publicKey } = keyOf(vector.key)
    const cipher = privateCipher(keyOf(vector.key), fastestEngine, drawing([]))
    const { c, d, k, sum, product } = vector
    expect((integer(c) * integer(d)) % publicKey.nSquared).toBe(integer(sum))
    expect(fastestEngine.squarePower(publicKey.n)(integer(c), integer(k))).toBe(integer(product))
    const opened = [sum, product].map((each) => cipher.decrypt(integer(each)))
    expect(opened).toEqual([integer(vector.sumOpens), integer(vector.productOpens)])
  })

  const { key, cases } = vectors.publicCiphertexts
  test.each(cases)('both sides find for the ciphertext $name: accepted is $accepted', ({ c, accepted }) => {
    const check = () => checkCiphertexts([integer(c)], keyOf(key).publicKey)
    if (accepted) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ code: 'bad-ciphertext' }))
  })

  test.each(vectors.slots)('slots of $slotBits bits', ({ slotBits, bound, values, plaintext }) => {
    const read = readSlots(integer(plaintext), values.length, slotBits, integer(bound))
    expect(read).toEqual(values.map(integer))
  })
})

describe('contracts', () => {
  test.each(contracts)(
    '$name: canonical form, fingerprint, layout',
    async ({ contract, cbor, fingerprint: print, layout }) => {
      expect(hexOf(encodeCbor(contract))).toBe(cbor)
      expect(hexOf(await fingerprint(contract))).toBe(print)
      expect(slotLayout(contract)).toEqual(layout)
    },
  )
})

test.each(vectors.layouts)(
  'slots for $tests tests with a blinding of $blindingBits bits at $keyBits bits',
  (vector) => {
    const { layout, ...numbers } = vector
    expect(slotLayout({ ...named(contracts, 'small').contract, ...numbers })).toEqual(layout)
  },
)

/** The client of a contract of the vectors. Its noise is drawn as given. */
function clientOf(name: string, random: RandomBytes) {
  const { contract, decision } = named(contracts, name)
  const decide = (left: Outcomes): ClassAnswer => {
    let at = decision
    while ('test' in at) at = left(at.test) ? at.left : at.right
    return at
  }
  return defineSignsClient<object, string>(contract, decide, { random, engine: oneByOne(fastestEngine) })
}

/** A session's record, sealed with the session's noise: drawn ahead for all features, and used from the last on. */
function seal({ contract, key, noise, record }: Session) {
  const draws = noise.toReversed().flatMap((each) => noiseDraws(keyOf(key), each))
  return clientOf(contract, drawing(draws)).seal(record, keyOf(key))
}

/** The server of a session, drawing what the session says: a blinding for each test, a unit for each reply ciphertext. */
function serverOf({ contract: name, blindings, residues }: Session) {
  const { contract, tests } = named(contracts, name)
  const [drawn, units] = [[...blindings], [...residues]]
  return defineSignsServer(contract, tests, {
    draws: {
      blinding: () => {
        const { r, s } = drawn.shift() ?? { r: '', s: '' }
        return { r: integer(r), s: integer(s) }
      },
      unit: () => integer(units.shift() ?? ''),
    },
  })
}

describe('sessions', () => {
  test('there are some under each of two contracts', () => {
    expect(new Set(vectors.sessions.map(({ contract }) => contract))).toEqual(new Set(['small', 'heart-disease']))
  })

  test.each(vectors.sessions)('$name: the request, byte by byte', async (session) => {
    expect(cellsOf(named(contracts, session.contract).contract, session.record)).toEqual(session.cells)
    expect(hexOf((await seal(session)).request)).toBe(session.request)
  })

  test.each(vectors.sessions)('$name: the reply, byte by byte', async (session) => {
    expect(hexOf(await serverOf(session).evaluate(bytes(session.request)))).toBe(session.reply)
  })

  test.each(vectors.sessions)('$name: the reply opens to the leaf', async (session) => {
    const sealed = await seal(session)
    expect(await sealed.open(bytes(session.reply))).toEqual(session.leaf)
  })

  test('a blinding that is not the one of the vector makes another reply', async () => {
    const session = named(vectors.sessions, 'small')
    const other = { ...session, blindings: session.blindings.with(3, { r: '1000', s: '0' }) }
    const reply = await serverOf(other).evaluate(bytes(session.request))
    expect(hexOf(reply)).not.toBe(session.reply)
    expect(await (await seal(session)).open(reply)).toEqual(session.leaf)
  })
})

describe('a client finds for a reply with', () => {
  const session = named(vectors.sessions, vectors.replies.session)
  test.each(vectors.replies.cases)('$name: $code', async ({ reply, code }) => {
    const { open } = await seal(session)
    expect(await codeOf(open(bytes(reply)))).toBe(code)
  })

  test('both kinds: some open, some do not', () => {
    expect(new Set(vectors.replies.cases.map(({ code }) => code)).size).toBeGreaterThan(5)
  })
})

describe('a server answers a request with', () => {
  const session = named(vectors.sessions, vectors.requests.session)
  const { contract, tests } = named(contracts, session.contract)
  const server = defineSignsServer(contract, tests)
  test.each(vectors.requests.cases)('$name by exactly this error reply', async ({ request, reply }) => {
    expect(hexOf(await server.evaluate(bytes(request)))).toBe(reply)
    const print = await sha256(bytes(request))
    expect(reply).toContain(hexOf(print))
  })
})
