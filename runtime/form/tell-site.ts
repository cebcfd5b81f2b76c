import type { AnswerDetail, ChangeDetail, FailureDetail, FaultsDetail, SendDetail } from './emp-form.ts'

/** The events of a form, by name. */
interface Details {
  readonly 'emp-change': ChangeDetail
  readonly 'emp-faults': FaultsDetail
  readonly 'emp-send': SendDetail
  readonly 'emp-answer': AnswerDetail
  readonly 'emp-failure': FailureDetail
}

/** Tells the site what happens in its form. @returns whether nobody has prevented what comes of it. */
export function tellSite<T extends keyof Details>(form: HTMLElement, type: T, detail: Details[T]): boolean {
  const cancelable = type === 'emp-send'
  return form.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }))
}
