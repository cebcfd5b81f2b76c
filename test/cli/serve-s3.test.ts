import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { s3Store } from '../../runtime/store/s3.ts'
import { empCompile, startServer, stop } from '../support/processes.ts'
import { credentials, describeS3, freshBucket, s3Environment, s3Server } from '../support/s3/index.ts'
import { notifyWebhook } from '../support/s3/topic.ts'

const model = resolve('generated/heart-disease')

/** Of a store on S3 that is not there. */
const nowhere = { ...s3Environment({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1' }) }

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-serve-s3-'))
  await writeFile(join(directory, 'record.json'), JSON.stringify({ cp: 4, ca: 0, thal: 3 }))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

test.each([
  ['--tickets without a port', ['--tickets', '--store', 's3://bucket'], /--tickets .* a --port/],
  ['--tickets without S3', ['--tickets', '--port', '0', '--store', 'mailbox'], /--tickets .* a --store on S3/],
  ['a rate of nothing', ['--tickets-per-hour', '0'], / --requests-per-hour is 0, but takes a whole number from 1 /],
  [
    'a rate that is no number',
    ['--requests-per-hour', 'many', '--port', '0', '--tickets', '--store', 's3://bucket'],
    / --requests-per-hour is "many", but takes/,
  ],
  ['a model without a reply key on S3', ['--store', 's3://tickets'], /emp-compile reply-key.*--no-reply-key/],
  ['a mode that is none', ['--store-mode', '999', '--trusted-proxies', '0'], /--store-mode .*999/],
  ['a longer wait than grace', ['--max-wait', '30', '--grace', '20', '--log', 'json'], /--max-wait .*30/],
  ['proxies in halves', ['--trusted-proxies', '0.5'], /--trusted-proxies .*0\.5/],
  ['another form of log', ['--log', 'xml'], /--log .*xml/],
])('serve refuses %s, in one line that names it', async (_, args, says) => {
  const { code, stderr } = await empCompile(['serve', model, ...args], directory)
  // Node may warn of its own version before that.
  const ours = stderr.split('\n').filter((line) => line.startsWith('emp-compile: '))
  expect([code, ours]).toEqual([2, [expect.stringMatching(says)]])
})

test('a secret of tickets that is too short is refused, unsaid', async () => {
  const args = ['serve', model, '--store', 's3://bucket', '--tickets', '--ticket-uploads', 'relay', '--port', '0']
  const environment = { ...nowhere, EMP_COMPILE_TICKET_KEY: 'short-secret' }
  const { code, stderr } = await empCompile([...args, '--no-reply-key'], directory, environment)
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^emp-compile: EMP_COMPILE_TICKET_KEY needs 32 characters or more/),
  ])
  expect(stderr).not.toContain('short-secret')
})

test('evaluations beside tickets are under one limit with them', async () => {
  const args = [model, '--store', 's3://bucket', '--tickets', '--ticket-uploads', 'relay', '--port', '0', '--no-page']
  const limits = ['--requests-per-hour', '1', '--evaluate', '--no-reply-key', '--log', 'json']
  const { child, log } = await startServer([...args, ...limits], directory, nowhere)
  const url = await vi.waitFor(() => /"(http:[^"]+)"/.exec(log())?.[1] ?? expect.fail(log()), 20_000)
  const statuses = []
  // The store cannot be reached: neither of them asks it anything.
  for (let i = 0; i < 6; i++) {
    for (const path of ['/ticket', '/evaluate']) {
      statuses.push((await fetch(url + path, { method: 'POST', body: new Uint8Array(10) })).status)
    }
  }
  // Ten at once, of both together.
  expect(statuses).toEqual([...Array(5).fill([201, 200]).flat(), 429, 429])
  expect(await stop(child)).toBe(0)
})

describeS3('serve on the S3 server, with a port', () => {
  test('hands out tickets, takes notifications, counts, logs, and finishes what is in hand', async () => {
    const service = await s3Server()
    const bucket = await freshBucket(service)
    const args = [
      model,
      '--store',
      `s3://${bucket}/a`,
      '--port',
      '0',
      '--tickets',
      '--tickets-per-hour',
      '1',
      '--no-reply-key',
    ]
    // This gateway heeds headers that a ticket did not sign, or is mended: what a trial finds is tested by itself.
    const [operators, relay] = [
      ['--metrics-port', '0'],
      ['--ticket-uploads', 'relay'],
    ]
    const { child, log } = await startServer(
      [...args, ...relay, ...operators, '--log', 'json'],
      directory,
      s3Environment(service),
    )
    const lines = () => log().trim().split('\n')
    await vi.waitFor(() => expect(lines()).toHaveLength(3), 20_000)
    const events = () => lines().map((line): Record<string, unknown> => JSON.parse(line))
    const urlOf = (what: string) =>
      String(events().find(({ on, model: of }) => of === what && String(on).startsWith('http'))?.on)
    const url = urlOf('heart-disease')
    expect(events()[0]).toMatchObject({ level: 'info', event: 'serving', on: `the store s3://${bucket}/a` })
    await notifyWebhook(service, bucket, 'a/requests/', `${url}/notify`)

    // No credentials: the ticket is enough.
    const predicted = await empCompile(['predict', model, '--input', 'record.json', '--tickets', url], directory)
    expect(predicted, log()).toMatchObject({ code: 0, stderr: '' })
    expect(predicted.stdout).toMatch(/record\.json +[01] /)
    for (let i = 1; i < 10; i++) expect((await fetch(`${url}/ticket`, { method: 'POST' })).status).toBe(201)
    const limited = await empCompile(['predict', model, '--input', 'record.json', '--tickets', url], directory)
    expect([limited.code, limited.stderr]).toEqual([2, expect.stringContaining('Too many requests came from here')])

    const health: unknown = await (await fetch(`${url}/health`)).json()
    expect(health).toMatchObject({ status: 'ok', models: [{ model: 'heart-disease' }] })
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    const counts: unknown = await (await fetch(`${urlOf('metrics')}/counts`)).json()
    expect(counts).toMatchObject({ answered: 1, tickets: 10, limited: 1 })
    // Nothing goes past the limit.
    const past = await fetch(`${url}/evaluate`, { method: 'POST', body: new Uint8Array(10) })
    expect(past.status).toBe(404)
    expect(events().filter(({ event }) => event === 'answered')).toMatchObject([{ error: null, requestBytes: 2763 }])
    expect(log()).not.toMatch(/failed|127\.0\.0\.1(?!:\d+")|test-secret/)

    const withKeys = { ...s3Environment(service) }
    const last = empCompile(
      ['predict', model, '--input', 'record.json', '--store', `s3://${bucket}/a`],
      directory,
      withKeys,
    )
    await vi.waitFor(() => expect(events().filter(({ event }) => event === 'answered')).toHaveLength(2), 30_000)
    expect(await stop(child)).toBe(0)
    expect(await last).toMatchObject({ code: 0 })
    const store = s3Store(`s3://${bucket}/a`, { ...service, credentials: credentials() })
    // Each session is marked as over, until its ticket is.
    expect((await store.list('')).map(({ key }) => key.split('/')[0])).toEqual(['spent', 'spent'])
  })
})
