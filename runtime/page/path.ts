import type { GivenAnswer } from '../form/emp-form.ts'
import type { TakenStep } from '../schemes/scheme.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import type { PageDocuments } from './documents.ts'
import { element } from './dom.ts'

/** The tests on the way to the answer, in words, where the model's owner publishes them. */
export function showPath(
  path: readonly TakenStep[],
  { tests = [] }: PageDocuments,
  given: readonly Pick<GivenAnswer, 'title' | 'said'>[],
  { say }: Speech<PageCatalogue>,
): HTMLElement[] {
  const conditions = new Map<string, string[]>()
  for (const { test, left } of path) {
    const document = tests[test]
    if (document === undefined) continue
    const { question } = document
    conditions.set(question, [...(conditions.get(question) ?? []), left ? document.left : document.right])
  }
  // A column that is asked about more than once is named once.
  const steps = [...conditions].map(([question, texts]) => {
    const said = given.find(({ title }) => title === question)?.said
    const own = said === undefined ? null : element('span', { class: 'small' }, say('answer.path-said', { said }))
    return element('li', {}, element('strong', {}, question), `: ${texts.join('; ')}`, own)
  })
  if (steps.length === 0) return []
  return [element('section', { class: 'path' }, element('h2', {}, say('answer.path')), element('ol', {}, ...steps))]
}
