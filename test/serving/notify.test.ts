import { createServer } from 'node:http'
import { serve } from '@hono/node-server'
import { expect, test, vi } from 'vitest'
import { cellsFor } from '../../compiler/missing.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { newBell } from '../../runtime/serving/bell.ts'
import { notifyApp } from '../../runtime/serving/notify.ts'
import { serveStore } from '../../runtime/serving/serve-store.ts'
import { overStore } from '../../runtime/session/index.ts'
import { s3Store } from '../../runtime/store/s3.ts'
import { placeOf } from '../../runtime/store/store.ts'
import * as shapes from '../cases/events/shapes.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { credentials, describeS3, freshBucket, s3Server } from '../support/s3/index.ts'
import { notifyWebhook } from '../support/s3/topic.ts'
import { tableOf } from '../support/tables.ts'
import { answerOf, boundedOptions, trainClasses } from '../support/trees.ts'

const key = `requests/test/version/${'0'.repeat(32)}`

test.each<[string, unknown, boolean]>([
  ['a request', { Records: [shapes.cephRecord('b', `a/${key}`)] }, true],
  ['a request, by MinIO', shapes.minioEvent('b', `a/${key}`), true],
  ['a request among others', { Records: [shapes.cephRecord('b', 'x'), shapes.cephRecord('b', `a/${key}`)] }, true],
  ['a request elsewhere in the bucket', { Records: [shapes.cephRecord('b', key)] }, false],
  ['a reply', { Records: [shapes.cephRecord('b', `a/replies/test/version/${'0'.repeat(32)}`)] }, false],
  ['a removal', { Records: [shapes.s3Record('b', `a/${key}`, 'ObjectRemoved:Delete')] }, false],
  ['the test event', shapes.s3TestEvent, false],
  ['no notification', { hello: 'world' }, false],
  ['no JSON', undefined, false],
])('%s is taken, and rings the bell or does not', async (_, event, rings) => {
  const bell = { ...newBell(), ring: vi.fn() }
  const app = notifyApp(new Map([['test/version', bell]]), 'a')
  const response = await app.request('/notify', { method: 'POST', body: JSON.stringify(event) ?? '{' })
  expect(response.status).toBe(204)
  expect(bell.ring).toHaveBeenCalledTimes(rings ? 1 : 0)
})

test('a notification of more than a megabyte is refused', async () => {
  const app = notifyApp(new Map([['test/version', newBell()]]))
  const response = await app.request('/notify', {
    method: 'POST',
    body: 'x'.repeat(1_000_001),
    headers: { 'content-length': '1000001' },
  })
  expect(response.status).toBe(413)
})

describeS3('the webhook of a server on S3', () => {
  test('has requests answered that no look into the store would see in time', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => [String(i), i % 5 < 2 ? 'sick' : 'well'])
    const table = tableOf(['age', 'target'], rows)
    const tree = trainClasses(table, { ...boundedOptions, maxDepth: 3, minSamplesLeaf: 1 })
    const plan = lower(tree, { name: 'test', keyBits: 512 })
    const client = clientOf(plan)
    const service = await s3Server()
    const bucket = await freshBucket(service)
    const store = s3Store(`s3://${bucket}/a/b`, { ...service, credentials: credentials() })
    const [bell, stop] = [newBell(), new AbortController()]
    const { fetch } = notifyApp(new Map([[await placeOf(plan.contract), bell]]), 'a/b')
    const http = await new Promise<{ port: number; close: () => void }>((resolve) => {
      const listening = serve({ fetch, port: 0, hostname: '127.0.0.1', createServer }, ({ port }) => {
        resolve({ port, close: () => listening.close() })
      })
    })
    await notifyWebhook(service, bucket, 'a/b/requests/', `http://127.0.0.1:${http.port}/notify`)
    const serving = serveStore(defineSignsServer(plan.contract, plan.server.tests), store, {
      ...{ signal: stop.signal, bell, poll: 3_600_000 },
    })
    const [via, paillierKey] = [overStore(store, plan.contract), insecureTestKey(512)]
    const answers = await Promise.all(
      rows.map((_, i) => client.predict(recordOf(table, tree, i), { via, key: paillierKey })),
    )
    expect(answers.map(({ answer }) => answer)).toEqual(rows.map((_, i) => answerOf(tree, cellsFor(table, tree)(i))))
    stop.abort()
    await serving
    http.close()
    expect(await store.list('')).toEqual([])
  })
})
