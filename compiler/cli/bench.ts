import { randomInt } from 'node:crypto'
import { cpus } from 'node:os'
import type { CommandModule } from 'yargs'
import type { Contract } from '../../runtime/contract.ts'
import { gridValue, type Value } from '../../runtime/grid.ts'
import { fastestEngine } from '../../runtime/paillier/fastest-engine.ts'
import { squareRing } from '../../runtime/paillier/square-ring.ts'
import { randomBelow, systemRandom } from '../../runtime/random.ts'
import { labelCost, signsCost } from '../3-lower/cost.ts'
import { badOption } from '../errors.ts'
import { loadClient, loadServer, replyKeyOption } from './load.ts'

interface BenchArguments {
  readonly model: string
  readonly repeats: number
  readonly memory: number
  readonly price: number
  readonly 'request-price': number
  readonly 'reply-key': string | undefined
  readonly json: boolean
}

export const benchCommand: CommandModule<object, BenchArguments> = {
  command: 'bench <model>',
  describe: 'measure private predictions of a model on this machine, and say what a million of them cost',
  builder: (argv) =>
    argv
      .positional('model', { type: 'string', demandOption: true, describe: 'directory written by emp-compile' })
      .option('repeats', { type: 'number', default: 5, describe: 'records, each of which is sealed under a fresh key' })
      .option('memory', {
        type: 'number',
        default: 1769,
        describe: 'MB of the Lambda function; 1769 is one whole core',
      })
      .option('price', { type: 'number', default: 0.0000133334, describe: 'dollars for a GB and second of it' })
      .option('request-price', {
        type: 'number',
        default: 12.2,
        describe: 'dollars for a million sessions beside: two puts, and calls of the function',
      })
      .option('reply-key', replyKeyOption)
      .option('json', { type: 'boolean', default: false, describe: 'result as JSON' })
      .requiresArg(['repeats', 'memory', 'price', 'request-price', 'reply-key'])
      .example('$0 bench generated/heart-disease', ''),
  handler: bench,
}

/** CPU milliseconds of the process so far, all its threads included. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function bench({ model: directory, json, repeats, memory, price, ...options }: BenchArguments): Promise<void> {
  for (const [option, value, least] of [
    ['--repeats', repeats, 1],
    ['--memory', memory, 128],
    ['--price', price, 0],
    ['--request-price', options['request-price'], 0],
  ] as const) {
    if (!(value >= least)) throw badOption(option, value, `a number of at least ${least}`)
  }
  const [client, server] = await Promise.all([loadClient(directory), loadServer(directory, options['reply-key'])])
  const { contract } = client
  const stages = ['key', 'seal', 'evaluate', 'open', 'sealAgain', 'evaluateAgain'] as const
  const measured = new Map<(typeof stages)[number], number[]>(stages.map((stage) => [stage, []]))
  const timed = async <T>(stage: (typeof stages)[number] | null, work: () => Promise<T>): Promise<T> => {
    const start = cpu()
    const value = await work()
    if (stage !== null) measured.get(stage)?.push(cpu() - start)
    return value
  }
  // The first round warms the compiler up.
  for (let round = 0; round <= repeats; round++) {
    const name = (stage: (typeof stages)[number]) => (round === 0 ? null : stage)
    const key = await timed(name('key'), () => client.generateKey())
    const sealed = await timed(name('seal'), () => client.seal(randomRecord(contract), key))
    const reply = await timed(name('evaluate'), () => server.evaluate(sealed.request))
    await timed(name('open'), () => sealed.open(reply))
    const again = await timed(name('sealAgain'), () => client.seal(randomRecord(contract), key))
    await timed(name('evaluateAgain'), () => server.evaluate(again.request))
  }
  const ms = Object.fromEntries(stages.map((stage) => [stage, median(measured.get(stage) ?? [])])) as Record<
    (typeof stages)[number],
    number
  >
  const planned = contract.reveal === 'signs' ? signsCost(contract) : labelCost(contract)
  const predicted = predict(contract)
  const perMillion = lambdaDollars(ms.evaluate, memory, price) + options['request-price']
  const engine = contract.reveal === 'signs' ? fastestEngine.name : 'libsodium'
  if (json) {
    console.log(JSON.stringify({ model: contract.model, engine, ms, predicted, planned, perMillion }))
    return
  }
  const time = (value: number) => `${value.toFixed(1)} ms`.padStart(11)
  console.log(`${contract.model}: ${describeSize(contract)}`)
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
  const names = { openssl: 'OpenSSL', bigint: 'plain JavaScript', libsodium: "libsodium's WebAssembly" }
  const keys = contract.reveal === 'signs' ? '; the server validates a key when it first sees it' : ''
  console.log(`\nmeasured with ${names[engine]}${keys}`)
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

function describeSize(contract: Contract): string {
  const features = `${contract.features.length} features`
  if (contract.reveal === 'signs') return `${contract.tests} tests, ${features}, ${contract.keyBits}-bit keys`
  const cuts = contract.cuts.reduce((sum, { length }) => sum + length, 0)
  return `${cuts} cuts, ${features}, ${contract.leaves} leaves`
}

/** The plan's multiplications by what one takes here; of `signs`, where plain JavaScript does them. */
function predict(
  contract: Contract,
): { readonly seal: number; readonly evaluate: number; readonly open: number } | null {
  if (contract.reveal === 'label') return null
  const { bigint } = signsCost(contract)
  const half = unitMs(contract.keyBits / 2)
  return {
    seal: half * bigint.sealMultiplications,
    evaluate: unitMs(contract.keyBits) * bigint.evaluateMultiplications,
    open: half * bigint.openMultiplications,
  }
}

/** CPU milliseconds of a multiplication modulo m^2, for an m of `bits` bits. */
function unitMs(bits: number): number {
  const m = (1n << BigInt(bits)) - 1n
  const ring = squareRing(m)
  let x = ring.residue(randomBelow(systemRandom, m * m))
  const batches = Array.from({ length: 9 }, () => {
    const start = cpu()
    for (let i = 0; i < 1000; i++) x = ring.square(x)
    return (cpu() - start) / 1000
  })
  return median(batches)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** A record of values that the contract admits, missing ones apart. */
function randomRecord({ columns }: Contract): Record<string, Value> {
  return Object.fromEntries(
    columns.map((column): [string, Value] => [
      column.name,
      column.kind === 'text'
        ? (column.levels[randomInt(column.levels.length)] ?? null)
        : gridValue(column.grid, randomInt(column.grid.size)),
    ]),
  )
}
