import { element, replace } from '../page/dom.ts'
import type { FormCatalogue, FormWords } from '../words/form.ts'
import type { Speech } from '../words/message.ts'
import { type Asking, askingOf, type Place, type Surroundings } from './asking.ts'
import type { EmpForm, FormModel, FormQuestions, FormRecord, GivenAnswer } from './emp-form.ts'
import type { Sending } from './sending.ts'
import { tellSite } from './tell-site.ts'

/** What the element is made with: a page has its own words and sessions, and no use for others. */
export interface FormParts {
  /** The language of a tag, with words of the site's own among its texts. */
  speechIn(tag: string, own: Partial<FormWords>): Speech<FormCatalogue>
  /** Makes its shadow root; null where every form stands in the document itself. */
  readonly shadowOf: ((host: HTMLElement) => ShadowRoot) | null
  /** How it sends; null where every site does that itself. */
  readonly sendingOf: ((form: EmpForm, speech: () => Speech<FormCatalogue>) => Sending) | null
}

/** Shows all that the site has put into it. */
const everySlot = () => ['head', '', 'actions', 'foot'].map((name) => element('slot', { name }))

/** Defines the element, once. Where there is no document, as on a server, it does nothing. */
export function defineElement(name: string, parts: FormParts): void {
  if (typeof customElements === 'undefined' || customElements.get(name) !== undefined) return
  customElements.define(name, formClass(parts))
}

function formClass({ speechIn, shadowOf, sendingOf }: FormParts): new () => EmpForm {
  return class extends HTMLElement implements EmpForm {
    static readonly observedAttributes = ['lang']
    /** Where it stands: known as soon as it is in a document. */
    #root: ShadowRoot | HTMLElement | null = null
    /** What the site has put into a form that stands in the document itself. */
    #kept: readonly Element[] = []
    #model: FormModel | FormQuestions | null = null
    #words: Partial<FormWords> = {}
    #asking: Asking | null = null
    #said = () => ''
    readonly #status = element('p', { part: 'status', id: 'note', role: 'status' })
    readonly #sending = sendingOf?.(this, () => this.#speech())
    readonly #around: Surroundings = {
      host: this,
      now: () => this.#asking,
      at: (place, otherwise) => this.#at(place, otherwise),
      status: this.#status,
      buttons: this.#sending === undefined ? [] : [this.#sending.cancelButton],
    }

    get model(): FormModel | FormQuestions | null {
      return this.#model
    }

    set model(model: FormModel | FormQuestions | null) {
      if (model === this.#model) return
      this.#model = model
      this.#sending?.use(model !== null && 'client' in model ? model : null)
      this.#said = () => ''
      this.#build(null)
    }

    get words(): Partial<FormWords> {
      return this.#words
    }

    set words(words: Partial<FormWords>) {
      this.#words = words
      this.#rebuild()
    }

    connectedCallback(): void {
      if (this.#root === null) {
        const isLight = shadowOf === null || this.hasAttribute('light')
        this.#root = isLight ? this : shadowOf(this)
      }
      this.#build(this.#asking)
    }

    disconnectedCallback(): void {
      this.cancel()
    }

    attributeChangedCallback(): void {
      this.#rebuild()
    }

    read(): FormRecord | null {
      return this.#asking === null ? {} : this.#asking.read()
    }

    given(): readonly GivenAnswer[] {
      return this.keep()()
    }

    keep(): () => readonly GivenAnswer[] {
      const model = this.#model
      const entered = this.#asking?.entered() ?? []
      return () => (this.#model === model ? (this.#asking?.given(entered) ?? []) : [])
    }

    fill(record: FormRecord): void {
      this.#asking?.fill(record)
    }

    fillExample(): void {
      this.#asking?.fillExample()
    }

    clear(): void {
      this.#asking?.clear()
      this.#sending?.clear()
      this.note(() => '')
    }

    note(said: () => string): void {
      this.#said = said
      replace(this.#status, said())
    }

    cancel(): void {
      this.#sending?.cancel()
    }

    async submit(): Promise<void> {
      const model = this.#model
      if (model === null || this.#sending?.isBusy() === true) return
      const record = this.read()
      if (record === null) return
      const begin = () => tellSite(this, 'emp-send', { record })
      if ('client' in model && this.#sending !== undefined) await this.#sending.send(model, record, begin)
      else begin()
    }

    #speech(): Speech<FormCatalogue> {
      return speechIn(this.closest('[lang]')?.getAttribute('lang') ?? '', this.#words)
    }

    #at(place: Place, otherwise: Node | null): readonly (Node | null)[] {
      if (this.#root !== this) return [element('slot', { name: place }, otherwise)]
      const own = this.#kept.filter(({ slot }) => slot === place)
      return own.length > 0 ? own : [otherwise]
    }

    /** The same form in other words, with what is entered and shown. */
    #rebuild(): void {
      if (this.#model !== null) this.#build(this.#asking)
    }

    #build(former: Asking | null): void {
      const isLight = this.#root === this
      if (this.#model === null) {
        if (this.#asking !== null || !isLight) this.#root?.replaceChildren(...(isLight ? this.#kept : everySlot()))
        this.#asking = null
        return
      }
      // Where it is defined before its children are read, they come after it.
      if (isLight && this.#asking?.form.parentNode !== this) {
        this.#kept = [...this.children].filter(({ slot }) => slot !== '')
      }
      const { documents } = this.#model
      const contract = 'client' in this.#model ? this.#model.client.contract : this.#model.contract
      this.#asking = askingOf({ contract, documents }, this.#speech(), this.#around, former)
      this.#sending?.translate()
      replace(this.#status, this.#said())
      const result = this.#sending === undefined ? [] : [this.#sending.result]
      this.#root?.replaceChildren(this.#asking.form, ...result)
    }
  }
}
