import { ProtocolError, RecordError } from '../errors.ts'
import { documentsIn } from '../page/documents.ts'
import { element, replace } from '../page/dom.ts'
import type { Opened } from '../schemes/scheme.ts'
import type { FormCatalogue } from '../words/form.ts'
import type { Speech } from '../words/message.ts'
import type { EmpForm, FormDocuments, FormModel, FormRecord } from './emp-form.ts'
import { tellSite } from './tell-site.ts'
import { tellAnswer } from './told.ts'

/** The sessions of a form that sends by itself: one at a time, each with a key of its own. */
export interface Sending {
  readonly cancelButton: HTMLElement
  readonly result: HTMLElement
  /** From now on it sends for a model, null for none: makes a key for it, and drops what there is of another. */
  use(model: FormModel | null): void
  /** @param begin whether it is to be sent: the site may do that itself. */
  send(model: FormModel, record: FormRecord, begin: () => boolean): Promise<void>
  isBusy(): boolean
  cancel(): void
  /** Removes the result; one that is still to come, too. */
  clear(): void
  /** Says all that is shown in the language of the form. */
  translate(): void
}

/** @param speechNow the language of the form, as it is then. */
export function sendingOf(form: EmpForm, speechNow: () => Speech<FormCatalogue>): Sending {
  const cancelButton = element('button', { part: 'cancel', type: 'button', hidden: '' })
  const result = element('div', { part: 'result', role: 'status' })
  let current: FormModel | null = null
  /** Made while the form is filled in; for one session. */
  let key: Promise<unknown> | null = null
  let session: AbortController | null = null
  let shown: { readonly opened: Opened; readonly model: FormModel } | null = null
  const cancel = () => session?.abort()
  const note = (key: keyof FormCatalogue & `form.${string}`) => form.note(() => speechNow().say(key))
  cancelButton.addEventListener('click', cancel)

  /** A failure is told to whoever sends something. */
  function prepare(model: FormModel | null): void {
    current = model
    key = null
    if (model === null) return
    const { client } = model
    const making = client.generateKey()
    key = making.catch(() => null)
    making.then((made) => client.prepare(made)).catch(() => {})
  }

  /** Nobody waits any more. */
  function rest(): void {
    session = null
    // A button that is hidden has no focus.
    const hadFocus = cancelButton.matches(':focus')
    cancelButton.hidden = true
    if (hadFocus) cancelButton.parentElement?.querySelector<HTMLElement>('[type=submit]')?.focus()
  }

  function use(model: FormModel | null): void {
    cancel()
    rest()
    show(null)
    prepare(model)
  }

  function show(next: typeof shown): void {
    shown = next
    replace(result)
    if (next === null) return
    const { opened, model } = next
    const speech = speechNow()
    const documents = documentsIn<FormDocuments>(model.documents, speech.lang)
    const { answer, beside } = tellAnswer(opened, model.client.contract, documents, speech)
    result.lang = speech.lang
    result.dir = speech.dir
    replace(
      result,
      element('p', { part: 'answer', class: 'answer' }, answer),
      ...beside.map((line) => element('p', { part: 'beside' }, line)),
      element('p', { part: 'disclaimer' }, speech.say('form.disclaimer')),
    )
  }

  return {
    cancelButton,
    result,
    use,
    cancel,
    isBusy: () => session !== null,
    async send(model, record, begin) {
      const own = new AbortController()
      session = own
      const isWanted = begin()
      // The site may have cleared the form, or given it another model, at every event.
      const isOver = () => session !== own
      if (isOver()) return
      if (!isWanted) return rest()
      // Not every client heeds the signal.
      const unlessGivenUp = () => {
        if (own.signal.aborted) throw new ProtocolError('aborted')
      }
      cancelButton.hidden = false
      show(null)
      note('form.working')
      try {
        const made = await key
        unlessGivenUp()
        const options = made === null ? {} : { key: made }
        const opened = await model.client.predict(record, { via: model.via, signal: own.signal, ...options })
        unlessGivenUp()
        form.note(() => '')
        show({ opened, model })
        tellSite(form, 'emp-answer', { opened, record })
      } catch (error) {
        if (isOver()) return
        const code = error instanceof ProtocolError || error instanceof RecordError ? error.code : 'failed'
        note(code === 'aborted' ? 'form.cancelled' : 'form.failed')
        tellSite(form, 'emp-failure', { code })
      } finally {
        if (!isOver()) {
          rest()
          prepare(current)
        }
      }
    },
    clear() {
      // What was sent is nobody's any more; its key was used.
      if (session === null) show(null)
      else use(current)
    },
    translate() {
      replace(cancelButton, speechNow().say('form.cancel'))
      show(shown)
    },
  }
}
