import type { Value } from '../grid.ts'
import type { Explained } from '../schemes/scheme.ts'
import type { PageModel } from './documents.ts'
import type { Order, Progress, Report } from './protocol.ts'

/** A failure in the worker, or of it: see `failures.ts` for the words. */
export class PageError extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.name = 'PageError'
    this.code = code
  }
}

/** The worker of one record, seen from the page. */
export interface Vault {
  seal(record: Readonly<Record<string, Value>>): Promise<Uint8Array>
  open(reply: Uint8Array): Promise<Explained>
  /** Ends the worker, whatever it is doing, and with it the key. What was asked of it gets no answer. */
  close(): void
}

interface TrustedScripts {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

/**
 * Makes the function that starts workers, each of which makes a key at once and tells `onProgress` of every step. To be
 * called once: the only script that a script of the page may start is the worker.
 */
export function vaultsOf({
  worker: usual,
  plainWorker,
}: PageModel): (onProgress: (progress: Progress) => void) => Vault {
  const worker = plainWorker === null || hasSimd() ? usual : plainWorker
  const rules = {
    createScriptURL(url: string): string {
      if (url !== worker.file) throw new TypeError('not a script of this page')
      return new URL(url, document.baseURI).href
    },
  }
  // Where browsers know trusted types, the page's policy demands them.
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedScripts }
  const policy = trustedTypes?.createPolicy('emp-compile', rules) ?? rules

  /** The worker's file is checked against its hash first: a worker has no `integrity` of its own. */
  async function start(signal: AbortSignal): Promise<Worker> {
    try {
      const response = await fetch(worker.file, { integrity: worker.integrity, signal })
      await response.arrayBuffer()
      return new Worker(policy.createScriptURL(worker.file), { type: 'module' })
    } catch {
      throw new PageError('worker-failed')
    }
  }

  return (onProgress) => openVault(start, onProgress)
}

/** Whether WebAssembly has SIMD here: a module that uses it is valid. */
function hasSimd(): boolean {
  const module = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
  ]
  return WebAssembly.validate(new Uint8Array(module))
}

function openVault(start: (signal: AbortSignal) => Promise<Worker>, onProgress: (progress: Progress) => void): Vault {
  const closing = new AbortController()
  let asker: { resolve(report: Report): void; reject(error: PageError): void } | null = null
  let failure: PageError | null = null

  function fail(error: PageError): void {
    failure = error
    asker?.reject(error)
  }

  const started = start(closing.signal).then((worker) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
      if (data.kind === 'progress') onProgress(data.progress)
      else if (data.kind === 'failed') fail(new PageError(data.code))
      else asker?.resolve(data)
    })
    worker.addEventListener('error', () => fail(new PageError('worker-failed')))
    return worker
  })
  // It may fail before anybody asks.
  started.catch(() => {})

  async function ask(order: Order): Promise<Report> {
    const worker = await started
    if (failure !== null) throw failure
    return new Promise((resolve, reject) => {
      asker = { resolve, reject }
      worker.postMessage(order)
    })
  }

  return {
    async seal(record) {
      const report = await ask({ kind: 'seal', record })
      if (report.kind !== 'sealed') throw new PageError('worker-failed')
      return report.request
    },
    async open(reply) {
      const report = await ask({ kind: 'open', reply })
      if (report.kind !== 'opened') throw new PageError('worker-failed')
      return report
    },
    close() {
      closing.abort()
      started.then((worker) => worker.terminate()).catch(() => {})
    },
  }
}
