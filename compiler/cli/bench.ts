import { randomInt } from 'node:crypto'
import { cpus } from 'node:os'
import type { OptionValues } from '../options.ts'
import { schemeOf } from '../schemes/index.ts'
import { cpuMilliseconds, median, randomRecord } from '../schemes/measure.ts'
import { moduleOf } from './command.ts'
import { loadClient, loadServer } from './load.ts'
import { jsonRow, modelArgument, replyKeyRow } from './rows.ts'

const rows = {
  repeats: {
    type: 'number',
    whole: true,
    least: 1,
    default: 5,
    text: 'records, each of which is sealed under a fresh key',
  },
  memory: { type: 'number', least: 128, default: 1769, text: 'MB of the Lambda function; 1769 is one whole core' },
  price: { type: 'number', least: 0, default: 0.0000133334, text: 'dollars for a GB and second of it' },
  'request-price': {
    type: 'number',
    least: 0,
    default: 12.2,
    text: 'dollars for a million sessions beside: two puts, and calls of the function',
  },
  'reply-key': replyKeyRow,
  json: jsonRow,
} as const

export const { builder, handler, optionNames } = moduleOf({
  argument: modelArgument,
  options: rows,
  examples: [['bench generated/heart-disease', '']],
  run: bench,
})

async function bench(
  { json, repeats, memory, price, ...options }: OptionValues<typeof rows>,
  directory: string,
): Promise<void> {
  const [client, server] = await Promise.all([loadClient(directory), loadServer(directory, options['reply-key'])])
  const { contract } = client
  const stages = ['key', 'seal', 'evaluate', 'open', 'sealAgain', 'evaluateAgain'] as const
  const measured = new Map<(typeof stages)[number], number[]>(stages.map((stage) => [stage, []]))
  const timed = async <T>(stage: (typeof stages)[number] | null, work: () => Promise<T>): Promise<T> => {
    const start = cpuMilliseconds()
    const value = await work()
    if (stage !== null) measured.get(stage)?.push(cpuMilliseconds() - start)
    return value
  }
  // The first round warms the compiler up.
  for (let round = 0; round <= repeats; round++) {
    const name = (stage: (typeof stages)[number]) => (round === 0 ? null : stage)
    const key = await timed(name('key'), () => client.generateKey())
    const sealed = await timed(name('seal'), () => client.seal(randomRecord(contract.columns, randomInt), key))
    const reply = await timed(name('evaluate'), () => server.evaluate(sealed.request))
    await timed(name('open'), () => sealed.open(reply))
    const again = await timed(name('sealAgain'), () => client.seal(randomRecord(contract.columns, randomInt), key))
    await timed(name('evaluateAgain'), () => server.evaluate(again.request))
  }
  const ms = Object.fromEntries(stages.map((stage) => [stage, median(measured.get(stage) ?? [])])) as Record<
    (typeof stages)[number],
    number
  >
  const scheme = schemeOf(contract)
  const { cost: planned, engine, engineName, keys, ...words } = await scheme.bench(contract)
  const predicted = words.predicted()
  const perMillion = lambdaDollars(ms.evaluate, memory, price) + options['request-price']
  if (json) {
    console.log(
      JSON.stringify({
        name: contract.name,
        family: contract.family,
        reveal: contract.reveal,
        scheme: contract.scheme,
        engine,
        ms,
        predicted,
        planned,
        perMillion,
      }),
    )
    return
  }
  const time = (value: number) => `${value.toFixed(1)} ms`.padStart(11)
  console.log(`${contract.name}: ${scheme.describeSize(contract)}`)
  console.log(`CPU time on ${cpus()[0]?.model.trim() ?? 'this processor'}, medians of ${repeats} keys\n`)
  const ofModel = predicted === null ? '' : '  by the cost model, in plain JavaScript'
  console.log(`             measured  under the same key${ofModel}`)
  const line = (stage: string, first: number, again: number | null, model: number | null) => {
    const cells = [time(first), again === null ? '' : time(again), model === null ? '' : time(model)]
    console.log(`${stage.padEnd(10)}${cells[0]}${`${cells[1]}`.padStart(20)}${`${cells[2]}`.padStart(40)}`.trimEnd())
  }
  line('make a key', ms.key, null, null)
  line('seal', ms.seal, ms.sealAgain, predicted?.seal ?? null)
  line('evaluate', ms.evaluate, ms.evaluateAgain, predicted?.evaluate ?? null)
  line('open', ms.open, null, predicted?.open ?? null)
  console.log(`\nmeasured with ${engineName}${keys}`)
  console.log(`${planned.requestBytes} bytes up, ${planned.replyBytes} down`)
  console.log(
    `\na million predictions on Lambda: $${perMillion.toFixed(2)} (${memory} MB, as fast a core as this one, $${price} a GB ` +
      `and second; $${options['request-price']} for puts and calls)`,
  )
}

/** Lambda gives a function the share of a core that its memory is of 1769 MB, and bills memory times time. */
function lambdaDollars(evaluateMs: number, memory: number, price: number): number {
  const seconds = (evaluateMs / 1000) * Math.max(1, 1769 / memory)
  return 1e6 * seconds * (memory / 1024) * price
}
