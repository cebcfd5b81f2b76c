import { toHex } from 'emp-compile-runtime/internal/bytes'
import { type Column, fingerprint } from 'emp-compile-runtime/internal/contract'
import { overHttp, overStore, overTickets } from 'emp-compile-runtime/internal/session/index'
import type { Transport } from 'emp-compile-runtime/internal/session/run-session'
import { badOption } from '../errors.ts'
import type { OptionValues } from '../options.ts'
import { moduleOf } from './command.ts'
import { loadClient, type ModelClient } from './load.ts'
import { jsonRow } from './rows.ts'
import { openStoreOption } from './serve.ts'

const rows = {
  model: { type: 'text', text: 'directory with the client module', required: true },
  tickets: { type: 'flag', text: 'by a ticket of that address' },
  expect: { type: 'text', text: 'the answer that the record has to get' },
  deadline: { type: 'number', above: 0, most: 3600, text: 'seconds until it counts as failed', default: 10 },
  json: jsonRow,
} as const

export const { builder, handler, optionNames } = moduleOf({
  argument: { name: 'url', text: 'address of a server, or a store: s3://bucket/prefix or a directory' },
  options: rows,
  examples: [['probe https://predict.example --model generated/heart-disease', '']],
  run: probe,
})

async function probe(
  { model, tickets, expect, deadline, json }: OptionValues<typeof rows>,
  url: string,
): Promise<void> {
  const client = await loadClient(model)
  const via = await transportOf(url, tickets, client)
  const started = performance.now()
  const { answer } = await client.predict(knownRecord(client.contract.columns), { via, deadline: 1000 * deadline })
  const seconds = (performance.now() - started) / 1000
  const isRight = expect === undefined || expect === String(answer)
  if (!isRight) process.exitCode = 1
  const contract = toHex(await fingerprint(client.contract))
  if (json) console.log(JSON.stringify({ right: isRight, answer, seconds: Number(seconds.toFixed(3)), contract }))
  else console.log(`${isRight ? 'right' : `wrong, not ${expect}`}: ${answer} in ${seconds.toFixed(2)} s`)
}

async function transportOf(url: string, tickets: boolean, { contract }: ModelClient): Promise<Transport> {
  if (/^https?:/.test(url)) return tickets ? overTickets(url, contract) : overHttp(url, contract)
  if (tickets) throw badOption('tickets', true, 'the address of a server (https://...)')
  return overStore(await openStoreOption(url), contract)
}

/** Every column at the lower end of its range, or at its first text: the same record at every time, and nobody's. */
function knownRecord(columns: readonly Column[]): Readonly<Record<string, number | string>> {
  return Object.fromEntries(
    columns.map((column) => [column.name, column.kind === 'number' ? column.grid.minimum : (column.levels[0] ?? '')]),
  )
}
