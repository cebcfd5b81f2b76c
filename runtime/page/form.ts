import type { Contract } from '../contract.ts'
import type { Value } from '../grid.ts'
import { byId, element, replace } from './dom.ts'
import {
  type NumberFault,
  type NumberQuestion,
  type Question,
  readNumber,
  type Unit,
  unitRange,
  writeNumber,
} from './questions.ts'

/** What is wrong with an answer, and the id of the control to mend it in. */
interface Fault {
  readonly question: number
  readonly control: string
  readonly message: string
}

/** One answer as it was understood. */
export interface GivenAnswer {
  readonly title: string
  /** The meaning of the value, or the number with the unit in which it was given. */
  readonly said: string
  readonly control: string
}

/** The form of a page, which stands in its markup: control i is `q<i>`, the options of a choice are `q<i>-<option>`. */
export interface Form {
  /** The record, or null: then the faults are shown, and the focus is on their summary. */
  read(): Readonly<Record<string, Value>> | null
  /** What is answered, question by question; those without a valid answer are left out. */
  given(): readonly GivenAnswer[]
  /** Whether somebody has entered anything since it was last cleared, filled in or settled. */
  isTouched(): boolean
  /** From here on nothing is lost by leaving. */
  settle(): void
  fillExample(): void
  /** Removes every answer, and every fault that is shown. */
  clear(): void
}

export function formOf({ columns }: Contract, questions: readonly Question[], title: string): Form {
  const summary = byId('faults', HTMLElement)
  const form = byId('form', HTMLFormElement)

  function readAll(): { readonly record: Readonly<Record<string, Value>>; readonly faults: readonly Fault[] } {
    const results = questions.map((question, i) =>
      question.kind === 'choice' ? readChoice(question, i) : readTyped(question, i),
    )
    const given = results.flatMap((result, i) =>
      'value' in result ? [[columns[i]?.name ?? '', result.value] as const] : [],
    )
    return {
      record: Object.fromEntries(given),
      faults: results.flatMap((result) => ('message' in result ? [result] : [])),
    }
  }

  function show(faults: readonly Fault[]): void {
    document.title = faults.length === 0 ? title : `Error: ${title}`
    summary.hidden = faults.length === 0
    const links = faults.map(({ control, message }) => {
      const link = element('a', { href: `#${control}` }, message)
      link.addEventListener('click', (event) => {
        event.preventDefault()
        byId(control, HTMLElement).focus()
      })
      return element('li', {}, link)
    })
    replace(byId('fault-list', HTMLElement), ...links)
    for (const i of questions.keys()) showAt(i, faults.find(({ question }) => question === i) ?? null)
    if (faults.length > 0) summary.focus()
  }

  for (const [i, question] of questions.entries()) if (question.kind === 'number') wireNumber(question, i)
  let touched = false
  form.addEventListener('input', () => {
    touched = true
  })

  return {
    read() {
      const { record, faults } = readAll()
      show(faults)
      return faults.length === 0 ? record : null
    },
    given: () =>
      questions.flatMap((question, i): GivenAnswer[] => {
        const said = question.kind === 'choice' ? saidOf(question, i) : writtenOf(question, i)
        const control = question.kind === 'choice' && listOf(i) === null ? `q${i}-0` : `q${i}`
        return said === null ? [] : [{ title: question.title, said, control }]
      }),
    isTouched: () => touched,
    settle() {
      touched = false
    },
    fillExample() {
      touched = false
      form.reset()
      for (const [i, question] of questions.entries()) {
        if (question.kind === 'number') {
          input(`q${i}`).value = question.example
          input(`q${i}`).disabled = false
          continue
        }
        choose(
          i,
          question.choices.findIndex(({ text }) => text === question.example),
        )
      }
      show([])
    },
    clear() {
      touched = false
      form.reset()
      for (const [i, question] of questions.entries()) if (question.kind === 'number') input(`q${i}`).disabled = false
      show([])
    },
  }
}

const input = (id: string) => byId(id, HTMLInputElement)

/** A list to select from; null where there are radio buttons. */
function listOf(i: number): HTMLSelectElement | null {
  const control = document.getElementById(`q${i}`)
  return control instanceof HTMLSelectElement ? control : null
}

function choose(i: number, option: number): void {
  const list = listOf(i)
  if (list === null) input(`q${i}-${option}`).checked = true
  else list.value = String(option)
}

/** `missing` or the number of an option, by radio buttons or by a list. */
function readChoice(question: Question & { kind: 'choice' }, i: number): { readonly value: Value } | Fault {
  const list = listOf(i)
  const chosen = list?.value ?? document.querySelector<HTMLInputElement>(`input[name="q${i}"]:checked`)?.value ?? ''
  if (chosen === 'missing') return { value: null }
  const choice = chosen === '' ? undefined : question.choices[Number(chosen)]
  if (choice !== undefined) return { value: choice.value }
  const message = `Select an answer to “${question.title}”`
  return { question: i, control: list === null ? `q${i}-0` : `q${i}`, message }
}

const notMeasured = 'not measured, or not known'

function saidOf(question: Question & { kind: 'choice' }, i: number): string | null {
  const result = readChoice(question, i)
  if (!('value' in result)) return null
  if (result.value === null) return notMeasured
  return question.choices.find(({ value }) => value === result.value)?.label ?? String(result.value)
}

function writtenOf(question: NumberQuestion, i: number): string | null {
  const [result, unit] = [readTyped(question, i), unitAt(question, i)]
  if (!('value' in result) || unit === undefined) return null
  if (typeof result.value !== 'number') return notMeasured
  return `${writeNumber(result.value, unit)}${unit.name === null ? '' : ` ${unit.name}`}`
}

const unitAt = (question: NumberQuestion, i: number): Unit | undefined => {
  const list = document.getElementById(`q${i}-unit`)
  return question.units[list instanceof HTMLSelectElement ? Number(list.value) : 0]
}

function readTyped(question: NumberQuestion, i: number): { readonly value: Value } | Fault {
  if (question.mayBeMissing && input(`q${i}-missing`).checked) return { value: null }
  const unit = unitAt(question, i)
  if (unit === undefined) throw new TypeError('the form has a unit that the question has not')
  const result = readNumber(input(`q${i}`).value, unit)
  if ('value' in result) return { value: result.value }
  return { question: i, control: `q${i}`, message: describeFault(result, question, unit) }
}

function describeFault(fault: NumberFault, { title, mayBeMissing }: NumberQuestion, unit: Unit): string {
  switch (fault.kind) {
    case 'empty':
      return `Enter a number for “${title}”${mayBeMissing ? ', or tick that it was not measured' : ''}`
    case 'not-a-number':
      return `“${title}” must be a number, such as ${unit.decimals === 0 ? unit.minimum : `${unit.minimum + 1}.5`}`
    case 'too-fine':
      return unit.decimals === 0
        ? `“${title}” must be a whole number`
        : `“${title}” must have at most ${unit.decimals} decimal${unit.decimals === 1 ? '' : 's'}`
    case 'out-of-range':
      return `“${title}” must be ${unitRange(unit)}: this model knows no other values`
    case 'ambiguous':
      return `“${title}” may be ${fault.values[0]} or ${fault.values[1]}: write ${fault.values[1]} without a sign between its digits, or ${fault.values[0]}`
    default:
      return fault satisfies never
  }
}

/** Puts a fault beside its question, and ties it to the control; or takes it away. */
function showAt(i: number, fault: Fault | null): void {
  const message = byId(`q${i}-error`, HTMLElement)
  const box = message.closest('.question')
  // The fieldset itself, or the control in the box.
  const described = box?.matches('[data-described]') === true ? box : box?.querySelector('[data-described]')
  box?.classList.toggle('faulty', fault !== null)
  message.hidden = fault === null
  replace(message, fault === null ? null : element('span', { class: 'unseen' }, 'Error: '), fault?.message ?? null)
  const hints = described?.getAttribute('data-described') ?? ''
  const ids = [hints, fault === null ? '' : `q${i}-error`].filter((id) => id !== '').join(' ')
  if (ids === '') described?.removeAttribute('aria-describedby')
  else described?.setAttribute('aria-describedby', ids)
  const control = document.getElementById(`q${i}`)
  if (fault === null) control?.removeAttribute('aria-invalid')
  else control?.setAttribute('aria-invalid', 'true')
}

/** "Not measured" takes the place of the number; another unit converts what is there, and says its range. */
function wireNumber(question: NumberQuestion, i: number): void {
  if (question.mayBeMissing) {
    const missing = input(`q${i}-missing`)
    missing.addEventListener('change', () => {
      input(`q${i}`).disabled = missing.checked
    })
  }
  // A number whose digits were grouped is shown as it was understood.
  input(`q${i}`).addEventListener('change', () => {
    const chosen = unitAt(question, i)
    const given = chosen === undefined ? null : readNumber(input(`q${i}`).value, chosen)
    if (given !== null && 'value' in given && given.understood !== null) input(`q${i}`).value = given.understood
  })
  const list = document.getElementById(`q${i}-unit`)
  if (!(list instanceof HTMLSelectElement)) return
  let [unit] = question.units
  const change = () => {
    const next = unitAt(question, i)
    if (unit === undefined || next === undefined) return
    const given = readNumber(input(`q${i}`).value, unit)
    if ('value' in given) input(`q${i}`).value = writeNumber(given.value, next)
    unit = next
    replace(byId(`q${i}-range`, HTMLElement), unitRange(next))
  }
  list.addEventListener('change', change)
  list.form?.addEventListener('reset', () => {
    unit = question.units[0]
    if (unit !== undefined) replace(byId(`q${i}-range`, HTMLElement), unitRange(unit))
  })
}
