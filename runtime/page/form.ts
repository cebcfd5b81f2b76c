import { defineElement } from '../form/element.ts'
import type { EmpForm } from '../form/emp-form.ts'
import type { Tongue } from './language.ts'

/** The form of the page: `<emp-form light>`, with the words of the page. It seals and sends nothing: the page does. */
export function formOf({ speechIn }: Tongue): EmpForm {
  defineElement('emp-form', {
    speechIn,
    shadowOf: null,
    sendingOf: null,
  })
  const form = document.querySelector<EmpForm>('emp-form')
  if (form === null) throw new TypeError('the page has no form')
  return form
}
