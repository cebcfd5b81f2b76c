import { encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  fingerprint,
  messageLimit,
  messageWidths,
  replyBytes,
  requestBytes,
  type SignsContract,
  sha256,
  slotLayout,
} from '../runtime/contract.ts'
import { ProtocolError, type ProtocolErrorCode } from '../runtime/errors.ts'
import { decodeReply, decodeRequest, encodeReply, encodeRequest } from '../runtime/paillier/message.ts'

const contract: SignsContract = {
  format: 1,
  model: 'small',
  reveal: 'signs',
  keyBits: 256,
  columns: [
    { kind: 'number', name: 'age', grid: { minimum: 0, step: 1, size: 100 }, missing: 'never' },
    { kind: 'text', name: 'colour', levels: ['red', 'green'], missing: 'never' },
  ],
  features: [{ column: 'age' }, { column: 'colour', level: 'red' }],
  ignored: [],
  missingValues: [''],
  answers: ['no', 'yes'],
  tests: 3,
  blindingBits: 64,
  decision: '0'.repeat(64),
}
const widths = messageWidths(contract)
const { ciphertexts: replyCiphertexts } = slotLayout(contract)
const print = await fingerprint(contract)
const hash = await sha256(Uint8Array.of(1, 2, 3))

const readRequest = (bytes: Uint8Array) => decodeRequest(bytes, contract, print)
const readReply = (bytes: Uint8Array) => decodeReply(bytes, contract, print, hash)

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
const ciphertexts = (count: number) => fc.array(bits(widths.requestCiphertext), { minLength: count, maxLength: count })
const requests = fc.record({ contract: fc.constant(print), n: bits(widths.key), ciphertexts: ciphertexts(2) })
const replies = ciphertexts(replyCiphertexts).map((values) => ({ contract: print, request: hash, ciphertexts: values }))

const request = { contract: print, n: (1n << 255n) + 1n, ciphertexts: [5n, (1n << 511n) + 7n] }
const reply = { contract: print, request: hash, ciphertexts: new Array<bigint>(replyCiphertexts).fill(3n) }
const errorReply = { contract: print, request: hash, error: 'bad-key' } as const
/** One small message of each kind, and what reads it. */
const messages = [
  { kind: 'request', bytes: encodeRequest(request, contract), read: readRequest as (bytes: Uint8Array) => unknown },
  { kind: 'reply', bytes: encodeReply(reply, contract), read: readReply },
  { kind: 'error reply', bytes: encodeReply(errorReply, contract), read: readReply },
]

describe('round trips', () => {
  test('of requests, each of exactly requestBytes', () => {
    fc.assert(
      fc.property(requests, (sent) => {
        const bytes = encodeRequest(sent, contract)
        expect(bytes).toHaveLength(requestBytes(contract))
        expect(readRequest(bytes)).toEqual(sent)
      }),
    )
  })

  test('of replies, each of exactly replyBytes', () => {
    fc.assert(
      fc.property(replies, (sent) => {
        const bytes = encodeReply(sent, contract)
        expect(bytes).toHaveLength(replyBytes(contract))
        expect(readReply(bytes)).toEqual(sent.ciphertexts)
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
      const bytes = encodeReply({ contract: server, request: hash, error }, contract)
      expect(codeOf(() => readReply(bytes))).toBe(code)
    }
  })

  test('widths that are not whole bytes round up, and integers that do not fit are not encoded', () => {
    const odd = { ...contract, keyBits: 259 }
    const sent = { contract: print, n: (1n << 259n) - 1n, ciphertexts: [1n, (1n << 518n) - 1n] }
    const bytes = encodeRequest(sent, odd)
    expect(bytes).toHaveLength(requestBytes(odd))
    expect(decodeRequest(bytes, odd, print)).toEqual(sent)
    expect(() => encodeRequest({ ...request, n: 1n << 256n }, contract)).toThrow(RangeError)
    expect(() => encodeRequest({ ...request, ciphertexts: [1n, -1n] }, contract)).toThrow(RangeError)
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
  version: [encode('version'), encode(1)],
  contract: [encode('contract'), encode(print)],
  ciphertexts: [encode('ciphertexts'), encode(new Uint8Array(2 * widths.requestCiphertext))],
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
    expect(withField('version', encode(1))).toEqual(fields())
  })

  test.each<[string, Uint8Array, ProtocolErrorCode]>([
    ['a map of indefinite length', join(fields(names, 'bf'), hex('ff')), 'bad-message'],
    ['a byte string of indefinite length', withField('key', join(hex('5f5820'), raw(32), hex('ff'))), 'bad-message'],
    ['a text of indefinite length', withField('key', pieces.key[1], hex('7f636b6579ff')), 'bad-message'],
    ['an integer in two bytes', withField('version', hex('1801')), 'bad-message'],
    ['an integer as a float', withField('version', hex('f93c00')), 'bad-message'],
    ['an integer as a big number', withField('version', hex('c24101')), 'bad-message'],
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
    ['version 2', withField('version', encode(2)), 'wrong-version'],
    ['a text as version', withField('version', encode('1')), 'wrong-version'],
    ['another fingerprint', withField('contract', encode(hash)), 'wrong-contract'],
    ['a short fingerprint', withField('contract', encode(print.subarray(1))), 'wrong-contract'],
    ['a key one byte short', withField('key', encode(raw(31))), 'bad-key'],
    ['a key one byte long', withField('key', encode(raw(33))), 'bad-key'],
    ['a ciphertext byte short', withField('ciphertexts', encode(raw(127))), 'bad-message'],
    ['a ciphertext too many', withField('ciphertexts', encode(raw(192))), 'bad-message'],
    ['a reply', encodeReply(reply, contract), 'bad-message'],
  ])('%s is refused', (_, bytes, code) => {
    expect(codeOf(() => readRequest(bytes))).toBe(code)
  })
})

describe('a reply that is not of the contract', () => {
  const version = 1
  const ciphertexts = new Uint8Array(replyCiphertexts * widths.requestCiphertext)
  const head = { version, contract: print, request: hash }
  test.each<[string, object, ProtocolErrorCode]>([
    ['another version', { ...head, version: 2, ciphertexts }, 'wrong-version'],
    ['another contract', { ...head, contract: hash, ciphertexts }, 'wrong-contract'],
    ['another request', { ...head, request: print, ciphertexts }, 'other-request'],
    ['an error about another request', { ...head, request: print, error: 'bad-key' }, 'other-request'],
    ['an unknown error code', { ...head, error: 'out-of-cheese' }, 'bad-message'],
    ['an inherited name as error code', { ...head, error: 'toString' }, 'bad-message'],
    ['an error code that is no text', { ...head, error: 1 }, 'bad-message'],
    ['an error and ciphertexts', { ...head, error: 'bad-key', ciphertexts }, 'bad-message'],
    ['neither', head, 'bad-message'],
    ['an extra field', { ...head, ciphertexts, x: 1 }, 'bad-message'],
    ['a ciphertext too few', { ...head, ciphertexts: ciphertexts.subarray(widths.requestCiphertext) }, 'bad-message'],
    ['a byte too many', { ...head, ciphertexts: new Uint8Array(ciphertexts.length + 1) }, 'bad-message'],
    ['a list of ciphertexts', { ...head, ciphertexts: [ciphertexts] }, 'bad-message'],
  ])('%s is refused', (_, message, code) => {
    expect(codeOf(() => readReply(encode(message)))).toBe(code)
  })
})

describe('the size limit comes before the parser', () => {
  const limit = messageLimit(contract)
  const ofLength = (length: number) => {
    const shortest = encode({ version: 2, filling: new Uint8Array(60_000) }).length - 60_000
    return encode({ version: 2, filling: new Uint8Array(length - shortest) })
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
    const large = { ...contract, keyBits: 4096, features: Array.from({ length: 100 }, () => ({ column: 'age' })) }
    expect(messageLimit(large)).toBe(requestBytes(large))
    expect(messageLimit(contract)).toBe(65_536)
  })
})
