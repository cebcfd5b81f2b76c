import { Hono } from 'hono'
import { toHex } from '../bytes.ts'
import { type Contract, fingerprint } from '../contract.ts'
import type { Counters } from './counters.ts'
import { metricsText } from './metrics.ts'
import type { Vitals } from './vitals.ts'

/** For load balancers and orchestrators. It says nothing that a client does not know. */
export interface HealthOptions {
  readonly contracts: readonly Contract[]
  readonly vitals: Pick<Vitals, 'unready' | 'queue' | 'looks'>
  /** Whether the server answers, if that is asked from another thread. */
  readonly isAlive?: () => boolean
}

/**
 * `GET /health` says that the process is alive, and which contracts it serves, with status 503 if it is stuck; `GET /ready`
 * whether it takes work: status 503 while its store has not been reached, its queue is full, it is ending, or it is stuck.
 */
export function healthApp({ contracts, vitals, isAlive = () => true }: HealthOptions): Hono {
  const app = new Hono()
  const models = Promise.all(
    contracts.map(async (contract) => ({ model: contract.name, contract: toHex(await fingerprint(contract)) })),
  )
  app.get('/health', async (c) =>
    isAlive() ? c.json({ status: 'ok', models: await models }) : c.json({ status: 'stuck', models: await models }, 503),
  )
  app.get('/ready', (c) => {
    const reason = unreadyOf(vitals, isAlive)
    return reason === null
      ? c.json({ status: 'ready' })
      : c.json({ status: 'not-ready', reason }, 503, { 'retry-after': '5' })
  })
  return app
}

/** Why no work is taken: a server that is stuck takes none, whatever it said before. */
const unreadyOf = (vitals: Pick<Vitals, 'unready'>, isAlive: () => boolean) => (isAlive() ? vitals.unready() : 'stuck')

/** For operators, on an address of their own: the same, `GET /metrics` for Prometheus, and `GET /counts` as JSON. */
export function operatorApp({
  counters,
  ...options
}: HealthOptions & { readonly counters: Pick<Counters, 'counts'> }): Hono {
  const app = healthApp(options)
  const { vitals, isAlive = () => true } = options
  const told = { ...vitals, unready: () => unreadyOf(vitals, isAlive) }
  app.get('/metrics', (c) =>
    c.body(metricsText(counters.counts(), told), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  )
  app.get('/counts', (c) => c.json(counters.counts()))
  return app
}
