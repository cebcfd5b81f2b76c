import { at } from '../at.ts'
import { documentsIn } from '../page/documents.ts'
import { element } from '../page/dom.ts'
import { readLine } from '../page/pasted.ts'
import { exampleValue, questionsOf } from '../page/questions.ts'
import type { FormCatalogue } from '../words/form.ts'
import type { Speech } from '../words/message.ts'
import type { ChangeDetail, EmpForm, FormDocuments, FormQuestions, FormRecord, GivenAnswer } from './emp-form.ts'
import { type Fault, faultList } from './faults.ts'
import type { Entered, Field } from './field.ts'
import { fieldOf } from './fields.ts'
import { grouped, mostShort, type PastePlace, pastePlace, progressLine, readyList } from './long.ts'
import { tellSite } from './tell-site.ts'

/** Places of a form where a site may put something of its own. */
export type Place = 'head' | 'actions' | 'foot'

/** What a form is put into. */
export interface Surroundings {
  readonly host: EmpForm
  /** The form as it is now. */
  now(): Asking | null
  /** What the site has put at a place; what else stands there. */
  at(place: Place, otherwise: Node | null): readonly (Node | null)[]
  /** The line above the button. */
  readonly status: HTMLElement
  /** Beside the button. */
  readonly buttons: readonly Node[]
}

/** The questions of a form in a language, and all that belongs to them. */
export interface Asking extends Pick<EmpForm, 'read' | 'fill' | 'fillExample' | 'clear'> {
  readonly form: HTMLElement
  /** The fields by their columns. */
  readonly fields: ReadonlyMap<string, Field>
  readonly pasting: PastePlace | null
  /** What is entered, question by question. */
  entered(): readonly Entered[]
  /** How answers are said; those without a valid one are left out. */
  given(entered: readonly Entered[]): readonly GivenAnswer[]
  /** Whether something is shown as wrong. */
  isFaulty(): boolean
  /** What was filled in of a pasted line. @param left the places of the questions that it did not answer. */
  sayPasted(count: number, left: readonly number[]): string
}

const answersOf = (entered: readonly Entered[]) =>
  JSON.stringify(entered.map(({ text, number, unit, isMissing }) => [number ?? text, unit, isMissing]))

/** @param former the same in another language: what is entered and shown there stands here. */
export function askingOf(
  { contract, documents }: FormQuestions,
  speech: Speech<FormCatalogue>,
  around: Surroundings,
  former: Asking | null,
): Asking {
  const { say, lang, dir, decimalSign } = speech
  const { host } = around
  const questions = questionsOf(contract.columns, documentsIn<FormDocuments>(documents, lang))
  const asked = questions.map((question, i) => ({
    ...{ column: at(contract.columns, i).name, question },
    field: fieldOf(question, { speech, i }),
  }))
  const isLong = asked.length > mostShort
  const faults = faultList(say('ask.faults'))
  const bar = isLong ? progressLine(say) : null
  const pasting = isLong ? pastePlace(say, paste) : null
  let isFaulty = former?.isFaulty() === true

  const entered = () => asked.map(({ field }) => field.entered())
  /** What was entered when it was last counted. Another way to write the same number is no other answer. */
  let counted = ''
  const progress = (): ChangeDetail => {
    counted = answersOf(entered())
    const answered = asked.filter(({ field }) => !('fault' in field.read())).length
    bar?.tell(answered, asked.length)
    return { answered, asked: asked.length }
  }

  function show(found: readonly (Fault & { readonly column: string })[]): void {
    faults.show(found)
    for (const { field } of asked) field.tell(found.find((one) => one.field === field)?.fault ?? null)
    const said = found.map(({ column, fault }) => ({ column, fault }))
    if (isFaulty || said.length > 0) tellSite(host, 'emp-faults', { faults: said })
    isFaulty = found.length > 0
  }

  function readAll() {
    const read = asked.map(({ column, field }) => ({ column, field, given: field.read() }))
    const values = read.flatMap(({ column, given }) => ('fault' in given ? [] : [[column, given.value] as const]))
    return {
      record: Object.fromEntries(values),
      found: read.flatMap(({ column, field, given }) =>
        'fault' in given ? [{ column, field, fault: given.fault }] : [],
      ),
    }
  }

  /** Puts an answer to each question in, or leaves it as it is. Nothing is shown as wrong until it is read again. */
  function put(answerTo: (place: number, column: string) => FormRecord[string] | undefined): void {
    for (const [i, { column, field }] of asked.entries()) {
      const value = answerTo(i, column)
      if (value !== undefined) field.fill(value)
    }
    show([])
    progress()
  }

  function paste(text: string): void {
    const read = readLine(text, contract, questions, decimalSign)
    put((i) => read.get(i))
    const left = [...asked.keys()].filter((i) => !read.has(i))
    host.note(() => around.now()?.sayPasted(read.size, left) ?? '')
    if (read.size > 0) tellSite(host, 'emp-change', progress())
  }

  const form = element(
    'form',
    { part: 'form', id: 'form', novalidate: '', autocomplete: 'off', lang, dir },
    faults.box,
    isLong ? readyList(asked, say) : null,
    ...around.at('head', isLong ? element('h2', { part: 'heading' }, say('ask.title')) : null),
    pasting?.box ?? null,
    bar?.box ?? null,
    element('div', { id: 'questions' }, ...grouped(asked, say)),
    around.status,
    element(
      'div',
      { part: 'actions', class: 'actions' },
      element('button', { part: 'submit', type: 'submit', id: 'submit' }, say('form.submit')),
      ...around.buttons,
      ...around.at('actions', null),
    ),
    ...around.at('foot', null),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void host.submit()
  })
  for (const type of ['input', 'change']) {
    form.addEventListener(type, ({ target }) => {
      // What is pasted and not used is no answer; what the site has put here is its own.
      if (!asked.some(({ field }) => field.box.contains(target as Node))) return
      // A control that was clicked says so twice, and one that is left once more.
      if (answersOf(entered()) !== counted) tellSite(host, 'emp-change', progress())
    })
  }

  if (former !== null) {
    for (const { column, field } of asked) {
      const own = former.fields.get(column)
      if (own !== undefined) field.restore(own.entered())
    }
    if (pasting !== null && former.pasting !== null) {
      pasting.area.value = former.pasting.area.value
      pasting.box.open = former.pasting.box.open
    }
    if (isFaulty) show(readAll().found)
  }
  progress()

  return {
    form,
    fields: new Map(asked.map(({ column, field }) => [column, field])),
    pasting,
    isFaulty: () => isFaulty,
    read() {
      const { record, found } = readAll()
      show(found)
      if (found.length === 0) return record
      faults.box.focus()
      return null
    },
    entered,
    given: (entered) =>
      asked.flatMap(({ question }, i) => {
        // It need not be what stands in the form.
        const field = fieldOf(question, { speech, i })
        field.restore(at(entered, i))
        const given = field.read()
        if ('fault' in given) return []
        return [{ title: field.title, said: given.said ?? say('answer.missing'), control: field.control }]
      }),
    fill: (record) => put((_, column) => (Object.hasOwn(record, column) ? record[column] : undefined)),
    fillExample: () => put((i) => exampleValue(at(questions, i))),
    clear() {
      for (const { field } of asked) field.clear()
      if (pasting !== null) pasting.area.value = ''
      show([])
      progress()
    },
    sayPasted(count, left) {
      if (count === 0) return say('note.pasted-none')
      const said = say('note.pasted', { count })
      if (left.length === 0) return said
      return `${said} ${say('note.pasted-left', { titles: left.map((i) => at(questions, i).title).join(', ') })}`
    },
  }
}
