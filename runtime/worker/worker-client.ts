import { toHex } from '../bytes.ts'
import type { PredictOptions } from '../client.ts'
import { type Contract, fingerprint } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import { cellsOf, checked } from '../grid.ts'
import type { Explained, Opened } from '../schemes/scheme.ts'
import { runSession } from '../session/run-session.ts'
import {
  type Channel,
  errorOf,
  listenTo,
  ownBytes,
  type Result,
  type WorkerMessage,
  type WorkerOrder,
  type WorkerReport,
} from './orders.ts'

/** A key that lies in a worker. It is forgotten there when nothing here holds it any more. */
export interface WorkerKey {
  /** Which of the worker's keys it is. */
  readonly id: number
}

/** How long an order is wanted. */
export interface OrderOptions {
  /** Takes the order back. What is being computed is finished, and forgotten. */
  readonly signal?: AbortSignal
}

/** A record that a worker sealed: the bytes to send, and the way to open the reply to them. */
export interface WorkerSealed<Answer extends string | number> {
  readonly request: Uint8Array
  /** As `open` of a client; the worker opens it. @throws {ProtocolError} */
  open(reply: Uint8Array, options?: OrderOptions): Promise<Opened<Answer>>
  /** As `open`, with the path that was taken, where the scheme shows it. */
  explain(reply: Uint8Array, options?: OrderOptions): Promise<Explained<Answer>>
}

/** A client that computes in a worker: it has the same methods, and none of them blocks this thread. */
export interface WorkerClient<Features extends object, Answer extends string | number> {
  readonly contract: Contract
  /** As `check` of a client. @throws {RecordError} names the field. */
  check(record: object): Features
  /**
   * Makes a key in the worker.
   *
   * @throws {ProtocolError} `wrong-contract` if the worker's client is of another model; `worker-failed`, `aborted`.
   */
  generateKey(options?: OrderOptions): Promise<WorkerKey>
  /** Draws what the next record that is sealed with this key needs: for `features` of its features, all by default. */
  prepare(key: WorkerKey, features?: number, options?: OrderOptions): Promise<void>
  /** Encrypts a record. @throws {RecordError} names the field. @throws {ProtocolError} */
  seal(features: Features, key: WorkerKey, options?: OrderOptions): Promise<WorkerSealed<Answer>>
  /**
   * One whole session: the worker seals, this thread sends, the worker opens.
   *
   * @throws {RecordError} before anything is sent. @throws {ProtocolError} @throws {StoreError}
   */
  predict(features: Features, options: PredictOptions<WorkerKey>): Promise<Opened<Answer>>
  /** Ends the worker, and with it every key. What was asked of it ends as `aborted`. */
  close(): void
}

/** A worker of a browser, or of `node:worker_threads`. */
export interface WorkerLike extends Channel {
  terminate(): unknown
}

interface Asker {
  resolve(result: Result): void
  reject(error: Error): void
}

/**
 * The client of a model whose computing is done by a worker that runs `exposeClient(client)`. Sealing takes up to some
 * hundred milliseconds: done here, it would hold up everything else on the page.
 *
 * @param worker for instance `new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`. It belongs to
 *   this client, which ends it.
 * @param contract of the same model, from the module of its client.
 */
export function workerClient<Features extends object, Answer extends string | number>(
  worker: WorkerLike,
  contract: Contract,
): WorkerClient<Features, Answer> {
  const askers = new Map<number, Asker>()
  const print = fingerprint(contract).then(toHex)
  let last = 0
  let ended: ProtocolError | null = null

  function end(error: ProtocolError): void {
    ended ??= error
    for (const asker of askers.values()) asker.reject(ended)
    askers.clear()
  }

  const post = (message: WorkerMessage, transfer: ArrayBuffer[] = []) => {
    if (ended === null) worker.postMessage(message, transfer)
  }

  listenTo(worker, (data) => {
    const report = data as WorkerReport
    const asker = askers.get(report.id)
    askers.delete(report.id)
    if ('result' in report) asker?.resolve(report.result)
    else asker?.reject(errorOf(report.failure))
  })
  for (const type of ['error', 'messageerror', 'exit']) {
    const fail = () => end(new ProtocolError('worker-failed'))
    if (worker.on !== undefined) worker.on(type, fail)
    else worker.addEventListener?.(type, fail)
  }

  // What nobody here can name any more is of no use in the worker.
  const unnamed = new FinalizationRegistry<WorkerMessage>((message) => post(message))
  function naming<T extends object>(holder: T, drop: 'key' | 'sealed', id: number): T {
    unnamed.register(holder, { drop, id })
    return holder
  }

  function ask(order: WorkerOrder, { signal }: OrderOptions = {}, transfer: ArrayBuffer[] = []): Promise<Result> {
    const id = ++last
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(new ProtocolError('aborted', { cause: signal.reason }))
      if (ended !== null) return reject(ended)
      const abort = () => {
        askers.delete(id)
        post({ drop: 'order', id })
        reject(new ProtocolError('aborted', { cause: signal?.reason }))
      }
      const settled = () => signal?.removeEventListener('abort', abort)
      askers.set(id, {
        resolve: (result) => {
          settled()
          resolve(result)
        },
        reject: (error) => {
          settled()
          reject(error)
        },
      })
      signal?.addEventListener('abort', abort, { once: true })
      try {
        post({ id, order }, transfer)
      } catch {
        // A record that cannot be cloned.
        askers.delete(id)
        settled()
        reject(new ProtocolError('worker-failed'))
      }
    })
  }

  async function generateKey(options?: OrderOptions): Promise<WorkerKey> {
    const key = ++last
    await ask({ kind: 'key', key, print: await print }, options)
    return naming({ id: key }, 'key', key)
  }

  async function seal(features: Features, key: WorkerKey, options?: OrderOptions): Promise<WorkerSealed<Answer>> {
    cellsOf(contract, features)
    const sealed = ++last
    const result = await ask({ kind: 'seal', key: key.id, sealed, record: { ...features } }, options)
    if (result.kind !== 'sealed') throw new ProtocolError('worker-failed')
    const explain = async (reply: Uint8Array, opening?: OrderOptions) => {
      const bytes = ownBytes(reply)
      const told = await ask({ kind: 'explain', sealed, reply: bytes }, opening, [bytes.buffer])
      if (told.kind !== 'explained') throw new ProtocolError('worker-failed')
      return told.explained as Explained<Answer>
    }
    // Whoever can still open the reply holds this function.
    naming(explain, 'sealed', sealed)
    return { request: result.request, explain, open: async (reply, opening) => (await explain(reply, opening)).opened }
  }

  return {
    contract,
    check: (record) => checked<Features>(contract, record),
    generateKey,
    seal,
    async prepare(key, features = contract.features.length, options = {}) {
      await ask({ kind: 'prepare', key: key.id, features }, options)
    },
    async predict(features, { key, ...session }) {
      cellsOf(contract, features)
      const { signal } = session
      const options = signal === undefined ? {} : { signal }
      return runSession(async () => seal(features, key ?? (await generateKey(options)), options), session)
    },
    close() {
      end(new ProtocolError('aborted'))
      void worker.terminate()
    },
  }
}
