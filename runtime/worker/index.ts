export { exposeClient } from './expose-client.ts'
export type { Channel } from './orders.ts'
export {
  type OrderOptions,
  type WorkerClient,
  type WorkerKey,
  type WorkerLike,
  type WorkerSealed,
  workerClient,
} from './worker-client.ts'
