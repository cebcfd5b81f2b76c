/** What went wrong, in words for who sits before the page: what happened, and what to do. */
export interface PageFailure {
  readonly title: string
  readonly advice: string
  /** Whether trying the same again may help. */
  readonly again: boolean
}

const nothingLost = 'Your answers are still in the form, on this device.'

const unreachable: PageFailure = {
  title: 'The server could not be reached',
  advice: `Check your connection, then try again. ${nothingLost}`,
  again: true,
}
const busy: PageFailure = {
  title: 'The server is busy',
  advice: `Wait a minute, then try again. ${nothingLost}`,
  again: true,
}
const outdated: PageFailure = {
  title: 'This page and the server do not belong together',
  advice:
    'The model on the server was changed after this page was made, or the other way round. Reload the page; if that does not help, tell whoever runs it.',
  again: false,
}
const untrusted: PageFailure = {
  title: 'The reply cannot be trusted',
  advice:
    'It did not come from the server of this model, or it was changed on its way, so it was thrown away and no result is shown. Try again; if it happens again, tell whoever runs this page.',
  again: true,
}
const expired: PageFailure = {
  title: 'The session has expired',
  advice: `It took too long to hand over the encrypted answers. Try again. ${nothingLost}`,
  again: true,
}

const failures: Readonly<Record<string, PageFailure>> = {
  unreachable,
  deadline: {
    title: 'The server did not reply in time',
    advice: `There was no reply within a minute, so waiting was given up. Try again later. ${nothingLost}`,
    again: true,
  },
  'rate-limited': {
    title: 'Too many requests from here',
    advice: `The server limits how often one place may ask, to protect the model. Wait a while, then try again. ${nothingLost}`,
    again: true,
  },
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
  'worker-failed': {
    title: 'The encryption could not be started',
    advice:
      'The part of this page that encrypts did not load, or is not the one that belongs to the page. Nothing was sent. Reload the page.',
    again: false,
  },
  'old-browser': {
    title: 'This browser is too old for this page',
    advice:
      'It lacks what the encryption needs. Open the page in a newer browser, or on another device. Nothing was sent.',
    again: false,
  },
  framed: {
    title: 'This page works only by itself',
    advice:
      'It is shown inside of another page, which could watch or disguise it. Open it in a window of its own. Nothing was sent.',
    again: false,
  },
  insecure: {
    title: 'This connection is not secure',
    advice:
      'Browsers encrypt only on pages that came over https. Open this page by its https address. Nothing was sent.',
    again: false,
  },
}

/** The words for the code of an error. Every other code is a fault of the page itself. */
export function describeFailure(code: string): PageFailure {
  return (
    failures[code] ?? {
      title: 'Something went wrong in this page',
      advice: `No result can be shown. Reload the page and try again; if it happens again, tell whoever runs it.`,
      again: false,
    }
  )
}
