import { ReplyKeyError } from 'emp-compile-runtime/internal/errors'
import type { Server } from 'emp-compile-runtime/internal/server'
import { type Bell, newBell } from 'emp-compile-runtime/internal/serving/bell'
import { newCounters } from 'emp-compile-runtime/internal/serving/counters'
import type { ServeEvent } from 'emp-compile-runtime/internal/serving/events'
import { newGate } from 'emp-compile-runtime/internal/serving/gate'
import { threadPool } from 'emp-compile-runtime/internal/serving/pool'
import { serveStore } from 'emp-compile-runtime/internal/serving/serve-store'
import { newVitals } from 'emp-compile-runtime/internal/serving/vitals'
import { type DirectoryOptions, openStore, type Store } from 'emp-compile-runtime/internal/store/index'
import { placeOf } from 'emp-compile-runtime/internal/store/store'
import { badOption, CompileError } from '../errors.ts'
import type { BuiltPage } from '../page/build.ts'
import { moduleOf } from './command.ts'
import { keepMailboxFromGit } from './keep-from-git.ts'
import { loadServer } from './load.ts'
import { newLog } from './log.ts'
import { loadPage } from './page.ts'
import { requirePinnedKeys } from './pinned-keys.ts'
import { newReadyWatch } from './ready-watch.ts'
import {
  checkServeOptions,
  defaultPerHour,
  defaultStore,
  type ServeFlags,
  serveRows,
  workersOf,
} from './serve-options.ts'
import { presignedTickets, relayedTickets, type TicketPlan } from './serve-tickets.ts'

export { defaultStore } from './serve-options.ts'

export const { builder, handler, optionNames } = moduleOf({
  argument: {
    name: 'model',
    many: true,
    text: 'directories written by emp-compile: models, or versions of one; the page is that of the first',
  },
  options: serveRows,
  examples: [
    ['serve generated/heart-disease --port 8080', ''],
    ['serve generated/heart-disease --store s3://bucket/mailbox --reply-key reply-key.pem', ''],
    ['serve generated/new generated/old --port 8080', 'two versions, while clients change'],
  ],
  run: (options, _first, _given, models) => serve(options, models),
})

async function serve(options: ServeFlags, models: readonly string[]): Promise<void> {
  checkServeOptions(options)
  const workers = workersOf(options)
  const { port, host } = options
  const storeUrl = options.store ?? (port === undefined ? defaultStore : null)
  const isOnS3 = storeUrl?.startsWith('s3:') === true
  const mode = options['store-mode']
  const log = newLog(options.json ? 'json' : options.log)
  const warn = (reason: string) => log({ kind: 'ignored', reason })
  const store =
    storeUrl === null
      ? null
      : await openStoreOption(storeUrl, mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }, warn)
  const loaded = await loadServers(models, options['reply-key'])
  if (isOnS3 && options['reply-key'] !== false) requirePinnedKeys(loaded.map(({ contract }) => contract))
  const counters = newCounters()
  const onEvent = (event: ServeEvent) => {
    counters.count(event)
    log(event)
  }
  const pool =
    workers === 0
      ? null
      : threadPool({ threads: workers, onFailure: (error) => onEvent({ kind: 'failed', session: null, error }) })
  const servers = loaded.map((server) => (pool === null ? server : server.with({ runner: pool })))
  const bells = new Map<string, Bell>()
  const places: { readonly server: Server; readonly place: string; readonly bell: Bell }[] = []
  for (const server of servers) {
    const place = await placeOf(server.contract)
    const bell = newBell()
    bells.set(place, bell)
    places.push({ server, place, bell })
  }
  const ring = () => {
    for (const bell of bells.values()) bell.ring()
  }
  const tickets =
    options.tickets && store !== null && storeUrl !== null
      ? planOf(options, servers, store, storeUrl, ring, onEvent)
      : null
  const evaluates = options.evaluate ?? tickets === null
  // Before anything is served, as it may fail.
  const page =
    options.page && port !== undefined ? await pageOf(models, evaluates ? null : tickets, options.lang, onEvent) : null

  const stop = new AbortController()
  const { signal } = stop
  const gate = newGate({ hands: Math.max(1, workers), maxWait: 1000 * options['max-wait'] })
  const vitals = newVitals(store === null ? [] : places.map(({ place }) => place), gate)
  const watch = newReadyWatch()
  const metricsPort = options['metrics-port']
  const operators =
    metricsPort === undefined
      ? null
      : await (await import('./operators.ts')).serveOperators(
          { host: options['metrics-host'], port: metricsPort },
          { contracts: loaded.map(({ contract }) => contract), vitals, counters, onReadyAsked: watch.note },
        )
  onSignals(() => {
    vitals.drain()
    operators?.tell()
    stop.abort()
  })

  const work: Promise<unknown>[] = []
  const begin = (part: Promise<unknown>) => {
    // What fails before all parts have begun is not lost: it is waited for below.
    part.catch(() => {})
    work.push(part)
  }
  if (tickets !== null) begin(tickets.check(signal))
  if (store !== null) {
    // Each look into S3 costs a little money.
    const pace = isOnS3 ? { poll: 200, idlePoll: 1000 } : {}
    const ages = { maxAge: 1000 * options['max-age'], sweepAfter: 1000 * options['sweep-after'] }
    const once = options.once || tickets !== null
    for (const { server, place, bell } of places) {
      const onLook = vitals.onLook.bind(null, place)
      begin(serveStore(server, store, { signal, onEvent, onLook, bell, once, ...ages, ...pace }))
      onEvent({ kind: 'serving', model: server.contract.name, on: `the store ${storeUrl}` })
    }
  }
  if (operators !== null) {
    begin(Promise.race([operators.failed, new Promise((done) => signal.addEventListener('abort', done))]))
  }
  // After the port of clients, which is what most read the log for.
  const announce = () => {
    if (operators !== null) onEvent({ kind: 'serving', model: 'metrics', on: operators.url })
  }
  if (port === undefined) {
    announce()
  } else {
    // Loaded here, as only a server on a port needs it.
    const { serveWeb } = await import('./web.ts')
    const web = serveWeb(servers, {
      address: { host, port },
      store: storeUrl === null ? null : { prefix: prefixOf(storeUrl), bells },
      tickets,
      evaluates,
      perHour: options['requests-per-hour'] ?? (tickets === null ? null : defaultPerHour),
      trustedProxies: options['trusted-proxies'],
      page,
      gate,
      vitals,
      watch,
      grace: 1000 * options.grace,
      signal,
      onListening: announce,
      onEvent,
    })
    begin(web)
  }
  try {
    await Promise.all(work)
  } finally {
    // One part that fails ends the others: half a server would look alive.
    stop.abort()
    await Promise.allSettled(work)
    await Promise.all([pool?.close(), operators?.close()])
  }
}

function planOf(
  options: ServeFlags,
  servers: readonly Server[],
  store: Store,
  url: string,
  ring: () => void,
  onEvent: (event: ServeEvent) => void,
): TicketPlan {
  if (options['ticket-uploads'] === 'relay') return relayedTickets(servers, store, ring)
  return presignedTickets(servers, store, url, onEvent)
}

/** The first signal ends the server in good order, the second at once. */
function onSignals(end: () => void): void {
  let isEnding = false
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (isEnding) process.exit(1)
      isEnding = true
      end()
    })
  }
}

/** Loads the servers, each with that of the reply keys that it pins. */
async function loadServers(
  directories: readonly string[],
  replyKey: ServeFlags['reply-key'],
): Promise<readonly Server[]> {
  const files = replyKey === undefined || replyKey === false ? [undefined] : [replyKey].flat()
  const servers: Server[] = []
  for (const directory of directories) {
    let refusal: unknown = null
    for (const file of files) {
      try {
        servers.push(await loadServer(directory, file))
        refusal = null
        break
      } catch (error) {
        const isOfAnother = error instanceof ReplyKeyError && error.code !== 'malformed-reply-key'
        if (!isOfAnother) throw error
        refusal = error
      }
    }
    if (refusal === null) continue
    const isUnsigned = refusal instanceof ReplyKeyError && refusal.code === 'unused-reply-key' && directories.length > 1
    if (!isUnsigned) throw refusal
    servers.push(await loadServer(directory, undefined))
  }
  return servers
}

/** The page of the first model; none, and a line in the log, where its documents are missing. */
async function pageOf(
  [model = '']: readonly string[],
  tickets: TicketPlan | null,
  lang: readonly string[],
  onEvent: (event: ServeEvent) => void,
): Promise<BuiltPage | null> {
  try {
    const kind = tickets === null ? 'http' : 'tickets'
    return (await loadPage(model, { kind, url: null }, { origins: (await tickets?.origins()) ?? [], lang })).page
  } catch (error) {
    if (!(error instanceof CompileError) || error.code !== 'no-page-documents') throw error
    onEvent({ kind: 'ignored', reason: `there is no page: ${error.message}` })
    return null
  }
}

/** What stands before the keys of a store in its bucket. */
function prefixOf(storeUrl: string): string {
  return /^s3:\/\/[^/]+\/+(.*?)\/*$/.exec(storeUrl)?.[1] ?? ''
}

/** Opens the store of a `--store` option. */
export async function openStoreOption(
  url: string,
  options: DirectoryOptions = {},
  onWarning: (text: string) => void = console.error,
): Promise<Store> {
  try {
    // Messages are encrypted, and nobody's history.
    const warning = /^[a-z0-9]+:/.test(url) ? null : await keepMailboxFromGit(url)
    if (warning !== null) onWarning(warning)
    return await openStore(url, options)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw badOption('store', url, 'a directory, s3://bucket/prefix, or memory: where client and server are one process')
  }
}
