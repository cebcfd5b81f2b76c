import type { CommandModule } from 'yargs'
import type { Contract, Leaf, Transport } from '../../runtime/client.ts'
import { serveStore } from '../../runtime/serve.ts'
import { overHttp, overStore } from '../../runtime/session.ts'
import { badOption } from '../errors.ts'
import { loadClient, loadServer, replyKeyOption } from './load.ts'
import { progress } from './progress.ts'
import { readRecords } from './records.ts'
import { defaultStore, openStoreOption } from './serve.ts'

interface PredictArguments {
  readonly model: string
  readonly input: string
  readonly store: string | undefined
  readonly server: string | undefined
  readonly delimiter: string | undefined
  readonly deadline: number
  readonly 'reply-key': string | undefined
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
        describe: 'directory that a server takes requests from; memory: evaluates in this process, for a try',
        defaultDescription: defaultStore,
        conflicts: 'server',
      })
      .option('server', { type: 'string', describe: 'URL of a server' })
      .option('delimiter', { type: 'string', describe: 'cell delimiter', defaultDescription: 'seen from the header' })
      .option('deadline', { type: 'number', default: 60, describe: 'seconds to wait for one answer' })
      .option('reply-key', { ...replyKeyOption, describe: `${replyKeyOption.describe}, with --store memory:` })
      .option('json', { type: 'boolean', default: false, describe: 'answers as JSON' })
      .requiresArg(['input', 'store', 'server', 'delimiter', 'deadline', 'reply-key'])
      .example('$0 predict generated/heart-disease --input record.json --server http://localhost:8080', ''),
  handler: predict,
}

async function predict(options: PredictArguments): Promise<void> {
  if (!(options.deadline > 0 && options.deadline < 86_400)) {
    throw badOption('--deadline', options.deadline, 'seconds, more than 0')
  }
  const client = await loadClient(options.model)
  const records = await readRecords(options.input, client.contract, options.delimiter ?? null)
  const stop = new AbortController()
  const via = await transportOf(options, client.contract, stop.signal)
  const leaves: Leaf[] = []
  const bar = progress('predict', records.length)
  try {
    const key = await client.generateKey()
    for (const { record } of records) {
      leaves.push(await client.predict(Object.fromEntries(record), { via, key, deadline: 1000 * options.deadline }))
      bar.step(leaves.length)
    }
  } finally {
    bar.end()
    stop.abort()
  }
  const { answers } = client.contract
  if (options.json) {
    const results = leaves.map((leaf) => {
      if (!('counts' in leaf)) return leaf
      return { ...leaf, counts: Object.fromEntries(leaf.counts.map((count, i) => [answers?.[i] ?? '', count])) }
    })
    console.log(JSON.stringify(options.input.endsWith('.json') && results.length === 1 ? results[0] : results, null, 2))
    return
  }
  const rows = leaves.map((leaf, i) => {
    const place = records[i]?.place
    const where = place?.line === undefined ? (place?.file ?? '') : `${place.file}:${place.line}`
    if (!('counts' in leaf))
      return [where, leaf.answer.toPrecision(6), `${leaf.rows}, ± ${leaf.deviation.toPrecision(3)}`]
    const total = leaf.counts.reduce((sum, count) => sum + count, 0)
    return [where, leaf.answer, `${leaf.counts[answers?.indexOf(leaf.answer) ?? 0] ?? 0} of ${total}`]
  })
  printTable([['record', 'answer', 'training rows like it'], ...rows])
}

async function transportOf(
  { model, store, server, 'reply-key': replyKey }: PredictArguments,
  contract: Contract,
  signal: AbortSignal,
): Promise<Transport> {
  if (server !== undefined) {
    if (!URL.canParse(server)) throw badOption('--server', server, 'a URL such as http://localhost:8080')
    return overHttp(server, contract)
  }
  const mailbox = await openStoreOption(store ?? defaultStore)
  if (store === 'memory:') void serveStore(await loadServer(model, replyKey), mailbox, { signal, poll: 5 })
  return overStore(mailbox, contract)
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? []
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}
