import { formEn } from './form-en.ts'

/** What a page says before and after an answer. */
const frame = {
  'page.kind': 'Private calculator',
  'page.skip': 'Skip to the questions',
  'page.about': '{title}: the answers are encrypted on your device, and the server computes without reading them.',
  'page.language': 'Language',
  'page.not-spoken':
    '{language} could not be loaded. Check your connection and try again, or reload the page, which removes your answers.',
  'page.no-script': 'This page needs JavaScript: it is what encrypts your answers here, on your device.',
  'page.not-started':
    'The script of this page did not start, so nothing can be asked. Reload the page, or open it in a newer browser.',
  'page.error': 'Error: {name}',
  'page.part': '{name} – {title}',
  people: { one: '{count} person', other: '{count} people' },
  bytes: { one: '{count} byte', other: '{count} bytes' },

  'ask.lead': {
    one: 'Answer {count} question, and see how people with answers like yours fared among {people}.',
    other: 'Answer {count} questions, and see how people with answers like yours fared among {people}.',
  },
  'ask.lead-made': {
    one: 'Answer {count} question, and see what the model makes of it.',
    other: 'Answer {count} questions, and see what the model makes of them.',
  },
  'ask.sealed': 'Encrypted on your device.',
  'ask.sealed-why': 'The server computes without being able to read your answers.',
  'ask.cost': 'What it costs.',
  'ask.cost-what': 'The server learns that somebody asked, and when, and sees your network address.',
  'ask.research': 'Research, not a medical device.',
  'ask.research-what': 'Do not decide about treatment by it.',
  'ask.predicted': 'What is predicted.',
  'ask.data': 'The data.',
  'ask.example': 'Fill in an example',
  'ask.clear': 'Remove my answers',

  'note.example': 'An example is filled in. It is nobody’s record.',
  'note.cleared': 'All answers are removed.',
  'note.removed': 'Your answers, the result and the encrypted messages are removed from this page.',
  'note.cancelled': 'Cancelled. The key was destroyed, so nobody can read what may have been sent.',

  'ready.key': 'Making a key on this device …',
  'ready.noise': 'Preparing the encryption, {done} of {all} …',
  'ready.ready': 'Ready: the key is made, on this device.',

  'working.title': 'Working on it',
  'working.name': 'Working',
  'working.make-key': 'Make your key',
  'working.seal': 'Encrypt your answers',
  'working.send': 'Send them, and wait for the reply',
  'working.open': 'Open the reply',
  'working.done': ' (done)',
  'working.doing': ' (now)',
  'working.says-key': 'Making your key on this device.',
  'working.says-noise': 'Encrypting: {done} of {all} values.',
  'working.says-sealing': 'Encrypting.',
  'working.says-sent': {
    one: '{count} encrypted byte is on its way; waiting for the reply.',
    other: '{count} encrypted bytes are on their way; waiting for the reply.',
  },
  'working.says-slow': 'Still waiting for the server. This takes longer than usual; you can go on waiting or cancel.',
  'working.says-opening': 'The reply is here. Opening it.',

  'sent.plan-title': 'What leaves your device',
  'sent.title': 'What left your device',
  'sent.plan':
    '{bytes}, whatever you answer: your answers, encrypted with a {key} that this page makes for one use, and the public half of that key.',
  'sent.sent': 'Sent',
  'sent.sent-what': '{bytes} to {address}, and nothing else',
  'sent.made': 'Requests that were made',
  'sent.made-one': '{method} {host}, {bytes}',
  'sent.made-times': { one: '{what}, {count} time', other: '{what}, {count} times' },
  'sent.inside': 'In it',
  'sent.inside-what': {
    one: '{count} ciphertext of {bytes}, one for {each}; the public key that they are encrypted with ({keyBytes}); the fingerprint of the contract',
    other:
      '{count} ciphertexts of {bytes}, one for {each}; the public key that they are encrypted with ({keyBytes}); the fingerprint of the contract',
  },
  'sent.readers': 'Who can read it',
  'sent.readers-what': 'Only this page, while it was open: the private key was made here, never left, and is gone now',
  'sent.back': 'Came back',
  'sent.back-what': '{bytes}, encrypted for the same key',
  'sent.back-signed': '{bytes}, encrypted for the same key and signed by the model’s server',
  'sent.look': 'A look at it',
  'sent.save-request': 'Save the request',
  'sent.save-reply': 'Save the reply',

  'learns.title': 'Who learns what',
  'learns.server': 'The server and its storage learn',
  'learns.client': 'This page learns about the model',

  'audit.title': 'For auditors',
  'audit.model': 'Model',
  'audit.contract': 'SHA-256 of the contract',
  'audit.page': 'SHA-256 of this page, as it came',
  'audit.no-hash': 'could not be computed',
  'audit.check': 'How to check',
  'audit.check-how':
    'The page pins its script and style by their hashes, and the script pins the worker that encrypts. So the hash of the page ' +
    'stands for all of it: emp-compile page prints the one that belongs to a model. Compute it yourself from what the server ' +
    'sends; a page that lies would show any hash.',

  'footer.operator': 'Run by {operator}.',
  'footer.data': 'Data: {sources}.',
  'footer.kept': 'Nothing is kept: no cookies, no storage in this browser, no third parties.',
} as const

/** What a page says of an answer, and around it. */
const answers = {
  'answer.name': 'Result',
  'answer.origin': '{when}, by {host}',
  'answer.origin-operator': '{when}, by {operator} ({host})',
  'answer.given': 'You answered',
  'answer.change-one': 'Change',
  'answer.change': 'Change my answers',
  'answer.remove': 'Remove everything',
  'answer.print': 'Print',
  'answer.contract': 'Contract:',
  'answer.limits': 'What this does not say',
  'answer.limit-group': 'It is about a group, not about you: nobody can tell which of these people you would be.',
  'answer.limit-cause':
    'It counts what was found in the training data. It does not say why, nor what a treatment would change.',
  'answer.limit-others': 'People elsewhere or today may differ from those in the data.',
  'answer.clamped': 'Beyond the values that this model knows, and counted as the end of the range: {titles}.',

  'answer.share': '{part} of {whole}',
  'answer.share-low': 'under 1 of 100',
  'answer.share-high': 'over 99 of 100',
  'answer.people-had': {
    one: 'person with answers like these had: {label}',
    other: 'people with answers like these had: {label}',
  },
  'answer.model': 'The model’s answer',
  'answer.model-is': '{name}: the model’s answer',
  'answer.gives-one': '{label}. It gives one answer to everybody whom it cannot tell apart.',
  'answer.gives-group': '{label}. It gives one answer to everybody in this group.',
  'answer.stands': 'Stands on',
  'answer.stands-on': 'What it stands on',
  'answer.stands-tree': {
    one: '{count} person in the training data, divided by a tree that this page does not get to see: nor does it learn how many of them have answers like these, so it cannot say how far chance goes.',
    other:
      '{count} people in the training data, divided by a tree that this page does not get to see: nor does it learn how many of them have answers like these, so it cannot say how far chance goes.',
  },
  'answer.stands-weights': {
    one: '{count} person in the training data. It is computed from all that was entered, by weights that this page does not get to see, so it cannot say how far chance goes.',
    other:
      '{count} people in the training data. It is computed from all that was entered, by weights that this page does not get to see, so it cannot say how far chance goes.',
  },
  'answer.stands-made': 'A table of points that was made elsewhere, and that this page does not get to see.',
  'answer.stands-hidden':
    'A group of people in the training data whose numbers are not published, as some are below five',
  'answer.stands-group': {
    one: '{count} person in the training data with answers like these',
    other: '{count} people in the training data with answers like these',
  },
  'answer.rough': '{what}. The group is small, so this is rough.',
  'answer.reckoned': 'How it was reckoned',
  'answer.reckoned-how': 'The share in this group, moved towards that of larger groups around it',
  'answer.something-else': 'something else',
  'answer.picture-group': '{name}: of {count} people in the training data with answers like these, {groups}.',
  'answer.picture-model': '{name}: of {count} people with such a chance, if the model is right, {groups}.',
  'answer.picture-part': '{count} had: {label}',
  'answer.part-of': '({part} of {whole})',
  'answer.mean-of': '{name}: the mean of people with answers like these',
  'answer.differ': 'How they differ',
  'answer.differ-how': 'One standard deviation reaches from {low} to {high}; single people often lie outside',
  'answer.chance': 'Allowing for chance',
  'answer.chance-one': 'A single person says very little',
  'answer.chance-mean': 'The mean of such people lies between {low} and {high} (95% interval)',
  'answer.picture-mean': '{name}: {mean}, one standard deviation from {low} to {high}.',
  'answer.percent': '{percent}%',
  'answer.below-1': 'below 1%',
  'answer.above-99': 'above 99%',
  'answer.is-chance': 'is the chance that the model computes: {label}',
  'answer.computes': '{name}: what the model computes',
  'answer.means': 'What it means',
  'answer.means-what': 'Of 100 people with a chance like this, about {part} have: {label}',
  'answer.right': 'How often it is right',
  'answer.right-of': 'Of 100 people that the model had not seen, its answer was right for {right}',
  'answer.off-by': 'For people that the model had not seen, it was off by {error} as a rule',
  'answer.others': 'Beside all others',
  'answer.others-higher':
    'Of 100 people in the training data, {part} had a higher chance by the model, and {less} a lower one',
  'answer.others-number': 'Of 100 people in the training data, the model computes more for {part}, and less for {less}',
  'answer.path': 'How the model came to it',
  'answer.path-said': ' (you answered: {said})',
} as const

const nothingLost = 'Your answers are still in the form, on this device.'

/** What went wrong, for whoever sits before the page: what happened, and what to do. */
const failures = {
  'failure.again': 'Try again',
  'failure.back': 'Back to my answers',
  'failure.lacking': '{advice} Missing here: {names}.',
  'failure.unreachable': 'The server could not be reached',
  'failure.unreachable-do': `Check your connection, then try again. ${nothingLost}`,
  'failure.busy': 'The server is busy',
  'failure.busy-do': `Wait a minute, then try again. ${nothingLost}`,
  'failure.outdated': 'This page and the server do not belong together',
  'failure.outdated-do':
    'The model on the server was changed after this page was made, or the other way round. Reload the page; if that does not help, tell whoever runs it.',
  'failure.untrusted': 'The reply cannot be trusted',
  'failure.untrusted-do':
    'It did not come from the server of this model, or it was changed on its way, so it was thrown away and no result is shown. Try again; if it happens again, tell whoever runs this page.',
  'failure.expired': 'The session has expired',
  'failure.expired-do': `It took too long to hand over the encrypted answers. Try again. ${nothingLost}`,
  'failure.deadline': 'The server did not reply in time',
  'failure.deadline-do': `There was no reply within a minute, so waiting was given up. Try again later. ${nothingLost}`,
  'failure.too-many': 'Too many requests from here',
  'failure.too-many-do': `The server limits how often one place may ask, to protect the model. Wait a while, then try again. ${nothingLost}`,
  'failure.worker': 'The encryption could not be started',
  'failure.worker-do':
    'The part of this page that encrypts did not load, or is not the one that belongs to the page. Nothing was sent. Reload the page.',
  'failure.old': 'This browser is too old for this page',
  'failure.old-do':
    'It lacks what the encryption needs. Open the page in a newer browser, or on another device. Nothing was sent.',
  'failure.framed': 'This page works only by itself',
  'failure.framed-do':
    'It is shown inside of another page, which could watch or disguise it. Open it in a window of its own. Nothing was sent.',
  'failure.insecure': 'This connection is not secure',
  'failure.insecure-do':
    'Browsers encrypt only on pages that came over https. Open this page by its https address. Nothing was sent.',
  'failure.page': 'Something went wrong in this page',
  'failure.page-do':
    'No result can be shown. Reload the page and try again; if it happens again, tell whoever runs it.',
} as const

/** Every text of a page, those of its form among them. */
export const pageEn = { ...formEn, ...frame, ...answers, ...failures } as const
