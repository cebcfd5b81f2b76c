import { createHash } from 'node:crypto'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { encode } from 'cborg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bigintToBytes } from '../../runtime/bytes.ts'
import { fingerprint, formatVersion, messageLimit } from '../../runtime/contract.ts'
import { ProtocolError, type SignsClient, type SignsContract } from '../../runtime/schemes/signs/client.ts'
import { fieldsOf } from '../../runtime/schemes/signs/numbers.ts'
import { s3Store } from '../../runtime/store/s3.ts'
import { placeOf } from '../../runtime/store/store.ts'
import { messagesOf } from '../../runtime/wire/message.ts'
import { testPrime } from '../support/keys.ts'
import { importEmitted } from '../support/modules.ts'
import { empCompile, startServer, stop } from '../support/processes.ts'
import { type Fault, faultProxy } from '../support/s3/faults.ts'
import { credentials, describeS3, freshBucket, s3Client, s3Environment, s3Server } from '../support/s3/index.ts'
import { announcedRandom } from '../support/seed.ts'

const [model, other] = ['generated/visit', 'generated/other']
const record = { age: 34, bmi: 22.5, smoker: 'never' }

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-hostile-'))
  await copyFile('test/cases/emit/visit.csv', join(directory, 'visit.csv'))
  await writeFile(join(directory, 'record.json'), JSON.stringify(record))
  const options = ['--name', 'visit', '--min-samples-leaf', '1', '--key-bits', '2048']
  await empCompile(['visit.csv', '--max-depth', '3', ...options], directory)
  await empCompile(['visit.csv', '--max-depth', '1', ...options, '--out', other], directory)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function clientOf(name: string): Promise<SignsClient<object, string>> {
  const [clientText, serverText] = ['client.ts', 'server.ts'].map((file) =>
    readFile(join(directory, name, file), 'utf8'),
  )
  return (await importEmitted((await clientText) ?? '', (await serverText) ?? '')).client as SignsClient<object, string>
}

/** An object, and how its error reply may say what is wrong with it; `answer` if it is no error, but answered. */
interface Hostile {
  readonly bytes: Uint8Array
  readonly says: readonly string[]
}

/** Makes malicious requests, of every kind in turn. */
async function hostileRequests(
  client: SignsClient<object, string>,
  foreign: SignsClient<object, string>,
  random: () => number,
): Promise<(i: number) => Hostile> {
  const contract = client.contract as SignsContract
  const key = await client.generateKey()
  const { request } = await client.seal(record, key)
  const foreignRequest = (await foreign.seal(record, await foreign.generateKey())).request
  const print = await fingerprint(contract)
  const {
    key: { bytes: modulus },
    up: { bytes: ciphertext },
  } = fieldsOf(contract)
  const { n } = key.publicKey
  const message = (fields: object) =>
    encode({
      version: formatVersion,
      contract: print,
      key: bigintToBytes(n, modulus),
      ciphertexts: new Uint8Array(ciphertext * contract.features.length).fill(1),
      ...fields,
    })
  const withKey = (wrong: bigint) => message({ key: bigintToBytes(wrong, modulus) })
  const withCiphertext = (c: bigint) => {
    const one = bigintToBytes(c, ciphertext)
    return message({ ciphertexts: Buffer.concat(contract.features.map(() => one)) })
  }
  const prime = testPrime(contract.keyBits)
  const root = testPrime(contract.keyBits / 2)
  const fuzz = (length: number) => Uint8Array.from({ length }, () => Math.floor(256 * random()))
  const below = (limit: number) => Math.floor(limit * random())
  const flipped = () => {
    const bytes = request.slice()
    const at = below(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
    return bytes
  }
  const limit = messageLimit(contract)
  const zeros = gzipSync(new Uint8Array(60_000_000))
  const malformed = ['bad-message', 'wrong-version', 'wrong-contract', 'bad-key', 'bad-ciphertext']
  const kinds: (() => Hostile)[] = [
    () => ({ bytes: request.slice(0, -1), says: ['bad-message'] }),
    () => ({ bytes: Buffer.concat([request, fuzz(1)]), says: ['bad-message'] }),
    () => ({ bytes: request.slice(0, below(request.length)), says: malformed }),
    // A damaged ciphertext or key may be another valid one: that is answered, and of use to nobody.
    () => ({ bytes: flipped(), says: [...malformed, 'answer'] }),
    () => ({ bytes: fuzz(below(2 * request.length)), says: malformed }),
    () => ({ bytes: new Uint8Array(0), says: malformed }),
    () => ({ bytes: new Uint8Array(limit), says: malformed }),
    () => ({ bytes: new Uint8Array(limit + 1), says: ['too-large'] }),
    () => ({ bytes: zeros, says: malformed }),
    () => ({ bytes: foreignRequest, says: ['wrong-contract'] }),
    () => ({ bytes: message({ version: 1 }), says: ['wrong-version'] }),
    () => ({ bytes: message({ more: new Uint8Array(1000) }), says: ['bad-message'] }),
    () => ({ bytes: message({ key: new Uint8Array(modulus - 1) }), says: ['bad-key'] }),
    () => ({ bytes: withKey(n - 1n), says: ['bad-key'] }),
    () => ({ bytes: withKey(0n), says: ['bad-key'] }),
    () => ({ bytes: withKey(prime), says: ['bad-key'] }),
    () => ({ bytes: withKey(root * root), says: ['bad-key'] }),
    () => ({ bytes: withCiphertext(0n), says: ['bad-ciphertext'] }),
    () => ({ bytes: withCiphertext(n), says: ['bad-ciphertext'] }),
    () => ({ bytes: withCiphertext(n * n), says: ['bad-ciphertext'] }),
    // A million arrays in one another; a byte string of 2^63 bytes, of which there are none; one without an end.
    () => ({ bytes: new Uint8Array(limit).fill(0x81), says: ['bad-message'] }),
    () => ({ bytes: Uint8Array.of(0x5b, 0x7f, 255, 255, 255, 255, 255, 255, 255), says: ['bad-message'] }),
    () => ({ bytes: new Uint8Array(limit).fill(0x5f), says: ['bad-message'] }),
    () => ({ bytes: request, says: ['answer'] }),
  ]
  return (i) => kinds[i % kinds.length]?.() ?? { bytes: request, says: ['answer'] }
}

/** Most bytes that a process has had in memory so far. */
async function peakMemory(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])
}

describeS3('hostile objects over S3', () => {
  test('500 of them get an error reply or are left alone; the server stays small, alive and right', async () => {
    const random = announcedRandom('hostile-objects')
    const server = await s3Server()
    const bucket = await freshBucket(server)
    const sdk = s3Client(server)
    const put = (Key: string, Body: Uint8Array) => sdk.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))
    const store = s3Store(`s3://${bucket}/mailbox`, { ...server, credentials: credentials() })
    const [client, foreign] = [await clientOf(model), await clientOf(other)]
    const place = await placeOf(client.contract)
    const id = () => Array.from({ length: 32 }, () => Math.floor(16 * random()).toString(16)).join('')

    // Objects whose declared or real length is a gigabyte, or has no end, as only a proxy can pretend it cheaply.
    const pretended = new Map<string, Fault>(
      Array.from({ length: 12 }, (_, i) => [
        id(),
        i % 2 === 0 ? { kind: 'length', declared: 1_000_000_000 } : { kind: 'endless' },
      ]),
    )
    const proxy = await faultProxy(server.endpoint, ({ method, url }) =>
      method === 'GET'
        ? (pretended.get(/requests\/visit\/[0-9a-f]{16}\/([0-9a-f]{32})\?/.exec(url ?? '')?.[1] ?? '') ?? null)
        : null,
    )
    const environment = { ...s3Environment(server), AWS_ENDPOINT_URL_S3: proxy.endpoint }
    const { child, log } = await startServer(
      [model, '--no-reply-key', '--store', `s3://${bucket}/mailbox`],
      directory,
      environment,
    )
    const predicted = () =>
      empCompile(
        ['predict', model, '--input', 'record.json', '--store', `s3://${bucket}/mailbox`, '--json'],
        directory,
        s3Environment(server),
      )
    const right = { code: 0, stdout: expect.stringContaining('"answer": "no"') }
    expect(await predicted()).toMatchObject(right)
    const before = await peakMemory(child.pid)

    const hostile = new Map<string, Hostile>()
    const make = await hostileRequests(client, foreign, random)
    for (let i = 0; i < 440; i++) hostile.set(id(), make(i))
    // A real one of 200 MB, too.
    const large = id()
    await put(`mailbox/requests/${place}/${large}`, new Uint8Array(200_000_000))
    for (const one of pretended.keys()) await put(`mailbox/requests/${place}/${one}`, new Uint8Array(10))
    await Promise.all([...hostile].map(([one, { bytes }]) => put(`mailbox/requests/${place}/${one}`, bytes)))
    const somebody = id()
    const strange = [
      ...['not-an-id', id().toUpperCase(), `${id()}0`, id().slice(1), `${id()}/more`, `${id()}.`, `.${id()}`],
      ...['..', '../..', `../visit/${id()}`, `../../replies/visit/${somebody}`, '%2e%2e', `%2e%2e%2f${id()}`],
      ...[`/${id()}`, `${id()}\n`, ` ${id()}`, `${id()} `, `${id()}\\..\\x`, 'C:\\x', 'ä', '\u202e', '*', '?', '#'],
      ...Array.from({ length: 22 }, () =>
        Buffer.from(Array.from({ length: 24 }, () => 256 * random())).toString('base64'),
      ),
    ].map((name) => `requests/${place}/${name}`)
    const elsewhere = [`requests/other/${id()}`, `requests/${id()}`, `replies/${place}/${somebody}`]
    const planted: string[] = []
    for (const key of [...strange, ...elsewhere]) {
      await put(`mailbox/${key}`, make(0).bytes)
        .then(() => planted.push(key))
        .catch(() => {})
    }
    const total = hostile.size + pretended.size + 1 + planted.length
    expect(total).toBeGreaterThanOrEqual(495)

    const started = performance.now()
    const sessionIds = [...hostile.keys(), ...pretended.keys(), large]
    const isOver = async () => {
      const left = new Set((await store.list(`requests/${place}/`)).map(({ key }) => key.split('/').at(-1)))
      expect(sessionIds.filter((one) => left.has(one))).toEqual([])
    }
    await vi.waitFor(isOver, { timeout: 300_000, interval: 500 })
    const after = await peakMemory(child.pid)
    const seconds = (performance.now() - started) / 1000
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0)
    console.log(
      `${total} hostile objects: peak memory ${megabytes(before)} MB before, ${megabytes(after)} MB after, ${seconds.toFixed(1)} s`,
    )

    const counts = new Map<string, number>()
    const { decodeReply } = messagesOf(client.contract, await fingerprint(client.contract))
    for (const [one, { bytes, says }] of hostile) {
      const reply = await store.get(`replies/${place}/${one}`, messageLimit(client.contract))
      const hash = createHash('sha256').update(says.includes('too-large') ? new Uint8Array(bytes.length) : bytes)
      const said = await Promise.resolve()
        .then(() => decodeReply(reply ?? new Uint8Array(), hash.digest()))
        .then(() => 'answer')
        .catch((error: unknown) => (error instanceof ProtocolError ? error.code : String(error)))
      expect(says, `${said} to ${bytes.length} bytes ${Buffer.from(bytes.slice(0, 40)).toString('hex')}`).toContain(
        said,
      )
      counts.set(said, (counts.get(said) ?? 0) + 1)
    }
    console.log([...counts].map(([said, count]) => `${count} ${said}`).join(', '))
    for (const one of [...pretended.keys(), large]) {
      expect(await store.get(`replies/${place}/${one}`, 1000)).toBeInstanceOf(Uint8Array)
    }
    const { Contents = [] } = await sdk.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'mailbox/re' }))
    const there = new Set(Contents.map(({ Key }) => Key))
    expect(planted.filter((key) => !there.has(`mailbox/${key}`))).toEqual([])
    // Of each object no more is read than a message may have; what they declare is many gigabytes.
    expect(after - before).toBeLessThan(150_000_000)
    expect(log()).not.toContain('failed')
    expect(await predicted()).toMatchObject(right)
    expect(await stop(child)).toBe(0)
    await proxy.close()
  }, 600_000)
})
