import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveModel } from '../support/browser.ts'
import { type Driver, describeDrivers } from '../support/drivers.ts'
import { formSite } from '../support/form-site.ts'

/** What every script in the page begins with. */
const prelude = `
  const at = (id) => document.getElementById(id)
  const wait = async (is) => { for (let i = 0; i < 1200 && !is(); i++) await new Promise((go) => setTimeout(go, 25)) }
  const over = () => wait(() => !at('answer').hidden || !at('failure').hidden)
  const view = () => document.documentElement.dataset.view
  if (window.complaints === undefined) {
    window.complaints = []
    document.addEventListener('securitypolicyviolation', (event) => complaints.push(event.violatedDirective + ' ' + event.blockedURI))
    window.addEventListener('error', (event) => complaints.push(event.message))
  }
  await wait(() => at('readiness').dataset.stage === 'ready' || !at('failure').hidden)
`
const isWide = `document.documentElement.scrollWidth > document.documentElement.clientWidth`

/** The models of the repository, one of each scheme, and what each answers to its own example. */
const models = [
  ['generated/heart-disease', /^26 of 100 people/],
  ['generated/heart-disease-label', /^no significant narrowing/],
  ['generated/heart-disease-linear', /^\d\d% is the chance/],
  ['generated/heart-disease-points', /narrowing/],
] as const

/** What a page and its worker may do, by the headers with which they come. */
async function policiesOf(url: string): Promise<string[]> {
  const policyOf = (response: Response) => response.headers.get('content-security-policy') ?? ''
  const page = await fetch(url)
  const [main = ''] = /main\.[0-9a-f]+\.js/.exec(await page.text()) ?? []
  const [worker = ''] = /worker\.[0-9a-f]+\.js/.exec(await (await fetch(new URL(main, url))).text()) ?? []
  expect([main, worker]).not.toContain('')
  return [policyOf(page), policyOf(await fetch(new URL(worker, url)))]
}

describeDrivers('the page', (start) => {
  let driver: Driver
  let home: Awaited<ReturnType<typeof serveModel>>
  beforeAll(async () => {
    driver = await start()
    home = await serveModel(models[0][0])
    console.log(`the page in ${driver.version}`)
  })
  afterAll(async () => {
    await driver?.quit()
    await home?.end()
  })
  const run = <T>(body: string) => driver.run<T>(prelude + body)

  test.each(models)('answers its example: %s', async (model, expected) => {
    const server = await serveModel(model)
    await driver.go(server.url)
    const seen = await run<Record<string, unknown>>(`
      at('example').click()
      at('submit').click()
      await over()
      return {
        view: view(), title: at('answer-title').textContent, complaints, isWide: ${isWide},
        answered: at('answered').children.length, asked: document.querySelectorAll('.question').length,
        made: at('exchange').textContent, hash: at('page-hash').textContent,
        stored: [localStorage.length, sessionStorage.length, document.cookie],
      }`)
    expect(seen).toMatchObject({ view: 'answer', complaints: [], isWide: false, stored: [0, 0, ''] })
    expect(seen.title).toMatch(expected)
    expect(seen.answered).toBe(seen.asked)
    expect(seen.made).toContain(`POST ${new URL(server.url).host}, `)
    expect(seen.hash).toMatch(/^[0-9a-f]{64}$/)
    // Numbers alone: a lattice needs no leave to compile WebAssembly, of the page or its worker.
    if (model.endsWith('-linear')) {
      for (const policy of await policiesOf(server.url)) expect(policy).not.toContain('wasm-unsafe-eval')
    }
    await server.end()
  })

  test('names every fault, takes the focus there, and sends nothing', async () => {
    await driver.go(home.url)
    const seen = await run(`
      at('submit').click()
      const links = [...document.querySelectorAll('#fault-list a')].map((link) => link.textContent)
      const first = document.activeElement.id
      document.querySelector('#fault-list a').click()
      return { links: links.length, first, second: document.activeElement.id, view: view() }`)
    expect(seen).toEqual({ links: 3, first: 'faults', second: 'q0-0', view: 'ask' })
  })

  test('is cancelled, and works again', async () => {
    await driver.go(home.url)
    const seen = await run(`
      at('example').click()
      at('submit').click()
      await wait(() => view() === 'working')
      at('cancel').click()
      await wait(() => view() === 'ask')
      const note = at('note').textContent
      await wait(() => history.state === null && at('readiness').dataset.stage === 'ready')
      at('submit').click()
      await over()
      return { note, view: view(), complaints }`)
    expect(seen).toEqual({ note: expect.stringMatching(/^Cancelled/), view: 'answer', complaints: [] })
  })

  test('Back goes to the form with its answers, and Forward to the answer', async () => {
    await driver.go(home.url)
    const seen = await run(`
      at('example').click()
      at('submit').click()
      await over()
      history.back()
      await wait(() => view() === 'ask')
      const back = [view(), document.querySelectorAll('input:checked').length]
      history.forward()
      await wait(() => view() === 'answer')
      return { back, forward: view() }`)
    expect(seen).toEqual({ back: ['ask', 3], forward: 'answer' })
  })

  test('stops nothing by the second half of a double click', async () => {
    await driver.go(home.url)
    const seen = await run(`
      at('example').click()
      at('submit').click()
      await wait(() => view() === 'working')
      for (const detail of [1, 2]) at('cancel').dispatchEvent(new MouseEvent('click', { detail, bubbles: true }))
      await over()
      return view()`)
    expect(seen).toBe('answer')
  })

  test('has a form that does the same in a shadow root', async () => {
    const site = await formSite('')
    await driver.go(site.url)
    const seen = await driver.run(`
      const form = document.querySelector('emp-form')
      for (let i = 0; i < 400 && !form.shadowRoot?.getElementById('submit'); i++) await new Promise((go) => setTimeout(go, 25))
      const at = (id) => form.shadowRoot.getElementById(id)
      const focused = () => form.shadowRoot.activeElement?.id
      at('pasted').value = 'age;oldpeak\\n63;2,3'
      at('paste-button').click()
      at('submit').click()
      const first = focused()
      const links = form.shadowRoot.querySelectorAll('#fault-list a')
      links[1].click()
      const second = focused()
      form.lang = 'fr'
      return {
        first, second, links: links.length, wanted: links[1].hash, said: at('asked-said').textContent,
        ages: [...form.shadowRoot.querySelectorAll('input[type=text]')].map(({ value }) => value).filter((value) => value !== ''),
        faults: at('fault-list').children.length, groups: form.shadowRoot.querySelectorAll('.group').length,
        slotted: [...form.shadowRoot.querySelectorAll('slot')].flatMap((slot) => slot.assignedElements().map(({ id }) => id)),
        heard: told.map(({ type }) => type),
      }`)
    expect(seen).toEqual({
      ...{ first: 'faults', second: 'q2-0', wanted: '#q2-0', links: 11, faults: 11, groups: 5 },
      ...{ said: '2 réponses sur 13', ages: ['63', '2,3'], slotted: ['own', 'beside', 'below'] },
      heard: ['emp-change', 'emp-faults', 'emp-faults'],
    })
    site.close()
  })

  test('is as wide as its window, and no wider', async () => {
    await driver.narrow(400)
    await driver.go(home.url)
    const seen = await run(`
      const form = ${isWide}
      at('example').click()
      at('submit').click()
      await over()
      return [form, ${isWide}, innerWidth <= 500]`)
    expect(seen).toEqual([false, false, true])
  })
})
