import { createDecipheriv, pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { bigintToBytes, bytesToBigint } from '../../runtime/bytes.ts'
import { ProtocolError } from '../../runtime/errors.ts'
import { exportKey, importKey, leastIterations, mostIterations } from '../../runtime/paillier/key-file.ts'
import { generateKey, PrivateKey, privateKey } from '../../runtime/paillier/keys.ts'
import { insecureTestKey, testPrime } from '../support/keys.ts'

const passphrase = 'correct horse battery staple'
const key = insecureTestKey(512)
const text = await exportKey(key, passphrase)
const file = JSON.parse(text) as Record<string, string> & { iterations: number }

/** The whole error that `work` rejects with: what it prints, wherever something may hide in it. */
async function failure(work: Promise<unknown>): Promise<{ code: unknown; cause: unknown; shown: string }> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProtocolError)) throw new Error(`no ProtocolError, but ${String(error)}`)
  return { code: error.code, cause: error.cause, shown: inspect(error, { showHidden: true, getters: true, depth: 9 }) }
}

const codeOf = async (work: Promise<unknown>) => (await failure(work)).code

/** Files by test/reference/make-key-file.py, of keys that stand in paillier.json. */
const textOf = (name: string) => readFileSync(new URL(`../reference/${name}`, import.meta.url), 'utf8')
const files: Record<'key' | 'passphrase' | 'salt' | 'iv' | 'file', string>[] = JSON.parse(textOf('key-files.json'))
const { keys }: { keys: Record<'name' | 'p' | 'q', string>[] } = JSON.parse(textOf('paillier.json'))

describe('known files', () => {
  test('there are some, of different iterations', () => {
    expect(new Set(files.map((each) => JSON.parse(each.file).iterations)).size).toBeGreaterThan(1)
  })

  test.each(files)('of the key of $key bits are made, character by character, and read', async (vector) => {
    const { p = '', q = '' } = keys.find(({ name }) => name === vector.key) ?? {}
    const known = privateKey(BigInt(`0x${p}`), BigInt(`0x${q}`))
    const random = (length: number) => Uint8Array.from(Buffer.from(length === 16 ? vector.salt : vector.iv, 'hex'))
    const { iterations } = JSON.parse(vector.file)
    expect(await exportKey(known, vector.passphrase, { iterations, random })).toBe(vector.file)
    expect((await importKey(vector.file, vector.passphrase)).p).toBe(known.p)
  })
})

describe('a key file', () => {
  test.each<[string, () => Promise<PrivateKey>]>([
    ['512 bits', async () => key],
    ['2048 bits', () => generateKey(2048)],
    ['3072 bits', () => generateKey(3072)],
    ['an odd number of bits', async () => insecureOddKey()],
  ])('of %s brings the same key back', async (_, makeKey) => {
    const exported = await makeKey()
    const imported = await importKey(await exportKey(exported, passphrase), passphrase)
    expect([imported.p, imported.q, imported.publicKey]).toEqual([exported.p, exported.q, exported.publicKey])
    expect(imported).toBeInstanceOf(PrivateKey)
  })

  test('is read by other code, from its description alone: PBKDF2 and AES-256-GCM of node:crypto', () => {
    const bytes = (name: string) => Buffer.from(file[name] ?? '', 'base64url')
    const { ciphertext: _, ...header } = file
    const secret = pbkdf2Sync(passphrase, bytes('salt'), 600_000, 32, 'sha256')
    const ciphertext = bytes('ciphertext')
    const decipher = createDecipheriv('aes-256-gcm', secret, bytes('iv'), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(JSON.stringify(header))).setAuthTag(ciphertext.subarray(-16))
    const q = Buffer.concat([decipher.update(ciphertext.subarray(0, -16)), decipher.final()])
    expect([q.length, bytesToBigint(q)]).toEqual([32, key.q])
    expect(bytesToBigint(bytes('n'))).toBe(key.publicKey.n)
    expect(Object.keys(file)).toEqual(
      ['format', 'version', 'kdf', 'iterations', 'salt', 'cipher', 'iv', 'n', 'ciphertext'], //
    )
    expect([bytes('salt').length, bytes('iv').length, file.iterations]).toEqual([16, 12, 600_000])
  })

  test('is what its random bytes make it, and drawn anew by default', async () => {
    const random = (length: number) => new Uint8Array(length).fill(length)
    const twice = [await exportKey(key, passphrase, { random }), await exportKey(key, passphrase, { random })]
    expect(twice[0]).toBe(twice[1])
    expect(JSON.parse(twice[0] ?? '')).toMatchObject({ salt: 'EBAQEBAQEBAQEBAQEBAQEA', iv: 'DAwMDAwMDAwMDAwM' })
    const other = JSON.parse(await exportKey(key, passphrase)) as typeof file
    for (const name of ['salt', 'iv', 'ciphertext']) expect(other[name]).not.toBe(file[name])
  })

  test('holds neither factor nor passphrase', () => {
    for (const secret of [key.p, key.q]) {
      const bytes = Buffer.from(bigintToBytes(secret, 32))
      for (const writing of [secret.toString(), bytes.toString('hex'), bytes.toString('base64url')]) {
        expect(text).not.toContain(writing)
      }
      expect(Buffer.from(file.ciphertext ?? '', 'base64url').indexOf(bytes)).toBe(-1)
    }
    expect(text).not.toContain(passphrase)
  })

  test('may take more iterations, within bounds', async () => {
    const more = await exportKey(key, passphrase, { iterations: leastIterations + 1 })
    expect(JSON.parse(more)).toMatchObject({ iterations: leastIterations + 1 })
    expect((await importKey(more, passphrase)).p).toBe(key.p)
    for (const iterations of [0, 1, leastIterations - 1, mostIterations + 1, leastIterations + 0.5, Number.NaN]) {
      await expect(exportKey(key, passphrase, { iterations })).rejects.toThrow(RangeError)
    }
  })

  test('is not made of a key that would not be read: too long, or of unlike factors', async () => {
    await expect(exportKey(privateKey(testPrime(300), testPrime(212)), passphrase)).rejects.toThrow(RangeError)
    const long = new PrivateKey((1n << 2100n) + 1n, (1n << 2099n) + 1n)
    await expect(exportKey(long, passphrase)).rejects.toThrow(RangeError)
  })
})

/** A key of 511 bits: its factors have 256 bits and 255. */
function insecureOddKey(): PrivateKey {
  for (;;) {
    const odd = privateKey(testPrime(256), testPrime(255))
    if (odd.publicKey.n.toString(2).length % 2 === 1) return odd
  }
}

describe('the passphrase', () => {
  test.each([
    ['another', 'correct horse battery stapl'],
    ['one with a space more', `${passphrase} `],
    ['one in capitals', passphrase.toUpperCase()],
  ])('if it is %s, does not open the file', async (_, other) => {
    expect(await codeOf(importKey(text, other))).toBe('bad-key-file')
  })

  test('may not be empty', async () => {
    expect(await codeOf(exportKey(key, ''))).toBe('empty-passphrase')
    expect(await codeOf(importKey(text, ''))).toBe('empty-passphrase')
  })

  test('is the same however its letters are composed', async () => {
    const [composed, decomposed] = ['caf\u00e9 \ufb01n', 'cafe\u0301 fin']
    expect((await importKey(await exportKey(key, composed), decomposed)).q).toBe(key.q)
  })
})

const withField = (name: string, value: unknown) => JSON.stringify({ ...file, [name]: value })

/** The file with a public key and a ciphertext of these many bytes. */
function ofLengths(n: number, ciphertext: number): string {
  const ones = (length: number) => Buffer.alloc(length, 0xff).toString('base64url')
  return JSON.stringify({ ...file, n: ones(n), ciphertext: ones(ciphertext) })
}

/** The file with one bit of a field's bytes flipped. */
function flipped(name: string, bit: number): string {
  const bytes = Buffer.from(file[name] ?? '', 'base64url')
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return withField(name, bytes.toString('base64url'))
}

describe('a file is refused in one and the same way if', () => {
  test.each<[string, string]>([
    ['a bit of the ciphertext is flipped', flipped('ciphertext', 5)],
    ['a bit of the tag is flipped', flipped('ciphertext', 8 * 47 + 7)],
    ['a bit of the salt is flipped', flipped('salt', 9)],
    ['a bit of the iv is flipped', flipped('iv', 40)],
    ['a bit of the public key is flipped', flipped('n', 300)],
    ['the iterations are others', withField('iterations', leastIterations + 1)],
  ])('%s, which costs a derivation', async (_, damaged) => {
    const found = await failure(importKey(damaged, passphrase))
    expect(found).toMatchObject({ code: 'bad-key-file', cause: undefined })
  })

  /** Refused before anything is derived from the passphrase, so that no file makes its reader work. */
  test.each<[string, string]>([
    ['it has another format', withField('format', 'emp-compile public key')],
    ['it has version 2', withField('version', 2)],
    ['its version is a text', withField('version', '1')],
    ['it has another key derivation', withField('kdf', 'PBKDF2-HMAC-SHA-1')],
    ['it has another cipher', withField('cipher', 'AES-128-GCM')],
    ['it takes one iteration', withField('iterations', 1)],
    ['it takes no iteration', withField('iterations', 0)],
    ['it takes one iteration too few', withField('iterations', leastIterations - 1)],
    ['it takes one iteration too many', withField('iterations', mostIterations + 1)],
    ['it takes 2^31 iterations', withField('iterations', 2 ** 31)],
    ['its iterations are no integer', withField('iterations', leastIterations + 0.5)],
    ['its iterations are a text', withField('iterations', '600000')],
    ['its iterations are written in another way', text.replace(':600000,', ':6e5,')],
    ['its salt is short', withField('salt', file.salt?.slice(0, 20))],
    ['its salt is long', withField('salt', `${file.salt}AAAA`)],
    ['its salt is missing', withField('salt', undefined)],
    ['its iv is short', withField('iv', file.iv?.slice(0, 12))],
    ['its iv is a number', withField('iv', 12)],
    [
      'its public key has a leading zero',
      withField('n', Buffer.concat([Buffer.of(0), nBytes()]).toString('base64url')),
    ],
    ['its public key is empty', withField('n', '')],
    ['its public key is too long', ofLengths(513, 257 + 16)],
    ['its ciphertext is short', withField('ciphertext', file.ciphertext?.slice(0, -4))],
    ['its ciphertext is long', withField('ciphertext', `${file.ciphertext}AAAA`)],
    ['its base64 is padded', withField('salt', `${file.salt}==`)],
    ['its base64 is not base64url', withField('iv', '+///+///+///+///')],
    ['its base64 has spare bits set', withField('salt', (file.salt ?? '').replace(/.$/, 'B'))],
    ['it has another field', withField('comment', 'mine')],
    ['it has a field twice', text.replace('"version":1,', '"version":1,"version":1,')],
    ['its fields stand in another order', JSON.stringify(Object.fromEntries(Object.entries(file).reverse()))],
    ['it is indented', JSON.stringify(file, null, 2)],
    ['a line feed follows', `${text}\n`],
    ['a space precedes', ` ${text}`],
    ['it is cut off', text.slice(0, -1)],
    ['it is empty', ''],
    ['it is null', 'null'],
    ['it is a number', '12'],
    ['it is a list', `[${text}]`],
    ['it is a text', JSON.stringify(text)],
    ['it is no JSON', 'q = 12345'],
  ])('%s', async (_, damaged) => {
    const derive = vi.spyOn(crypto.subtle, 'deriveKey')
    const found = await failure(importKey(damaged, passphrase))
    expect(found).toMatchObject({ code: 'bad-key-file', cause: undefined })
    expect(derive).not.toHaveBeenCalled()
    derive.mockRestore()
  })

  test('it is very long, which is seen before it is parsed', async () => {
    const parse = vi.spyOn(JSON, 'parse')
    expect(await codeOf(importKey(text.padEnd(2049), passphrase))).toBe('bad-key-file')
    expect(parse).not.toHaveBeenCalled()
    expect(await codeOf(importKey(text.padEnd(2048), passphrase))).toBe('bad-key-file')
    expect(parse).toHaveBeenCalledTimes(1)
    parse.mockRestore()
  })

  test('nothing of it, of the passphrase or of the key stands in the error', async () => {
    const wrong = 'open sesame'
    const errors = [
      await failure(importKey(text, wrong)),
      await failure(importKey(flipped('ciphertext', 0), passphrase)),
      await failure(importKey(`${text}x`, passphrase)),
    ]
    const firstLines = errors.map(({ shown }) => shown.split('\n')[0])
    expect(new Set(firstLines).size).toBe(1)
    for (const { shown } of errors) {
      const hidden = [passphrase, wrong, ...['salt', 'iv', 'n', 'ciphertext'].map((name) => file[name] ?? '')]
      for (const value of hidden) expect(shown).not.toContain(value)
    }
  })
})

function nBytes(): Buffer {
  return Buffer.from(file.n ?? '', 'base64url')
}

/** Whoever knows the passphrase can write what they like: it is checked all the same. */
describe('a file that opens is refused if', () => {
  /** A file of numbers that need not be a key. */
  async function fileOf(n: bigint, smaller: bigint): Promise<string> {
    return exportKey({ p: n / smaller, q: smaller, publicKey: { n, nSquared: n * n } } as PrivateKey, passphrase)
  }
  const composite = () => testPrime(128) * testPrime(128)
  /** Two numbers of 256 bits, the second the smaller. */
  function ordered(larger: () => bigint, smaller: () => bigint): [bigint, bigint] {
    for (;;) {
      const [a, b] = [larger(), smaller()]
      if (a > b && [a, b].every((each) => each >> 255n === 1n)) return [a, b]
    }
  }
  const prime = () => testPrime(256)
  const [p, q] = ordered(prime, prime)
  const [soundP, falseQ] = ordered(prime, composite)
  const [falseP, soundQ] = ordered(composite, prime)

  test('but not if all is well: these files are as good as any', async () => {
    expect((await importKey(await fileOf(p * q, q), passphrase)).q).toBe(q)
  })

  test.each<[string, () => Promise<string>]>([
    ['its secret is a prime that does not divide the public key', () => fileOf(p * q + 2n, q)],
    ['its secret is the larger factor', () => fileOf(p * q, p)],
    ['the smaller factor is not prime', () => fileOf(soundP * falseQ, falseQ)],
    ['the larger factor is not prime', () => fileOf(falseP * soundQ, soundQ)],
    ['the factors are equal', () => fileOf(p * p, p)],
    ['a factor is even', () => fileOf((p + 1n) * q, q)],
    ['its public key is even and its secret 2', () => fileOf(4n, 2n)],
    ['its secret is 1', () => fileOf(3n, 1n)],
  ])('%s', async (_, make) => {
    expect(await codeOf(importKey(await make(), passphrase))).toBe('bad-key-file')
  })
})
