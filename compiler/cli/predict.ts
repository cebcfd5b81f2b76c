import { readFile } from 'node:fs/promises'
import { toHex } from 'emp-compile-runtime/internal/bytes'
import { type Contract, fingerprint, sha256 } from 'emp-compile-runtime/internal/contract'
import { ProtocolError, StoreError } from 'emp-compile-runtime/internal/errors'
import { mapConcurrent } from 'emp-compile-runtime/internal/serving/map-concurrent'
import { serveStore } from 'emp-compile-runtime/internal/serving/serve-store'
import { overHttp, overStore, overTickets } from 'emp-compile-runtime/internal/session/index'
import type { Transport } from 'emp-compile-runtime/internal/session/run-session'
import { csvOptionsOf, csvRows } from '../1-read/options.ts'
import { badOption, noneTaken } from '../errors.ts'
import type { OptionValues } from '../options.ts'
import { formatAnswers, printAnswers } from './answers.ts'
import { moduleOf } from './command.ts'
import { type Journal, memoryJournal, openJournal, removeJournal } from './journal.ts'
import { interrupted } from './journal-errors.ts'
import { keepFromGit } from './keep-from-git.ts'
import { loadClient, loadServer, type ModelClient } from './load.ts'
import { refuseExisting, writeNewFile } from './output.ts'
import { progress } from './progress.ts'
import { countRefused, describeRefused, type PlacedRecord, readRecords } from './records.ts'
import { outRow, replyKeyRow } from './rows.ts'
import { defaultStore, openStoreOption } from './serve.ts'

const rows = {
  input: { type: 'text', text: 'record.json or records.csv', required: true },
  store: {
    type: 'text',
    text: 'where a server takes requests from: a directory or s3://bucket/prefix; memory: evaluates here',
    usual: defaultStore,
  },
  server: { type: 'text', text: 'URL of a server' },
  tickets: { type: 'text', text: 'URL of a ticket endpoint, for clients without keys to the store' },
  ...csvRows,
  deadline: { type: 'number', above: 0, below: 86_400, default: 60, text: 'seconds to wait for one answer' },
  'reply-key': { ...replyKeyRow, text: `${replyKeyRow.text}, with the store memory:` },
  concurrency: { type: 'number', whole: true, least: 1, most: 1000, default: 8, text: 'records under way at once' },
  out: outRow('CSV to write the answers to; a run that was interrupted goes on where it was', 'printed'),
  json: { type: 'flag', text: 'answers as JSON; with a file to write, the figures' },
} as const

type Options = OptionValues<typeof rows>

export const { builder, handler, optionNames } = moduleOf({
  argument: { name: 'model', text: 'directory with the client module' },
  options: rows,
  conflicts: [
    ['store', 'server'],
    ['tickets', 'store'],
    ['tickets', 'server'],
  ],
  examples: [
    ['predict generated/heart-disease --input record.json --server http://localhost:8080', ''],
    ['predict generated/heart-disease --input rows.csv --store s3://bucket --out answers.csv', ''],
  ],
  run: predict,
})

async function predict(options: Options, model: string): Promise<void> {
  const { out } = options
  if (out !== undefined) await refuseExisting(out)
  const client = await loadClient(model)
  const records = await readRecords(options.input, client.contract, csvOptionsOf(options))
  const taken = records.filter(({ refusal }) => refusal === null).length
  if (taken === 0) throw noneTaken(describeRefused(records))
  const subject = { ...(await subjectOf(options, client.contract)), rows: records.length }
  if (out !== undefined) await keepFromGit(out, partOf(out))
  const journal = out === undefined ? memoryJournal() : await openJournal(partOf(out), subject)
  const before = journal.answered.size
  const started = performance.now()
  const stop = new AbortController()
  try {
    await predictRecords(
      client,
      records,
      journal,
      options,
      await transportOf(model, options, client.contract, stop.signal),
    )
  } catch (error) {
    const isOnItsWay = error instanceof ProtocolError || error instanceof StoreError
    if (out === undefined || !isOnItsWay) throw error
    throw interrupted(out, journal.answered.size, taken, error)
  } finally {
    stop.abort()
    await journal.close()
  }
  const opened = records.map((_, row) => journal.answered.get(row) ?? null)
  for (const line of describeRefused(records)) console.error(line)
  if (taken < records.length) process.exitCode = 2
  if (out === undefined) return printAnswers(client.contract, records, opened, options.json)
  await writeNewFile(out, formatAnswers(client.contract, records, opened), 0o600)
  await removeJournal(partOf(out))
  const seconds = (performance.now() - started) / 1000
  const refused = records.length - taken
  if (options.json) return console.log(JSON.stringify({ out, rows: records.length, refused, before, seconds }))
  const earlier = before === 0 ? '' : `, ${before} of them by an earlier run`
  const others = refused === 0 ? '' : `; ${refused} of ${records.length} rows refused: ${countRefused(records)}`
  console.log(`${out}: ${taken} answers${earlier}${others} (${seconds.toFixed(1)} s)`)
}

/** Where the answers are kept until all of them are there. */
const partOf = (out: string) => `${out}.part`

/**
 * Asks for the records that the journal has no answers to, several at once, under one key. The first signal to end
 * cancels what is under way, so that nothing of it stays in a store.
 */
async function predictRecords(
  client: ModelClient,
  records: readonly PlacedRecord[],
  journal: Journal,
  { concurrency, deadline }: Options,
  via: Transport,
): Promise<void> {
  const left = records
    .map(({ record, refusal }, row) => ({ record, refusal, row }))
    .filter(({ refusal, row }) => refusal === null && !journal.answered.has(row))
  if (left.length === 0) return
  const cancel = new AbortController()
  const end = () => cancel.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  const bar = progress('predict', left.length + journal.answered.size)
  try {
    const key = await client.generateKey()
    await mapConcurrent(left, concurrency, async ({ record, row }) => {
      const options = { via, key, deadline: 1000 * deadline, signal: cancel.signal }
      await journal.add(row, await client.predict(Object.fromEntries(record), options))
      bar.step(journal.answered.size)
    })
  } finally {
    bar.end()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
  }
}

async function subjectOf({ input }: Options, contract: Contract): Promise<{ contract: string; input: string }> {
  const hash = await sha256(await readFile(input))
  return { contract: toHex(await fingerprint(contract)), input: toHex(hash) }
}

async function transportOf(
  model: string,
  { store, server, tickets, 'reply-key': replyKey }: Options,
  contract: Contract,
  signal: AbortSignal,
): Promise<Transport> {
  if (server !== undefined) {
    if (!URL.canParse(server)) throw badOption('server', server, 'a URL such as http://localhost:8080')
    return overHttp(server, contract)
  }
  if (tickets !== undefined) {
    if (!URL.canParse(tickets)) throw badOption('tickets', tickets, 'a URL such as https://example.org')
    return overTickets(tickets, contract)
  }
  const mailbox = await openStoreOption(store ?? defaultStore)
  if (store === 'memory:') void serveStore(await loadServer(model, replyKey), mailbox, { signal, poll: 5 })
  return overStore(mailbox, contract)
}
