import { createServer } from 'node:http'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { at } from '../../runtime/at.ts'
import type { Contract } from '../../runtime/contract.ts'
import { defineSignsServer, type Server } from '../../runtime/schemes/signs/server.ts'
import { httpApp } from '../../runtime/serving/http.ts'
import { serveStore } from '../../runtime/serving/serve-store.ts'
import { overHttp, overStore } from '../../runtime/session/index.ts'
import type { Transport } from '../../runtime/session/run-session.ts'
import { memoryStore } from '../../runtime/store/index.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

const rows = Array.from({ length: 40 }, (_, i) => [String(i), String((i * 7) % 13), i % 9 < 4 ? 'sick' : 'well'])
const table = tableOf(['age', 'days', 'target'], rows)
const key = insecureTestKey(512)

/** Two versions of one model: they have its name, and answer differently. */
const [old, fresh] = [versionOf(3), versionOf(1)]
type Version = typeof old
function versionOf(maxDepth: number) {
  const tree = trainClasses(table, { ...boundedOptions, maxDepth, minSamplesLeaf: 1 })
  const plan = lower(tree, { name: 'test', keyBits: 512 })
  const server = defineSignsServer(plan.contract, plan.server.tests)
  return { tree, contract: plan.contract, client: clientOf(plan), server }
}
async function truthOf({ tree, client, server }: Version, row: number): Promise<string> {
  const sealed = await client.seal(recordOf(table, tree, row), key)
  return String((await sealed.open(await server.evaluate(sealed.request))).answer)
}

/** Where machines are set up, each with the versions that it serves, and torn down when they have finished their work. */
interface Site {
  readonly via: (contract: Contract) => Transport
  readonly start: (servers: readonly Server[]) => () => Promise<void>
}

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
})

function overAStore(): Site {
  const store = memoryStore()
  return {
    via: (contract) => overStore(store, contract),
    start(servers) {
      const stop = new AbortController()
      ending.push(() => stop.abort())
      const work = servers.map((server) => serveStore(server, store, { signal: stop.signal, poll: 5 }))
      return async () => {
        stop.abort()
        await Promise.all(work)
      }
    },
  }
}

/** Behind a balancer, which asks the machines that there are in turn. */
async function behindABalancer(): Promise<Site> {
  const apps = new Set<Hono>()
  let turn = 0
  const balance = (request: Request) => at([...apps], turn++ % apps.size).fetch(request)
  const url = await new Promise<string>((resolve) => {
    const http = serve({ fetch: balance, port: 0, hostname: '127.0.0.1', createServer }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    )
    ending.push(() => new Promise((done) => http.close(done)))
  })
  return {
    via: (contract) => overHttp(url, contract),
    start(servers) {
      const app = httpApp(servers)
      apps.add(app)
      return async () => void apps.delete(app)
    },
  }
}

test.each([
  ['on a store', async () => overAStore()],
  ['behind a balancer', behindABalancer],
])('a new version comes, and goes again, %s, under load: nobody is refused', async (_, siteOf) => {
  const { via, start } = await siteOf()
  const outcomes = new Map<string, number>()
  const truths = new Map<Version, string[]>()
  for (const version of [old, fresh]) {
    truths.set(version, await Promise.all(Array.from({ length: 40 }, (_, row) => truthOf(version, row))))
  }
  // Else an answer of the other version would pass for one.
  expect(truths.get(old)).not.toEqual(truths.get(fresh))

  /** Clients of a version, who ask one question after another until there are no more of them. */
  function clientsOf(version: Version) {
    let answered = 0
    let areThere = true
    const each = async (first: number) => {
      for (let row = first; areThere; row = (row + 7) % 40) {
        const session = { via: via(version.contract), key, deadline: 10_000 }
        const outcome = await version.client.predict(recordOf(table, version.tree, row), session).then(
          ({ answer }) => (answer === truths.get(version)?.[row] ? 'right' : 'wrong'),
          ({ code }) => String(code),
        )
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        answered += 1
      }
    }
    const work = [0, 1, 2].map(each)
    return {
      /** Waits until some more have their answers. */
      async goOn() {
        for (const want = answered + 6; answered < want; ) await new Promise((done) => setTimeout(done, 5))
      },
      async leave() {
        areThere = false
        await Promise.all(work)
      },
    }
  }

  /** Puts other machines in the place of those that there are, one after another. */
  async function roll(
    machines: readonly (() => Promise<void>)[],
    versions: readonly Version[],
    load: { goOn(): Promise<void> },
  ) {
    const others: (() => Promise<void>)[] = []
    for (const end of machines) {
      others.push(start(versions.map(({ server }) => server)))
      await load.goOn()
      await end()
      await load.goOn()
    }
    return others
  }

  let machines: readonly (() => Promise<void>)[] = [start([old.server]), start([old.server])]
  let [here, coming] = [old, fresh]
  let clients = clientsOf(here)
  await clients.goOn()
  // There, and back.
  for (let direction = 0; direction < 2; direction++) {
    machines = await roll(machines, [coming, here], clients)
    // Published now: clients of both versions for a while.
    const next = clientsOf(coming)
    await Promise.all([clients.goOn(), next.goOn()])
    await clients.leave()
    machines = await roll(machines, [coming], next)
    ;[here, coming, clients] = [coming, here, next]
  }
  await clients.leave()
  for (const end of machines) await end()
  expect([...outcomes.keys()]).toEqual(['right'])
})
