import { parentPort } from 'node:worker_threads'
import { ProtocolError } from '../errors.ts'
import { runTask } from '../schemes/index.ts'
import type { Task, TaskResult } from '../schemes/scheme.ts'

/** From a thread of the pool: what a task came to, or the code of an error that has one. */
export interface PoolAnswer {
  readonly result: TaskResult | null
  readonly code: string | null
}

parentPort?.on('message', async (task: Task) => {
  const answer = await runTask(task).then(
    (result): PoolAnswer => ({ result, code: null }),
    (error): PoolAnswer => ({ result: null, code: error instanceof ProtocolError ? error.code : null }),
  )
  parentPort?.postMessage(answer)
})
