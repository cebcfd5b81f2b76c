import { parentPort } from 'node:worker_threads'
import { ProtocolError } from './errors.ts'
import { type Evaluation, evaluateHere } from './paillier/evaluation.ts'
import { fastestEngine } from './paillier/fastest-engine.ts'

/** To a thread of the pool: one evaluation at a time. */
export interface PoolTask {
  readonly evaluation: Evaluation
}

/** From it: the ciphertexts, or the code of an error that has one. */
export interface PoolAnswer {
  readonly ciphertexts: readonly bigint[] | null
  readonly code: string | null
}

const evaluate = evaluateHere(fastestEngine)
parentPort?.on('message', async ({ evaluation }: PoolTask) => {
  const answer = await evaluate(evaluation).then(
    (ciphertexts): PoolAnswer => ({ ciphertexts, code: null }),
    (error): PoolAnswer => ({ ciphertexts: null, code: error instanceof ProtocolError ? error.code : null }),
  )
  parentPort?.postMessage(answer)
})
