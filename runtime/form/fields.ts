import { element } from '../page/dom.ts'
import type { ChoiceQuestion, Question } from '../page/questions.ts'
import type { FormCatalogue } from '../words/form.ts'
import type { Speech } from '../words/message.ts'
import type { Field, FieldSettings } from './field.ts'
import { numberField } from './number-field.ts'
import { remarksOf } from './remarks.ts'

/** With more options than this, a question is a list to select from. */
const mostRadios = 7

export function fieldOf(question: Question, settings: FieldSettings): Field {
  if (question.kind === 'number') return numberField(question, settings)
  return question.choices.length > mostRadios ? listField(question, settings) : radioField(question, settings)
}

/** The first letter large, where it is one. Abbreviations stay. */
const capital = (label: string, lang: string) => label.replace(/^\p{Ll}/u, (letter) => letter.toLocaleUpperCase(lang))

function radioField(question: ChoiceQuestion, { speech, i }: FieldSettings): Field {
  const { title, hint, choices, mayBeMissing } = question
  const { say, lang } = speech
  const remarks = remarksOf(i, say('fault.spoken'), [['hint', hint]])
  const radioOf = (id: string) =>
    element('input', { part: 'control radio', type: 'radio', name: `q${i}`, id, autocomplete: 'off' })
  const radios = choices.map((_, k) => radioOf(`q${i}-${k}`))
  const missing = mayBeMissing ? radioOf(`q${i}-missing`) : null
  const option = (radio: HTMLInputElement, label: string) =>
    element(
      'div',
      { part: 'option', class: 'option' },
      radio,
      element('label', { part: 'option-label', for: radio.id }, label),
    )
  const box = element(
    'fieldset',
    { part: 'question', class: 'question', 'aria-describedby': remarks.describedBy },
    element('legend', { part: 'title', class: 'title' }, title),
    ...remarks.nodes,
    ...radios.map((radio, k) => option(radio, capital(choices[k]?.label ?? '', lang))),
    missing === null ? null : element('p', { part: 'or', class: 'or' }, say('question.or')),
    missing === null ? null : option(missing, say('question.missing')),
  )
  const all = [...radios, ...(missing === null ? [] : [missing])]
  const chosen = () => radios.findIndex(({ checked }) => checked)
  const choose = (k: number, isMissing: boolean) => {
    for (const [at, radio] of radios.entries()) radio.checked = at === k
    if (missing !== null) missing.checked = isMissing
  }
  return {
    ...choiceReader(question, speech, chosen, () => missing?.checked === true, choose),
    box,
    control: `q${i}-0`,
    tell: (fault) => remarks.show(box, box, fault),
    clear() {
      choose(-1, false)
      remarks.show(box, box, null)
    },
    focus: () => (all.find(({ checked }) => checked) ?? all[0])?.focus(),
  }
}

function listField(question: ChoiceQuestion, { speech, i }: FieldSettings): Field {
  const { title, hint, choices, mayBeMissing } = question
  const { say, lang } = speech
  const remarks = remarksOf(i, say('fault.spoken'), [['hint', hint]])
  const list = element(
    'select',
    { part: 'control', id: `q${i}`, autocomplete: 'off', 'aria-describedby': remarks.describedBy },
    element('option', { value: '' }, say('question.select')),
    ...choices.map(({ label }, k) => element('option', { value: String(k) }, capital(label, lang))),
    mayBeMissing ? element('option', { value: 'missing' }, say('question.missing')) : null,
  )
  const label = element('label', { part: 'title', class: 'title', for: `q${i}` }, title)
  const box = element('div', { part: 'question', class: 'question' }, label, ...remarks.nodes, list)
  const chosen = () => (/^\d+$/.test(list.value) ? Number(list.value) : -1)
  const choose = (k: number, isMissing: boolean) => {
    list.value = isMissing && mayBeMissing ? 'missing' : k < 0 ? '' : String(k)
  }
  return {
    ...choiceReader(question, speech, chosen, () => list.value === 'missing', choose),
    box,
    control: `q${i}`,
    tell: (fault) => remarks.show(box, list, fault),
    clear() {
      list.value = ''
      remarks.show(box, list, null)
    },
    focus: () => list.focus(),
  }
}

/** What radio buttons and a list have in common: one of the choices, or the word that there is no value. */
function choiceReader(
  { title, choices }: ChoiceQuestion,
  { say }: Speech<FormCatalogue>,
  chosen: () => number,
  isMissing: () => boolean,
  choose: (k: number, isMissing: boolean) => void,
): Pick<Field, 'title' | 'read' | 'fill' | 'entered' | 'restore'> {
  return {
    title,
    read() {
      if (isMissing()) return { value: null, said: null }
      const choice = choices[chosen()]
      return choice === undefined
        ? { fault: say('fault.no-choice', { title }) }
        : { value: choice.value, said: choice.label }
    },
    fill: (value) =>
      choose(
        choices.findIndex((choice) => choice.value === value),
        value === null,
      ),
    entered: () => ({ text: String(chosen()), number: null, unit: 0, isMissing: isMissing() }),
    restore: (entered) => choose(Number(entered.text), entered.isMissing),
  }
}
