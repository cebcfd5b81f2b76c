import { element, replace } from '../page/dom.ts'

/** What a form says below the title of a question, and the line for its fault. */
export interface Remarks {
  readonly nodes: readonly HTMLElement[]
  /** For `aria-describedby`; null where there is nothing to say. */
  readonly describedBy: string | null
  /** Puts another text in the place of one. */
  change(name: string, text: string): void
  /** Shows what is wrong, and ties it to the control; null takes it away. */
  show(box: HTMLElement, control: HTMLElement, fault: string | null): void
}

/**
 * @param spoken what is read aloud before a fault.
 * @param texts by name, which their ids end in.
 */
export function remarksOf(
  i: number,
  spoken: string,
  texts: readonly (readonly [name: string, text: string | null])[],
): Remarks {
  const error = element('p', { part: 'error', class: 'fault', id: `q${i}-error`, hidden: '' })
  const hints = texts.flatMap(([name, text]) =>
    text === null ? [] : [element('p', { part: 'hint', class: 'hint', id: `q${i}-${name}` }, text)],
  )
  const ids = hints.map(({ id }) => id)
  return {
    nodes: [...hints, error],
    describedBy: ids.length === 0 ? null : ids.join(' '),
    change(name, text) {
      const hint = hints.find(({ id }) => id === `q${i}-${name}`)
      if (hint !== undefined) replace(hint, text)
    },
    show(box, control, fault) {
      error.hidden = fault === null
      replace(error, fault === null ? null : element('span', { class: 'unseen' }, spoken), fault)
      box.classList.toggle('faulty', fault !== null)
      const all = fault === null ? ids : [...ids, error.id]
      if (all.length === 0) control.removeAttribute('aria-describedby')
      else control.setAttribute('aria-describedby', all.join(' '))
      if (control instanceof HTMLFieldSetElement) return
      if (fault === null) control.removeAttribute('aria-invalid')
      else control.setAttribute('aria-invalid', 'true')
    },
  }
}
