import type { Contract } from '../contract.ts'
import { kindsOfObjects, placeOf, type Store, sessionIdPattern, sessionKeys } from '../store/store.ts'
import { newBell } from './bell.ts'
import type { ServeEvent } from './events.ts'
import { ticketSeconds } from './tickets.ts'

export interface SweepOptions {
  readonly signal: AbortSignal
  readonly onEvent: (event: ServeEvent) => void
  /** Age in milliseconds at which replies are removed that nobody fetched. */
  readonly lifetime: number
}

/** Milliseconds after which what lies in the places of other versions is removed: no server of theirs does it. */
const lifetimeElsewhere = 86_400_000
const never = newBell()

/** Removes what nobody fetched, several times in the lifetime of such an object, until the signal is aborted. */
export async function sweepRegularly(contract: Contract, store: Store, options: SweepOptions): Promise<void> {
  const { signal, onEvent, lifetime } = options
  const pause = Math.max(20, Math.min(lifetime / 4, 3_600_000))
  let sweptElsewhere = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    try {
      let objects = await sweepPlace(contract, store, options)
      if (performance.now() - sweptElsewhere > 3_600_000) {
        sweptElsewhere = performance.now()
        objects += await sweepElsewhere(contract, store, signal)
      }
      if (objects > 0) onEvent({ kind: 'swept', objects })
    } catch (error) {
      if (!signal.aborted) onEvent({ kind: 'failed', session: null, error })
    }
    await never.wait(pause, signal)
  }
}

async function sweepPlace(contract: Contract, store: Store, { signal, lifetime }: SweepOptions): Promise<number> {
  const { request, reply, spent } = sessionKeys(await placeOf(contract), '')
  // A mark has to outlast the ticket that it belongs to.
  const lifetimes = [
    [reply, lifetime],
    [spent, Math.max(lifetime, 2000 * ticketSeconds)],
  ] as const
  let objects = 0
  for (const [folder, age] of lifetimes) {
    const now = await store.now({ signal })
    for await (const { entries } of store.scan(folder, sessionIdPattern, { signal })) {
      for (const { key, modified } of entries) {
        if (signal.aborted) return objects
        if (now.getTime() - modified.getTime() <= age) continue
        await store.delete(key, { signal })
        objects += 1
      }
    }
  }
  for (const folder of [request, reply, spent]) objects += (await store.tidy?.(folder)) ?? 0
  return objects
}

async function sweepElsewhere({ name: model }: Contract, store: Store, signal: AbortSignal): Promise<number> {
  let objects = 0
  const now = await store.now({ signal })
  for (const kind of kindsOfObjects) {
    for (const { key, modified } of await store.list(`${kind}/${model}/`, { signal })) {
      if (signal.aborted) return objects
      if (now.getTime() - modified.getTime() <= lifetimeElsewhere) continue
      if (!sessionIdPattern.test(key.split('/').at(-1) ?? '')) continue
      await store.delete(key, { signal })
      objects += 1
    }
  }
  return objects
}
