import { createHash, randomBytes } from 'node:crypto'
import { StoreError } from 'emp-compile-runtime/internal/errors'
import type { Server } from 'emp-compile-runtime/internal/server'
import type { ServeEvent } from 'emp-compile-runtime/internal/serving/events'
import { ticketRelay } from 'emp-compile-runtime/internal/serving/relay'
import type { Store } from 'emp-compile-runtime/internal/store/index'
import { ticketSigner } from 'emp-compile-runtime/internal/store/s3-presign'
import { sleep } from 'emp-compile-runtime/internal/store/sleep'
import { findTicketFlaws, type TicketFlaw } from 'emp-compile-runtime/internal/store/ticket-probe'
import { shortTicketKey, unsafeTickets } from '../errors.ts'
import type { WebTickets } from './web.ts'

export interface TicketPlan extends WebTickets {
  /** Origins that a page has to reach, besides its own. */
  readonly origins: () => Promise<readonly string[]>
  /** Tries the store, as long as it cannot be reached, and opens the endpoint. @throws {CompileError} `unsafe-tickets` */
  readonly check: (signal: AbortSignal) => Promise<void>
}

/** Tickets that lead through this server. Servers that share their sessions share a secret by EMP_COMPILE_TICKET_KEY. */
export function relayedTickets(servers: readonly Server[], store: Store, onPut: () => void): TicketPlan {
  const contracts = servers.map(({ contract }) => contract)
  const relay = ticketRelay(contracts, store, { key: ticketKey(process.env.EMP_COMPILE_TICKET_KEY), onPut })
  return {
    sign: ({ contract }) => relay.sign(contract),
    isOpen: () => true,
    relay: relay.app,
    origins: async () => [],
    check: async () => {},
  }
}

function ticketKey(text: string | undefined): Uint8Array<ArrayBuffer> {
  if (text === undefined) return new Uint8Array(randomBytes(32))
  if (text.length < 32) throw shortTicketKey()
  return new Uint8Array(createHash('sha256').update(text).digest())
}

/** Milliseconds between two tries at a store that cannot be reached. */
const pause = 5000

/** Tickets as URLs of the store, once it has shown that it holds strangers to them. */
export function presignedTickets(
  servers: readonly Server[],
  store: Store,
  url: string,
  onEvent: (event: ServeEvent) => void,
): TicketPlan {
  let isOpen = false
  const [first] = servers
  return {
    sign: ({ contract }) => ticketSigner(url, contract),
    isOpen: () => isOpen,
    relay: null,
    async origins() {
      if (first === undefined) return []
      const { put } = await ticketSigner(url, first.contract)('0'.repeat(32), 1)
      return [new URL(put).origin]
    },
    async check(signal) {
      while (!isOpen && first !== undefined) {
        try {
          const flaws = await findTicketFlaws(url, first.contract, store, ticketSigner(url, first.contract))
          if (flaws.length > 0) throw unsafeTickets(url, flaws.map(describeFlaw))
          isOpen = true
        } catch (error) {
          if (!(error instanceof StoreError)) throw error
          onEvent({ kind: 'failed', session: null, error })
          if (signal.aborted) return
          await sleep(pause, signal).catch(() => {})
        }
        if (signal.aborted) return
      }
    },
  }
}

function describeFlaw(flaw: TicketFlaw): string {
  switch (flaw.kind) {
    case 'unsigned-header':
      return `the unsigned header ${flaw.header}`
    case 'second-upload':
      return 'a second upload for one ticket'
    case 'other-length':
      return 'an upload of another length'
    case 'refused':
      return `no upload at all (status ${flaw.status})`
    default:
      return flaw satisfies never
  }
}
