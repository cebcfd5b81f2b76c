import type { Contract } from 'emp-compile-runtime/internal/contract'
import type { PageDocuments, PageLanguage } from 'emp-compile-runtime/internal/page/documents'
import { aroundSources, type FrameKey, frameTexts, titleOf } from 'emp-compile-runtime/internal/page/frame'
import { speechOf } from 'emp-compile-runtime/internal/words/message'
import { xmlText } from '../emit/escape.ts'
import { generatedBy } from '../version.ts'

/** A file that the page loads: its name beside the page, and its hash. */
export interface Asset {
  readonly file: string
  readonly integrity: string
}

export interface PageParts {
  readonly contract: Contract
  /** In the first language. */
  readonly documents: PageDocuments
  readonly languages: readonly [PageLanguage, ...PageLanguage[]]
  /** SHA-256 of the contract, hexadecimal. */
  readonly fingerprint: string
  readonly policy: string
  readonly script: Asset
  readonly style: Asset
  readonly icon: string
  readonly operator: string | null
}

/** Writes an element that says a text: the script finds it by its key, to say it in another language. */
type Says = (name: string, key: FrameKey, attributes?: string) => string

/** The page, complete except for its questions, which its script makes. Without it a reader sees what the page is, and what it needs. */
export function pageHtml(parts: PageParts): string {
  const { contract, documents, policy, script, style, icon, languages, operator } = parts
  const [{ lang, words }] = languages
  const speech = speechOf(lang, words)
  const text = frameTexts({ contract, documents, operator }, speech)
  const says: Says = (name, key, attributes = '') =>
    `<${name} data-say="${key}"${attributes === '' ? '' : ` ${attributes}`}>${xmlText(text(key))}</${name}>`
  return `${[
    '<!doctype html>',
    `<!-- ${generatedBy} -->`,
    `<html lang="${xmlText(lang)}" dir="${speech.dir}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${xmlText(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light dark">',
    `<meta name="description" content="${xmlText(text('page.about'))}">`,
    `<title>${xmlText(titleOf(parts))}</title>`,
    `<link rel="icon" href="${icon}" type="image/svg+xml">`,
    `<link rel="stylesheet" href="${style.file}" integrity="${style.integrity}" crossorigin="anonymous">`,
    `<script type="module" src="${script.file}" integrity="${script.integrity}" crossorigin="anonymous"></script>`,
    '</head>',
    '<body>',
    says('a', 'page.skip', 'class="skip" href="#main"'),
    '<header>',
    '<div class="top">',
    `<p class="kind"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M5 9V6.5a5 5 0 0 1 10 0V9h1v9H4V9zm2 0h6V6.5a3 3 0 0 0-6 0z"/></svg>${says('span', 'page.kind')}</p>`,
    ...switchOf(languages, text('page.language')),
    '</div>',
    '</header>',
    '<main id="main" tabindex="-1">',
    ...ask(parts, says),
    ...working(says),
    ...answer(parts.fingerprint, says),
    ...failure(says),
    ...privacy(parts, says),
    '</main>',
    ...footer(documents, operator, says, aroundSources(speech)),
    '</body>',
    '</html>',
  ].join('\n')}\n`
}

/** Buttons for the languages of a page, each in its own; nothing where there is one. */
function switchOf(languages: PageParts['languages'], label: string): string[] {
  if (languages.length === 1) return []
  const button = ({ lang, name }: PageLanguage, i: number) =>
    `<button type="button" lang="${xmlText(lang)}" data-lang="${xmlText(lang)}" aria-pressed="${i === 0}">${xmlText(name)}</button>`
  return [
    `<div class="languages" role="group" data-label="page.language" aria-label="${xmlText(label)}">`,
    ...languages.map(button),
    '</div>',
    '<p id="not-spoken" role="status"></p>',
  ]
}

function ask({ documents }: PageParts, says: Says): string[] {
  const { rows, description, target } = documents
  const promise = (name: FrameKey, what: FrameKey) => `<li>${says('strong', name)} ${says('span', what)}</li>`
  return [
    '<section id="ask">',
    says('h1', 'model.title'),
    says('p', rows === 0 ? 'ask.lead-made' : 'ask.lead', 'class="lead"'),
    '<ul class="promises">',
    promise('ask.sealed', 'ask.sealed-why'),
    promise('ask.cost', 'ask.cost-what'),
    promise('ask.research', 'ask.research-what'),
    '</ul>',
    ...(target.description === null
      ? []
      : [`<p>${says('strong', 'ask.predicted')} ${says('span', 'model.target')}</p>`]),
    `<noscript>${says('p', 'page.no-script', 'class="warning"')}</noscript>`,
    says('p', 'page.not-started', 'id="not-started" class="warning"'),
    // Until its script has started there is only what cannot be used yet.
    '<emp-form light>',
    '<div slot="head" class="form-head">',
    says('h2', 'ask.title', 'id="form-title" tabindex="-1"'),
    says('button', 'ask.example', 'type="button" class="plain" id="example"'),
    '</div>',
    says('button', 'form.submit', 'type="submit" id="submit" disabled'),
    says('button', 'ask.clear', 'slot="actions" type="button" class="plain" id="clear"'),
    '<p slot="foot" id="readiness" class="small"></p>',
    '</emp-form>',
    ...(description === null
      ? []
      : [`<p class="small">${says('strong', 'ask.data')} ${says('span', 'model.description')}</p>`]),
    '</section>',
  ]
}

const working = (says: Says) => [
  '<section id="working" hidden>',
  says('h1', 'working.title', 'id="working-title" tabindex="-1"'),
  '<ol id="steps" class="steps"></ol>',
  '<p id="progress" role="status"></p>',
  says('button', 'form.cancel', 'type="button" class="second" id="cancel"'),
  '</section>',
]

const answer = (fingerprint: string, says: Says) => [
  '<section id="answer" hidden>',
  says('p', 'model.title', 'class="model"'),
  '<p id="answer-origin" class="small"></p>',
  '<h1 id="answer-title" tabindex="-1"></h1>',
  '<div id="answer-parts"></div>',
  '<section aria-labelledby="answered-title">',
  says('h2', 'answer.given', 'id="answered-title"'),
  '<dl id="answered" class="rows"></dl>',
  '</section>',
  '<div class="warning">',
  says('h2', 'answer.limits'),
  '<ul>',
  says('li', 'answer.limit-group'),
  says('li', 'answer.limit-cause'),
  says('li', 'answer.limit-others'),
  '</ul>',
  // No option removes this.
  says('p', 'form.disclaimer'),
  '</div>',
  '<div class="actions">',
  says('button', 'answer.change', 'type="button" id="change"'),
  says('button', 'answer.remove', 'type="button" class="second" id="remove"'),
  says('button', 'answer.print', 'type="button" class="plain" id="print"'),
  '</div>',
  `<p class="small printed">${says('span', 'answer.contract')} <code>${fingerprint}</code></p>`,
  '</section>',
]

const failure = (says: Says) => [
  '<section id="failure" hidden>',
  '<h1 id="failure-title" tabindex="-1"></h1>',
  '<p id="failure-advice" class="lead"></p>',
  '<div class="actions">',
  says('button', 'failure.again', 'type="button" id="again"'),
  says('button', 'failure.back', 'type="button" class="second" id="back"'),
  '</div>',
  '</section>',
]

/** "What leaves your device": before a session what will, after it what did. */
function privacy({ contract, fingerprint }: PageParts, says: Says): string[] {
  const definition = (name: FrameKey, text: string) => `<div>${says('dt', name)}${text}</div>`
  return [
    '<section id="sent" aria-labelledby="sent-title">',
    says('h2', 'sent.plan-title', 'id="sent-title"'),
    says('p', 'sent.plan', 'id="planned"'),
    '<dl id="exchange" hidden></dl>',
    '<div id="downloads" class="actions" hidden>',
    says('button', 'sent.save-request', 'type="button" class="second" id="save-request"'),
    says('button', 'sent.save-reply', 'type="button" class="second" id="save-reply"'),
    '</div>',
    '<details>',
    says('summary', 'learns.title'),
    '<dl>',
    definition('learns.server', says('dd', 'model.server')),
    definition('learns.client', says('dd', 'model.client')),
    '</dl>',
    '</details>',
    '<details>',
    says('summary', 'audit.title'),
    '<dl>',
    definition('audit.model', `<dd>${xmlText(contract.name)}</dd>`),
    definition('audit.contract', `<dd><code>${fingerprint}</code></dd>`),
    definition('audit.page', '<dd><code id="page-hash"></code></dd>'),
    definition('audit.check', says('dd', 'audit.check-how')),
    '</dl>',
    '</details>',
    '</section>',
  ]
}

function footer(
  { references, title }: PageDocuments,
  operator: string | null,
  says: Says,
  [before, behind]: readonly [string, string],
): string[] {
  const reference = ({ title: name, path }: PageDocuments['references'][number]) =>
    path === null ? xmlText(name) : `<a href="${xmlText(path)}" rel="noreferrer">${xmlText(name)}</a>`
  const around = (id: string, text: string) => `<span id="sources-${id}">${xmlText(text)}</span>`
  const named = title === null ? '' : `${says('span', 'model.data')}. `
  const sources = `${named}${references.map(reference).join('; ')}`
  return [
    '<footer>',
    says('p', 'form.disclaimer'),
    ...(operator === null ? [] : [says('p', 'footer.operator')]),
    ...(references.length === 0 ? [] : [`<p>${around('before', before)}${sources}${around('behind', behind)}</p>`]),
    says('p', 'footer.kept'),
    '</footer>',
  ]
}
