import { encode } from 'cborg'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fingerprint, messageLimit, replyBytes, requestBytes, sha256 } from '../../runtime/contract.ts'
import { ProtocolError, type ProtocolErrorCode } from '../../runtime/errors.ts'
import { type SignsContract, signsMessages, slotLayout } from '../../runtime/schemes/signs/contract.ts'
import { signsMessagesOf } from '../support/signs-messages.ts'

const sized = {
  keyBits: 256,
  columns: [
    { kind: 'number', name: 'age', grid: { minimum: 0, step: 1, size: 100 }, missing: 'never' },
    { kind: 'text', name: 'colour', levels: ['red', 'green'], missing: 'never' },
  ],
  features: [{ column: 'age' }, { column: 'colour', level: 'red' }],
  tests: 3,
  blindingBits: 64,
} as const
const contract: SignsContract = {
  format: 2,
  name: 'small',
  family: 'tree',
  reveal: 'signs',
  scheme: 'paillier',
  ...sized,
  ignored: [],
  missingValues: [''],
  answers: ['no', 'yes'],
  messages: signsMessages(sized),
  decision: '0'.repeat(64),
}
/** The same with keys of another length. */
const withKeys = (keyBits: number, more: Partial<Pick<SignsContract, 'features'>> = {}): SignsContract => {
  const other = { ...contract, ...more, keyBits }
  return { ...other, messages: signsMessages(other) }
}
/** Bytes of a modulus and of a ciphertext. */
const widths = { key: 32, ciphertext: 64 }
const { ciphertexts: replyCiphertexts } = slotLayout(contract)
const print = await fingerprint(contract)
const hash = await sha256(Uint8Array.of(1, 2, 3))

const { encodeRequest, encodeReply, encodeError, ...decoding } = signsMessagesOf(contract, print)
const readRequest = decoding.decodeRequest
const readReply = (bytes: Uint8Array) => decoding.decodeReply(bytes, hash)

// Whoever sends what, nothing is printed: a log is not for strangers to fill.
const warn = vi.spyOn(console, 'warn')
beforeAll(() => void warn.mockClear())
afterAll(() => {
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})

/** The code of the ProtocolError that `work` throws, or null. Any other exception passes through. */
function codeOf(work: () => unknown): ProtocolErrorCode | null {
  try {
    work()
    return null
  } catch (error) {
    if (error instanceof ProtocolError) return error.code
    throw error
  }
}

const bits = (width: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(8 * width)) - 1n })
const ciphertexts = (count: number) => fc.array(bits(widths.ciphertext), { minLength: count, maxLength: count })
const requests = fc.record({ n: bits(widths.key), ciphertexts: ciphertexts(2) })
const replies = ciphertexts(replyCiphertexts)

const request = { n: (1n << 255n) + 1n, ciphertexts: [5n, (1n << 511n) + 7n] }
const reply = encodeReply(hash, new Array<bigint>(replyCiphertexts).fill(3n))
/** One small message of each kind, and what reads it. */
const messages = [
  { kind: 'request', bytes: encodeRequest(request), read: readRequest as (bytes: Uint8Array) => unknown },
  { kind: 'reply', bytes: reply, read: readReply },
  { kind: 'error reply', bytes: encodeError(hash, 'bad-key'), read: readReply },
]

describe('round trips', () => {
  test('of requests, each of exactly requestBytes', () => {
    fc.assert(
      fc.property(requests, (sent) => {
        const bytes = encodeRequest(sent)
        expect(bytes).toHaveLength(requestBytes(contract))
        expect(readRequest(bytes)).toEqual(sent)
      }),
    )
  })

  test('of replies, each of exactly replyBytes', () => {
    fc.assert(
      fc.property(replies, (sent) => {
        const bytes = encodeReply(hash, sent)
        expect(bytes).toHaveLength(replyBytes(contract))
        expect(readReply(bytes)).toEqual(sent)
      }),
    )
  })

  const ofServers = [
    'wrong-version',
    'wrong-contract',
    'bad-message',
    'too-large',
    'bad-key',
    'bad-ciphertext',
  ] as const
  const ofSessions = ['other-request', 'bad-reply', 'wrong-key', 'deadline', 'unreachable', 'aborted'] as const
  const ofClients = [...ofSessions, 'bad-key-file', 'empty-passphrase', 'foreign-key'] as const
  test.each([
    ...[...ofServers, 'server-failed' as const].map((error) => [error, error] as const),
    ...ofClients.map((error) => [error, 'bad-message'] as const),
  ])('of the error reply %s, read as %s, whatever the contract of its server', (error, code) => {
    for (const server of [print, new Uint8Array(32)]) {
      const bytes = signsMessagesOf(contract, server).encodeError(hash, error)
      expect(codeOf(() => readReply(bytes))).toBe(code)
    }
  })

  test('widths that are not whole bytes round up, and integers that do not fit are not encoded', () => {
    const odd = withKeys(259)
    const ofOdd = signsMessagesOf(odd, print)
    const sent = { n: (1n << 259n) - 1n, ciphertexts: [1n, (1n << 518n) - 1n] }
    const bytes = ofOdd.encodeRequest(sent)
    expect(bytes).toHaveLength(requestBytes(odd))
    expect(ofOdd.decodeRequest(bytes)).toEqual(sent)
    expect(() => encodeRequest({ ...request, n: 1n << 256n })).toThrow(RangeError)
    expect(() => encodeRequest({ ...request, ciphertexts: [1n, -1n] })).toThrow(RangeError)
  })
})

describe.each(messages)('a damaged $kind', ({ kind, bytes, read }) => {
  const outcome = (damaged: Uint8Array) => {
    try {
      return { value: read(damaged) }
    } catch (error) {
      if (error instanceof ProtocolError) return { code: error.code }
      throw error
    }
  }
  const whole = outcome(bytes)

  test('truncated to any length is malformed', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(outcome(bytes.subarray(0, length))).toEqual({ code: 'bad-message' })
  })

  test('with a byte more is malformed', () => {
    for (const byte of [0x00, 0x01, 0x40, 0xa0, 0xf6, 0xff]) {
      expect(outcome(Uint8Array.from([...bytes, byte]))).toEqual({ code: 'bad-message' })
      expect(outcome(Uint8Array.from([byte, ...bytes]))).toEqual({ code: 'bad-message' })
    }
    expect(outcome(Uint8Array.from([...bytes, ...bytes]))).toEqual({ code: 'bad-message' })
  })

  test('with any bit flipped is refused, or says something else', () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
      const found = outcome(flipped)
      // Nobody compares the fingerprint in an error reply: its reader may be of another model.
      const start = kind === 'error reply' ? Buffer.from(bytes).indexOf(print) : Number.POSITIVE_INFINITY
      if (bit >> 3 >= start && bit >> 3 < start + print.length) expect(found).toEqual(whole)
      else expect(found).not.toEqual(whole)
    }
  })

  test('in any other way is refused, or read, but never breaks the reader', () => {
    const edit = fc.record({ at: fc.nat(bytes.length - 1), cut: fc.nat(40), insert: fc.uint8Array({ maxLength: 8 }) })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let damaged = bytes
        for (const { at, cut, insert } of edits) damaged = Uint8Array.from([...damaged].toSpliced(at, cut, ...insert))
        outcome(damaged)
      }),
      { numRuns: 1000 },
    )
  })
})

test('random bytes, and bytes that look like CBOR, never break a reader', () => {
  const arbitrary = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.anything({ withBigInt: false, withDate: false }).map((value) => {
      try {
        return encode(value)
      } catch {
        return new Uint8Array()
      }
    }),
  )
  fc.assert(
    fc.property(arbitrary, (bytes) => {
      expect(codeOf(() => readRequest(bytes))).not.toBe(null)
      expect(codeOf(() => readReply(bytes))).not.toBe(null)
    }),
    { numRuns: 2000 },
  )
})

/** The pieces of a canonical request, each an encoded key and an encoded value, in their order. */
const pieces = {
  key: [encode('key'), encode(new Uint8Array(widths.key).fill(0x81))],
  version: [encode('version'), encode(2)],
  contract: [encode('contract'), encode(print)],
  ciphertexts: [encode('ciphertexts'), encode(new Uint8Array(2 * widths.ciphertext))],
} as const satisfies Record<string, readonly [Uint8Array, Uint8Array]>
type Name = keyof typeof pieces
const names = Object.keys(pieces) as Name[]
const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const join = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))
const fields = (order: readonly Name[] = names, head = `a${order.length}`) =>
  join(hex(head), ...order.flatMap((name) => [...pieces[name]]))
/** A request with the encoded value of one field, or its encoded key, replaced. */
const withField = (name: Name, value: Uint8Array, key: Uint8Array = pieces[name][0]) =>
  join(hex('a4'), ...names.flatMap((each) => (each === name ? [key, value] : [...pieces[each]])))
const raw = (length: number) => new Uint8Array(length).fill(0x81)

describe('a request that is not canonical, or not of the contract', () => {
  test('is one byte string away from this one, which is accepted', () => {
    expect(codeOf(() => readRequest(fields()))).toBe(null)
    expect(withField('version', encode(2))).toEqual(fields())
  })

  test.each<[string, Uint8Array, ProtocolErrorCode]>([
    ['a map of indefinite length', join(fields(names, 'bf'), hex('ff')), 'bad-message'],
    ['a byte string of indefinite length', withField('key', join(hex('5f5820'), raw(32), hex('ff'))), 'bad-message'],
    ['a text of indefinite length', withField('key', pieces.key[1], hex('7f636b6579ff')), 'bad-message'],
    ['an integer in two bytes', withField('version', hex('1802')), 'bad-message'],
    ['an integer as a float', withField('version', hex('f94000')), 'bad-message'],
    ['an integer as a big number', withField('version', hex('c24102')), 'bad-message'],
    ['a map length in two bytes', fields(names, 'b804'), 'bad-message'],
    ['a byte string length in three bytes', withField('key', join(hex('590020'), raw(32))), 'bad-message'],
    ['a text length in two bytes', withField('key', pieces.key[1], join(hex('7803'), hex('6b6579'))), 'bad-message'],
    ['a key as a byte string', withField('key', pieces.key[1], hex('436b6579')), 'bad-message'],
    ['a tag', join(hex('d9d9f7'), fields()), 'bad-message'],
    ['a duplicate key', fields(['key', 'version', 'version', 'contract', 'ciphertexts']), 'bad-message'],
    ['unsorted keys', fields(['version', 'key', 'contract', 'ciphertexts']), 'bad-message'],
    ['undefined', withField('key', hex('f7')), 'bad-message'],
    ['null', withField('key', hex('f6')), 'bad-message'],
    ['a text that is not UTF-8', withField('key', pieces.key[1], hex('63ff6579')), 'bad-message'],
    ['a text for bytes', withField('key', encode('8'.repeat(32))), 'bad-message'],
    ['a list for bytes', withField('ciphertexts', encode([new Uint8Array(64), new Uint8Array(64)])), 'bad-message'],
    ['a number for the contract', withField('contract', encode(1)), 'bad-message'],
    ['nothing', hex(''), 'bad-message'],
    ['a length beyond all memory', withField('key', hex('5bffffffffffffffff')), 'bad-message'],
    ['a list of four thousand million', withField('key', hex('9affffffff')), 'bad-message'],
    ['lists nested thousands deep', new Uint8Array(60_000).fill(0x81), 'bad-message'],
    ['an extra field', join(hex('a5'), encode('x'), encode(1), fields().subarray(1)), 'bad-message'],
    ['no key', fields(['version', 'contract', 'ciphertexts']), 'bad-message'],
    ['no ciphertexts', fields(['key', 'version', 'contract']), 'bad-message'],
    ['no contract', fields(['key', 'version', 'ciphertexts']), 'bad-message'],
    ['no version', fields(['key', 'contract', 'ciphertexts']), 'wrong-version'],
    ['an empty map', hex('a0'), 'wrong-version'],
    ['version 1', withField('version', encode(1)), 'wrong-version'],
    ['a text as version', withField('version', encode('2')), 'wrong-version'],
    ['another fingerprint', withField('contract', encode(hash)), 'wrong-contract'],
    ['a short fingerprint', withField('contract', encode(print.subarray(1))), 'wrong-contract'],
    ['a key one byte short', withField('key', encode(raw(31))), 'bad-key'],
    ['a key one byte long', withField('key', encode(raw(33))), 'bad-key'],
    ['a ciphertext byte short', withField('ciphertexts', encode(raw(127))), 'bad-message'],
    ['a ciphertext too many', withField('ciphertexts', encode(raw(192))), 'bad-message'],
    ['a reply', reply, 'bad-message'],
  ])('%s is refused', (_, bytes, code) => {
    expect(codeOf(() => readRequest(bytes))).toBe(code)
  })
})

describe('a reply that is not of the contract', () => {
  const version = 2
  const ciphertexts = new Uint8Array(replyCiphertexts * widths.ciphertext)
  const head = { version, contract: print, request: hash }
  test.each<[string, object, ProtocolErrorCode]>([
    ['another version', { ...head, version: 1, ciphertexts }, 'wrong-version'],
    ['another contract', { ...head, contract: hash, ciphertexts }, 'wrong-contract'],
    ['another request', { ...head, request: print, ciphertexts }, 'other-request'],
    ['an error about another request', { ...head, request: print, error: 'bad-key' }, 'other-request'],
    ['an unknown error code', { ...head, error: 'out-of-cheese' }, 'bad-message'],
    ['an inherited name as error code', { ...head, error: 'toString' }, 'bad-message'],
    ['an error code that is no text', { ...head, error: 1 }, 'bad-message'],
    ['an error and ciphertexts', { ...head, error: 'bad-key', ciphertexts }, 'bad-message'],
    ['neither', head, 'bad-message'],
    ['an extra field', { ...head, ciphertexts, x: 1 }, 'bad-message'],
    ['a ciphertext too few', { ...head, ciphertexts: ciphertexts.subarray(widths.ciphertext) }, 'bad-message'],
    ['a byte too many', { ...head, ciphertexts: new Uint8Array(ciphertexts.length + 1) }, 'bad-message'],
    ['a list of ciphertexts', { ...head, ciphertexts: [ciphertexts] }, 'bad-message'],
  ])('%s is refused', (_, message, code) => {
    expect(codeOf(() => readReply(encode(message)))).toBe(code)
  })
})

describe('the size limit comes before the parser', () => {
  const limit = messageLimit(contract)
  const ofLength = (length: number) => {
    const shortest = encode({ version: 1, filling: new Uint8Array(60_000) }).length - 60_000
    return encode({ version: 1, filling: new Uint8Array(length - shortest) })
  }
  test.each([
    ['requests', readRequest],
    ['replies', readReply],
  ])('for %s', (_, read) => {
    expect(ofLength(limit)).toHaveLength(limit)
    expect(codeOf(() => read(ofLength(limit)))).toBe('wrong-version')
    expect(codeOf(() => read(ofLength(limit + 1)))).toBe('too-large')
    expect(codeOf(() => read(new Uint8Array(100_000_000)))).toBe('too-large')
  })

  test('grows with the contract', () => {
    const large = withKeys(4096, { features: Array.from({ length: 100 }, () => ({ column: 'age' })) })
    expect(messageLimit(large)).toBe(requestBytes(large))
    expect(messageLimit(contract)).toBe(65_536)
  })
})

/** Messages as long as may be, of what a parser is slow at, or talkative: most of them are no message of ours. */
const hostile: readonly [string, (length: number) => Uint8Array][] = [
  ['undefined values', (length) => new Uint8Array(length).fill(0xf7)],
  ['nested lists', (length) => new Uint8Array(length).fill(0x81)],
  ['nested maps', (length) => new Uint8Array(length).fill(0xa1)],
  ['nested tags', (length) => new Uint8Array(length).fill(0xc1)],
  ['a list of not-a-numbers', (length) => join(hex('99ffff'), new Uint8Array(length - 3).fill(0xf9))],
  ['a map of empty texts', (length) => join(hex('b9ffff'), new Uint8Array(length - 3).fill(0x60))],
  ['a map of odd keys', (length) => join(hex('b97fff'), new Uint8Array(length - 3).fill(0x20))],
  ['a text that is not UTF-8', (length) => join(hex('a17a0000fff0'), new Uint8Array(length - 6).fill(0xff))],
  ['indefinite texts', (length) => new Uint8Array(length).fill(0x7f)],
  [
    'a request with a long text in it',
    (length) => join(hex('a5'), encode('x'), encode('y'.repeat(length - 400)), fields().subarray(1)),
  ],
  [
    'a request whose version is a list',
    (length) => withField('version', encode(Array(Math.floor(length / 2)).fill(undefined))),
  ],
]

describe('a hostile message', () => {
  /** How often a reader looks at a byte or copies one. */
  function looksAt(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): number {
    let looks = 0
    const watched = new Proxy(bytes, {
      get(target, name) {
        if (typeof name === 'string' && /^\d+$/.test(name)) looks += 1
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        return (...given: readonly unknown[]) => {
          looks += 64
          return value.apply(target, given)
        }
      },
    })
    codeOf(() => read(watched))
    return looks
  }

  test.each(hostile)('of %s is refused, looked at in proportion to its length, and nothing is printed', (_, make) => {
    const bytes = make(60_000).slice(0, messageLimit(contract))
    for (const read of [readRequest as (bytes: Uint8Array) => unknown, readReply]) {
      expect(codeOf(() => read(bytes))).not.toBe(null)
      expect(looksAt(bytes, read)).toBeLessThan(2 * bytes.length + 4000)
    }
    expect(warn).not.toHaveBeenCalled()
  })
})
