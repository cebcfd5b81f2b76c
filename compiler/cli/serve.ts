import { createServer, type Server as HttpServer } from 'node:http'
import type { CommandModule } from 'yargs'
import { type ServeEvent, serveStore } from '../../runtime/serve.ts'
import type { Server } from '../../runtime/server.ts'
import { openStore, type Store } from '../../runtime/store/index.ts'
import { badOption } from '../errors.ts'
import { loadServer } from './load.ts'

interface ServeArguments {
  readonly model: string
  readonly store: string | undefined
  readonly port: number | undefined
  readonly host: string
  readonly json: boolean
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
      .option('port', { type: 'number', describe: 'port for HTTP, 0 for any free one' })
      .option('host', { type: 'string', default: '127.0.0.1', describe: 'address for HTTP' })
      .option('json', { type: 'boolean', default: false, describe: 'log as JSON, a line per event' })
      .requiresArg(['store', 'port', 'host'])
      .example('$0 serve generated/heart-disease --port 8080', '')
      .example('$0 serve generated/heart-disease --store s3://bucket/mailbox', ''),
  handler: serve,
}

async function serve({ model, store: url, port, host, json }: ServeArguments): Promise<void> {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw badOption('--port', port, 'a whole number from 0 to 65535')
  }
  const storeUrl = url ?? (port === undefined ? defaultStore : null)
  if (storeUrl === 'memory:') throw badOption('--store', storeUrl, 'a directory here: no client can reach this memory')
  const store = storeUrl === null ? null : await openStoreOption(storeUrl)
  const server = await loadServer(model)
  const log = (text: string, fields: object) => console.error(json ? JSON.stringify(fields) : text)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

  const work: Promise<unknown>[] = []
  if (store !== null) {
    const onEvent = (event: ServeEvent) => log(describeEvent(event), loggable(event))
    // Each look into S3 costs a little money.
    const pace = storeUrl?.startsWith('s3:') === true ? { poll: 200, idlePoll: 1000 } : {}
    work.push(serveStore(server, store, { signal: stop.signal, onEvent, ...pace }))
    log(`serving ${server.contract.model} on the store ${storeUrl}`, { kind: 'serving', store: storeUrl })
  }
  if (port !== undefined) {
    const onListening = (url: string) => log(`serving ${server.contract.model} on ${url}`, { kind: 'serving', url })
    work.push(serveHttp(server, host, port, stop.signal, onListening))
  }
  try {
    await Promise.all(work)
  } finally {
    // One part that fails ends the others: half a server would look alive.
    stop.abort()
    await Promise.allSettled(work)
  }
}

/** Milliseconds that requests under way have when the server is told to end. */
const grace = 2000

async function serveHttp(
  server: Server,
  host: string,
  port: number,
  signal: AbortSignal,
  onListening: (url: string) => void,
): Promise<void> {
  const { serve: listen } = await import('@hono/node-server')
  const { httpApp } = await import('../../runtime/http.ts')
  return new Promise((resolve, reject) => {
    const http = listen({ fetch: httpApp(server).fetch, port, hostname: host, createServer }, (address) => {
      onListening(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`)
    }) as HttpServer
    http.on('error', (error) => {
      const reason = 'code' in error ? String(error.code) : error.message
      reject(badOption('--port', port, `a port that is free on ${host} (${reason})`))
    })
    const end = () => {
      http.close(() => resolve())
      setTimeout(() => http.closeAllConnections(), grace).unref()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
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

function describeEvent(event: ServeEvent): string {
  switch (event.kind) {
    case 'answered':
      return `answered ${event.session} in ${event.milliseconds.toFixed(0)} ms, ${event.bytes} bytes`
    case 'swept':
      return `removed ${event.objects} objects that nobody fetched`
    case 'failed':
      return `failed${event.session === null ? '' : ` ${event.session}`}: ${messageOf(event.error)}`
    default:
      return event satisfies never
  }
}

function loggable(event: ServeEvent): object {
  return event.kind === 'failed' ? { ...event, error: messageOf(event.error) } : event
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
