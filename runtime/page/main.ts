import type { Contract } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import type { FaultsDetail, FormRecord, SendDetail } from '../form/emp-form.ts'
import type { Transport } from '../session/run-session.ts'
import type { PageModel } from './documents.ts'
import { byId, replace } from './dom.ts'
import { describeFailure } from './failures.ts'
import { formOf } from './form.ts'
import { titleOf } from './frame.ts'
import { preferredOf, tellUnspoken, tongueOf, translateFrame } from './language.ts'
import { type Outcome, removeOutcome, showOutcome, showSession } from './outcome.ts'
import { showPageHash } from './page-hash.ts'
import type { Progress } from './protocol.ts'
import { watchRequests } from './requests.ts'
import { download } from './sent.ts'
import { codeOf, unlessAborted } from './session.ts'
import { describeReadiness, type PageStep, showSteps } from './steps.ts'
import { lacking } from './support.ts'
import { trailOf } from './trail.ts'
import { type Vault, vaultsOf } from './vault.ts'

/** Milliseconds until a session is given up. */
const deadline = 60_000

/** Milliseconds after which the page says that it takes longer than usual. */
const patience = 6000

/** Milliseconds that a form waits for its reader's language. */
const soon = 1000

/** Milliseconds after a change of the view in which no pointer stops or removes anything: a double click's second half. */
const calm = 1000

const views = ['ask', 'working', 'answer', 'failure'] as const

/**
 * The page of a model: the form, the session and the answer. The frame is there already; this makes it work.
 *
 * @param over how requests reach the server; a page holds the one way that it uses.
 */
export function runPage(model: PageModel, over: (url: string, contract: Contract) => Transport): void {
  const { contract, connection, languages } = model
  const tongue = tongueOf(model)
  let [spoken, wanted] = [tongue.first, languages[0].lang]
  const say: typeof spoken.speech.say = (key, ...values) => spoken.speech.say(key, ...values)
  const title = () => titleOf({ contract, documents: spoken.documents })
  const form = formOf(tongue)
  const openVault = vaultsOf(model)
  const address = connection.url ?? new URL('.', document.baseURI).href
  const transport = over(address, contract)
  let progress: Progress = { stage: 'key' }
  let step: PageStep | null = null
  let vault: Vault | null = null
  let session: AbortController | null = null
  let outcome: Outcome | null = null
  let failure: string | null = null
  let shownAt = 0
  /** Whether somebody has entered what is not sent yet: from then on it would be lost by leaving. */
  let isTouched = false
  let isFaulty = false
  const trail = trailOf(
    () => (session === null ? ask('form-title') : session.abort(new ProtocolError('aborted'))),
    () => (outcome === null ? trail.leave() : show('answer', say('answer.name'), 'answer-title')),
  )

  function tellStep(next: PageStep): void {
    step = next
    showSteps(next, spoken.speech)
  }

  function onProgress(next: Progress): void {
    progress = next
    byId('readiness').dataset.stage = next.stage
    replace(byId('readiness'), describeReadiness(next, spoken.speech))
    if (session !== null && next.stage !== 'ready') tellStep(next)
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
    for (const id of views) byId(id).hidden = id !== view
    nameWindow(name)
    document.documentElement.dataset.view = view
    shownAt = performance.now()
    byId(focus).focus()
    if (view !== 'ask') window.scrollTo({ top: 0 })
  }

  const nameWindow = (name: string | null) => {
    if (name !== null) document.title = say('page.part', { name, title: title() })
    else document.title = isFaulty ? say('page.error', { name: title() }) : title()
  }

  function ask(focus: string): void {
    trail.leave()
    show('ask', null, focus)
    prepare()
  }

  function fail(code: string): void {
    failure = code
    tellFailure(code)
    show('failure', failureName(code), 'failure-title')
  }

  const failureName = (code: string) => say('page.error', { name: say(describeFailure(code).title) })

  function tellFailure(code: string): void {
    const { title: name, advice, again } = describeFailure(code)
    const names = lacking(model).join(', ')
    const said = code === 'old-browser' ? say('failure.lacking', { advice: say(advice), names }) : say(advice)
    replace(byId('failure-title'), say(name))
    replace(byId('failure-advice'), said)
    byId('failure').dataset.code = code
    byId('again').hidden = !again
  }

  const tellExchange = () => showSession(outcome?.exchange ?? null, contract, spoken)
  const tellOutcome = (over: Outcome) => showOutcome(over, { model, address, spoken, change: ask })

  function succeed(next: Outcome): void {
    outcome = next
    tellOutcome(next)
    isTouched = false
    tellExchange()
    show('answer', say('answer.name'), 'answer-title')
  }

  /**
   * The whole page in another language, whatever it shows; with the answers that are entered.
   *
   * @param isWelcome whether it still is, by the time that the texts are here.
   */
  async function translate(lang: string, isWelcome = () => true): Promise<void> {
    wanted = lang
    const next = await tongue.speak(lang).catch(() => null)
    // The last that was asked for counts.
    if (wanted !== lang || !isWelcome()) return
    tellUnspoken(model, next === null ? lang : null, spoken.speech)
    if (next === null || next === spoken) return
    spoken = next
    const focus = document.activeElement?.id ?? ''
    translateFrame(model, spoken)
    form.lang = lang
    for (const button of document.querySelectorAll<HTMLElement>('[data-lang]')) {
      button.setAttribute('aria-pressed', String(button.dataset.lang === lang))
    }
    onProgress(progress)
    tellExchange()
    if (step !== null) showSteps(step, spoken.speech)
    if (failure !== null) tellFailure(failure)
    if (outcome !== null) tellOutcome(outcome)
    const { view } = document.documentElement.dataset
    nameWindow(null)
    if (view === 'answer') nameWindow(say('answer.name'))
    if (view === 'working') nameWindow(say('working.name'))
    if (view === 'failure' && failure !== null) nameWindow(failureName(failure))
    document.getElementById(focus)?.focus({ preventScroll: true })
  }

  /** Seals, sends and opens. The key ends with the worker, however the session ends. */
  async function predict(record: FormRecord, given: Outcome['given'], signal: AbortSignal): Promise<Outcome> {
    const worker = prepare()
    const requests = watchRequests()
    try {
      tellStep(progress.stage === 'ready' ? { stage: 'sealing' } : progress)
      const request = await unlessAborted(signal, worker.seal(record))
      tellStep({ stage: 'sent', bytes: request.length, slow: false })
      const late = setTimeout(() => tellStep({ stage: 'sent', bytes: request.length, slow: true }), patience)
      const reply = await unlessAborted(signal, transport(request, signal)).finally(() => clearTimeout(late))
      tellStep({ stage: 'opening' })
      const { opened, path } = await unlessAborted(signal, worker.open(reply))
      return { opened, path, given, exchange: { request, reply, address, made: requests.made }, at: new Date() }
    } finally {
      requests.end()
      discard()
      session = null
    }
  }

  async function send(record: FormRecord, given: Outcome['given']): Promise<void> {
    const stop = new AbortController()
    session = stop
    const late = setTimeout(() => stop.abort(new ProtocolError('deadline')), deadline)
    outcome = null
    tellExchange()
    form.note(() => '')
    await trail.enter()
    show('working', say('working.name'), 'working-title')
    try {
      succeed(await predict(record, given, stop.signal))
    } catch (error) {
      const code = codeOf(stop.signal.aborted ? stop.signal.reason : error)
      if (code !== 'aborted') return fail(code)
      ask('submit')
      form.note(() => say('note.cancelled'))
    } finally {
      clearTimeout(late)
    }
  }

  /** Nothing of the answers is left, nor of what came of them. */
  function forget(): void {
    isTouched = false
    outcome = null
    form.clear()
    tellExchange()
    removeOutcome()
  }

  const on = (id: string, act: () => void) => byId(id).addEventListener('click', act)
  /** The same for what stops or removes something. A keyboard's click has no detail, and no second half. */
  const onCalmly = (id: string, act: () => void) =>
    byId(id).addEventListener('click', ({ detail }) => {
      if (detail === 0 || (detail === 1 && performance.now() - shownAt > calm)) act()
    })

  form.addEventListener('emp-change', () => {
    isTouched = true
  })
  form.addEventListener('emp-faults', (event) => {
    isFaulty = (event as CustomEvent<FaultsDetail>).detail.faults.length > 0
    nameWindow(null)
    // What was said before, of an example for one, is no longer so.
    if (isFaulty) form.note(() => '')
  })
  form.addEventListener('emp-send', (event) => {
    if (session === null) void send((event as CustomEvent<SendDetail>).detail.record, form.keep())
  })
  on('example', () => {
    isTouched = false
    form.fillExample()
    form.note(() => say('note.example'))
  })
  onCalmly('clear', () => {
    forget()
    form.note(() => say('note.cleared'))
  })
  onCalmly('cancel', () => session?.abort(new ProtocolError('aborted')))
  on('again', () => void form.submit())
  on('back', () => ask('form-title'))
  on('change', () => ask('form-title'))
  on('print', () => window.print())
  onCalmly('remove', () => {
    forget()
    ask('form-title')
    form.note(() => say('note.removed'))
  })
  for (const what of ['request', 'reply'] as const) {
    on(`save-${what}`, () => {
      if (outcome !== null) download(outcome.exchange[what], `${contract.name}-${what}.cbor`)
    })
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-lang]')) {
    button.addEventListener('click', () => void translate(button.dataset.lang ?? ''))
  }
  // Who leaves with answers that are not sent yet is asked by the browser.
  window.addEventListener('beforeunload', (event) => {
    if (isTouched) event.preventDefault()
  })
  // Nothing is left for who comes to this window next.
  window.addEventListener('pagehide', () => {
    session?.abort(new ProtocolError('aborted'))
    forget()
    discard()
  })
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload()
  })

  /** Asks in the language that its reader likes best, if that is here soon; a form that is built anew disturbs who is in it. */
  async function begin(liked: string): Promise<void> {
    prepare()
    if (liked !== spoken.speech.lang) {
      const spoke = translate(liked, () => !form.contains(document.activeElement))
      await Promise.race([spoke, new Promise((over) => setTimeout(over, soon))])
    }
    form.model = { contract, documents: tongue.documents }
    byId('not-started').hidden = true
    document.documentElement.dataset.view = 'ask'
    void showPageHash(say('audit.no-hash'))
  }

  const hindranceOf = () => (!window.isSecureContext ? 'insecure' : lacking(model).length > 0 ? 'old-browser' : null)
  const hindrance = window.top !== window.self ? 'framed' : hindranceOf()
  const liked = preferredOf(model, navigator.languages)
  if (hindrance === null) return void begin(liked)
  void translate(liked)
  byId('not-started').hidden = true
  fail(hindrance)
}
