import type { Client, Walk } from '../client.ts'
import { ProtocolError, RecordError } from '../errors.ts'
import type { Value } from '../grid.ts'
import type { LabelClient } from '../label/client.ts'
import type { Opened, Order, Report } from './protocol.ts'

/**
 * The worker of a page: it makes a key, seals one record and opens its reply. The key stays here, and ends with the
 * worker. It sends nothing over the network; the page does.
 */
export function runWorker(client: Client<object, string | number> | LabelClient<object, string | number>): void {
  const sealing = isLabel(client) ? labelSealer(client) : sealer(client)
  const tell = (report: Report) => self.postMessage(report)
  const tellFailure = (error: unknown) => tell({ kind: 'failed', code: codeOf(error) })
  const prepared = sealing(tell)
  // A failure is told to whoever asks for something.
  prepared.catch(() => {})
  let sealed: Awaited<ReturnType<Seal>> | null = null

  async function follow(order: Order): Promise<void> {
    switch (order.kind) {
      case 'seal':
        sealed = await (await prepared)(order.record)
        return tell({ kind: 'sealed', request: sealed.request })
      case 'open':
        if (sealed === null) throw new TypeError('nothing was sealed')
        return tell({ kind: 'opened', ...(await sealed.open(order.reply)) })
      default:
        return order satisfies never
    }
  }

  self.addEventListener('message', ({ data }: MessageEvent<Order>) => void follow(data).catch(tellFailure))
}

/** Opens the reply to what was sealed; in `label` there is no path to be seen. */
type OpenableWalk = (reply: Uint8Array) => Promise<{ readonly leaf: Opened; readonly path: Walk['path'] }>
type Seal = (
  record: Readonly<Record<string, Value>>,
) => Promise<{ readonly request: Uint8Array; readonly open: OpenableWalk }>

const isLabel = (
  client: Client<object, string | number> | LabelClient<object, string | number>,
): client is LabelClient<object, string | number> => client.contract.reveal === 'label'

/** Makes a key, draws the noise for a record and gives what seals it: in steps, of which it tells. */
function sealer(client: Client<object, string | number>) {
  return async (tell: (report: Report) => void): Promise<Seal> => {
    tell({ kind: 'progress', progress: { stage: 'key' } })
    const key = await client.generateKey()
    const of = client.contract.features.length
    for (let done = 0; done < of; done++) {
      tell({ kind: 'progress', progress: { stage: 'noise', done, of } })
      client.prepare(key, done + 1)
    }
    tell({ kind: 'progress', progress: { stage: 'ready' } })
    return async (record) => {
      const { request, walk } = await client.seal(record, key)
      return { request, open: walk }
    }
  }
}

/** The same for `label`, where it takes a moment. */
function labelSealer(client: LabelClient<object, string | number>) {
  return async (tell: (report: Report) => void): Promise<Seal> => {
    tell({ kind: 'progress', progress: { stage: 'key' } })
    const key = await client.generateKey()
    client.prepare(key)
    tell({ kind: 'progress', progress: { stage: 'ready' } })
    return async (record) => {
      const { request, open } = await client.seal(record, key)
      return { request, open: async (reply) => ({ leaf: await open(reply), path: [] }) }
    }
  }
}

/** Errors of this package have codes, and texts without secrets; of others nothing is told. */
function codeOf(error: unknown): string {
  return error instanceof ProtocolError || error instanceof RecordError ? error.code : 'worker-failed'
}
