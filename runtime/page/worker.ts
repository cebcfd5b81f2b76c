import type { Client, Sealed } from '../client.ts'
import { ProtocolError, RecordError } from '../errors.ts'
import type { Order, Report } from './protocol.ts'

/**
 * The worker of a page: it makes a key, seals one record and opens its reply. The key stays here, and ends with the
 * worker. It sends nothing over the network; the page does.
 */
export function runWorker<Key>(client: Client<object, string | number, Key>): void {
  const tell = (report: Report) => self.postMessage(report)
  const tellFailure = (error: unknown) => tell({ kind: 'failed', code: codeOf(error) })
  const prepared = makeKey(client, tell)
  // A failure is told to whoever asks for something.
  prepared.catch(() => {})
  let sealed: Sealed<string | number> | null = null

  async function follow(order: Order): Promise<void> {
    switch (order.kind) {
      case 'seal':
        sealed = await client.seal(order.record, await prepared)
        return tell({ kind: 'sealed', request: sealed.request })
      case 'open':
        if (sealed === null) throw new TypeError('nothing was sealed')
        return tell({ kind: 'opened', ...(await sealed.explain(order.reply)) })
      default:
        return order satisfies never
    }
  }

  self.addEventListener('message', ({ data }: MessageEvent<Order>) => void follow(data).catch(tellFailure))
}

/** Makes a key and draws what sealing a record with it needs: in steps, and reports each. */
async function makeKey<Key>(
  client: Client<object, string | number, Key>,
  tell: (report: Report) => void,
): Promise<Key> {
  tell({ kind: 'progress', progress: { stage: 'key' } })
  const key = await client.generateKey()
  const of = client.contract.features.length
  for (let done = 0; done < of; done++) {
    tell({ kind: 'progress', progress: { stage: 'noise', done, of } })
    client.prepare(key, done + 1)
  }
  tell({ kind: 'progress', progress: { stage: 'ready' } })
  return key
}

/** Errors of this package have codes, and texts without secrets; of others nothing is told. */
function codeOf(error: unknown): string {
  return error instanceof ProtocolError || error instanceof RecordError ? error.code : 'worker-failed'
}
