import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { decode, encode } from 'cborg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPublicKey } from '../../compiler/cli/reply-key.ts'
import { contract as published } from '../../generated/heart-disease/client.ts'
import { fingerprint, replyBytes } from '../../runtime/contract.ts'
import { systemRandom } from '../../runtime/random.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { httpApp } from '../../runtime/serving/http.ts'
import { serveStore } from '../../runtime/serving/serve-store.ts'
import { memoryStore } from '../../runtime/store/index.ts'
import { readReplyKey } from '../../runtime/wire/reply-key.ts'
import { signReply } from '../../runtime/wire/signature.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { empCompile, startServer, stop } from '../support/processes.ts'
import { tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

let directory = ''
const path = (name: string) => join(directory, name)
/** A pair in PEM; the private key also as SEC 1, as `openssl ecparam -genkey` writes it. */
const pair = (namedCurve = 'P-256') => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  return {
    pkcs8: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    sec1: String(privateKey.export({ type: 'sec1', format: 'pem' })),
    spki: String(publicKey.export({ type: 'spki', format: 'pem' })),
  }
}
const [own, other] = [pair(), pair()]

const rows = Array.from({ length: 30 }, (_, i) => [String(i), i % 7 < 3 || i > 20 ? 'sick' : 'well'])
const table = tableOf(['age', 'target'], rows)
const tree = trainClasses(table, { ...boundedOptions, maxDepth: 3, minSamplesLeaf: 1 })
const planOf = (name: string, replyKey: string) => lower(tree, { name, keyBits: 512, replyKey })
const key = insecureTestKey(512)
const record = recordOf(table, tree, 4)

/** A signing server and its client; a client whose request another one's replies do not answer. */
async function parties(name = 'test') {
  const plan = planOf(name, await readPublicKey(path('own.pub.pem')))
  const unequipped = defineSignsServer(plan.contract, plan.server.tests)
  const client = clientOf(plan)
  return { plan, unequipped, client, server: await unequipped.withReplyKey(own.pkcs8) }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-reply-key-'))
  await writeFile(path('own.pem'), own.pkcs8)
  await writeFile(path('own.sec1.pem'), own.sec1)
  await writeFile(path('own.pub.pem'), own.spki)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test('a contract without a reply key has the fingerprint that deployed clients of its format know', async () => {
  const print = Buffer.from(await fingerprint(published)).toString('hex')
  // What test/reference/fingerprint.py prints of the published contract.
  expect(print).toBe('c3dc877c3d5242b6ba2feedb8e3b8b8b4aa92dec32d78eec842b5cf86f600c88')
})

describe('the public key', () => {
  test('is the same out of every PEM of the pair: 65 bytes', async () => {
    const names = ['own.pem', 'own.sec1.pem', 'own.pub.pem']
    const [point = '', ...others] = await Promise.all(names.map((name) => readPublicKey(path(name))))
    expect(others).toEqual([point, point])
    expect(Buffer.from(point, 'base64url')).toHaveLength(65)
  })

  test.each([
    ['another curve', pair('P-384').pkcs8],
    [
      'RSA',
      String(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })),
    ],
    ['a damaged key', own.spki.replace(/[A-Z]{2}/, 'AA')],
    ['another text', 'hello'],
    ['nothing', ''],
  ])('%s is refused, and not quoted', async (_, text) => {
    await writeFile(path('bad.pem'), text)
    const refused = readPublicKey(path('bad.pem'))
    await expect(refused).rejects.toMatchObject({ code: 'not-a-reply-key' })
    await expect(refused).rejects.toThrow(/bad\.pem: holds no key of the curve P-256 in PEM/)
  })
})

describe('a signed reply', () => {
  test('is opened; its length is the one the contract says', async () => {
    const { client, server, plan } = await parties()
    const sealed = await client.seal(record, key)
    const reply = await server.evaluate(sealed.request)
    expect((await sealed.open(reply)).answer).toBe('well')
    expect(reply).toHaveLength(replyBytes(plan.contract))
    expect(plan.cost.replyBytes).toBe(reply.length)
    expect(decode(reply).signature).toHaveLength(64)
  })

  test('is refused with any of its bytes changed', async () => {
    const { client, server } = await parties()
    const sealed = await client.seal(record, key)
    const reply = await server.evaluate(sealed.request)
    const found = new Set<string>()
    for (let i = 0; i < reply.length; i++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = reply.with(i, (reply[i] ?? 0) ^ flip)
        found.add(
          await sealed.open(damaged).then(
            () => 'opened',
            ({ code }) => String(code),
          ),
        )
      }
    }
    expect([...found].sort()).toEqual(['bad-message', 'bad-signature'])
  })

  test('is refused cut short at any place, and with a byte more', async () => {
    const { client, server } = await parties()
    const sealed = await client.seal(record, key)
    const reply = await server.evaluate(sealed.request)
    for (let length = 0; length < reply.length; length++) {
      await expect(sealed.open(reply.slice(0, length))).rejects.toMatchObject({ code: 'bad-message' })
    }
    await expect(sealed.open(Uint8Array.of(...reply, 0))).rejects.toMatchObject({ code: 'bad-message' })
  })

  test('is refused unsigned, signed by another key, or with another signature', async () => {
    const { client, server, plan } = await parties()
    const sealed = await client.seal(record, key)
    const reply = await server.evaluate(sealed.request)
    const { signature, ...unsigned } = decode(reply)
    const again = decode(await server.evaluate(sealed.request))
    const forger = defineSignsServer(lower(tree, { name: 'test', keyBits: 512 }).contract, plan.server.tests)
    const refused = [
      encode(unsigned),
      await signReply(reply, await readReplyKey(other.pkcs8)),
      encode({ ...unsigned, signature: again.signature }),
      encode({ ...unsigned, signature: new Uint8Array(64) }),
      encode({ ...unsigned, signature: signature.slice(0, 63) }),
      encode({ ...unsigned, signature: 'none' }),
      encode({ ...unsigned, signature, more: 1 }),
      encode({ ...unsigned, error: 'server-failed' }),
      await forger.evaluate(sealed.request),
    ]
    for (const forged of refused) await expect(sealed.open(forged)).rejects.toMatchObject({ code: 'bad-signature' })
    expect((await sealed.open(reply)).answer).toBe('well')
  })

  test('to another request is refused', async () => {
    const { client, server } = await parties()
    const [one, two] = [await client.seal(record, key), await client.seal(record, key)]
    const replies = [await server.evaluate(one.request), await server.evaluate(two.request)]
    await expect(one.open(replies[1] ?? one.request)).rejects.toMatchObject({ code: 'other-request' })
    await expect(two.open(replies[0] ?? one.request)).rejects.toMatchObject({ code: 'other-request' })
    // Made to answer this request, it is no longer what was signed.
    const crossed = { ...decode(replies[1] ?? one.request), request: decode(replies[0] ?? one.request).request }
    await expect(one.open(encode(crossed))).rejects.toMatchObject({ code: 'bad-signature' })
  })

  test('of another model under the same key is refused', async () => {
    const [one, two] = [await parties('one'), await parties('two')]
    const sealed = await one.client.seal(record, key)
    const wired = await two.server.evaluate(sealed.request)
    await expect(sealed.open(wired)).rejects.toMatchObject({ code: 'wrong-contract' })
  })

  test('carries errors too', async () => {
    const { client, server } = await parties()
    const sealed = await client.seal(record, key)
    const malformed = encode({ ...decode(sealed.request), key: new Uint8Array(64) })
    const reply = decode(await server.evaluate(malformed))
    expect(reply).toMatchObject({ error: 'bad-key', signature: expect.any(Uint8Array) })
    const told = { ...reply, request: decode(await server.evaluate(sealed.request)).request }
    const ownKey = await readReplyKey(own.pkcs8)
    await expect(sealed.open(await signReply(encode(told), ownKey))).rejects.toMatchObject({ code: 'bad-key' })
    await expect(sealed.open(encode(told))).rejects.toMatchObject({ code: 'bad-signature' })
  })

  test('is refused by a client that pins no key', async () => {
    const { server } = await parties()
    const plan = lower(tree, { name: 'test', keyBits: 512 })
    const unpinned = clientOf(plan)
    const sealed = await unpinned.seal(record, key)
    await expect(sealed.open(await server.evaluate(sealed.request))).rejects.toMatchObject({ code: 'wrong-contract' })
    const plain = defineSignsServer(plan.contract, plan.server.tests)
    const withPlace = { ...decode(await plain.evaluate(sealed.request)), signature: new Uint8Array(64) }
    const signed = await signReply(encode(withPlace), await readReplyKey(own.pkcs8))
    await expect(sealed.open(signed)).rejects.toMatchObject({ code: 'bad-message' })
  })

  test('is refused by a client whose pinned key is no key', async () => {
    const plan = planOf('test', 'AAAA')
    const sealed = await clientOf(plan).seal(record, key)
    const reply = encode({
      version: 2,
      contract: new Uint8Array(32),
      request: new Uint8Array(32),
      signature: new Uint8Array(64),
    })
    await expect(sealed.open(reply)).rejects.toMatchObject({ code: 'bad-signature' })
    await expect(defineSignsServer(plan.contract, plan.server.tests).withReplyKey(own.pkcs8)).rejects.toMatchObject({
      code: 'wrong-reply-key',
    })
  })
})

describe('a server whose model pins a key', () => {
  test('neither starts nor replies without it', async () => {
    const { unequipped, client } = await parties()
    const missing = { name: 'ReplyKeyError', code: 'no-reply-key' }
    expect(unequipped.lacksReplyKey).toBe(true)
    const { request } = await client.seal(record, key)
    await expect(unequipped.evaluate(request)).rejects.toMatchObject(missing)
    await expect(unequipped.evaluate(new Uint8Array(3))).rejects.toMatchObject(missing)
    expect(() => httpApp(unequipped)).toThrow(expect.objectContaining(missing))
    const { signal } = new AbortController()
    await expect(serveStore(unequipped, memoryStore(), { signal })).rejects.toMatchObject(missing)
  })

  test('takes it as PEM, as PEM with written-out line breaks, as base64, and as a CryptoKey', async () => {
    const { unequipped, client } = await parties()
    const sealed = await client.seal(record, key)
    const forms = [own.pkcs8, own.pkcs8.replaceAll('\n', '\\n'), own.pkcs8.replace(/-----.*-----|\n/g, '')]
    for (const form of [...forms, await readReplyKey(own.pkcs8)]) {
      const server = await unequipped.withReplyKey(form)
      expect(server.lacksReplyKey).toBe(false)
      expect((await sealed.open(await server.evaluate(sealed.request))).answer).toBe('well')
    }
  })

  test('keeps it in another environment, and does not win one there', async () => {
    const { server, unequipped, client } = await parties()
    const sealed = await client.seal(record, key)
    const elsewhere = server.with({ random: systemRandom })
    expect(elsewhere.lacksReplyKey).toBe(false)
    expect((await sealed.open(await elsewhere.evaluate(sealed.request))).answer).toBe('well')
    const lacking = unequipped.with({ random: systemRandom })
    expect(lacking.lacksReplyKey).toBe(true)
    await expect(lacking.evaluate(sealed.request)).rejects.toMatchObject({ code: 'no-reply-key' })
  })

  test.each([
    ['another key', 'wrong-reply-key', other.pkcs8],
    ['the public key', 'malformed-reply-key', own.spki],
    ['another curve', 'malformed-reply-key', pair('P-384').pkcs8],
    ['nothing', 'malformed-reply-key', ''],
    ['another text', 'malformed-reply-key', 'hello, wörld'],
  ])('refuses %s: %s', async (_, code, text) => {
    const { unequipped } = await parties()
    await expect(unequipped.withReplyKey(text)).rejects.toMatchObject({ name: 'ReplyKeyError', code })
  })

  test('refuses a key of another algorithm', async () => {
    const { unequipped } = await parties()
    const algorithm = { name: 'ECDSA', namedCurve: 'P-384' }
    const { privateKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
    await expect(unequipped.withReplyKey(privateKey)).rejects.toMatchObject({ code: 'wrong-reply-key' })
    const { privateKey: agreement } = await crypto.subtle.generateKey({ ...algorithm, name: 'ECDH' }, false, [
      'deriveKey',
    ])
    await expect(unequipped.withReplyKey(agreement)).rejects.toMatchObject({ code: 'wrong-reply-key' })
  })

  test('is not another one: a server of an unsigned model refuses a key', async () => {
    const { contract, server } = lower(tree, { name: 'test', keyBits: 512 })
    await expect(defineSignsServer(contract, server.tests).withReplyKey(own.pkcs8)).rejects.toMatchObject({
      code: 'unused-reply-key',
    })
  })
})

describe('the commands', () => {
  const csv = resolve('test/cases/emit/visit.csv')
  const run = (...args: string[]) => empCompile(args, directory)
  const compile = (...args: string[]) =>
    run(csv, '--max-depth', '2', '--min-samples-leaf', '1', '--key-bits', '2048', ...args)
  const visit = { age: 34, bmi: 22.5, smoker: 'never', ward: 'A' }
  beforeAll(() => writeFile(path('visit.json'), JSON.stringify(visit)))

  test('reply-key makes a private key for its owner alone, prints the public one, and never overwrites', async () => {
    const { code, stdout, stderr } = await run('reply-key', 'made.pem')
    expect([code, stderr]).toEqual([0, expect.stringContaining('made.pem written')])
    await writeFile(path('made.pub.pem'), stdout)
    expect(await readPublicKey(path('made.pub.pem'))).toBe(await readPublicKey(path('made.pem')))
    expect(stdout).not.toContain('PRIVATE')
    expect((await stat(path('made.pem'))).mode & 0o777).toBe(0o600)
    const before = await readFile(path('made.pem'), 'utf8')
    expect(await run('reply-key', 'made.pem')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('not overwritten. Remove it, or name another file.'),
    })
    expect(await readFile(path('made.pem'), 'utf8')).toBe(before)
    expect(await run('reply-key')).toMatchObject({ code: 2, stderr: expect.stringContaining('<file>') })
  })

  test('compile pins the public key, whichever half is given, and writes nothing of the private one', async () => {
    expect(await compile('--out', 'signed', '--reply-key', 'own.pem')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2048-bit keys, replies signed'),
    })
    expect(await compile('--out', 'signed', '--reply-key', 'own.pub.pem', '--check')).toMatchObject({ code: 0 })
    expect(await compile('--out', 'signed', '--check')).toMatchObject({ code: 1 })
    const scalar = Buffer.from(createPrivateKey(own.pkcs8).export({ format: 'jwk' }).d ?? '', 'base64url')
    expect(scalar).toHaveLength(32)
    for (const file of await readdir(path('signed'), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue
      const text = await readFile(join(file.parentPath, file.name), 'utf8')
      for (const form of ['base64url', 'base64', 'hex'] as const) expect(text).not.toContain(scalar.toString(form))
      expect(text).not.toContain('PRIVATE')
    }
    expect(await readFile(path('signed/client.ts'), 'utf8')).toContain(
      `replyKey: '${await readPublicKey(path('own.pem'))}'`,
    )
    expect(await compile('--out', 'none', '--reply-key', 'visit.json')).toMatchObject({ code: 2, stdout: '' })
    expect(await compile('--out', 'none', '--reply-key', 'absent.pem')).toMatchObject({ code: 2, stdout: '' })
  })

  test('serve refuses to start without the key; with it, predict and verify get their answers', async () => {
    expect(await run('serve', 'signed')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^emp-compile: The model pins a reply key/),
    })
    await writeFile(path('other.pem'), other.pkcs8)
    expect(await run('serve', 'signed', '--reply-key', 'other.pem')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^emp-compile: The reply key is not the one/),
    })
    const { child, firstLine } = await startServer(['signed', '--reply-key', 'own.pem'], directory)
    expect(firstLine).toBe('serving visit on the store mailbox')
    expect(await run('predict', 'signed', '--input', 'visit.json', '--json')).toMatchObject({ code: 0 })
    expect(await stop(child)).toBe(0)
    expect(await run('verify', 'signed', '--data', csv, '--reply-key', 'own.pem')).toMatchObject({ code: 0 })
    expect(await run('predict', 'signed', '--input', 'visit.json', '--store', 'memory:')).toMatchObject({ code: 2 })
  })

  test('serve takes several keys, and each version of a model its own', async () => {
    await writeFile(path('next.pem'), other.pkcs8)
    expect(await compile('--out', 'next', '--name', 'visit', '--reply-key', 'next.pem')).toMatchObject({ code: 0 })
    const serve = ['signed', 'next', '--port', '0', '--no-page']
    // One key is not enough for two models that pin two.
    expect(await run('serve', ...serve, '--reply-key', 'own.pem')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^emp-compile: The reply key is not the one/),
    })
    // In the other order than the models.
    const keys = ['--reply-key', 'next.pem', '--reply-key', 'own.pem']
    const { child, firstLine } = await startServer([...serve, ...keys], directory)
    const url = firstLine.split(' ').at(-1) ?? ''
    for (const model of ['signed', 'next']) {
      const predicted = await run('predict', model, '--input', 'visit.json', '--server', url)
      expect(predicted, model).toMatchObject({ code: 0, stderr: '' })
    }
    expect(await stop(child)).toBe(0)
    expect(await run('serve', ...serve, '--reply-key', 'own.pem', '--reply-key', 'absent.pem')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('absent.pem'),
    })
  })

  test('package takes the client of Secrets Manager along, for a model that pins a key alone', async () => {
    const sourcesOf = async (model: string, ...options: string[]) => {
      expect(await run('package', model, '--out', 'package', ...options)).toMatchObject({ code: 0 })
      const { sources } = JSON.parse(await readFile(path('package/server/index.mjs.map'), 'utf8'))
      return sources.some((source: string) => source.includes('client-secrets-manager'))
    }
    expect(await sourcesOf('signed')).toBe(true)
    expect(await sourcesOf(resolve('generated/heart-disease'), '--no-reply-key')).toBe(false)
  })
})
