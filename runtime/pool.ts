import { Worker } from 'node:worker_threads'
import { isServerErrorCode, ProtocolError } from './errors.ts'
import type { LabelEvaluator, LabelTask } from './label/evaluation.ts'
import { type Evaluation, type Evaluator, evaluateHere } from './paillier/evaluation.ts'
import { fastestEngine } from './paillier/fastest-engine.ts'
import type { PoolAnswer, PoolTask } from './pool-worker.ts'

export interface PoolOptions {
  /** Worker threads, at least 1: most useful are as many as there are cores. */
  readonly threads: number
  /** Evaluations that may wait for a thread before further ones are refused; 1000 by default. */
  readonly waiting?: number
  /** The worker's script, for tests. */
  readonly script?: URL
}

/** Threads that evaluate for any number of servers, so that the one that answers is never blocked. Node only. */
export interface Pool {
  /**
   * For `server.with({ evaluator: pool.evaluator })`. A reply of several ciphertexts is shared out among the threads
   * that are idle.
   *
   * @throws {ProtocolError} `busy` if too many evaluations wait; otherwise as `evaluateHere` (by the promise).
   */
  readonly evaluator: Evaluator
  /**
   * For servers of `label`: `server.with({ labelEvaluator: pool.labelEvaluator })`. The sums are made in one thread, the
   * leaves shared out among those that are idle.
   *
   * @throws {ProtocolError} `busy`; otherwise as `evaluateLabelHere` (by the promise).
   */
  readonly labelEvaluator: LabelEvaluator
  /** Ends the threads. What has not been answered is rejected. */
  close(): Promise<void>
}

interface Task {
  readonly evaluation: Evaluation | LabelTask
  /** Takes what the worker has computed: as its evaluation says, integers or bytes. */
  readonly resolve: (ciphertexts: never) => void
  readonly reject: (error: Error) => void
}

/** One thread, and the task that it has in hand. */
interface Thread {
  readonly worker: Worker
  task: Task | null
}

export function evaluatorPool({ threads: size, waiting = 1000, script = ownScript() }: PoolOptions): Pool {
  const queue: Task[] = []
  const threads = new Set<Thread>()
  const here = evaluateHere(fastestEngine)
  let isClosed = false

  function startThread(): void {
    const thread: Thread = { worker: new Worker(script), task: null }
    thread.worker.on('message', ({ ciphertexts, code }: PoolAnswer) => {
      const { task } = thread
      thread.task = null
      if (ciphertexts !== null) task?.resolve(ciphertexts as never)
      else task?.reject(code !== null && isServerErrorCode(code) ? new ProtocolError(code) : new Error('thread failed'))
      next()
    })
    // A thread that dies takes its task with it, not the server: another one is started in its place.
    thread.worker.on('error', () => {})
    thread.worker.on('exit', () => {
      threads.delete(thread)
      thread.task?.reject(new Error('thread ended'))
      if (isClosed) return
      startThread()
      next()
    })
    // The threads alone do not keep a process alive; what it waits for does.
    thread.worker.unref()
    threads.add(thread)
  }

  /** How many of `count` parts a thread is given, at least `least`, so that all idle ones have some. */
  function shareOf(count: number, least: number): number {
    const shares = Math.max(1, Math.min(idle().length - queue.length, Math.floor(count / least)))
    return Math.ceil(count / shares)
  }

  const idle = () => [...threads].filter(({ task }) => task === null)

  function next(): void {
    for (const thread of idle()) {
      const task = queue.shift()
      if (task === undefined) return
      thread.task = task
      thread.worker.ref()
      thread.worker.postMessage({ evaluation: task.evaluation } satisfies PoolTask)
    }
    for (const thread of idle()) thread.worker.unref()
  }

  function run(evaluation: Evaluation): Promise<readonly bigint[]>
  function run(evaluation: LabelTask): Promise<Uint8Array>
  function run(evaluation: Evaluation | LabelTask): Promise<readonly bigint[] | Uint8Array> {
    if (isClosed) return Promise.reject(new Error('the pool is closed'))
    if (queue.length >= waiting) return Promise.reject(new ProtocolError('busy'))
    return new Promise((resolve, reject) => {
      queue.push({ evaluation, resolve, reject })
      next()
    })
  }

  for (let i = 0; i < size; i++) startThread()
  return {
    async evaluator(evaluation) {
      const { products } = evaluation
      // There is nothing to compute where there is no test: a thread would cost more than it does.
      if (products.length === 0) return here(evaluation)
      const share = shareOf(products.length, 1)
      const parts = Array.from({ length: Math.ceil(products.length / share) }, (_, i) =>
        run({ ...evaluation, products: products.slice(i * share, (i + 1) * share) }),
      )
      return (await Promise.all(parts)).flat()
    },
    async labelEvaluator({ multipliers, answers, ...sums }) {
      const costs = await run({ kind: 'sum', ...sums })
      const leaves = sums.sums.length
      const share = shareOf(leaves, fewestLeaves)
      const parts = Array.from({ length: Math.ceil(leaves / share) }, (_, i) => {
        const part = (bytes: Uint8Array) => {
          const width = bytes.length / leaves
          return bytes.slice(i * share * width, (i + 1) * share * width)
        }
        return run({
          kind: 'blind',
          costs: part(costs),
          multipliers: part(multipliers),
          answers: part(answers),
        })
      })
      return joined(await Promise.all(parts))
    },
    async close() {
      isClosed = true
      for (const { reject } of queue.splice(0)) reject(new Error('the pool is closed'))
      await Promise.all([...threads].map(({ worker }) => worker.terminate()))
    },
  }
}

/** Leaves that are worth another thread: about a millisecond. */
const fewestLeaves = 4

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const ownScript = () => new URL('./pool-worker.js', import.meta.url)
