import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import { byId, element, replace } from './dom.ts'
import type { Progress } from './protocol.ts'

/** How far a session is. */
export type PageStep =
  | Exclude<Progress, { readonly stage: 'ready' }>
  | { readonly stage: 'sealing' }
  | { readonly stage: 'sent'; readonly bytes: number; readonly slow: boolean }
  | { readonly stage: 'opening' }

const names = ['working.make-key', 'working.seal', 'working.send', 'working.open'] as const

/** Shows the steps of a session, which of them is under way, and says so aloud. */
export function showSteps(step: PageStep, { say }: Speech<PageCatalogue>): void {
  const { at, says } = describe(step, say)
  const items = names.map((name, i) => {
    const state = i < at ? 'done' : i === at ? 'doing' : 'to-do'
    const spoken = { done: say('working.done'), doing: say('working.doing'), 'to-do': '' }[state]
    return element('li', { 'data-state': state }, say(name), element('span', { class: 'unseen' }, spoken))
  })
  replace(byId('steps'), ...items)
  replace(byId('progress'), says)
  byId('working').dataset.stage = step.stage
}

function describe(step: PageStep, say: Speech<PageCatalogue>['say']): { readonly at: number; readonly says: string } {
  switch (step.stage) {
    case 'key':
      return { at: 0, says: say('working.says-key') }
    case 'noise':
      return { at: 1, says: say('working.says-noise', { done: step.done, all: step.of }) }
    case 'sealing':
      return { at: 1, says: say('working.says-sealing') }
    case 'sent':
      return { at: 2, says: step.slow ? say('working.says-slow') : say('working.says-sent', { count: step.bytes }) }
    case 'opening':
      return { at: 3, says: say('working.says-opening') }
    default:
      return step satisfies never
  }
}

/** Whether the page is ready to seal, in a line. */
export function describeReadiness(progress: Progress, { say }: Speech<PageCatalogue>): string {
  switch (progress.stage) {
    case 'key':
      return say('ready.key')
    case 'noise':
      return say('ready.noise', { done: progress.done, all: progress.of })
    case 'ready':
      return say('ready.ready')
    default:
      return progress satisfies never
  }
}
