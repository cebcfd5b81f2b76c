import type { Contract } from '../contract.ts'
import type { GivenAnswer } from '../form/emp-form.ts'
import type { Explained } from '../schemes/scheme.ts'
import { showAnswer } from './answer.ts'
import { showAnswered, showOrigin } from './answered.ts'
import type { PageModel } from './documents.ts'
import { byId, element, replace } from './dom.ts'
import type { Spoken } from './language.ts'
import { showPath } from './path.ts'
import { type Exchange, showExchange } from './sent.ts'

/** What a session came to. */
export interface Outcome extends Explained {
  readonly exchange: Exchange
  readonly at: Date
  /** The answers that were sent, in the language of the form: what stands in it may be another's by now. */
  given(): readonly GivenAnswer[]
}

/** How an outcome is shown. */
interface Showing {
  readonly model: PageModel
  /** Of the server that answered. */
  readonly address: string
  readonly spoken: Spoken
  /** Goes to the control of a question. */
  change(control: string): void
}

/** Says what came of a session, with what it was given. */
export function showOutcome({ opened, path, at, given }: Outcome, { model, address, spoken, change }: Showing): void {
  const { speech, documents } = spoken
  const { figure, heading, parts } = showAnswer(opened, model.contract, documents, speech)
  const figureClass = figure.length > 14 ? 'figure long' : 'figure'
  const said = given()
  replace(byId('answer-title'), element('span', { class: figureClass }, figure), ` ${heading}`)
  replace(byId('answer-parts'), ...parts, ...showPath(path, documents, said, speech))
  showAnswered(said, speech, change)
  showOrigin(address, model.operator, at, speech)
}

/** Takes it out of the page. */
export function removeOutcome(): void {
  for (const id of ['answer-parts', 'answer-title', 'answered', 'answer-origin']) replace(byId(id))
}

/** Before a session what will leave the device, which stands in the markup; after it what did. */
export function showSession(exchange: Exchange | null, contract: Contract, { speech, documents }: Spoken): void {
  const isOver = exchange !== null
  byId('exchange').hidden = !isOver
  byId('downloads').hidden = !isOver
  byId('planned').hidden = isOver
  replace(byId('sent-title'), speech.say(isOver ? 'sent.title' : 'sent.plan-title'))
  replace(byId('exchange'), ...(isOver ? showExchange(exchange, contract, documents.sealing, speech) : []))
}
