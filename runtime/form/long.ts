import { element, replace } from '../page/dom.ts'
import type { Question } from '../page/questions.ts'
import type { FormCatalogue } from '../words/form.ts'
import type { Speech } from '../words/message.ts'
import type { Field } from './field.ts'

/** With more questions than this, a form is in groups, tells how far one is, and takes a line of a table. */
export const mostShort = 5

type Say = Speech<FormCatalogue>['say']

/** A question and its field. */
export interface AskedQuestion {
  readonly question: Question
  readonly field: Field
}

/** Under the headings of the schema, in the order in which they first occur. */
export function grouped(asked: readonly AskedQuestion[], say: Say): readonly HTMLElement[] {
  const boxes = asked.map(({ field }) => field.box)
  const names = [...new Set(asked.map(({ question }) => question.group))]
  if (asked.length <= mostShort || names.every((name) => name === null)) return boxes
  return names.map((name, g) => {
    const heading = element('h3', { part: 'heading', id: `group-${g}` }, name ?? say('ask.other-questions'))
    const own = boxes.filter((_, i) => asked[i]?.question.group === name)
    return element('section', { part: 'group', class: 'group', 'aria-labelledby': heading.id }, heading, ...own)
  })
}

/** What to look up before one begins; null where there is nothing. */
export function readyList(asked: readonly AskedQuestion[], say: Say): HTMLElement | null {
  const titles = asked.flatMap(({ question }) => (question.isResult ? [question.title] : []))
  if (titles.length === 0) return null
  return element(
    'section',
    { part: 'ready', id: 'have-ready', 'aria-labelledby': 'have-ready-title' },
    element('h2', { part: 'heading', id: 'have-ready-title' }, say('ask.have-ready')),
    element('p', {}, say('ask.have-ready-what')),
    element('ul', { id: 'ready-list' }, ...titles.map((title) => element('li', {}, title))),
  )
}

/** How many questions are answered. */
export function progressLine(say: Say): { readonly box: HTMLElement; tell(done: number, all: number): void } {
  const bar = element('progress', { id: 'asked-bar', 'aria-labelledby': 'asked-said' })
  const said = element('span', { id: 'asked-said' })
  return {
    box: element('p', { part: 'progress', class: 'asked' }, bar, said),
    tell(done, all) {
      bar.max = all
      bar.value = done
      replace(said, say('ask.progress', { done, all }))
    },
  }
}

/** A place for the line of one person out of a table. */
export interface PastePlace {
  readonly box: HTMLDetailsElement
  readonly area: HTMLTextAreaElement
}

/** @param use what is in it: it is empty then. */
export function pastePlace(say: Say, use: (text: string) => void): PastePlace {
  const area = element('textarea', {
    ...{ part: 'control', id: 'pasted', rows: '3', autocomplete: 'off', spellcheck: 'false' },
    'aria-describedby': 'paste-what',
  })
  const button = element(
    'button',
    { part: 'paste-button', type: 'button', class: 'second', id: 'paste-button' },
    say('ask.paste-button'),
  )
  button.addEventListener('click', () => {
    const { value } = area
    area.value = ''
    use(value)
  })
  const box = element(
    'details',
    { part: 'paste', id: 'paste' },
    element('summary', {}, say('ask.paste')),
    element('p', { part: 'hint', class: 'hint', id: 'paste-what' }, say('ask.paste-what')),
    element('label', { class: 'unseen', for: 'pasted' }, say('ask.paste-label')),
    area,
    button,
  )
  return { box, area }
}
