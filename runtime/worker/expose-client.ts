import { toHex } from '../bytes.ts'
import type { Client, Sealed } from '../client.ts'
import { fingerprint } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import {
  type Channel,
  listenTo,
  ownBytes,
  type Result,
  type WorkerMessage,
  type WorkerOrder,
  workerFailure,
} from './orders.ts'

/**
 * Lets `workerClient` at the other end use a client: the whole program of a worker is `exposeClient(client)`. Keys and
 * sealed records stay in the worker. It sends nothing over the network.
 *
 * @param channel where the orders come from; a browser's worker needs none. In Node it is `parentPort` of
 *   `node:worker_threads`.
 */
export function exposeClient<Features extends object, Answer extends string | number, Key>(
  client: Client<Features, Answer, Key>,
  channel: Channel = globalThis as unknown as Channel,
): void {
  const keys = new Map<number, Key>()
  const sealedRecords = new Map<number, Sealed<Answer>>()
  const dropped = new Set<number>()
  let before: Promise<void> = Promise.resolve()

  function keyOf(id: number): Key {
    const key = keys.get(id)
    if (key === undefined) throw new ProtocolError('wrong-key')
    return key
  }

  async function follow(order: WorkerOrder): Promise<Result> {
    switch (order.kind) {
      case 'key':
        if (toHex(await fingerprint(client.contract)) !== order.print) throw new ProtocolError('wrong-contract')
        keys.set(order.key, await client.generateKey())
        return { kind: 'done' }
      case 'prepare':
        client.prepare(keyOf(order.key), order.features)
        return { kind: 'done' }
      case 'seal': {
        const sealed = await client.seal(order.record as Features, keyOf(order.key))
        sealedRecords.set(order.sealed, sealed)
        return { kind: 'sealed', request: ownBytes(sealed.request) }
      }
      case 'explain': {
        const sealed = sealedRecords.get(order.sealed)
        if (sealed === undefined) throw new ProtocolError('worker-failed')
        return { kind: 'explained', explained: await sealed.explain(order.reply) }
      }
      default:
        return order satisfies never
    }
  }

  /** Follows an order, unless it was taken back while others were followed. */
  async function answer(id: number, order: WorkerOrder): Promise<void> {
    await pause()
    if (dropped.delete(id)) return
    try {
      const result = await follow(order)
      const transfer = result.kind === 'sealed' ? [result.request.buffer as ArrayBuffer] : []
      channel.postMessage({ id, result }, transfer)
    } catch (error) {
      channel.postMessage({ id, failure: workerFailure(error) }, [])
    }
  }

  listenTo(channel, (data) => {
    const message = data as WorkerMessage
    if ('order' in message) {
      const { id, order } = message
      before = before.then(() => answer(id, order))
    } else if (message.drop === 'order') dropped.add(message.id)
    else {
      const kept = message.drop === 'key' ? keys : sealedRecords
      before = before.then(() => void kept.delete(message.id))
    }
  })
}

/** Lets messages in that came meanwhile. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
