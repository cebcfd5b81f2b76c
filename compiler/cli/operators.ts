import { Worker } from 'node:worker_threads'
import type { Contract } from 'emp-compile-runtime/internal/contract'
import type { Counters } from 'emp-compile-runtime/internal/serving/counters'
import { serverStateOf } from 'emp-compile-runtime/internal/serving/server-state'
import type { Vitals } from 'emp-compile-runtime/internal/serving/vitals'
import { portTaken } from './listen.ts'
import type { FromOperators, OperatorsData, ToOperators } from './operators-thread.ts'
import type { Address } from './web.ts'

export interface OperatorsOptions {
  readonly contracts: readonly Contract[]
  readonly vitals: Vitals
  readonly counters: Counters
  /** Told when somebody asks whether the server is ready. */
  readonly onReadyAsked: () => void
  /** The thread's script, for tests. */
  readonly script?: URL
}

/** The port of operators, served by a thread of its own: an answer there waits behind no request. */
export interface Operators {
  readonly url: string
  /** Says how the server is, unasked, as when it has been told to end. */
  tell(): void
  /** Rejects if the thread ends by itself. */
  readonly failed: Promise<never>
  close(): Promise<void>
}

/** @throws {CompileError} `bad-option` if the port is taken. */
export async function serveOperators({ host, port }: Address, options: OperatorsOptions): Promise<Operators> {
  const {
    contracts,
    vitals,
    counters,
    onReadyAsked,
    script = new URL('./operators-thread.js', import.meta.url),
  } = options
  const say = (number: number) => {
    const message: ToOperators = { number, state: serverStateOf(vitals, counters) }
    worker.postMessage(message)
  }
  const data: OperatorsData = { host, port, contracts, first: serverStateOf(vitals, counters) }
  // Modules are found there as by Node itself, whatever this process was started with.
  const worker = new Worker(script, { workerData: data, execArgv: [] })
  let isClosing = false
  const failed = new Promise<never>((_, reject) => {
    worker.on('error', reject)
    worker.on('exit', () => {
      if (!isClosing) reject(new Error('The thread that serves operators ended.'))
    })
  })
  failed.catch(() => {})
  const listening = new Promise<string>((resolve, reject) => {
    worker.on('message', (message: FromOperators) => {
      switch (message.kind) {
        case 'listening':
          return resolve(message.url)
        case 'taken':
          return reject(portTaken('--metrics-port', host, port, message.reason))
        case 'ask':
          if (message.path === '/ready') onReadyAsked()
          return say(message.number)
        default:
          return message satisfies never
      }
    })
  })
  const close = async () => {
    isClosing = true
    await worker.terminate()
  }
  try {
    const url = await Promise.race([listening, failed])
    // What the server does keeps the process alive, and not who watches it.
    worker.unref()
    return { url, tell: () => say(0), failed, close }
  } catch (error) {
    await close()
    throw error
  }
}
