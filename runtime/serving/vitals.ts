import type { Gate } from './gate.ts'
import type { Look } from './serve-store.ts'

/** Why a server is not ready for more work. */
export type Unready = 'draining' | 'store-not-reached' | 'queue-full' | 'stuck'

/** What a server knows of its own state, for whoever watches it. */
export interface Vitals {
  /** Told of every look into a store; stores are told apart by their place. */
  onLook(place: string, look: Look): void
  drain(): void
  readonly isDraining: () => boolean
  /** Null if it is ready. */
  readonly unready: () => Unready | null
  /** Of the last looks into all places together. */
  readonly looks: () => Look
  /** Requests over HTTP that wait, and that are in hand. */
  readonly queue: () => { readonly waiting: number; readonly inHand: number }
}

/** @param places in stores that have to have been reached, each, before a server is ready. */
export function newVitals(places: readonly string[], gate: Gate | null): Vitals {
  const looks = new Map<string, Look>()
  let isDraining = false
  const unready = (): Unready | null => {
    if (isDraining) return 'draining'
    if (places.some((place) => looks.get(place)?.isReached !== true)) return 'store-not-reached'
    return gate?.isFull() === true ? 'queue-full' : null
  }
  return {
    onLook: (place, look) => void looks.set(place, look),
    drain() {
      isDraining = true
    },
    isDraining: () => isDraining,
    unready,
    looks: () => ({
      isReached: places.every((place) => looks.get(place)?.isReached === true),
      waiting: [...looks.values()].reduce((sum, { waiting }) => sum + waiting, 0),
      oldest: Math.max(0, ...[...looks.values()].map(({ oldest }) => oldest)),
      foreign: [...looks.values()].reduce((sum, { foreign }) => sum + foreign, 0),
    }),
    queue: () => ({ waiting: gate?.waiting() ?? 0, inHand: gate?.inHand() ?? 0 }),
  }
}
