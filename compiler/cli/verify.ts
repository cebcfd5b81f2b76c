import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { csvOptionsOf, csvRows } from '../1-read/options.ts'
import type { OptionValues } from '../options.ts'
import { schemeOf } from '../schemes/index.ts'
import { significant } from '../text.ts'
import { moduleOf } from './command.ts'
import { compareOpened } from './expected.ts'
import { loadClient, loadModelJson, loadServer } from './load.ts'
import { plaintextAnswer } from './plaintext.ts'
import { progress } from './progress.ts'
import { countRefused, describeRefused, readRecords } from './records.ts'
import { jsonRow, modelArgument, replyKeyRow } from './rows.ts'

const rows = {
  data: { type: 'text', text: 'CSV of records; its target is not needed', required: true },
  ...csvRows,
  expect: { type: 'text', text: "of an imported model: CSV of the library's own predictions for these records" },
  'reply-key': replyKeyRow,
  json: jsonRow,
} as const

export const { builder, handler, optionNames } = moduleOf({
  argument: modelArgument,
  options: rows,
  examples: [['verify generated/heart-disease --data datasets/heart-disease.csv', '']],
  run: verify,
})

async function verify({ data, expect, json, ...options }: OptionValues<typeof rows>, directory: string): Promise<void> {
  const [client, server, model] = await Promise.all([
    loadClient(directory),
    loadServer(directory, options['reply-key']),
    loadModelJson(directory),
  ])
  const records = await readRecords(data, client.contract, csvOptionsOf(options))
  const compared = records.filter(({ refusal }) => refusal === null)
  const started = performance.now()
  const key = await client.generateKey()
  const bar = progress('verify', compared.length)
  const opened: Opened[] = []
  const different: { place: string; plaintext: string; encrypted: string }[] = []
  for (const [i, { record, place }] of compared.entries()) {
    const plaintext = plaintextAnswer(model, client.contract, record)
    const encrypted = await client.predict(Object.fromEntries(record), { via: server.evaluate, key })
    opened.push(encrypted)
    if (describe(encrypted) !== describe(plaintext)) {
      const where = `${place.file}:${place.line ?? i + 1}`
      different.push({ place: where, plaintext: describe(plaintext), encrypted: describe(encrypted) })
    }
    bar.step(i + 1)
  }
  bar.end()
  const seconds = (performance.now() - started) / 1000
  const equal = compared.length - different.length
  const refused = records.length - compared.length
  const unit = model.boosted?.link.unit ?? (model.linear ?? model.network)?.link.unit ?? 1
  const expected = expect === undefined ? null : await compareOpened(expect, client.contract, opened, unit)
  if (json) {
    const reasons = records.flatMap(({ place, refusal }) => (refusal === null ? [] : [{ place, ...refusal }]))
    const result = { name: model.name, rows: records.length, equal, different, refused: reasons, expected, seconds }
    console.log(JSON.stringify(result))
  } else {
    for (const { place, plaintext, encrypted } of different) {
      console.log(`${place}: plaintext ${plaintext}, encrypted ${encrypted}`)
    }
    for (const line of describeRefused(records)) console.log(line)
    const verdict = [
      ...(different.length > 0 ? [`${different.length} DIFFERENT`] : refused === 0 ? ['all equal'] : []),
      ...(refused > 0 ? [countRefused(records)] : []),
    ].join(', ')
    console.log(
      `${directory}: ${equal} of ${records.length} rows equal, ${verdict} (${schemeOf(client.contract).describeKeys(client.contract)}, ${seconds.toFixed(1)} s)`,
    )
  }
  if (expected !== null && !json) {
    console.log(
      `${expected.rows} predictions of the library: the largest difference is ${significant(expected.largest)}, at line ${expected.line}`,
    )
  }
  process.exitCode = different.length > 0 ? 1 : refused > 0 ? 2 : 0
}

/** What is compared: all that is told, as the answer alone would hide a wrong path to the same answer. */
function describe(opened: Opened): string {
  const { scores } = opened
  const sum = scores === undefined ? '' : ` (scores ${scores.join(', ')})`
  if (opened.kind === 'class') {
    const { answer, counts, percent, shares } = opened
    const of = counts === undefined ? '' : ` (${counts.join(', ')})`
    const chances = shares === undefined ? '' : ` (${shares.map((share) => share.toFixed(9)).join(', ')})`
    return JSON.stringify(answer) + of + (percent === undefined ? '' : ` (${percent}%)`) + chances + sum
  }
  const { answer, rows, deviation } = opened
  if (rows === undefined || deviation === undefined) return (sum === '' ? String(answer) : answer.toPrecision(12)) + sum
  return `${answer.toPrecision(12)} (${rows} rows, deviation ${deviation.toPrecision(6)})`
}
