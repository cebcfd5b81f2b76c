import type { Contract } from 'emp-compile-runtime/internal/contract'
import { requestBytes } from 'emp-compile-runtime/internal/contract'
import type { PageDocuments } from 'emp-compile-runtime/internal/page/documents'
import { questionsOf } from 'emp-compile-runtime/internal/page/questions'
import { xmlText } from '../emit/escape.ts'
import { generatedBy } from '../version.ts'
import { questionHtml } from './form-html.ts'

/** A file that the page loads: its name beside the page, and its hash. */
export interface Asset {
  readonly file: string
  readonly integrity: string
}

export interface PageParts {
  readonly contract: Contract
  readonly documents: PageDocuments
  /** SHA-256 of the contract, hexadecimal. */
  readonly fingerprint: string
  readonly policy: string
  readonly script: Asset
  readonly style: Asset
  readonly icon: string
  readonly operator: string | null
}

/** No option removes this. */
const disclaimer =
  'This is research, not a medical device. It has not been checked for use in care, it knows only what is asked here, and it ' +
  'must not be used to decide about treatment. If you are worried about your health, see a doctor.'

/** The page, complete except for its script. Without the script a reader sees what the page is, and that it needs the script. */
export function pageHtml(parts: PageParts): string {
  const { contract, documents, policy, script, style, icon } = parts
  const title = titleOf(parts)
  const questions = questionsOf(contract.columns, documents)
  return `${[
    '<!doctype html>',
    `<!-- ${generatedBy} -->`,
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${xmlText(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="description" content="${xmlText(`${title}: the answers are encrypted on your device, and the server computes without reading them.`)}">`,
    `<title>${xmlText(title)}</title>`,
    `<link rel="icon" href="${icon}" type="image/svg+xml">`,
    `<link rel="stylesheet" href="${style.file}" integrity="${style.integrity}" crossorigin="anonymous">`,
    `<script type="module" src="${script.file}" integrity="${script.integrity}" crossorigin="anonymous"></script>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#main">Skip to the questions</a>',
    '<header>',
    `<p class="kind"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M5 9V6.5a5 5 0 0 1 10 0V9h1v9H4V9zm2 0h6V6.5a3 3 0 0 0-6 0z"/></svg>Private calculator</p>`,
    '</header>',
    '<main id="main" tabindex="-1">',
    ...ask(title, documents, questions.map(questionHtml)),
    ...working,
    ...answer(title, parts.fingerprint),
    ...failure,
    ...privacy(parts),
    '</main>',
    ...footer(documents, parts.operator),
    '</body>',
    '</html>',
  ].join('\n')}\n`
}

/** The target's own title, or the model's. */
function titleOf({ contract, documents }: PageParts): string {
  return documents.target.title ?? documents.title ?? contract.name
}

function ask(title: string, { rows, description, target }: PageDocuments, questions: readonly string[]): string[] {
  const asks = `${questions.length} question${questions.length === 1 ? '' : 's'}`
  const people = `${rows.toLocaleString('en-GB')} ${rows === 1 ? 'person' : 'people'}`
  return [
    '<section id="ask">',
    `<h1>${xmlText(title)}</h1>`,
    `<p class="lead">Answer ${asks}, and see how people with answers like yours fared among ${people}.</p>`,
    '<ul class="promises">',
    '<li><strong>Encrypted on your device.</strong> The server computes without being able to read your answers.</li>',
    '<li><strong>What it costs.</strong> The server learns that somebody asked, and when, and sees your network address.</li>',
    '<li><strong>Research, not a medical device.</strong> Do not decide about treatment by it.</li>',
    '</ul>',
    ...(target.description === null
      ? []
      : [`<p><strong>What is predicted.</strong> ${xmlText(target.description)}</p>`]),
    '<noscript><p class="warning">This page needs JavaScript: it is what encrypts your answers here, on your device.</p></noscript>',
    '<p id="not-started" class="warning">The script of this page did not start, so nothing can be asked. Reload the page, or open it in a newer browser.</p>',
    '<div id="faults" class="faults" role="alert" tabindex="-1" aria-labelledby="faults-title" hidden>',
    '<h2 id="faults-title">There is a problem</h2>',
    '<ul id="fault-list"></ul>',
    '</div>',
    '<form id="form" novalidate autocomplete="off">',
    '<div class="form-head">',
    '<h2 id="form-title" tabindex="-1">Your answers</h2>',
    '<button type="button" class="plain" id="example">Fill in an example</button>',
    '</div>',
    ...questions,
    '<p id="note" role="status"></p>',
    '<div class="actions">',
    '<button type="submit" id="submit" disabled>Encrypt and send</button>',
    '<button type="button" class="plain" id="clear">Remove my answers</button>',
    '</div>',
    '<p id="readiness" class="small"></p>',
    '</form>',
    ...(description === null ? [] : [`<p class="small"><strong>The data.</strong> ${xmlText(description)}</p>`]),
    '</section>',
  ]
}

const working = [
  '<section id="working" hidden>',
  '<h1 id="working-title" tabindex="-1">Working on it</h1>',
  '<ol id="steps" class="steps"></ol>',
  '<p id="progress" role="status"></p>',
  '<button type="button" class="second" id="cancel">Cancel</button>',
  '</section>',
]

const answer = (title: string, fingerprint: string) => [
  '<section id="answer" hidden>',
  `<p class="model">${xmlText(title)}</p>`,
  '<p id="answer-origin" class="small"></p>',
  '<h1 id="answer-title" tabindex="-1"></h1>',
  '<div id="answer-parts"></div>',
  '<section aria-labelledby="answered-title">',
  '<h2 id="answered-title">You answered</h2>',
  '<dl id="answered" class="rows"></dl>',
  '</section>',
  '<div class="warning">',
  '<h2>What this does not say</h2>',
  '<ul>',
  '<li>It is about a group, not about you: nobody can tell which of these people you would be.</li>',
  '<li>It counts what was found in the training data. It does not say why, nor what a treatment would change.</li>',
  '<li>People elsewhere or today may differ from those in the data.</li>',
  '</ul>',
  `<p>${disclaimer}</p>`,
  '</div>',
  '<div class="actions">',
  '<button type="button" id="change">Change my answers</button>',
  '<button type="button" class="second" id="remove">Remove everything</button>',
  '<button type="button" class="plain" id="print">Print</button>',
  '</div>',
  `<p class="small printed">Contract: <code>${fingerprint}</code></p>`,
  '</section>',
]

const failure = [
  '<section id="failure" hidden>',
  '<h1 id="failure-title" tabindex="-1"></h1>',
  '<p id="failure-advice" class="lead"></p>',
  '<div class="actions">',
  '<button type="button" id="again">Try again</button>',
  '<button type="button" class="second" id="back">Back to my answers</button>',
  '</div>',
  '</section>',
]

/** "What leaves your device": before a session what will, after it what did. */
function privacy({ contract, documents, fingerprint }: PageParts): string[] {
  const { leakage } = documents
  const planned =
    `${requestBytes(contract).toLocaleString('en-GB')} bytes, whatever you answer: your answers, encrypted with a ` +
    `${documents.sealing.key} that this page makes for one use, and the public half of that key.`
  return [
    '<section id="sent" aria-labelledby="sent-title">',
    '<h2 id="sent-title">What leaves your device</h2>',
    `<p id="planned">${xmlText(planned)}</p>`,
    '<dl id="exchange" hidden></dl>',
    '<div id="downloads" class="actions" hidden>',
    '<button type="button" class="second" id="save-request">Save the request</button>',
    '<button type="button" class="second" id="save-reply">Save the reply</button>',
    '</div>',
    '<details>',
    '<summary>Who learns what</summary>',
    '<dl>',
    definition('The server and its storage learn', leakage.server),
    definition('This page learns about the model', leakage.client),
    '</dl>',
    '</details>',
    '<details>',
    '<summary>For auditors</summary>',
    '<dl>',
    `<div><dt>Model</dt><dd>${xmlText(contract.name)}</dd></div>`,
    `<div><dt>SHA-256 of the contract</dt><dd><code>${fingerprint}</code></dd></div>`,
    '<div><dt>SHA-256 of this page, as it came</dt><dd><code id="page-hash"></code></dd></div>',
    definition(
      'How to check',
      'The page pins its script and style by their hashes, and the script pins the worker that encrypts. So the hash of the page ' +
        'stands for all of it: emp-compile page prints the one that belongs to a model. Compute it yourself from what the server ' +
        'sends; a page that lies would show any hash.',
    ),
    '</dl>',
    '</details>',
    '</section>',
  ]
}

const definition = (name: string, text: string) => `<div><dt>${xmlText(name)}</dt><dd>${xmlText(text)}</dd></div>`

function footer({ references, title }: PageDocuments, operator: string | null): string[] {
  const reference = ({ title: name, path }: PageDocuments['references'][number]) =>
    path === null ? xmlText(name) : `<a href="${xmlText(path)}" rel="noreferrer">${xmlText(name)}</a>`
  return [
    '<footer>',
    `<p>${disclaimer}</p>`,
    ...(operator === null ? [] : [`<p>Run by ${xmlText(operator)}.</p>`]),
    ...(references.length === 0
      ? []
      : [`<p>Data: ${title === null ? '' : `${xmlText(title)}. `}${references.map(reference).join('; ')}.</p>`]),
    '<p>Nothing is kept: no cookies, no storage in this browser, no third parties.</p>',
    '</footer>',
  ]
}
