import { parentPort } from 'node:worker_threads'
import { ProtocolError } from './errors.ts'
import type { LabelTask } from './label/evaluation.ts'
import { type Evaluation, evaluateHere } from './paillier/evaluation.ts'
import { fastestEngine } from './paillier/fastest-engine.ts'

/** To a thread of the pool: one evaluation at a time. */
export interface PoolTask {
  readonly evaluation: Evaluation | LabelTask
}

/** From it: the ciphertexts, or the code of an error that has one. */
export interface PoolAnswer {
  readonly ciphertexts: readonly bigint[] | Uint8Array | null
  readonly code: string | null
}

const evaluateSigns = evaluateHere(fastestEngine)

/** Servers of `signs` never load the group. */
async function evaluate(evaluation: PoolTask['evaluation']): Promise<readonly bigint[] | Uint8Array> {
  if (!('kind' in evaluation)) return evaluateSigns(evaluation)
  const { doLabelTask } = await import('./label/evaluation.ts')
  return doLabelTask(evaluation)
}

parentPort?.on('message', async ({ evaluation }: PoolTask) => {
  const answer = await evaluate(evaluation).then(
    (ciphertexts): PoolAnswer => ({ ciphertexts, code: null }),
    (error): PoolAnswer => ({ ciphertexts: null, code: error instanceof ProtocolError ? error.code : null }),
  )
  parentPort?.postMessage(answer)
})
