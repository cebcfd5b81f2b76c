import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  type CORSRule,
  type LifecycleRule,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { template } from '../../compiler/deploy/template.ts'
import { client, contract } from '../../generated/heart-disease/client.ts'
import { client as labelClient } from '../../generated/heart-disease-label/client.ts'
import { s3Store } from '../../runtime/store/s3.ts'
import { ticketSigner } from '../../runtime/store/s3-presign.ts'
import { placeOf, sessionKeys } from '../../runtime/store/store.ts'
import { cephRecord } from '../cases/events/shapes.ts'
import { empCompile, type Finished } from '../support/processes.ts'
import {
  credentials,
  describeS3,
  freshBucket,
  type S3Server,
  s3Client,
  s3Environment,
  s3Server,
} from '../support/s3/index.ts'
import { brokenRules, list, mapping, parseTemplate } from '../support/template.ts'

const model = resolve('generated/heart-disease')
const replyKey = 'BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const record = client.check({ cp: 4, ca: 0, thal: 3 })
const others = { age: 63, sex: 1, trestbps: 145, chol: 233, fbs: 0, restecg: 0, thalach: 150, exang: 0 }
const labelRecord = labelClient.check({ ...others, cp: 4, oldpeak: 2.3, slope: 3, ca: 0, thal: 3 })

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-deploy-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe('the template', () => {
  test.each([
    ['with unsigned replies', contract],
    ['with signed replies', { ...contract, replyKey }],
  ])('%s keeps every rule', (_, given) => {
    const parsed = parseTemplate(template([given]))
    expect(brokenRules(parsed)).toEqual([])
    expect(Object.keys(mapping(parsed.Parameters)).includes('ReplyKeySecretArn')).toBe('replyKey' in given)
    expect(template([given]).includes('secretsmanager:GetSecretValue')).toBe('replyKey' in given)
  })

  test('of two versions, and of two models, keeps them as well', () => {
    for (const second of [[{ ...contract, replyKey }], [{ ...contract, name: 'another' }]]) {
      const text = template([contract, ...second])
      expect(brokenRules(parseTemplate(text))).toEqual([])
      // Versions lie below one name.
      const folders = new Set([...text.matchAll(/Value: (requests\/[a-z-]+\/)/g)].map(([, folder]) => folder))
      expect(folders.size).toBe(second[0]?.name === 'another' ? 2 : 1)
      // Of the functions and of clients each may reach the objects of every model.
      for (const { name } of [contract, ...second]) {
        for (const folder of ['requests', 'replies']) {
          expect(text.split(`/${folder}/${name}/*'`), `${folder} of ${name}`).toHaveLength(4)
        }
      }
    }
  })

  test.each<[rule: string, from: string, to: string]>([
    ['references resolve', '!Ref ServerLog', '!Ref ServersLog'],
    ['references resolve', 'BucketName}/requests', 'Buckets}/requests'],
    ['parameters are used', 'TICKETS_PER_HOUR: !Ref TicketsPerHour', 'TICKETS_PER_HOUR: 60'],
    ['parameters are described', 'Description: ARN of', 'Text: ARN of'],
    ['no circle', '{BucketName}/replies', '{Bucket}/replies'],
    ['no wildcard actions', '[sqs:SendMessage, ', "['sqs:*', "],
    ['no wildcard resources', 'Resource: !GetAtt ServerLog.Arn', "Resource: '*'"],
    ['no wildcard resources', '/requests/heart-disease/*', '/*'],
    ['no public principals', 'Effect: Deny', 'Effect: Allow'],
    ['encrypted connections', "aws:SecureTransport: 'false'", "aws:SecureTransport: 'true'"],
    ['public access blocked', 'IgnorePublicAcls: true', 'IgnorePublicAcls: false'],
    ['ownership enforced', 'BucketOwnerEnforced', 'ObjectWriter'],
    ['encryption at rest', 'SSEAlgorithm: AES256', 'SSEAlgorithm: none'],
    [
      'nothing stays',
      'Prefix: replies/\n            Status: Enabled',
      'Prefix: replies/\n            Status: Disabled',
    ],
    ['browsers may use tickets', '[content-type, if-none-match]', '[content-type]'],
    ['requests alone call', 'Value: requests/heart-disease/', "Value: ''"],
    ['requests alone call', 's3:ObjectCreated:Put', 's3:ObjectCreated:*'],
    ['failures are kept', '[sqs:SendMessage, ', '['],
    ['old events are dropped', 'MaximumEventAgeInSeconds: 300', 'MaximumEventAgeInSeconds: 21600'],
    ['functions run on arm64 and a current Node', '[nodejs22.x, nodejs24.x]', '[nodejs20.x]'],
    ['a new account can deploy it', 'Default: 0', 'Default: 10'],
    ['logs are JSON', 'LogFormat: JSON', 'LogFormat: Text'],
    ['failures can be tried again', '[ReportBatchItemFailures]', '[]'],
    ['failures can be tried again', 'deadLetterTargetArn: !GetAtt DeadQueue.Arn', 'deadLetterTargetArn: none'],
    [
      'somebody is told',
      'QueueName\n          Value: !GetAtt FailureQueue.QueueName',
      'QueueName\n          Value: none',
    ],
    ['somebody is told', 'AlarmActions: !If', 'OKActions: !If'],
    ['the log is counted as it is written', '$.message.event', '$.event'],
    ['concurrency is bounded', 'ReservedConcurrentExecutions: !If [Reserves, 2, !Ref AWS::NoValue]', 'Layers: []'],
    ['functions have roles of their own', 'Role: !GetAtt TicketsRole.Arn', 'Role: !GetAtt ServerRole.Arn'],
    ['logs end', 'RetentionInDays: !Ref LogRetentionDays', 'KmsKeyId: none'],
    ['the server may do what it does, and no more', 'Action: s3:GetObject', 'Action: s3:PutObject'],
    ['a ticket may do what it is for, and no more', 'Action: s3:PutObject', 'Action: [s3:PutObject, s3:GetObject]'],
    ['a client may do what it does, and no more', '[s3:PutObject, s3:GetObject, s3:DeleteObject]', '[s3:PutObject]'],
    ['the ticket function has no secret', 'EMP_COMPILE_ORIGIN:', 'EMP_COMPILE_REPLY_KEY:'],
  ])('%s: a template with %j changed does not', (rule, from, to) => {
    const text = template([{ ...contract, replyKey }])
    expect(text).toContain(from)
    expect(brokenRules(parseTemplate(text.replace(from, to)))).toContain(rule)
  })
})

describe('emp-compile package', () => {
  const run = (...args: string[]): Promise<Finished> => empCompile(['package', ...args], directory)
  const filesIn = async (path: string) => {
    const entries = await readdir(join(directory, path), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const named = files.map((file) => [file.slice(join(directory, path).length + 1), readFile(file, 'utf8')] as const)
    return new Map(await Promise.all(named.sort().map(async ([name, text]) => [name, await text] as const)))
  }
  /** Instead of files, whose difference would fill the screen. */
  const hashes = (files: ReadonlyMap<string, string>) =>
    [...files].map(([name, text]) => [name, createHash('sha256').update(text).digest('hex')])
  const names = [
    '.gitignore',
    'server/index.mjs',
    'server/index.mjs.map',
    'template.yaml',
    'tickets/index.mjs',
    'tickets/index.mjs.map',
  ]

  test('writes a template and two functions; again, from another place, the same bytes; and no path', async () => {
    const { code, stdout, stderr } = await run(model, '--no-reply-key')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^deploy\/heart-disease: template\.yaml; server\/ \(\d+ kB; it holds the model/)
    const files = await filesIn('deploy/heart-disease')
    expect([...files.keys()]).toEqual(names)
    await mkdir(join(directory, 'elsewhere'))
    await cp(model, join(directory, 'elsewhere/copy'), { recursive: true })
    await empCompile(['package', 'copy', '--no-reply-key', '--out', '../again'], join(directory, 'elsewhere'))
    expect(hashes(await filesIn('again'))).toEqual(hashes(files))
    for (const text of files.values()) {
      for (const path of [directory, resolve('.')]) expect(text.includes(path), path).toBe(false)
    }
    const sources: string[] = JSON.parse(files.get('server/index.mjs.map') ?? '').sources
    expect(sources).toContain('server.ts')
    expect(sources.filter((source) => !/^(node_modules|emp-compile)\/[^.]|^(server|entry)\.ts$/.test(source))).toEqual(
      [],
    )
  })

  test('keeps out of git what it writes', async () => {
    await run(model, '--no-reply-key', '--out', 'external', '--aws-sdk', 'external')
    expect((await filesIn('external')).get('.gitignore')).toMatch(/^# Code generated by .*\n\*\n$/)
  })

  test('puts nothing of the model into the ticket function', async () => {
    await run(model, '--no-reply-key', '--out', 'external', '--aws-sdk', 'external')
    const files = await filesIn('external')
    const { sources }: { sources: string[] } = JSON.parse(files.get('tickets/index.mjs.map') ?? '')
    expect(sources).not.toContain('server.ts')
    expect(sources.filter((source) => /runtime\/(server|client|paillier\/(slots|cipher|keys))/.test(source))).toEqual(
      [],
    )
    expect(/cut:/.test(files.get('server/index.mjs') ?? '')).toBe(true)
    expect(/cut:|counts:/.test(files.get('tickets/index.mjs') ?? 'cut:')).toBe(false)
    expect(files.get('tickets/index.mjs')?.includes(contract.decision)).toBe(true)
    expect(sources.filter((source) => source.includes('@aws-sdk'))).toEqual([])
  })

  test('overwrites what it wrote, and nothing else', async () => {
    expect(await run(model, '--no-reply-key', '--out', 'again', '--aws-sdk', 'external')).toMatchObject({ code: 0 })
    await writeFile(join(directory, 'again/template.yaml'), 'AWSTemplateFormatVersion: mine\n')
    const before = await filesIn('again')
    const refused = await run(model, '--no-reply-key', '--out', 'again')
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('again/template.yaml') })
    expect(hashes(await filesIn('again'))).toEqual(hashes(before))
  })

  test.each([
    ['no model', [], 'model'],
    ['a model that is not there', ['nowhere'], 'nowhere'],
    ['an unknown kind of SDK', [model, '--aws-sdk', 'some'], 'aws-sdk'],
    ['a model without a reply key', [model], 'emp-compile reply-key'],
  ])('refuses %s', async (_, args, says) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
  })
})

describeS3('a package, in processes of its own, on the S3 server', () => {
  let [service, bucket]: [S3Server, string] = [{ endpoint: '', region: '' }, '']
  beforeAll(async () => {
    service = await s3Server()
    bucket = await freshBucket(service)
    await copyFile('test/cases/deploy/invoke.mjs', join(directory, 'invoke.mjs'))
  })

  /** Starts a process that imports a function and hands it events, one a line. */
  function start(file: string, environment: Record<string, string> = {}) {
    const env = { PATH: process.env.PATH ?? '', ...s3Environment(service), ...environment }
    const child = spawn(process.execPath, ['invoke.mjs', `./${file}`], { cwd: directory, env })
    let [lines, errors]: [string[], string] = [[], '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      lines = lines.concat(text.split('\n').filter((line) => line !== ''))
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    const end = async (...events: object[]) => {
      child.stdin.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
      await ended
      return { lines: lines.map((line): Record<string, unknown> => JSON.parse(line)), errors }
    }
    return end
  }

  test.each(['bundled', 'external'] as const)(
    'with its SDK %s answers a notification, at real key size',
    async (sdk) => {
      const models = sdk === 'bundled' ? [model, resolve('generated/heart-disease-label')] : [model]
      expect(
        await empCompile(['package', ...models, '--no-reply-key', '--out', sdk, '--aws-sdk', sdk], directory),
      ).toMatchObject({
        code: 0,
      })
      // The SDK of Lambda's runtime.
      if (sdk === 'external') await symlink(resolve('node_modules'), join(directory, sdk, 'node_modules'))
      const store = s3Store(`s3://${bucket}`, { ...service, credentials: credentials() })
      const sealed = await client.seal(record, await client.generateKey())
      const id = (sdk === 'bundled' ? '1' : '2').repeat(32)
      await store.put(`requests/${await placeOf(contract)}/${id}`, sealed.request)
      const event = { Records: [cephRecord(bucket, `requests/${await placeOf(contract)}/${id}`)] }
      // The second model of the package, where there is one.
      const second = await labelClient.seal(labelRecord, await labelClient.generateKey())
      const { request: at, reply: from } = sessionKeys(await placeOf(labelClient.contract), id)
      await store.put(at, second.request)
      const ofSecond = { Records: [cephRecord(bucket, at)] }
      const { lines, errors } = await start(`${sdk}/server/index.mjs`)(event, event, ofSecond)
      expect(lines, errors).toMatchObject([
        { level: 'info', event: 'answered', session: id, error: null, requestBytes: sealed.request.length },
        { result: null },
        { event: 'skipped', session: id, reason: 'taken' },
        { result: null },
        sdk === 'bundled' ? { event: 'answered', session: id, error: null } : { event: 'ignored' },
        { result: null },
      ])
      const answer = await store.get(from, 10_000_000)
      if (sdk === 'bundled') expect((await second.open(answer ?? second.request)).answer).toMatch(/^[01]$/)
      else expect(answer).toBeNull()
      const reply = await store.get(`replies/${await placeOf(contract)}/${id}`, 10_000)
      expect((await sealed.open(reply ?? sealed.request)).answer).toMatch(/^[01]$/)
    },
  )

  test('has a bucket whose rules the service takes: a page may use a ticket, a page elsewhere may not', async () => {
    const properties = mapping(mapping(mapping(parseTemplate(template([contract])).Resources).Bucket).Properties)
    const Bucket = await freshBucket(service)
    const sdk = s3Client(service)
    const [cors] = list(mapping(properties.CorsConfiguration).CorsRules).map(mapping)
    const { MaxAge, ...rule } = mapping(cors)
    const allowed = { ...rule, MaxAgeSeconds: MaxAge, AllowedOrigins: ['https://example.org'] }
    const CORSRules = [allowed] as unknown as CORSRule[]
    await sdk.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
    const rules = list(mapping(properties.LifecycleConfiguration).Rules).map(mapping)
    const Rules = rules.map(({ Id, Status, Prefix = '', ExpirationInDays: Days, AbortIncompleteMultipartUpload }) => ({
      ...{ ID: Id, Status, Filter: { Prefix } },
      ...(Days === undefined ? { AbortIncompleteMultipartUpload } : { Expiration: { Days } }),
    })) as unknown as LifecycleRule[]
    await sdk.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }))
    sdk.destroy()

    const sign = ticketSigner(`s3://${Bucket}`, contract, { ...service, credentials: credentials() })
    const urls = await sign('8'.repeat(32), 300)
    const preflight = async (url: string, method: string, origin: string, asked: string) => {
      const headers = { 'access-control-request-method': method, 'access-control-request-headers': asked, origin }
      const response = await fetch(url, { method: 'OPTIONS', headers })
      return response.ok ? response.headers.get('access-control-allow-origin') : null
    }
    const page = 'https://example.org'
    expect(await preflight(urls.put, 'PUT', page, 'content-type,if-none-match')).toBe(page)
    expect(await preflight(urls.get, 'GET', page, '')).toBe(page)
    expect(await preflight(urls.delete, 'DELETE', page, '')).toBe(page)
    expect(await preflight(urls.put, 'PUT', 'https://example.com', 'content-type,if-none-match')).toBeNull()
    expect(await preflight(urls.put, 'PUT', page, 'authorization')).toBeNull()
  })

  test('hands out tickets that work', async () => {
    const tickets = start('deploy/heart-disease/tickets/index.mjs', {
      EMP_COMPILE_STORE: `s3://${bucket}`,
      EMP_COMPILE_TICKETS_PER_HOUR: '1',
      // The gateway here is no service for strangers; nobody else can reach it.
      EMP_COMPILE_ENDPOINT_TRUSTED: 'yes',
    })
    const call = (sourceIp: string) => ({
      version: '2.0',
      rawPath: '/ticket',
      rawQueryString: '',
      headers: {},
      requestContext: { http: { method: 'POST', path: '/ticket', sourceIp }, domainName: 'x', stage: '$default' },
      isBase64Encoded: false,
    })
    const { lines, errors } = await tickets(...Array.from({ length: 11 }, () => call('192.0.2.1')), call('192.0.2.2'))
    const results = lines.flatMap(({ result }) => (result === undefined ? [] : [mapping(result as never)]))
    expect(
      results.map(({ statusCode }) => statusCode),
      errors,
    ).toEqual([...Array(10).fill(201), 429, 201])
    const ticket = String(results[0]?.body)
    const { request } = await client.seal(record, await client.generateKey())
    const { put, get } = JSON.parse(ticket)
    const headers = { 'content-type': 'application/cbor', 'if-none-match': '*' }
    expect((await fetch(put, { method: 'PUT', headers, body: new Uint8Array(request) })).status).toBe(200)
    expect((await fetch(get)).status).toBe(404)
  })
})
