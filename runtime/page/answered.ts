import { byId, element, replace } from './dom.ts'
import type { GivenAnswer } from './form.ts'

/** The summary list of what was answered, as it was understood; each with a way to its question. */
export function showAnswered(given: readonly GivenAnswer[], change: (control: string) => void): void {
  const rows = given.map(({ title, said, control }) => {
    const button = element(
      'button',
      { type: 'button', class: 'plain' },
      'Change',
      element('span', { class: 'unseen' }, ` ${title}`),
    )
    button.addEventListener('click', () => change(control))
    return element('div', {}, element('dt', {}, title), element('dd', {}, element('span', {}, said), ' ', button))
  })
  replace(byId('answered', HTMLElement), ...rows)
}

/** Who answered and when, in the lines above an answer. */
export function showOrigin(address: string, operator: string | null, now: Date): void {
  const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' }).format(now)
  const { host } = new URL(address)
  replace(byId('answer-origin', HTMLElement), `${when}, by ${operator === null ? host : `${operator} (${host})`}`)
}
