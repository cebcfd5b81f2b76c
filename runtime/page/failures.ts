import type { PageCatalogue } from '../words/page.ts'

/** What went wrong, for whoever sits before the page: the keys of its words, and whether trying the same again may help. */
export interface PageFailure {
  readonly title: FailureKey
  readonly advice: `${FailureKey}-do` & keyof PageCatalogue
  readonly again: boolean
}

type FailureKey = Extract<keyof PageCatalogue, `failure.${string}`> &
  (keyof PageCatalogue extends infer K ? (K extends `${infer T}-do` ? T : never) : never)

const failure = <K extends FailureKey>(title: K, again: boolean): PageFailure => ({
  title,
  advice: `${title}-do` as PageFailure['advice'],
  again,
})

const unreachable = failure('failure.unreachable', true)
const busy = failure('failure.busy', true)
const outdated = failure('failure.outdated', false)
const untrusted = failure('failure.untrusted', true)
const expired = failure('failure.expired', true)

/** By the code of an error. */
const failures: Readonly<Record<string, PageFailure>> = {
  unreachable,
  deadline: failure('failure.deadline', true),
  'rate-limited': failure('failure.too-many', true),
  busy,
  'server-failed': busy,
  'wrong-contract': outdated,
  'wrong-version': outdated,
  'bad-message': untrusted,
  'bad-reply': untrusted,
  'bad-signature': untrusted,
  'bad-ciphertext': untrusted,
  'other-request': untrusted,
  'too-large': untrusted,
  'ticket-used': expired,
  'ticket-expired': expired,
  'ticket-refused': unreachable,
  'worker-failed': failure('failure.worker', false),
  'old-browser': failure('failure.old', false),
  framed: failure('failure.framed', false),
  insecure: failure('failure.insecure', false),
}

/** The words for the code of an error. Every other code is a fault of the page itself. */
export function describeFailure(code: string): PageFailure {
  return failures[code] ?? failure('failure.page', false)
}
