/**
 * Sessions over stores with real keys: 200 clients at once and one after another, against server processes of their
 * own. The stores are a directory, a throw-away S3 server where one is installed (its processes share this machine with
 * clients and servers), and the one named by BENCH_STORE, if any.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { overStore } from 'emp-compile-runtime/internal/session/index'
import { openStore } from 'emp-compile-runtime/internal/store/index'
import { loadClient, loadModelJson } from '../compiler/cli/load.ts'
import { plaintextLeaf } from '../compiler/cli/plaintext.ts'
import { readRecords } from '../compiler/cli/records.ts'

interface SessionsResult {
  readonly store: string
  readonly servers: number
  readonly clients: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly wrong: number
  readonly left: number
}

const model = 'generated/heart-disease'
const command = fileURLToPath(new URL('../compiler/cli/main.js', import.meta.url))
const sessions = 200

export async function sessionsSection(print: (line: string) => void): Promise<SessionsResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  const results: SessionsResult[] = []
  print(
    `sessions: ${sessions} of heart disease at 3072 bits, sealed before; times from the request to the opened reply`,
  )
  print('store      servers  clients at once  sessions/s   p50 ms   p99 ms  wrong  left behind')
  const stores: (readonly [string, string])[] = [['directory', join(directory, 'mailbox')]]
  const s3 = await startS3(join(directory, 's3'))
  if (s3 === null) print('(no S3 server is installed here: radosgw, ceph-mon, ceph-osd, ceph-common)')
  else stores.push(['S3', s3])
  if (process.env.BENCH_STORE !== undefined) stores.push(['BENCH_STORE', process.env.BENCH_STORE])
  try {
    for (const [store, url] of stores) {
      for (const [servers, clients] of [
        [1, 1],
        [1, sessions],
        [2, sessions],
      ] as const) {
        const result = await measure(store, url, servers, clients)
        results.push(result)
        const { perSecond, p50, p99, wrong, left } = result
        const cells = [store.padEnd(11), String(servers).padStart(7), String(clients).padStart(17)]
        cells.push(perSecond.toFixed(1).padStart(12), p50.toFixed(0).padStart(9), p99.toFixed(0).padStart(9))
        print([...cells, String(wrong).padStart(7), String(left).padStart(13)].join(''))
      }
    }
  } finally {
    if (s3 !== null) execFileSync('test/support/s3/radosgw-down.sh', [join(directory, 's3')])
    await rm(directory, { recursive: true, force: true })
  }
  return results
}

async function measure(store: string, url: string, servers: number, clients: number): Promise<SessionsResult> {
  const [client, json] = await Promise.all([loadClient(model), loadModelJson(model)])
  const records = (await readRecords('datasets/heart-disease.csv', client.contract, null)).slice(0, sessions)
  const key = await client.generateKey()
  const sealed = await Promise.all(records.map(({ record }) => client.seal(Object.fromEntries(record), key)))
  const mailbox = await openStore(url)
  const via = overStore(mailbox, client.contract)
  const children = await Promise.all(Array.from({ length: servers }, () => startServer(url)))
  const times: number[] = []
  let wrong = 0
  try {
    const session = async (i: number) => {
      const began = performance.now()
      const { request, open } = sealed[i] ?? {
        request: new Uint8Array(),
        open: () => Promise.reject(new Error('no record')),
      }
      const { answer } = await open(await via(request, AbortSignal.timeout(600_000)))
      times.push(performance.now() - began)
      if (answer !== plaintextLeaf(json, client.contract, records[i]?.record ?? new Map()).answer) wrong += 1
    }
    const began = performance.now()
    const todo = sealed.keys()
    const worker = async () => {
      for (const i of todo) await session(i)
    }
    await Promise.all(Array.from({ length: clients }, worker))
    const seconds = (performance.now() - began) / 1000
    const sorted = times.sort((a, b) => a - b)
    const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0
    // A server that came second with a reply may still be removing it.
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const left = (await mailbox.list('')).length
    const figures = { perSecond: sealed.length / seconds, p50: quantile(0.5), p99: quantile(0.99) }
    return { store, servers, clients, ...figures, wrong, left }
  } finally {
    for (const child of children) child.kill()
  }
}

function startServer(url: string): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, 'serve', model, '--store', url], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr.on('data', (chunk) => String(chunk).includes('serving') && resolve(child))
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
  })
}

/** Starts an S3 server and points this process and its children to it; gives the URL of a store, null without one. */
async function startS3(directory: string): Promise<string | null> {
  try {
    for (const program of ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'ceph', 'monmaptool']) {
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    }
  } catch {
    return null
  }
  const port = 10_000 + 3 * Math.floor(Math.random() * 7000)
  execFileSync('test/support/s3/radosgw-up.sh', [directory, String(port), String(process.pid)])
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${port}`
  process.env.AWS_REGION = 'us-east-1'
  process.env.AWS_ACCESS_KEY_ID = 'test'
  process.env.AWS_SECRET_ACCESS_KEY = 'test-secret'
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
  await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'bench' }))
  return 's3://bench/mailbox'
}
