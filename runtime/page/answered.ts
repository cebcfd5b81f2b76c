import type { GivenAnswer } from '../form/emp-form.ts'
import { localeOf, type Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import { byId, element, replace } from './dom.ts'

/** The summary list of what was answered; each with a way to its question. */
export function showAnswered(
  given: readonly GivenAnswer[],
  { say }: Speech<PageCatalogue>,
  change: (control: string) => void,
): void {
  const rows = given.map(({ title, said, control }) => {
    const spoken = element('span', { class: 'unseen' }, ` ${title}`)
    const button = element('button', { type: 'button', class: 'plain' }, say('answer.change-one'), spoken)
    button.addEventListener('click', () => change(control))
    return element('div', {}, element('dt', {}, title), element('dd', {}, element('span', {}, said), ' ', button))
  })
  replace(byId('answered'), ...rows)
}

/** Who answered and when, in the lines above an answer. */
export function showOrigin(
  address: string,
  operator: string | null,
  now: Date,
  { say, lang }: Speech<PageCatalogue>,
): void {
  const when = new Intl.DateTimeFormat(localeOf(lang), { dateStyle: 'long', timeStyle: 'short' }).format(now)
  const { host } = new URL(address)
  const said =
    operator === null ? say('answer.origin', { when, host }) : say('answer.origin-operator', { when, host, operator })
  replace(byId('answer-origin'), said)
}
