import type { Group } from './group.ts'
import { loadGroup } from './load.ts'

let ready: Promise<Group> | null = null

/** The group of the fastest engine that works here, loaded once, when it is first asked for. */
export function readyGroup(): Promise<Group> {
  ready ??= loadGroup()
  return ready
}
