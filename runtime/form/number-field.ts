import { element } from '../page/dom.ts'
import {
  type NumberFault,
  type NumberQuestion,
  readNumber,
  type TypedNumber,
  type Unit,
  writeNumber,
} from '../page/questions.ts'
import type { FormCatalogue } from '../words/form.ts'
import type { Speech } from '../words/message.ts'
import type { Field, FieldSettings } from './field.ts'
import { remarksOf } from './remarks.ts'

/** A number to type, in one of its units, or the word that it was not measured. */
export function numberField(question: NumberQuestion, { speech, i }: FieldSettings): Field {
  const { title, hint, units, mayBeMissing } = question
  const { say } = speech
  const [own] = units
  if (own === undefined) throw new TypeError('a number has a unit')
  const remarks = remarksOf(i, say('fault.spoken'), [
    ['hint', hint],
    ['range', rangeIn(own, speech)],
  ])
  // The keypads of telephones for numbers have no minus.
  const isNegative = units.some(({ minimum }) => minimum < 0)
  const mode = isNegative ? null : units.every(({ decimals }) => decimals === 0) ? 'numeric' : 'decimal'
  const input = element('input', {
    ...{ part: 'control', type: 'text', id: `q${i}`, autocomplete: 'off', spellcheck: 'false', inputmode: mode },
    'aria-describedby': remarks.describedBy,
  })
  const list = units.length < 2 ? null : unitList(i, units)
  const unitLabel =
    list === null ? null : element('label', { class: 'unseen', for: list.id }, say('question.unit', { title }))
  const plainUnit =
    own.name === null ? null : element('span', { part: 'unit', 'aria-hidden': 'true', class: 'unit' }, own.name)
  const missing = mayBeMissing
    ? element('input', { part: 'control', type: 'checkbox', id: `q${i}-missing`, autocomplete: 'off' })
    : null
  const box = element(
    'div',
    { part: 'question', class: 'question' },
    element('label', { part: 'title', class: 'title', for: `q${i}` }, title),
    ...remarks.nodes,
    element('div', { part: 'entry', class: 'entry' }, input, unitLabel, list ?? plainUnit),
    missing === null
      ? null
      : element(
          'div',
          { part: 'option', class: 'option' },
          missing,
          element('label', { part: 'option-label', for: missing.id }, say('question.missing')),
        ),
  )
  let unit = own
  /** What was written here last, and the number that it stands for: nobody has to guess that from the text. */
  let known: { readonly text: string; readonly value: number } | null = null
  /** A text that may be two numbers, and was typed in another language: it stays so until it is changed. */
  let doubted: { readonly text: string; readonly fault: NumberFault } | null = null
  const written = (value: number) => speech.typed(Number(writeNumber(value, unit)))
  const read = (): TypedNumber | NumberFault => {
    if (known?.text === input.value) return { value: known.value, understood: null }
    if (doubted?.text === input.value) return doubted.fault
    return readNumber(input.value, unit, speech.decimalSign)
  }
  /** Shows a number that was read: it is in the range. */
  const write = (value: number) => {
    known = { text: written(value), value }
    input.value = known.text
  }
  const use = (next: Unit) => {
    unit = next
    if (list !== null) list.value = String(units.indexOf(next))
    remarks.change('range', rangeIn(next, speech))
  }
  const set = (text: string, isMissing: boolean) => {
    known = null
    doubted = null
    input.value = text
    if (missing !== null) missing.checked = isMissing
    input.disabled = missing?.checked === true
  }
  missing?.addEventListener('change', () => {
    input.disabled = missing.checked
  })
  // A number whose digits were grouped is shown as it was understood.
  input.addEventListener('change', () => {
    const given = read()
    if ('value' in given && given.understood !== null) write(given.value)
  })
  // Another unit converts what is there, and says its range.
  list?.addEventListener('change', () => {
    const given = read()
    use(units[Number(list.value)] ?? own)
    known = null
    if ('value' in given) write(given.value)
  })
  return {
    box,
    title,
    control: `q${i}`,
    read() {
      if (missing?.checked === true) return { value: null, said: null }
      const given = read()
      if (!('value' in given)) return { fault: describeFault(given, question, unit, speech) }
      return { value: given.value, said: `${written(given.value)}${unit.name === null ? '' : ` ${unit.name}`}` }
    },
    tell: (fault) => remarks.show(box, input, fault),
    fill(value) {
      use(own)
      set(typeof value === 'number' ? written(value) : '', value === null)
      if (typeof value === 'number' && takes(value, own)) write(Number(writeNumber(value, own)))
    },
    entered() {
      const given = read()
      const number = 'value' in given ? given.value : null
      const doubt = 'kind' in given && given.kind === 'ambiguous' ? { doubt: given } : {}
      return { text: input.value, number, unit: units.indexOf(unit), isMissing: missing?.checked === true, ...doubt }
    },
    restore(entered) {
      use(units[entered.unit] ?? own)
      set(entered.text, entered.isMissing)
      if (entered.number !== null) write(entered.number)
      if (entered.doubt !== undefined) doubted = { text: entered.text, fault: entered.doubt }
    },
    clear() {
      use(own)
      set('', false)
      remarks.show(box, input, null)
    },
    focus: () => (missing?.checked === true ? missing : input).focus(),
  }
}

const takes = (value: number, { minimum, maximum, clamps }: Unit) =>
  clamps === true || (value >= minimum && value <= maximum)

const unitList = (i: number, units: readonly Unit[]) =>
  element(
    'select',
    { part: 'control unit', id: `q${i}-unit`, autocomplete: 'off' },
    ...units.map(({ name }, k) => element('option', { value: String(k) }, name)),
  )

/** `80 to 700 mg/dL`, in the language. */
function rangeIn({ minimum, maximum, name }: Unit, { say, typed }: Speech<FormCatalogue>): string {
  const range = { minimum: typed(minimum), maximum: typed(maximum) }
  return name === null ? say('question.range', range) : say('question.range-unit', { ...range, unit: name })
}

function describeFault(
  fault: NumberFault,
  { title, mayBeMissing }: NumberQuestion,
  unit: Unit,
  speech: Speech<FormCatalogue>,
): string {
  const { say, typed } = speech
  switch (fault.kind) {
    case 'empty':
      return say(mayBeMissing ? 'fault.empty-or-missing' : 'fault.empty', { title })
    case 'not-a-number': {
      const example = unit.decimals === 0 ? unit.minimum : Math.min(Math.floor(unit.minimum) + 1.5, unit.maximum)
      return say('fault.not-a-number', { title, example: typed(example) })
    }
    case 'too-fine':
      return unit.decimals === 0
        ? say('fault.not-whole', { title })
        : say('fault.too-fine', { title, count: unit.decimals })
    case 'out-of-range':
      return say('fault.out-of-range', { title, range: rangeIn(unit, speech) })
    case 'ambiguous':
      return say('fault.ambiguous', { title, first: typed(fault.values[0]), second: typed(fault.values[1]) })
    default:
      return fault satisfies never
  }
}
