import type { CommandModule } from 'yargs'
import { loadClient, loadModelJson, loadServer, type Opened, replyKeyOption } from './load.ts'
import { plaintextAnswer } from './plaintext.ts'
import { progress } from './progress.ts'
import { readRecords } from './records.ts'

interface VerifyArguments {
  readonly model: string
  readonly data: string
  readonly delimiter: string | undefined
  readonly 'reply-key': string | undefined
  readonly json: boolean
}

export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify <model>',
  describe: 'compare the plaintext tree with a real encrypted evaluation, row by row',
  builder: (argv) =>
    argv
      .positional('model', { type: 'string', demandOption: true, describe: 'directory written by emp-compile' })
      .option('data', { type: 'string', demandOption: true, describe: 'CSV of records; its target is not needed' })
      .option('delimiter', { type: 'string', describe: 'cell delimiter', defaultDescription: 'seen from the header' })
      .option('reply-key', replyKeyOption)
      .option('json', { type: 'boolean', default: false, describe: 'result as JSON' })
      .requiresArg(['data', 'delimiter', 'reply-key'])
      .example('$0 verify generated/heart-disease --data datasets/heart-disease.csv', ''),
  handler: verify,
}

async function verify({ model: directory, data, delimiter, json, ...options }: VerifyArguments): Promise<void> {
  const [client, server, model] = await Promise.all([
    loadClient(directory),
    loadServer(directory, options['reply-key']),
    loadModelJson(directory),
  ])
  const records = await readRecords(data, client.contract, delimiter ?? null)
  const started = performance.now()
  const key = await client.generateKey()
  const bar = progress('verify', records.length)
  const different: { place: string; plaintext: string; encrypted: string }[] = []
  for (const [i, { record, place }] of records.entries()) {
    const plaintext = plaintextAnswer(model, client.contract, record)
    const encrypted = await client.predict(Object.fromEntries(record), { via: server.evaluate, key })
    if (describe(encrypted) !== describe(plaintext)) {
      const where = `${place.file}:${place.line ?? i + 1}`
      different.push({ place: where, plaintext: describe(plaintext), encrypted: describe(encrypted) })
    }
    bar.step(i + 1)
  }
  bar.end()
  const seconds = (performance.now() - started) / 1000
  const equal = records.length - different.length
  if (json) {
    console.log(JSON.stringify({ model: model.model, rows: records.length, equal, different, seconds }))
  } else {
    for (const { place, plaintext, encrypted } of different) {
      console.log(`${place}: plaintext ${plaintext}, encrypted ${encrypted}`)
    }
    const verdict = different.length === 0 ? 'all equal' : `${different.length} DIFFERENT`
    console.log(
      `${directory}: ${equal} of ${records.length} rows equal, ${verdict} (${client.contract.reveal === 'signs' ? `${client.contract.keyBits}-bit keys` : 'ristretto255'}, ${seconds.toFixed(1)} s)`,
    )
  }
  process.exitCode = different.length === 0 ? 0 : 1
}

/** What is compared: of `signs` the whole leaf, as the answer alone would hide a wrong path to the same answer. */
function describe(opened: Opened): string {
  if ('counts' in opened) return `${JSON.stringify(opened.answer)} (${opened.counts.join(', ')})`
  if (!('rows' in opened))
    return JSON.stringify(opened.answer) + (opened.percent === undefined ? '' : ` (${opened.percent}%)`)
  return `${opened.answer.toPrecision(12)} (${opened.rows} rows, deviation ${opened.deviation.toPrecision(6)})`
}
