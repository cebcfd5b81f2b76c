import { byId, element, replace } from './dom.ts'
import type { Progress } from './protocol.ts'

/** How far a session is. */
export type PageStep =
  | Exclude<Progress, { readonly stage: 'ready' }>
  | { readonly stage: 'sealing' }
  | { readonly stage: 'sent'; readonly bytes: number; readonly slow: boolean }
  | { readonly stage: 'opening' }

const words = ['Make your key', 'Encrypt your answers', 'Send them, and wait for the reply', 'Open the reply'] as const

/** Shows the steps of a session, which of them is under way, and says so aloud. */
export function showSteps(step: PageStep): void {
  const { at, says } = describe(step)
  const items = words.map((text, i) => {
    const state = i < at ? 'done' : i === at ? 'doing' : 'to-do'
    const spoken = { done: ' (done)', doing: ' (now)', 'to-do': '' }[state]
    return element('li', { 'data-state': state }, text, element('span', { class: 'unseen' }, spoken))
  })
  replace(byId('steps', HTMLElement), ...items)
  replace(byId('progress', HTMLElement), says)
  byId('working', HTMLElement).dataset.stage = step.stage
}

function describe(step: PageStep): { readonly at: number; readonly says: string } {
  switch (step.stage) {
    case 'key':
      return { at: 0, says: 'Making your key on this device.' }
    case 'noise':
      return { at: 1, says: `Encrypting: ${step.done} of ${step.of} values.` }
    case 'sealing':
      return { at: 1, says: 'Encrypting.' }
    case 'sent':
      return {
        at: 2,
        says: step.slow
          ? 'Still waiting for the server. This takes longer than usual; you can go on waiting or cancel.'
          : `${step.bytes.toLocaleString('en-GB')} encrypted bytes are on their way; waiting for the reply.`,
      }
    case 'opening':
      return { at: 3, says: 'The reply is here. Opening it.' }
    default:
      return step satisfies never
  }
}
