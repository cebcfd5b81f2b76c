import { toHex } from '../bytes.ts'
import { type Contract, sha256 } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import type { Value } from '../grid.ts'
import type { Explained } from '../schemes/scheme.ts'
import { overHttp, overTickets } from '../session/index.ts'
import type { Transport } from '../session/run-session.ts'
import { showAnswer, showPath } from './answer.ts'
import { showAnswered, showOrigin } from './answered.ts'
import type { Connection, PageModel } from './documents.ts'
import { byId, element, replace } from './dom.ts'
import { describeFailure } from './failures.ts'
import { formOf } from './form.ts'
import type { Progress } from './protocol.ts'
import { questionsOf } from './questions.ts'
import { watchRequests } from './requests.ts'
import { download, type Exchange, showExchange } from './sent.ts'
import { showSteps } from './steps.ts'
import { lacking } from './support.ts'
import { trailOf } from './trail.ts'
import { PageError, type Vault, vaultsOf } from './vault.ts'

/** Milliseconds until a session is given up. */
const deadline = 60_000

/** Milliseconds after which the page says that it takes longer than usual. */
const patience = 6000

/** Milliseconds after a change of the view in which no pointer stops or removes anything: a double click's second half. */
const calm = 1000

const views = ['ask', 'working', 'answer', 'failure'] as const

/** What the page shows for a session that is over, or none. */
interface Outcome extends Explained {
  readonly exchange: Exchange
}

/** The page of a model: the form, the session and the answer. The markup is there already; this makes it work. */
export function runPage(model: PageModel): void {
  const { contract, documents, connection } = model
  const title = document.title
  const form = formOf(contract, questionsOf(contract.columns, documents), title)
  const openVault = vaultsOf(model)
  const { transport, address } = transportOf(connection, contract)
  let progress: Progress = { stage: 'key' }
  let vault: Vault | null = null
  let session: AbortController | null = null
  let exchange: Exchange | null = null
  let shownAt = 0
  const trail = trailOf(
    () => (session === null ? ask('form-title') : session.abort(new ProtocolError('aborted'))),
    () => (exchange === null ? trail.leave() : show('answer', 'Result', 'answer-title')),
  )

  function onProgress(next: Progress): void {
    progress = next
    byId('readiness', HTMLElement).dataset.stage = next.stage
    replace(byId('readiness', HTMLElement), describeReadiness(next))
    if (session !== null && next.stage !== 'ready') showSteps(next)
  }

  /** A key for the next record, made while the form is filled in. */
  function prepare(): Vault {
    if (vault === null) {
      onProgress({ stage: 'key' })
      vault = openVault(onProgress)
    }
    return vault
  }

  function discard(): void {
    vault?.close()
    vault = null
  }

  function show(view: (typeof views)[number], name: string | null, focus: string): void {
    for (const id of views) byId(id, HTMLElement).hidden = id !== view
    document.title = name === null ? title : `${name} – ${title}`
    document.documentElement.dataset.view = view
    shownAt = performance.now()
    byId(focus, HTMLElement).focus()
    if (view !== 'ask') window.scrollTo({ top: 0 })
  }

  function ask(focus: string): void {
    trail.leave()
    show('ask', null, focus)
    prepare()
  }

  function fail(code: string): void {
    const { title: name, advice, again } = describeFailure(code)
    replace(byId('failure-title', HTMLElement), name)
    const missing = code === 'old-browser' ? ` Missing here: ${lacking(documents.sealing).join(', ')}.` : ''
    replace(byId('failure-advice', HTMLElement), advice + missing)
    byId('failure', HTMLElement).dataset.code = code
    byId('again', HTMLElement).hidden = !again
    show('failure', `Error: ${name}`, 'failure-title')
  }

  function showExchangeOf(next: Exchange | null): void {
    exchange = next
    byId('exchange', HTMLElement).hidden = next === null
    byId('downloads', HTMLElement).hidden = next === null
    byId('planned', HTMLElement).hidden = next !== null
    replace(byId('sent-title', HTMLElement), next === null ? 'What leaves your device' : 'What left your device')
    replace(byId('exchange', HTMLElement), ...(next === null ? [] : showExchange(next, contract, documents.sealing)))
  }

  function succeed({ opened, path, exchange: next }: Outcome): void {
    const { figure, heading, parts } = showAnswer(opened, contract, documents)
    replace(
      byId('answer-title', HTMLElement),
      element('span', { class: figure.length > 14 ? 'figure long' : 'figure' }, figure),
      ` ${heading}`,
    )
    replace(byId('answer-parts', HTMLElement), ...parts, ...showPath(path, documents, form.given()))
    showAnswered(form.given(), ask)
    showOrigin(address, model.operator, new Date())
    form.settle()
    showExchangeOf(next)
    show('answer', 'Result', 'answer-title')
  }

  /** Seals, sends and opens. The key ends with the worker, however the session ends. */
  async function predict(record: Readonly<Record<string, Value>>, signal: AbortSignal): Promise<Outcome> {
    const worker = prepare()
    const requests = watchRequests()
    try {
      showSteps(progress.stage === 'ready' ? { stage: 'sealing' } : progress)
      const request = await before(signal, worker.seal(record))
      showSteps({ stage: 'sent', bytes: request.length, slow: false })
      const late = setTimeout(() => showSteps({ stage: 'sent', bytes: request.length, slow: true }), patience)
      const reply = await before(signal, transport(request, signal)).finally(() => clearTimeout(late))
      showSteps({ stage: 'opening' })
      const { opened, path } = await before(signal, worker.open(reply))
      return { opened, path, exchange: { request, reply, address, made: requests.made } }
    } finally {
      requests.end()
      discard()
      session = null
    }
  }

  async function submit(): Promise<void> {
    const record = form.read()
    if (record === null) return
    const stop = new AbortController()
    session = stop
    const late = setTimeout(() => stop.abort(new ProtocolError('deadline')), deadline)
    showExchangeOf(null)
    note('')
    await trail.enter()
    show('working', 'Working', 'working-title')
    try {
      succeed(await predict(record, stop.signal))
    } catch (error) {
      const code = codeOf(stop.signal.aborted ? stop.signal.reason : error)
      if (code !== 'aborted') return fail(code)
      ask('submit')
      note('Cancelled. The key was destroyed, so nobody can read what may have been sent.')
    } finally {
      clearTimeout(late)
    }
  }

  const note = (text: string) => replace(byId('note', HTMLElement), text)
  const on = (id: string, act: () => void) => byId(id, HTMLElement).addEventListener('click', act)
  /** The same for what stops or removes something. A keyboard's click has no detail, and no second half. */
  const onCalmly = (id: string, act: () => void) =>
    byId(id, HTMLElement).addEventListener('click', ({ detail }) => {
      if (detail === 0 || (detail === 1 && performance.now() - shownAt > calm)) act()
    })

  byId('form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    if (session === null) void submit()
  })
  on('example', () => {
    form.fillExample()
    note('An example is filled in. It is nobody’s record.')
  })
  onCalmly('clear', () => {
    form.clear()
    note('All answers are removed.')
  })
  onCalmly('cancel', () => session?.abort(new ProtocolError('aborted')))
  on('again', () => void submit())
  on('back', () => ask('form-title'))
  on('change', () => ask('form-title'))
  on('print', () => window.print())
  onCalmly('remove', () => {
    form.clear()
    showExchangeOf(null)
    replace(byId('answer-parts', HTMLElement))
    replace(byId('answer-title', HTMLElement))
    replace(byId('answered', HTMLElement))
    replace(byId('answer-origin', HTMLElement))
    ask('form-title')
    note('Your answers, the result and the encrypted messages are removed from this page.')
  })
  for (const what of ['request', 'reply'] as const) {
    on(`save-${what}`, () => exchange !== null && download(exchange[what], `${contract.name}-${what}.cbor`))
  }
  // Who leaves with answers that are not sent yet is asked by the browser.
  window.addEventListener('beforeunload', (event) => {
    if (form.isTouched()) event.preventDefault()
  })
  // Nothing is left for who comes to this window next.
  window.addEventListener('pagehide', () => {
    session?.abort(new ProtocolError('aborted'))
    form.clear()
    discard()
  })
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload()
  })

  const hindranceOf = () =>
    !window.isSecureContext ? 'insecure' : lacking(documents.sealing).length > 0 ? 'old-browser' : null
  const hindrance = window.top !== window.self ? 'framed' : hindranceOf()
  if (hindrance !== null) {
    byId('not-started', HTMLElement).hidden = true
    fail(hindrance)
    return
  }
  byId('submit', HTMLButtonElement).disabled = false
  byId('not-started', HTMLElement).hidden = true
  document.documentElement.dataset.view = 'ask'
  prepare()
  void showPageHash()
}

/** Rejects as soon as the signal is aborted. */
function before<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

function codeOf(error: unknown): string {
  return error instanceof ProtocolError || error instanceof PageError ? error.code : 'page-failed'
}

function transportOf({ kind, url }: Connection, contract: Contract): { transport: Transport; address: string } {
  const address = url ?? new URL('.', document.baseURI).href
  return { transport: kind === 'http' ? overHttp(address, contract) : overTickets(address, contract), address }
}

function describeReadiness(progress: Progress): string {
  switch (progress.stage) {
    case 'key':
      return 'Making a key on this device …'
    case 'noise':
      return `Preparing the encryption, ${progress.done} of ${progress.of} …`
    case 'ready':
      return 'Ready: the key is made, on this device.'
    default:
      return progress satisfies never
  }
}

/** The page as it came, hashed: what an auditor compares with the build. */
async function showPageHash(): Promise<void> {
  const response = await fetch(location.pathname, { cache: 'force-cache' }).catch(() => null)
  const hash = response?.ok === true ? toHex(await sha256(new Uint8Array(await response.arrayBuffer()))) : null
  replace(byId('page-hash', HTMLElement), hash ?? 'could not be computed')
}
