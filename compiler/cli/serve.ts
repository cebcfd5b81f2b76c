import { availableParallelism } from 'node:os'
import type { CommandModule } from 'yargs'
import { newBell } from '../../runtime/bell.ts'
import { newCounters } from '../../runtime/counters.ts'
import { describeEvent, jsonLine, type ServeEvent } from '../../runtime/events.ts'
import { evaluatorPool } from '../../runtime/pool.ts'
import { serveStore } from '../../runtime/serve.ts'
import { openStore, type Store } from '../../runtime/store/index.ts'
import { badOption } from '../errors.ts'
import { loadServer, replyKeyOption } from './load.ts'
import { loadPage } from './page.ts'

interface ServeArguments {
  readonly model: string
  readonly store: string | undefined
  readonly port: number | undefined
  readonly host: string
  readonly tickets: boolean
  readonly page: boolean
  readonly 'tickets-per-hour': number
  readonly 'trusted-proxies': number
  readonly 'reply-key': string | undefined
  readonly log: 'text' | 'json'
  readonly workers: number
}

/** Where client and server meet unless told otherwise. */
export const defaultStore = 'mailbox'

export const serveCommand: CommandModule<object, ServeArguments> = {
  command: 'serve <model>',
  describe: 'answer encrypted requests, over a store or over HTTP, until interrupted',
  builder: (argv) =>
    argv
      .positional('model', { type: 'string', demandOption: true, describe: 'directory written by emp-compile' })
      .option('store', {
        type: 'string',
        describe: 'where to take requests from: a directory or s3://bucket/prefix',
        defaultDescription: `${defaultStore}, unless --port is given`,
      })
      .option('port', {
        type: 'number',
        describe: "port for HTTP, 0 for any free one; with a store it takes the store's notifications, too",
      })
      .option('host', { type: 'string', default: '127.0.0.1', describe: 'address for HTTP' })
      .option('tickets', {
        type: 'boolean',
        default: false,
        describe: 'hand out tickets for the store on S3 over HTTP, to clients without keys of their own',
      })
      .option('page', {
        type: 'boolean',
        default: true,
        describe: 'serve the page of the model on the port, at /; --no-page for the server alone',
      })
      .option('tickets-per-hour', { type: 'number', default: 60, describe: 'tickets for one caller' })
      .option('trusted-proxies', { type: 'number', default: 0, describe: 'proxies of your own before this port' })
      .option('reply-key', replyKeyOption)
      .option('log', {
        choices: ['text', 'json'] as const,
        default: 'text' as const,
        describe: 'form of the log, a line per event, on standard error',
      })
      .option('workers', {
        type: 'number',
        default: availableParallelism(),
        defaultDescription: 'one for each core',
        describe: 'threads that evaluate; 0 to evaluate in the thread that answers',
      })
      .requiresArg(['store', 'port', 'host', 'tickets-per-hour', 'trusted-proxies', 'reply-key', 'log', 'workers'])
      .example('$0 serve generated/heart-disease --port 8080', '')
      .example('$0 serve generated/heart-disease --store s3://bucket/mailbox', '')
      .example('$0 serve generated/heart-disease --store s3://bucket --port 8080 --tickets', ''),
  handler: serve,
}

async function serve(options: ServeArguments): Promise<void> {
  const { model, port, host } = options
  checkNumber('--port', port ?? 0, 0, 65_535)
  checkNumber('--tickets-per-hour', options['tickets-per-hour'], 1, 1_000_000)
  checkNumber('--trusted-proxies', options['trusted-proxies'], 0, 16)
  checkNumber('--workers', options.workers, 0, 1024)
  const storeUrl = options.store ?? (port === undefined ? defaultStore : null)
  if (storeUrl === 'memory:') throw badOption('--store', storeUrl, 'a directory here: no client can reach this memory')
  if (options.tickets && (port === undefined || storeUrl?.startsWith('s3:') !== true)) {
    throw badOption('--tickets', true, 'a --port, and a --store on S3')
  }
  const store = storeUrl === null ? null : await openStoreOption(storeUrl)
  const loaded = await loadServer(model, options['reply-key'])
  // Before anything is served, as it may fail.
  const hasPage = options.page && port !== undefined
  const page = hasPage ? (await loadPage(model, { kind: 'http', url: null }, [])).page : null
  const pool = options.workers === 0 ? null : evaluatorPool({ threads: options.workers })
  const server =
    pool === null ? loaded : loaded.with({ evaluator: pool.evaluator, labelEvaluator: pool.labelEvaluator })
  const counters = newCounters()
  const onEvent = (event: ServeEvent) => {
    counters.count(event)
    console.error(options.log === 'json' ? jsonLine(event) : describeEvent(event))
  }
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  const { signal } = stop

  const work: Promise<unknown>[] = []
  const bell = newBell()
  if (store !== null) {
    // Each look into S3 costs a little money.
    const pace = storeUrl?.startsWith('s3:') === true ? { poll: 200, idlePoll: 1000 } : {}
    work.push(serveStore(server, store, { signal, onEvent, bell, ...pace }))
    onEvent({ kind: 'serving', model: server.contract.model, on: `the store ${storeUrl}` })
  }
  if (port !== undefined) {
    // Loaded here, as only a server on a port needs it.
    const { serveWeb } = await import('./web.ts')
    const rate = { perHour: options['tickets-per-hour'], trustedProxies: options['trusted-proxies'] }
    const beside = storeUrl === null ? null : { url: storeUrl, bell }
    const tickets = options.tickets ? rate : null
    work.push(serveWeb(server, { host, port, store: beside, tickets, page, counters, signal, onEvent }))
  }
  try {
    await Promise.all(work)
  } finally {
    // One part that fails ends the others: half a server would look alive.
    stop.abort()
    await Promise.allSettled(work)
    await pool?.close()
  }
}

function checkNumber(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw badOption(option, value, `a whole number from ${least} to ${most}`)
}

/** Opens the store of a `--store` option. */
export async function openStoreOption(url: string): Promise<Store> {
  try {
    return await openStore(url)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw badOption(
      '--store',
      url,
      'a directory, s3://bucket/prefix, or memory: where client and server are one process',
    )
  }
}
