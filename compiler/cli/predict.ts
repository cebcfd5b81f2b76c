import { readFile } from 'node:fs/promises'
import type { CommandModule } from 'yargs'
import { type Contract, fingerprint, sha256 } from '../../runtime/contract.ts'
import type { Transport } from '../../runtime/converse.ts'
import { ProtocolError, StoreError } from '../../runtime/errors.ts'
import { toHex } from '../../runtime/paillier/integer.ts'
import { serveStore } from '../../runtime/serve.ts'
import { overHttp, overStore, overTickets } from '../../runtime/session.ts'
import { badOption, interrupted } from '../errors.ts'
import { formatAnswers, printAnswers } from './answers.ts'
import { concurrently } from './concurrently.ts'
import { type Journal, memoryJournal, openJournal, removeJournal } from './journal.ts'
import { loadClient, loadServer, type ModelClient, replyKeyOption } from './load.ts'
import { refuseExisting, writeNewFile } from './output.ts'
import { progress } from './progress.ts'
import { type PlacedRecord, readRecords } from './records.ts'
import { defaultStore, openStoreOption } from './serve.ts'

interface PredictArguments {
  readonly model: string
  readonly input: string
  readonly store: string | undefined
  readonly server: string | undefined
  readonly tickets: string | undefined
  readonly delimiter: string | undefined
  readonly deadline: number
  readonly 'reply-key': string | undefined
  readonly concurrency: number
  readonly output: string | undefined
  readonly json: boolean
}

export const predictCommand: CommandModule<object, PredictArguments> = {
  command: 'predict <model>',
  describe: 'predict privately: encrypt records, send them, decrypt the answers',
  builder: (argv) =>
    argv
      .positional('model', { type: 'string', demandOption: true, describe: 'directory with the client module' })
      .option('input', { type: 'string', demandOption: true, describe: 'record.json or records.csv' })
      .option('store', {
        type: 'string',
        describe: 'where a server takes requests from: a directory or s3://bucket/prefix; memory: evaluates here',
        defaultDescription: defaultStore,
        conflicts: 'server',
      })
      .option('server', { type: 'string', describe: 'URL of a server' })
      .option('tickets', {
        type: 'string',
        describe: 'URL of a ticket endpoint, for clients without keys to the store',
        conflicts: ['store', 'server'],
      })
      .option('delimiter', { type: 'string', describe: 'cell delimiter', defaultDescription: 'seen from the header' })
      .option('deadline', { type: 'number', default: 60, describe: 'seconds to wait for one answer' })
      .option('reply-key', { ...replyKeyOption, describe: `${replyKeyOption.describe}, with --store memory:` })
      .option('concurrency', { type: 'number', default: 8, describe: 'records under way at once' })
      .option('output', {
        type: 'string',
        describe: 'CSV to write the answers to; a run that was interrupted goes on where it was',
      })
      .option('json', { type: 'boolean', default: false, describe: 'answers as JSON; with --output, the figures' })
      .requiresArg([
        'input',
        'store',
        'server',
        'tickets',
        'delimiter',
        'deadline',
        'concurrency',
        'output',
        'reply-key',
      ])
      .example('$0 predict generated/heart-disease --input record.json --server http://localhost:8080', '')
      .example('$0 predict generated/heart-disease --input rows.csv --store s3://bucket --output answers.csv', ''),
  handler: predict,
}

async function predict(options: PredictArguments): Promise<void> {
  if (!(options.deadline > 0 && options.deadline < 86_400)) {
    throw badOption('--deadline', options.deadline, 'seconds, more than 0')
  }
  if (!(Number.isInteger(options.concurrency) && options.concurrency >= 1 && options.concurrency <= 1000)) {
    throw badOption('--concurrency', options.concurrency, 'a whole number from 1 to 1000')
  }
  const { output } = options
  if (output !== undefined) await refuseExisting(output)
  const client = await loadClient(options.model)
  const records = await readRecords(options.input, client.contract, options.delimiter ?? null)
  const subject = { ...(await subjectOf(options, client.contract)), rows: records.length }
  const journal = output === undefined ? memoryJournal() : await openJournal(partOf(output), subject)
  const before = journal.answered.size
  const started = performance.now()
  const stop = new AbortController()
  try {
    await predictRecords(client, records, journal, options, await transportOf(options, client.contract, stop.signal))
  } catch (error) {
    const isOnItsWay = error instanceof ProtocolError || error instanceof StoreError
    if (output === undefined || !isOnItsWay) throw error
    throw interrupted(output, journal.answered.size, records.length, error)
  } finally {
    stop.abort()
    await journal.close()
  }
  const leaves = [...journal.answered].sort(([a], [b]) => a - b).map(([, leaf]) => leaf)
  if (output === undefined) return printAnswers(client.contract, records, leaves, options)
  await writeNewFile(output, formatAnswers(client.contract, records, leaves))
  await removeJournal(partOf(output))
  const seconds = (performance.now() - started) / 1000
  if (options.json) return console.log(JSON.stringify({ output, rows: leaves.length, before, seconds }))
  const earlier = before === 0 ? '' : `, ${before} of them by an earlier run`
  console.log(`${output}: ${leaves.length} answers${earlier} (${seconds.toFixed(1)} s)`)
}

/** Where the answers are kept until all of them are there. */
const partOf = (output: string) => `${output}.part`

/**
 * Asks for the records that the journal has no answers to, several at once, under one key. The first signal to end
 * cancels what is under way, so that nothing of it stays in a store.
 */
async function predictRecords(
  client: ModelClient,
  records: readonly PlacedRecord[],
  journal: Journal,
  { concurrency, deadline }: PredictArguments,
  via: Transport,
): Promise<void> {
  const left = records.map(({ record }, row) => ({ record, row })).filter(({ row }) => !journal.answered.has(row))
  if (left.length === 0) return
  const cancel = new AbortController()
  const end = () => cancel.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  const bar = progress('predict', records.length)
  try {
    const key = await client.generateKey()
    await concurrently(left, concurrency, async ({ record, row }) => {
      const options = { via, key, deadline: 1000 * deadline, signal: cancel.signal }
      await journal.add(row, await client.predict(Object.fromEntries(record), options))
      bar.step(journal.answered.size)
    })
  } finally {
    bar.end()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
  }
}

async function subjectOf(
  { input }: PredictArguments,
  contract: Contract,
): Promise<{ contract: string; input: string }> {
  const hash = await sha256(await readFile(input))
  return { contract: toHex(await fingerprint(contract)), input: toHex(hash) }
}

async function transportOf(
  { model, store, server, tickets, 'reply-key': replyKey }: PredictArguments,
  contract: Contract,
  signal: AbortSignal,
): Promise<Transport> {
  if (server !== undefined) {
    if (!URL.canParse(server)) throw badOption('--server', server, 'a URL such as http://localhost:8080')
    return overHttp(server, contract)
  }
  if (tickets !== undefined) {
    if (!URL.canParse(tickets)) throw badOption('--tickets', tickets, 'a URL such as https://example.org')
    return overTickets(tickets, contract)
  }
  const mailbox = await openStoreOption(store ?? defaultStore)
  if (store === 'memory:') void serveStore(await loadServer(model, replyKey), mailbox, { signal, poll: 5 })
  return overStore(mailbox, contract)
}
