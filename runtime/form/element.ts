import type { Client } from '../client.ts'
import { ProtocolError, RecordError } from '../errors.ts'
import type { Value } from '../grid.ts'
import { type DocumentWords, documentsIn, type PageDocuments } from '../page/documents.ts'
import { element, replace } from '../page/dom.ts'
import { questionsOf } from '../page/questions.ts'
import type { Opened } from '../schemes/scheme.ts'
import type { Transport } from '../session/run-session.ts'
import { type FormCatalogue, type FormWords, formSpeech } from '../words/form.ts'
import type { Speech } from '../words/message.ts'
import type { Field } from './field.ts'
import { fieldOf } from './fields.ts'
import { style } from './style.ts'
import { tellAnswer } from './told.ts'

/** What a form asks for and with whom. */
export interface FormModel {
  /** A client, best a `workerClient`: then nothing blocks the page. */
  readonly client: Pick<Client<object, string | number>, 'contract' | 'generateKey' | 'prepare' | 'predict'>
  /** How requests reach the server: `overHttp(url, contract)` or another transport. */
  readonly via: Transport
  /** The words of the model, out of its `page.json`; with its `languages`, in whichever the form is in. */
  readonly documents: FormDocuments
}

/** What a form says of a model. */
export interface FormDocuments extends Pick<PageDocuments, 'target' | 'columns'> {
  readonly languages?: Readonly<Record<string, Pick<DocumentWords, 'target' | 'columns'>>>
}

/** A record by column. */
export type FormRecord = Readonly<Record<string, Value>>

/** The detail of `emp-answer`. */
export interface AnswerDetail {
  readonly opened: Opened
  readonly record: FormRecord
}

/** The detail of `emp-failure`: a code of `ProtocolError` or `RecordError`, or `failed`. */
export interface FailureDetail {
  readonly code: string
}

/** The element `<emp-form>`. Its events: `emp-send`, then `emp-answer` or `emp-failure`. */
export interface EmpForm extends HTMLElement {
  /** What it asks. Setting it builds the form anew, without answers. */
  model: FormModel | null
  /** Words of its own instead of those that come with it. */
  words: Partial<FormWords>
  /** The record as it is filled in; null if something is missing or wrong, which is shown then. */
  read(): FormRecord | null
  /** Puts values in: those columns that are there. */
  fill(record: FormRecord): void
  /** Removes all answers, and the result. */
  clear(): void
  /** As the button does. */
  submit(): Promise<void>
  /** Gives up what was sent. */
  cancel(): void
}

/** Defines the element; once, before it is used. Where there is no document, as on a server, it does nothing. */
export function defineForm(name = 'emp-form'): void {
  if (typeof customElements === 'undefined' || customElements.get(name) !== undefined) return
  customElements.define(name, formClass())
}

function formClass(): new () => EmpForm {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)

  return class extends HTMLElement implements EmpForm {
    static readonly observedAttributes = ['lang']
    readonly #root = this.attachShadow({ mode: 'open', delegatesFocus: true })
    #model: FormModel | null = null
    #words: Partial<FormWords> = {}
    #fields = new Map<string, Field>()
    #status = element('p')
    #result = element('div')
    #cancel = element('button')
    #session: AbortController | null = null
    /** A key that is made while the form is filled in; for one session. */
    #key: Promise<unknown> | null = null

    constructor() {
      super()
      this.#root.adoptedStyleSheets = [sheet]
    }

    get model(): FormModel | null {
      return this.#model
    }

    set model(model: FormModel | null) {
      if (model === this.#model) return
      this.cancel()
      this.#model = model
      this.#key = null
      this.#build()
      this.#prepare()
    }

    get words(): Partial<FormWords> {
      return this.#words
    }

    set words(words: Partial<FormWords>) {
      this.#words = words
      this.#rebuild()
    }

    connectedCallback(): void {
      this.#rebuild()
    }

    disconnectedCallback(): void {
      this.cancel()
    }

    attributeChangedCallback(): void {
      this.#rebuild()
    }

    read(): FormRecord | null {
      const read = [...this.#fields].map(([name, field]) => ({ name, field, given: field.read() }))
      for (const { field, given } of read) field.tell('fault' in given ? given.fault : null)
      read.find(({ given }) => 'fault' in given)?.field.focus()
      const values = read.flatMap(({ name, given }) => ('fault' in given ? [] : [[name, given.value] as const]))
      return values.length < read.length ? null : Object.fromEntries(values)
    }

    fill(record: FormRecord): void {
      const given = new Map(Object.entries(record))
      for (const [name, field] of this.#fields) {
        const value = given.get(name)
        if (value !== undefined) field.fill(value)
      }
    }

    clear(): void {
      this.cancel()
      for (const field of this.#fields.values()) field.clear()
      replace(this.#result)
      replace(this.#status)
    }

    cancel(): void {
      this.#session?.abort()
    }

    async submit(): Promise<void> {
      const [model, session] = [this.#model, new AbortController()]
      if (model === null || this.#session !== null) return
      const record = this.read()
      if (record === null) return
      const speech = this.#speech()
      const { say } = speech
      this.#session = session
      this.#cancel.hidden = false
      replace(this.#result)
      replace(this.#status, say('form.working'))
      this.#tell('emp-send', {})
      try {
        const key = await this.#key
        const options = key === null ? {} : { key }
        const opened = await model.client.predict(record, { via: model.via, signal: session.signal, ...options })
        const documents = documentsIn<FormDocuments>(model.documents, speech.lang)
        const { answer, beside } = tellAnswer(opened, model.client.contract, documents, speech)
        replace(this.#status)
        replace(
          this.#result,
          element('p', { part: 'answer', class: 'answer' }, answer),
          ...beside.map((line) => element('p', { part: 'beside' }, line)),
          element('p', { part: 'disclaimer' }, say('form.disclaimer')),
        )
        this.#tell('emp-answer', { opened, record } satisfies AnswerDetail)
      } catch (error) {
        const code = error instanceof ProtocolError || error instanceof RecordError ? error.code : 'failed'
        replace(this.#status, say(code === 'aborted' ? 'form.cancelled' : 'form.failed'))
        this.#tell('emp-failure', { code } satisfies FailureDetail)
      } finally {
        this.#session = null
        this.#cancel.hidden = true
        this.#prepare()
      }
    }

    /** Makes a key and draws noise. A failure is told to whoever sends something. */
    #prepare(): void {
      const client = this.#model?.client
      if (client === undefined) return
      const key = client.generateKey()
      this.#key = key.catch(() => null)
      key.then((made) => client.prepare(made)).catch(() => {})
    }

    #tell(type: string, detail: object): void {
      this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
    }

    #speech(): Speech<FormCatalogue> {
      return formSpeech(this.closest('[lang]')?.getAttribute('lang') ?? '', this.#words)
    }

    /** The same form in other words, with what is entered. */
    #rebuild(): void {
      const entered = [...this.#fields].map(([name, field]) => [name, field.entered()] as const)
      this.#build()
      for (const [name, own] of entered) this.#fields.get(name)?.restore(own)
    }

    #build(): void {
      if (this.#model === null) {
        this.#root.replaceChildren()
        return
      }
      const { client, documents } = this.#model
      const speech = this.#speech()
      const { say, lang, dir } = speech
      const questions = questionsOf(client.contract.columns, documentsIn<FormDocuments>(documents, lang))
      this.#fields = new Map(
        client.contract.columns.flatMap(({ name }, i) => {
          const question = questions[i]
          return question === undefined ? [] : [[name, fieldOf(question, { speech, i })] as const]
        }),
      )
      this.#status = element('p', { part: 'status', role: 'status' })
      this.#result = element('div', { part: 'result', role: 'status' })
      this.#cancel = element('button', { part: 'cancel', type: 'button', hidden: '' }, say('form.cancel'))
      this.#cancel.hidden = this.#session === null
      this.#cancel.addEventListener('click', () => this.cancel())
      const form = element(
        'form',
        { part: 'form', novalidate: '', autocomplete: 'off', lang, dir },
        ...[...this.#fields.values()].map(({ box }) => box),
        element(
          'div',
          { part: 'actions', class: 'option' },
          element('button', { part: 'submit', type: 'submit' }, say('form.submit')),
          this.#cancel,
        ),
      )
      form.addEventListener('submit', (event) => {
        event.preventDefault()
        void this.submit()
      })
      this.#root.replaceChildren(form, this.#status, this.#result)
    }
  }
}
