/**
 * A server process under load over HTTP: requests per second with one and two threads, then its memory over 10,000
 * requests. The clients' side is done beforehand, so the server has the machine almost to itself.
 */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadClient } from '../compiler/cli/load.ts'
import { row } from './measure.ts'

interface ThroughputResult {
  readonly bits: number
  readonly workers: number
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Resident memory of the server after each tenth of the requests. */
  readonly rssMB: readonly number[]
}

const command = fileURLToPath(new URL('../compiler/cli/main.js', import.meta.url))
const data = resolve('datasets/heart-disease.csv')
/** Keys among which the requests alternate: each is validated once. */
const keys = 16
const inFlight = 8

export async function throughputSection(print: (line: string) => void): Promise<ThroughputResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  const results: ThroughputResult[] = []
  print(`throughput: heart disease over HTTP, ${inFlight} requests in flight under ${keys} keys; memory of the server`)
  print('  bits  workers  requests  per second  p50 ms  p99 ms   MB after each tenth')
  try {
    for (const [bits, workers, requests] of [
      [3072, 1, 300],
      [3072, 2, 600],
      [2048, 2, 10_000],
    ] as const) {
      const model = join(directory, String(bits))
      await promisify(execFile)(process.execPath, [command, data, '--key-bits', String(bits), '--out', model])
      const result = { bits, workers, requests, ...(await load(model, workers, requests)) }
      results.push(result)
      print(
        row([
          [bits, 6],
          [workers, 9],
          [requests, 10],
          [result.perSecond.toFixed(1), 12],
          [result.p50Ms.toFixed(0), 8],
          [result.p99Ms.toFixed(0), 8],
          [result.rssMB.map((megabytes) => megabytes.toFixed(0)).join(' '), 5 + 4 * result.rssMB.length],
        ]),
      )
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return results
}

async function load(model: string, workers: number, requests: number) {
  const client = await loadClient(model)
  const record = { cp: 4, ca: 0, thal: 7 }
  const sealed = await Promise.all(
    Array.from({ length: keys }, async () => client.seal(record, await client.generateKey())),
  )
  const server = spawn(process.execPath, [command, 'serve', model, '--port', '0', '--workers', String(workers)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    const url = await new Promise<string>((found, failed) => {
      let log = ''
      server.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text
        const match = /http:\/\/[\d.:]+/.exec(log)
        if (match !== null) found(match[0])
      })
      server.once('exit', () => failed(new Error(log)))
    })
    const [times, rssMB]: [number[], number[]] = [[], []]
    let next = 0
    const session = async () => {
      for (let i = next++; i < requests; i = next++) {
        const one = sealed[i % keys]
        const start = performance.now()
        const response = await fetch(`${url}/evaluate`, { method: 'POST', body: one?.request.slice() ?? null })
        const reply = new Uint8Array(await response.arrayBuffer())
        times.push(performance.now() - start)
        if (i % 100 === 0) await one?.open(reply)
        if ((i + 1) % (requests / 10) === 0) rssMB.push(residentMB(server.pid ?? 0))
      }
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: inFlight }, session))
    const perSecond = requests / ((performance.now() - start) / 1000)
    times.sort((a, b) => a - b)
    const quantile = (share: number) => times[Math.floor(share * (times.length - 1))] ?? 0
    return { perSecond, p50Ms: quantile(0.5), p99Ms: quantile(0.99), rssMB }
  } finally {
    server.kill()
  }
}

function residentMB(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024
}
