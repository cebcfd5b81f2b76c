import { availableParallelism } from 'node:os'
import { badOption } from '../errors.ts'
import type { OptionValues } from '../options.ts'
import { langRow } from './rows.ts'

/** Where client and server meet unless told otherwise. */
export const defaultStore = 'mailbox'

/** Evaluations for one caller in an hour, where strangers are served. */
export const defaultPerHour = 60

const whole = (least: number, most: number) => ({ type: 'number', whole: true, least, most }) as const

/** The options of `serve`. */
export const serveRows = {
  store: {
    type: 'text',
    text: 'where to take requests from: a directory or s3://bucket/prefix',
    usual: `${defaultStore}, unless --port is given`,
  },
  'store-mode': {
    type: 'text',
    text: 'mode of the folders of a directory that other users write to: 2770 for a group, 1777 for all',
  },
  port: {
    ...whole(0, 65_535),
    text: "port for HTTP, 0 for any free one; with a store it takes the store's notifications, too",
  },
  host: { type: 'text', text: 'address for HTTP', default: '127.0.0.1' },
  tickets: {
    type: 'flag',
    text: 'hand out tickets for the store on S3 over HTTP, to clients without keys of their own',
  },
  'ticket-uploads': {
    type: 'choice',
    choices: ['presigned', 'relay'],
    text: 'the way of a ticket: URLs of the store, which is tried first, or through this server',
    default: 'presigned',
  },
  evaluate: { type: 'maybe', text: 'answer POST /evaluate', usual: 'unless --tickets is given' },
  once: {
    type: 'flag',
    text: 'evaluate a session of the store once, over restarts and among servers; --tickets does',
  },
  page: {
    type: 'flag',
    text: 'serve the page of the model on the port, at /; --no-page for the server alone',
    default: true,
  },
  lang: langRow('alone or with a region as in fr-CA'),
  'requests-per-hour': {
    ...whole(1, 1_000_000),
    alias: 'tickets-per-hour',
    text: 'evaluations of one caller over HTTP, or tickets for them',
    usual: `${defaultPerHour} with --tickets, else no limit`,
  },
  'trusted-proxies': { ...whole(0, 16), text: 'proxies of your own before this port', default: 0 },
  'reply-key': {
    type: 'texts',
    text: 'PEM of the private key that signs replies; once for each key; --no-reply-key to serve strangers without',
    usual: 'EMP_COMPILE_REPLY_KEY',
  },
  'max-age': { ...whole(1, 86_400), text: 'seconds after which nobody waits for a reply', default: 300 },
  'sweep-after': { ...whole(1, 864_000), text: 'seconds after which unread replies are removed', default: 600 },
  'max-wait': { ...whole(1, 600), text: 'seconds that a request over HTTP may wait its turn', default: 15 },
  grace: { ...whole(1, 3600), text: 'seconds to answer what is in hand, when told to end', default: 25 },
  'metrics-port': { ...whole(0, 65_535), text: 'port for /metrics, /health and /ready, for operators alone' },
  'metrics-host': { type: 'text', text: 'address for that port', default: '127.0.0.1' },
  log: {
    type: 'choice',
    choices: ['text', 'json'],
    text: 'form of the log, a line per event, on standard error',
    default: 'text',
  },
  json: { type: 'flag', text: 'the same as --log json' },
  workers: {
    ...whole(0, 1024),
    text: 'threads that evaluate; 0 to evaluate in the thread that answers',
    usual: 'one for each core',
  },
} as const

export type ServeFlags = OptionValues<typeof serveRows>

/** Threads that evaluate. */
export const workersOf = ({ workers = availableParallelism() }: ServeFlags): number => workers

/** @throws {CompileError} `bad-option` for options that do not fit, before anything is begun. */
export function checkServeOptions(options: ServeFlags): void {
  const { port } = options
  if (options['max-wait'] >= options.grace) {
    throw badOption(
      'max-wait',
      options['max-wait'],
      `less than --grace (${options.grace}), so that all that waits is answered`,
    )
  }
  const mode = options['store-mode']
  if (mode !== undefined && !/^[0-7]{3,4}$/.test(mode))
    throw badOption('store-mode', mode, 'an octal mode such as 2770')
  if (options.store === 'memory:') {
    throw badOption('store', options.store, 'a directory here: no client can reach this memory')
  }
  if (options.tickets && (port === undefined || options.store?.startsWith('s3:') !== true)) {
    throw badOption('tickets', true, 'a --port, and a --store on S3')
  }
  if (options.evaluate !== undefined && port === undefined) throw badOption('evaluate', options.evaluate, 'a --port')
}
