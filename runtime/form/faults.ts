import { element, replace } from '../page/dom.ts'
import type { Field } from './field.ts'

/** What is wrong with the answer to a question. */
export interface Fault {
  readonly field: Field
  readonly fault: string
}

/** The list of what is wrong, above a form. Each leads to its question. */
export interface FaultList {
  readonly box: HTMLElement
  show(faults: readonly Fault[]): void
}

export function faultList(title: string): FaultList {
  const list = element('ul', { id: 'fault-list' })
  const box = element(
    'div',
    {
      ...{ part: 'faults', id: 'faults', class: 'faults', role: 'alert', tabindex: '-1' },
      ...{ 'aria-labelledby': 'faults-title', hidden: '' },
    },
    element('h2', { part: 'heading', id: 'faults-title' }, title),
    list,
  )
  return {
    box,
    show(faults) {
      box.hidden = faults.length === 0
      replace(list, ...faults.map((one) => element('li', {}, linkTo(one))))
    },
  }
}

/** The address is that of the control. In a shadow root it leads nowhere, so the focus is moved. */
function linkTo({ field: { control, box }, fault }: Fault): HTMLElement {
  const link = element('a', { part: 'fault-link', href: `#${control}` }, fault)
  link.addEventListener('click', (event) => {
    event.preventDefault()
    box.querySelector<HTMLElement>(`#${control}`)?.focus()
  })
  return link
}
