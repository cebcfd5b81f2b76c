import { Worker } from 'node:worker_threads'
import { isServerErrorCode, ProtocolError } from '../errors.ts'
import type { Runner, Task, TaskResult } from '../schemes/scheme.ts'
import type { PoolAnswer } from './pool-worker.ts'

export interface PoolOptions {
  /** Worker threads, at least 1: most useful are as many as there are cores. */
  readonly threads: number
  /** Tasks that may wait for a thread before further ones are refused; 1000 by default. */
  readonly waiting?: number
  /** Told once, until a thread answers again, that threads end before they answer anything. */
  readonly onFailure?: (error: Error) => void
  /** The worker's script, for tests. */
  readonly script?: URL
}

/**
 * Threads that evaluate for any number of servers, so that the one that answers is never blocked: for
 * `server.with({ runner: pool })`. Its tasks fail with `busy` if too many wait. Node only.
 */
export interface Pool extends Runner {
  /** Ends the threads. What has not been answered is rejected. */
  close(): Promise<void>
}

interface Waiting {
  readonly task: Task
  readonly resolve: (result: TaskResult) => void
  readonly reject: (error: Error) => void
}

/** One thread, and the task that it has in hand. */
interface Thread {
  readonly worker: Worker
  inHand: Waiting | null
  hasAnswered: boolean
}

/** Milliseconds before another thread is started in the place of one that ended before it answered anything. */
const pauses = { first: 100, longest: 5000 }

export function threadPool({
  threads: size,
  waiting = 1000,
  onFailure = () => {},
  script = ownScript(),
}: PoolOptions): Pool {
  const queue: Waiting[] = []
  const threads = new Set<Thread>()
  const restarts = new Set<NodeJS.Timeout>()
  let isClosed = false
  let pause = pauses.first
  let isFailing = false

  function startThread(): void {
    let worker: Worker
    try {
      worker = new Worker(script)
    } catch (error) {
      // The system has no thread to give.
      restartLater(error)
      return
    }
    const thread: Thread = { worker, inHand: null, hasAnswered: false }
    worker.on('message', ({ result, code }: PoolAnswer) => {
      const { inHand } = thread
      thread.inHand = null
      thread.hasAnswered = true
      isFailing = false
      pause = pauses.first
      if (result !== null) inHand?.resolve(result)
      else
        inHand?.reject(code !== null && isServerErrorCode(code) ? new ProtocolError(code) : new Error('thread failed'))
      next()
    })
    // A thread that dies takes its task with it, not the server: another one is started in its place.
    let reason: unknown = null
    worker.on('error', (error: unknown) => {
      reason = error
    })
    worker.on('exit', () => {
      threads.delete(thread)
      thread.inHand?.reject(new Error('thread ended'))
      if (isClosed) return
      if (!thread.hasAnswered) return restartLater(reason)
      startThread()
      next()
    })
    // The threads alone do not keep a process alive; what it waits for does.
    worker.unref()
    threads.add(thread)
  }

  /** A thread that cannot start is tried again with pauses, as it would take a whole core for itself otherwise. */
  function restartLater(reason: unknown): void {
    if (isFailing && threads.size === 0) {
      // Nobody is there to take up what waits.
      for (const { reject } of queue.splice(0)) reject(new Error('thread ended'))
    }
    if (!isFailing) {
      const why = reason instanceof Error ? `: ${reason.message}` : ''
      onFailure(new Error(`Threads that evaluate end at once, and are started again with pauses${why}`))
    }
    isFailing = true
    const restart = setTimeout(() => {
      restarts.delete(restart)
      startThread()
      next()
    }, pause)
    restarts.add(restart)
    if (queue.length === 0) restart.unref()
    pause = Math.min(pauses.longest, 2 * pause)
  }

  const idle = () => [...threads].filter(({ inHand }) => inHand === null)

  function next(): void {
    for (const thread of idle()) {
      const first = queue.shift()
      if (first === undefined) return
      thread.inHand = first
      thread.worker.ref()
      thread.worker.postMessage(first.task)
    }
    for (const thread of idle()) thread.worker.unref()
  }

  function run(task: Task): Promise<TaskResult> {
    if (isClosed) return Promise.reject(new Error('the pool is closed'))
    if (queue.length >= waiting) return Promise.reject(new ProtocolError('busy'))
    return new Promise((resolve, reject) => {
      queue.push({ task, resolve, reject })
      next()
    })
  }

  for (let i = 0; i < size; i++) startThread()
  return {
    get idle() {
      return Math.max(1, idle().length - queue.length)
    },
    run,
    async close() {
      isClosed = true
      for (const restart of restarts) clearTimeout(restart)
      for (const { reject } of queue.splice(0)) reject(new Error('the pool is closed'))
      await Promise.all([...threads].map(({ worker }) => worker.terminate()))
    },
  }
}

const ownScript = () => new URL('./pool-worker.js', import.meta.url)
