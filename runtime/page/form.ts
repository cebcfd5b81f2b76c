import type { Contract } from '../contract.ts'
import type { Entered, Field } from '../form/field.ts'
import { fieldOf } from '../form/fields.ts'
import type { Value } from '../grid.ts'
import type { Speech } from '../words/message.ts'
import type { PageCatalogue } from '../words/page.ts'
import type { GivenAnswer } from './answered.ts'
import { byId, element, replace } from './dom.ts'
import { mostShort } from './frame.ts'
import { readLine } from './pasted.ts'
import { exampleValue, type Question } from './questions.ts'

/** The form of a page, made of the same fields as `<emp-form>`: control i is `q<i>`, the options of a choice are `q<i>-<option>`. */
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
  /** Fills in what a line of a table says. @returns how many values, and the places of questions that it does not answer. */
  paste(text: string): { readonly filled: number; readonly left: readonly number[] }
  /** Removes every answer, what was pasted, and every fault that is shown. */
  clear(): void
  /** The same form, and what is entered, in another language. */
  translate(questions: readonly Question[], speech: Speech<PageCatalogue>): void
}

export function formOf(
  contract: Contract,
  asked: readonly Question[],
  told: Speech<PageCatalogue>,
  title: () => string,
): Form {
  const { columns } = contract
  const summary = byId('faults', HTMLElement)
  const form = byId('form', HTMLFormElement)
  let [questions, speech] = [asked, told]
  let fields: readonly Field[] = []
  let touched = false

  function build(entered: readonly Entered[]): void {
    fields = questions.map((question, i) => fieldOf(question, { speech, i }))
    for (const [i, own] of entered.entries()) fields[i]?.restore(own)
    replace(byId('questions', HTMLElement), ...grouped(questions, fields, speech))
    tellProgress()
  }

  function show(faults: readonly { readonly field: Field; readonly fault: string }[], takesFocus = true): void {
    document.title = faults.length === 0 ? title() : speech.say('page.error', { name: title() })
    summary.hidden = faults.length === 0
    const links = faults.map(({ field, fault }) => {
      const link = element('a', { href: `#${field.control}` }, fault)
      link.addEventListener('click', (event) => {
        event.preventDefault()
        byId(field.control, HTMLElement).focus()
      })
      return element('li', {}, link)
    })
    replace(byId('fault-list', HTMLElement), ...links)
    for (const field of fields) field.tell(faults.find((one) => one.field === field)?.fault ?? null)
    if (takesFocus && faults.length > 0) summary.focus()
  }

  function readAll() {
    const read = fields.map((field, i) => ({ field, name: columns[i]?.name ?? '', given: field.read() }))
    return {
      record: Object.fromEntries(
        read.flatMap(({ name, given }) => ('fault' in given ? [] : [[name, given.value] as const])),
      ),
      faults: read.flatMap(({ field, given }) => ('fault' in given ? [{ field, fault: given.fault }] : [])),
    }
  }

  /** How many questions of a long form are answered. */
  function tellProgress(): void {
    if (questions.length <= mostShort) return
    const done = fields.filter((field) => !('fault' in field.read())).length
    byId('asked-bar', HTMLProgressElement).max = fields.length
    byId('asked-bar', HTMLProgressElement).value = done
    replace(byId('asked-said', HTMLElement), speech.say('ask.progress', { done, all: fields.length }))
  }

  for (const event of ['input', 'change']) {
    form.addEventListener(event, ({ target }) => {
      // What is pasted and not used is no answer.
      if (target instanceof HTMLTextAreaElement) return
      touched = true
      tellProgress()
    })
  }
  build([])

  return {
    read() {
      const { record, faults } = readAll()
      show(faults)
      return faults.length === 0 ? record : null
    },
    given: () =>
      fields.flatMap((field): GivenAnswer[] => {
        const given = field.read()
        if ('fault' in given) return []
        const said = given.said ?? speech.say('answer.missing')
        return [{ title: field.title, said, control: field.control }]
      }),
    isTouched: () => touched,
    settle() {
      touched = false
    },
    fillExample() {
      touched = false
      for (const [i, question] of questions.entries()) fields[i]?.fill(exampleValue(question))
      show([])
      tellProgress()
    },
    paste(text) {
      const read = readLine(text, contract, questions, speech.decimalSign)
      for (const [i, value] of read) fields[i]?.fill(value)
      if (read.size > 0) touched = true
      show([])
      tellProgress()
      return { filled: read.size, left: [...fields.keys()].filter((i) => !read.has(i)) }
    },
    clear() {
      touched = false
      for (const field of fields) field.clear()
      for (const pasted of form.querySelectorAll('textarea')) pasted.value = ''
      show([])
      tellProgress()
    },
    translate(next, inLanguage) {
      const entered = fields.map((field) => field.entered())
      const isFaulty = !summary.hidden
      questions = next
      speech = inLanguage
      build(entered)
      show(isFaulty ? readAll().faults : [], false)
    },
  }
}

/** A long form under the headings of the schema, in the order in which they first occur. */
function grouped(
  questions: readonly Question[],
  fields: readonly Field[],
  { say }: Speech<PageCatalogue>,
): readonly HTMLElement[] {
  const boxes = fields.map(({ box }) => box)
  const names = [...new Set(questions.map(({ group }) => group))]
  if (questions.length <= mostShort || names.every((name) => name === null)) return boxes
  return names.map((name, g) => {
    const heading = element('h3', { id: `group-${g}` }, name ?? say('ask.other-questions'))
    const own = boxes.filter((_, i) => questions[i]?.group === name)
    return element('section', { class: 'group', 'aria-labelledby': heading.id }, heading, ...own)
  })
}
