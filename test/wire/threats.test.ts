import { describe, expect, test } from 'vitest'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { serveStore } from '../../runtime/serving/serve-store.ts'
import { overStore } from '../../runtime/session/index.ts'
import { memoryStore } from '../../runtime/store/index.ts'
import { insecureTestKey } from '../support/keys.ts'
import { oneSplit } from '../support/one-split.ts'
import { clientOf, lower } from '../support/plans.ts'

/** What the threat model says that a party *can* do: carried out, so that the page stays honest. */
const [right, wrong] = [100, 10].map((cut) => lower(oneSplit(cut), { name: 'believed', keyBits: 512 }))
if (right === undefined || wrong === undefined) throw new TypeError('there are two plans')
const key = insecureTestKey(512)
const client = clientOf(right)

describe('a party that answers in place of the right model', () => {
  test('a server of another model with the same contract is believed', async () => {
    const server = defineSignsServer(right.contract, right.server.tests)
    const other = defineSignsServer(right.contract, wrong.server.tests)
    expect((await client.predict({ x: 50 }, { via: server.evaluate, key })).answer).toBe('no')
    expect((await client.predict({ x: 50 }, { via: other.evaluate, key })).answer).toBe('yes')
  })

  test('without a reply key, whoever writes to the store is believed', async () => {
    // The contract is published in client.ts: a stranger with the right to write needs no more.
    const store = memoryStore()
    const stop = new AbortController()
    const forger = defineSignsServer(right.contract, wrong.server.tests)
    const serving = serveStore(forger, store, { signal: stop.signal, poll: 5 })
    const { answer } = await client.predict({ x: 50 }, { via: overStore(store, client.contract), key })
    stop.abort()
    await serving
    expect(answer).toBe('yes')
  })
})
