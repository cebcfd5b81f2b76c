import { serve } from '@hono/node-server'
import { afterAll, expect, test } from 'vitest'
import { read } from '../../compiler/1-read/read.ts'
import { cellsFor } from '../../compiler/missing.ts'
import { messageLimit } from '../../runtime/contract.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { httpApp } from '../../runtime/serving/http.ts'
import { overHttp } from '../../runtime/session/index.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { classTable } from '../support/tables.ts'
import { answerOf, boundedOptions, trainClasses } from '../support/trees.ts'

const table = classTable(await read({ csv: 'datasets/heart-disease.csv', schema: null, target: null, delimiter: null }))
const tree = trainClasses(table, boundedOptions)
const plan = lower(tree, { name: 'test', keyBits: 512 })
const client = clientOf(plan)
const app = httpApp(defineSignsServer(plan.contract, plan.server.tests))
const key = insecureTestKey(512)
const record = recordOf(table, tree, 0)
const expected = answerOf(tree, cellsFor(table, tree)(0))

const listening = await new Promise<{ url: string; close: () => void }>((resolve) => {
  const http = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
    resolve({ url: `http://127.0.0.1:${port}`, close: () => http.close() })
  })
})
afterAll(() => listening.close())

test('a whole session over HTTP', async () => {
  const { answer } = await client.predict(record, { via: overHttp(`${listening.url}/`, plan.contract), key })
  expect(answer).toBe(expected)
})

test('a page from any origin may call it', async () => {
  const response = await fetch(`${listening.url}/evaluate`, {
    method: 'OPTIONS',
    headers: { origin: 'https://example.org' },
  })
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('access-control-allow-methods')).toContain('POST')
})

test.each([
  ['an empty body', new Uint8Array(0), 200],
  ['random bytes', new Uint8Array(500).fill(7), 200],
  ['a body over the limit', new Uint8Array(messageLimit(plan.contract) + 1), 413],
])('%s is refused, and the server goes on', async (_, body, status) => {
  const response = await fetch(`${listening.url}/evaluate`, { method: 'POST', body })
  expect(response.status).toBe(status)
  const { answer } = await client.predict(record, { via: overHttp(listening.url, plan.contract), key })
  expect(answer).toBe(expected)
})

test('what is no server of this kind is "unreachable"', async () => {
  const wrong = client.predict(record, { via: overHttp(`${listening.url}/elsewhere`, plan.contract), key })
  await expect(wrong).rejects.toMatchObject({ code: 'unreachable' })
  const nobody = client.predict(record, { via: overHttp('http://127.0.0.1:1', plan.contract), key })
  await expect(nobody).rejects.toMatchObject({ code: 'unreachable' })
})
