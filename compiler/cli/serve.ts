import { createServer, type Server as HttpServer } from 'node:http'
import type { CommandModule } from 'yargs'
import { newCounters } from '../../runtime/counters.ts'
import { describeEvent, jsonLine, type ServeEvent } from '../../runtime/events.ts'
import { serveStore } from '../../runtime/serve.ts'
import type { Server } from '../../runtime/server.ts'
import { openStore, type Store } from '../../runtime/store/index.ts'
import { badOption } from '../errors.ts'
import { loadServer, replyKeyOption } from './load.ts'

interface ServeArguments {
  readonly model: string
  readonly store: string | undefined
  readonly port: number | undefined
  readonly host: string
  readonly 'reply-key': string | undefined
  readonly log: 'text' | 'json'
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
        describe: 'directory to take requests from',
        defaultDescription: `${defaultStore}, unless --port is given`,
      })
      .option('port', { type: 'number', describe: 'port for HTTP, 0 for any free one' })
      .option('host', { type: 'string', default: '127.0.0.1', describe: 'address for HTTP' })
      .option('log', {
        choices: ['text', 'json'] as const,
        default: 'text' as const,
        describe: 'form of the log, a line per event, on standard error',
      })
      .option('reply-key', replyKeyOption)
      .requiresArg(['store', 'port', 'host', 'reply-key', 'log'])
      .example('$0 serve generated/heart-disease --port 8080', ''),
  handler: serve,
}

async function serve({ model, store: url, port, host, log, ...options }: ServeArguments): Promise<void> {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw badOption('--port', port, 'a whole number from 0 to 65535')
  }
  const storeUrl = url ?? (port === undefined ? defaultStore : null)
  if (storeUrl === 'memory:') throw badOption('--store', storeUrl, 'a directory here: no client can reach this memory')
  const store = storeUrl === null ? null : openStoreOption(storeUrl)
  const server = await loadServer(model, options['reply-key'])
  const counters = newCounters()
  const onEvent = (event: ServeEvent) => {
    counters.count(event)
    console.error(log === 'json' ? jsonLine(event) : describeEvent(event))
  }
  const onServing = (on: string) => onEvent({ kind: 'serving', model: server.contract.model, on })
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

  const work: Promise<unknown>[] = []
  if (store !== null) {
    work.push(serveStore(server, store, { signal: stop.signal, onEvent }))
    onServing(`the store ${storeUrl}`)
  }
  if (port !== undefined) {
    const app = httpApp(server, { onEvent, counters })
    work.push(serveHttp(app.fetch, host, port, stop.signal, onServing))
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
  fetch: Hono['fetch'],
  host: string,
  port: number,
  signal: AbortSignal,
  onListening: (url: string) => void,
): Promise<void> {
  const { serve: listen } = await import('@hono/node-server')
  return new Promise((resolve, reject) => {
    const http = listen({ fetch, port, hostname: host, createServer }, (address) => {
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
export function openStoreOption(url: string): Store {
  try {
    return openStore(url)
  } catch {
    throw badOption('--store', url, 'a directory, or memory: where client and server are one process')
  }
}
