import { defineElement } from '../form/element.ts'
import type { EmpForm } from '../form/emp-form.ts'
import { speechOf } from '../words/message.ts'
import type { PageLanguage, PageModel } from './documents.ts'

/** The form of the page: `<emp-form light>`, with the words of the page. It seals and sends nothing: the page does. */
export function formOf({ languages }: Pick<PageModel, 'languages'>): EmpForm {
  const wordsOf = (tag: string): PageLanguage => languages.find(({ lang }) => lang === tag) ?? languages[0]
  defineElement('emp-form', {
    speechIn(tag, own) {
      const { lang, words } = wordsOf(tag)
      return speechOf(lang, { ...words, ...own })
    },
    shadowOf: null,
    sendingOf: null,
  })
  const form = document.querySelector<EmpForm>('emp-form')
  if (form === null) throw new TypeError('the page has no form')
  return form
}
