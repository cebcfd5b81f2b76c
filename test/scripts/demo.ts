/**
 * The main job from end to end, with real keys: compiles heart disease, starts the server module as a process of its
 * own on a directory store, and predicts records privately over it.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Transport } from 'emp-compile-runtime/internal/client'
import { overStore } from 'emp-compile-runtime/internal/session/index'
import { directoryStore } from 'emp-compile-runtime/internal/store/index'
import { loadClient, loadModelJson } from '../../compiler/cli/load.ts'
import { plaintextLeaf } from '../../compiler/cli/plaintext.ts'
import { readRecords } from '../../compiler/cli/records.ts'

const command = fileURLToPath(new URL('../../compiler/cli/main.js', import.meta.url))
const data = 'datasets/heart-disease.csv'
/** Lines of the CSV: both answers, and two rows with missing values (thal, ca). */
const lines = [2, 3, 5, 89, 168, 300]

async function demo(directory: string): Promise<boolean> {
  const [model, store] = [join(directory, 'generated', 'heart-disease'), join(directory, 'mailbox')]
  console.log(`$ emp-compile ${data}`)
  const compiled = await promisify(execFile)(process.execPath, [command, resolve(data)], { cwd: directory })
  console.log(compiled.stdout)

  console.log('$ emp-compile serve generated/heart-disease --store mailbox &')
  const server = spawn(process.execPath, [command, 'serve', model, '--store', store], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  try {
    console.log('\nprivate predictions over the store, each under a key of its own:\n')
    const allEqual = await predictAll(model, store)
    const left = (await readdir(store, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    console.log(`\nanswers: ${allEqual ? 'all equal to the plaintext tree' : 'DIFFERENT from the plaintext tree'}`)
    console.log(`objects left in the store: ${left.length}`)
    return allEqual && left.length === 0
  } catch (error) {
    console.error(log)
    throw error
  } finally {
    server.kill()
  }
}

async function predictAll(model: string, store: string): Promise<boolean> {
  const [client, json] = await Promise.all([loadClient(model), loadModelJson(model)])
  const records = (await readRecords(data, client.contract, null)).filter(({ place }) =>
    lines.includes(place.line ?? 0),
  )
  const mailbox = overStore(directoryStore(store), client.contract)
  let allEqual = true
  console.log('record    answer  plaintext     key    seal  answer in  bytes up  bytes down')
  for (const { record, place } of records) {
    const times = [performance.now()]
    const lap = () => times.push(performance.now())
    const bytes = { up: 0, down: 0 }
    const key = await client.generateKey()
    lap()
    const sealed = await client.seal(Object.fromEntries(record), key)
    lap()
    const via: Transport = async (request, signal) => {
      const reply = await mailbox(request, signal)
      Object.assign(bytes, { up: request.length, down: reply.length })
      return reply
    }
    const { answer } = await sealed.open(await via(sealed.request, AbortSignal.timeout(60_000)))
    lap()
    const plaintext = plaintextLeaf(json, client.contract, record).answer
    allEqual &&= answer === plaintext
    const [made = 0, sealTime = 0, answered = 0] = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    const columns = [
      `line ${place.line}`.padEnd(10),
      String(answer).padEnd(8),
      String(plaintext).padEnd(9),
      `${made.toFixed(0)} ms`.padStart(8),
      `${sealTime.toFixed(0)} ms`.padStart(8),
      `${answered.toFixed(0)} ms`.padStart(11),
      String(bytes.up).padStart(10),
      String(bytes.down).padStart(12),
    ]
    console.log(columns.join(''))
  }
  return allEqual
}

const directory = await mkdtemp(join(tmpdir(), 'emp-compile-demo-'))
try {
  process.exitCode = (await demo(directory)) ? 0 : 1
} finally {
  await rm(directory, { recursive: true, force: true })
}
