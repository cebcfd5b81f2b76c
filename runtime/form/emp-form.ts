import type { Client } from '../client.ts'
import type { Contract } from '../contract.ts'
import type { Value } from '../grid.ts'
import type { DocumentWords, PageDocuments } from '../page/documents.ts'
import type { Opened } from '../schemes/scheme.ts'
import type { Transport } from '../session/run-session.ts'
import type { FormWords } from '../words/form.ts'

/** What a form asks for and with whom. */
export interface FormModel {
  /** A client, best a `workerClient`: then nothing blocks the page. */
  readonly client: Pick<Client<object, string | number>, 'contract' | 'generateKey' | 'prepare' | 'predict'>
  /** How requests reach the server: `overHttp(url, contract)` or another transport. */
  readonly via: Transport
  /** The words of the model, out of its `page.json`; with its `languages`, in whichever the form is in. */
  readonly documents: FormDocuments
}

/** What a form asks for a site that seals and sends by itself: `emp-send` hands it the record, and nothing more happens. */
export interface FormQuestions extends Pick<FormModel, 'documents'> {
  readonly contract: Contract
}

/** What a form says of a model. */
export interface FormDocuments extends Pick<PageDocuments, 'target' | 'columns'> {
  readonly languages?: Readonly<Record<string, Pick<DocumentWords, 'target' | 'columns'>>>
}

/** A record by column. */
export type FormRecord = Readonly<Record<string, Value>>

/** One answer as it was understood, and the control to change it. */
export interface GivenAnswer {
  readonly title: string
  /** The meaning of the value, or the number with the unit in which it was given. */
  readonly said: string
  /** The id of the control: in the document of a form with `light`, else in its `shadowRoot`. */
  readonly control: string
}

/** The detail of `emp-change`: how many of the questions are answered. */
export interface ChangeDetail {
  readonly answered: number
  readonly asked: number
}

/** The detail of `emp-faults`: what is shown as missing or wrong, in the order of the form; nothing any more if it is empty. */
export interface FaultsDetail {
  readonly faults: readonly { readonly column: string; readonly fault: string }[]
}

/** The detail of `emp-send`. */
export interface SendDetail {
  readonly record: FormRecord
}

/** The detail of `emp-answer`. */
export interface AnswerDetail {
  readonly opened: Opened
  readonly record: FormRecord
}

/** The detail of `emp-failure`: a code of `ProtocolError` or `RecordError`, or `failed`. */
export interface FailureDetail {
  readonly code: string
}

/**
 * The element `<emp-form>`.
 *
 * It stands in a shadow root: its looks are custom properties and parts. With the attribute `light` it stands in the
 * document itself, with the site's styles, and its ids are the document's: so there is one of it at most. What is in it is
 * shown until it has a model.
 *
 * Children with `slot` are shown in its places: `head` above the questions, `actions` beside the button that sends, `foot`
 * below it. With `light` those count that are there when it gets its first model; the attribute counts as it is when the
 * element comes into the document.
 *
 * Events: `emp-change` when somebody enters something; `emp-faults` when what is wrong is shown, or no longer;
 * `emp-send` with the record, before it is sealed: whoever prevents its default seals and sends it instead; then
 * `emp-answer` or `emp-failure`, but neither once the form was cleared or has another model.
 */
export interface EmpForm extends HTMLElement {
  /** What it asks. Setting it builds the form anew, without answers. */
  model: FormModel | FormQuestions | null
  /** Words of its own instead of those that come with it. */
  words: Partial<FormWords>
  /** The record as it is filled in; null if something is missing or wrong, which is shown then. */
  read(): FormRecord | null
  /** What is answered, question by question; those without a valid answer are left out. */
  given(): readonly GivenAnswer[]
  /**
   * Keeps what is answered now. What it returns says it, whatever is in the form by then, in the language that the form is
   * in by then: beside an answer there have to stand the answers that it was given for. Nothing, once it has another model.
   */
  keep(): () => readonly GivenAnswer[]
  /** Puts values in: those columns that are there. */
  fill(record: FormRecord): void
  /** Puts an example in, which is nobody's. */
  fillExample(): void
  /** Removes all answers, and the result. */
  clear(): void
  /** Says something in the line above the button, and again when the language changes. */
  note(said: () => string): void
  /** As the button does. */
  submit(): Promise<void>
  /** Gives up what was sent. */
  cancel(): void
}
