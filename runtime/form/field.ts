import type { Value } from '../grid.ts'
import type { NumberFault } from '../page/questions.ts'
import type { FormCatalogue } from '../words/form.ts'
import type { Speech } from '../words/message.ts'

/** A question as it stands in a form: its controls, and how they are read. */
export interface Field {
  readonly box: HTMLElement
  readonly title: string
  /** The id of the control to go to, for an answer or to mend it. */
  readonly control: string
  /** The answer and how it is said, or what is wrong with it. */
  read(): Given | { readonly fault: string }
  /** Shows what is wrong beside the question; null takes it away. */
  tell(fault: string | null): void
  /** Puts an answer in; what the question does not take is left out. */
  fill(value: Value): void
  /** What is entered, good or not. */
  entered(): Entered
  /** Puts it in again, in a form of the same question. */
  restore(entered: Entered): void
  /** Removes the answer, and what is said of it. */
  clear(): void
  focus(): void
}

/** An answer: its value, and as it was understood, with the unit in which it was given; null where it is not known. */
export interface Given {
  readonly value: Value
  readonly said: string | null
}

/** What stands in the controls of a question: a text in a unit, or the number of an option. */
export interface Entered {
  readonly text: string
  /** The number that the text is in its language, in the column's own unit; null if it is not a number. */
  readonly number: number | null
  /** The two numbers that it may be, where it was asked about: it is no surer in another language. */
  readonly doubt?: Extract<NumberFault, { kind: 'ambiguous' }>
  readonly unit: number
  readonly isMissing: boolean
}

export interface FieldSettings {
  readonly speech: Speech<FormCatalogue>
  /** Of the question in the form: ids begin with it. */
  readonly i: number
}
