import { formSpeech } from '../words/form.ts'
import { defineElement } from './element.ts'
import { sendingOf } from './sending.ts'
import { style } from './style.ts'

let sheet: CSSStyleSheet | null = null

/** A shadow root with the looks of a form: they need no leave of a policy. */
function shadowOf(host: HTMLElement): ShadowRoot {
  if (sheet === null) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
  }
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true })
  root.adoptedStyleSheets = [sheet]
  return root
}

/** Defines the element; once, before it is used. Where there is no document, as on a server, it does nothing. */
export function defineForm(name = 'emp-form'): void {
  defineElement(name, { speechIn: formSpeech, shadowOf, sendingOf })
}
