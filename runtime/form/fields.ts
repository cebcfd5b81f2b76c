import type { Value } from '../grid.ts'
import { element, replace } from '../page/dom.ts'
import { type ChoiceQuestion, type NumberQuestion, type Question, readNumber, type Unit } from '../page/questions.ts'
import type { FormWords } from './words.ts'

/** A question as it stands in a form: its controls, and how they are read. */
export interface Field {
  readonly box: HTMLElement
  /** The answer; or null: then what is wrong is shown beside it. */
  read(): { readonly value: Value } | null
  /** Puts an answer in; what the question does not take is left out. */
  fill(value: Value): void
  /** Removes the answer, and what is said of it. */
  clear(): void
  focus(): void
}

export interface FieldSettings {
  readonly words: FormWords
  readonly lang: string
  /** Of the form: ids begin with it. */
  readonly i: number
}

/** With more options than this, a question is a list to select from. */
const mostRadios = 7

export function fieldOf(question: Question, settings: FieldSettings): Field {
  if (question.kind === 'number') return numberField(question, settings)
  return question.choices.length > mostRadios ? listField(question, settings) : radioField(question, settings)
}

/** What a form says below a question, and the line for its fault. */
function remarksOf(i: number, texts: readonly (string | null)[]) {
  const fault = element('p', { part: 'error', class: 'fault', id: `q${i}-error`, hidden: '' })
  const hints = texts.flatMap((text, k) =>
    text === null ? [] : [element('p', { part: 'hint', class: 'hint', id: `q${i}-hint${k}` }, text)],
  )
  const ids = hints.map(({ id }) => id)
  return {
    nodes: [...hints, fault],
    describedBy: ids.length === 0 ? null : ids.join(' '),
    /** Shows what is wrong, and ties it to the control; null takes it away. */
    show(box: HTMLElement, control: HTMLElement, message: string | null): void {
      fault.hidden = message === null
      replace(fault, message)
      box.classList.toggle('faulty', message !== null)
      const all = message === null ? ids : [...ids, fault.id]
      if (all.length === 0) control.removeAttribute('aria-describedby')
      else control.setAttribute('aria-describedby', all.join(' '))
      if (control instanceof HTMLFieldSetElement) return
      if (message === null) control.removeAttribute('aria-invalid')
      else control.setAttribute('aria-invalid', 'true')
    },
  }
}

/** The first letter large, where it is one. */
const capital = (label: string) => label.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())

function radioField({ title, hint, choices, mayBeMissing }: ChoiceQuestion, { words, i }: FieldSettings): Field {
  const remarks = remarksOf(i, [hint])
  const options = [...choices, ...(mayBeMissing ? [{ value: null, label: words.notMeasured }] : [])]
  const radios = options.map((_, k) =>
    element('input', { part: 'control radio', type: 'radio', name: `q${i}`, id: `q${i}-${k}`, autocomplete: 'off' }),
  )
  const box = element(
    'fieldset',
    { part: 'question', 'aria-describedby': remarks.describedBy },
    element('legend', { part: 'title' }, title),
    ...remarks.nodes,
    ...options.map(({ label }, k) => {
      const text = element('label', { part: 'option-label', for: `q${i}-${k}` }, capital(label))
      return element('div', { part: 'option', class: 'option' }, radios[k] ?? null, text)
    }),
  )
  return {
    box,
    read() {
      const chosen = options[radios.findIndex(({ checked }) => checked)]
      remarks.show(box, box, chosen === undefined ? words.noChoice(title) : null)
      return chosen === undefined ? null : { value: chosen.value }
    },
    fill(value) {
      for (const [k, radio] of radios.entries()) radio.checked = options[k]?.value === value
    },
    clear() {
      for (const radio of radios) radio.checked = false
      remarks.show(box, box, null)
    },
    focus: () => (radios.find(({ checked }) => checked) ?? radios[0])?.focus(),
  }
}

function listField({ title, hint, choices, mayBeMissing }: ChoiceQuestion, { words, i }: FieldSettings): Field {
  const remarks = remarksOf(i, [hint])
  const options = [...choices, ...(mayBeMissing ? [{ value: null, label: words.notMeasured }] : [])]
  const list = element(
    'select',
    { part: 'control', id: `q${i}`, autocomplete: 'off', 'aria-describedby': remarks.describedBy },
    element('option', { value: '' }, words.select),
    ...options.map(({ label }, k) => element('option', { value: String(k) }, capital(label))),
  )
  const label = element('label', { part: 'title', class: 'title', for: `q${i}` }, title)
  const box = element('div', { part: 'question', class: 'question' }, label, ...remarks.nodes, list)
  return {
    box,
    read() {
      const chosen = list.value === '' ? undefined : options[Number(list.value)]
      remarks.show(box, list, chosen === undefined ? words.noChoice(title) : null)
      return chosen === undefined ? null : { value: chosen.value }
    },
    fill(value) {
      const k = options.findIndex((option) => option.value === value)
      list.value = k < 0 ? '' : String(k)
    },
    clear() {
      list.value = ''
      remarks.show(box, list, null)
    },
    focus: () => list.focus(),
  }
}

function numberField({ title, hint, units, mayBeMissing }: NumberQuestion, { words, lang, i }: FieldSettings): Field {
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 20, useGrouping: false })
  const rangeIn = ({ minimum, maximum, name }: Unit) =>
    words.range(number.format(minimum), number.format(maximum), name)
  const unitOf = (): Unit => {
    const unit = units[list === null ? 0 : Number(list.value)]
    if (unit === undefined) throw new TypeError('a number has a unit')
    return unit
  }
  const [own] = units
  if (own === undefined) throw new TypeError('a number has a unit')
  const remarks = remarksOf(i, [hint, rangeIn(own)])
  const range = remarks.nodes.at(-2)
  // The keypads of telephones for numbers have no minus.
  const isNegative = units.some(({ minimum }) => minimum < 0)
  const mode = isNegative ? null : units.every(({ decimals }) => decimals === 0) ? 'numeric' : 'decimal'
  const input = element('input', {
    ...{ part: 'control', type: 'text', id: `q${i}`, autocomplete: 'off', spellcheck: 'false', inputmode: mode },
    'aria-describedby': remarks.describedBy,
  })
  const list =
    units.length < 2
      ? null
      : element(
          'select',
          { part: 'control unit', 'aria-label': words.unitOf(title), autocomplete: 'off' },
          ...units.map(({ name }, k) => element('option', { value: String(k) }, name)),
        )
  const missing = mayBeMissing
    ? element('input', { part: 'control', type: 'checkbox', id: `q${i}-missing`, autocomplete: 'off' })
    : null
  const plainUnit = own.name === null ? null : element('span', { part: 'unit', 'aria-hidden': 'true' }, own.name)
  const box = element(
    'div',
    { part: 'question', class: 'question' },
    element('label', { part: 'title', class: 'title', for: `q${i}` }, title),
    ...remarks.nodes,
    element('div', { part: 'entry', class: 'entry' }, input, list ?? plainUnit),
    missing === null
      ? null
      : element(
          'div',
          { part: 'option', class: 'option' },
          missing,
          element('label', { part: 'option-label', for: `q${i}-missing` }, words.notMeasured),
        ),
  )
  const allow = () => {
    input.disabled = missing?.checked === true
  }
  missing?.addEventListener('change', allow)
  list?.addEventListener('change', () => {
    if (range !== undefined) replace(range, rangeIn(unitOf()))
  })
  return {
    box,
    read() {
      const unit = unitOf()
      const given = missing?.checked === true ? { value: null } : readNumber(input.value, unit)
      const isGood = 'value' in given
      remarks.show(box, input, isGood ? null : words.fault(given.kind, title, rangeIn(unit), unit.decimals))
      return isGood ? { value: given.value } : null
    },
    fill(value) {
      if (list !== null) list.value = '0'
      input.value = typeof value === 'number' ? number.format(value) : ''
      if (missing !== null) missing.checked = value === null
      allow()
    },
    clear() {
      input.value = ''
      if (missing !== null) missing.checked = false
      allow()
      remarks.show(box, input, null)
    },
    focus: () => (missing?.checked === true ? missing : input).focus(),
  }
}
