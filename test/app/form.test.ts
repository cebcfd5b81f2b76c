import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contract } from '../../generated/heart-disease-label/client.ts'
import documents from '../../generated/heart-disease-label/page.json' with { type: 'json' }
import type { Contract } from '../../runtime/contract.ts'
import type { EmpForm, FormModel } from '../../runtime/form/emp-form.ts'
import type { Value } from '../../runtime/grid.ts'
import type { Opened } from '../../runtime/schemes/scheme.ts'
import { axeFindings, describeBrowser, launch, open } from '../support/browser.ts'
import { formSite } from '../support/form-site.ts'

const { columns }: Contract = contract
const record: Record<string, Value> = {
  ...{ age: 63, sex: 1, cp: 4, trestbps: 145, chol: 233, fbs: 0, restecg: 2, thalach: 150, exang: 0 },
  ...{ oldpeak: 2.3, slope: 3, ca: 0, thal: null },
}
const place = (name: string) => columns.findIndex((column) => column.name === name)
const title = (name: string, { columns }: { columns: readonly { name: string; title: string | null }[] } = documents) =>
  columns.find((column) => column.name === name)?.title ?? ''
/** What a site hears of its form. */
const heard = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { told: { type: string; detail: Record<string, unknown> }[] }).told)

test('the parts and custom properties of a form are those that its document names', () => {
  const sources = readdirSync('runtime/form').map((file) => readFileSync(join('runtime/form', file), 'utf8'))
  const parts = sources.flatMap((text) =>
    [...text.matchAll(/\bpart: '([^']+)'/g)].flatMap(([, names = '']) => names.split(' ')),
  )
  const properties = sources.flatMap((text) => text.match(/--emp-[a-z-]+/g) ?? [])
  const [, looks = ''] = /- _Looks_: ([\s\S]*?)\n- _/.exec(readFileSync('runtime/DEPLOY.md', 'utf8')) ?? []
  const named = [...looks.matchAll(/`([\w-]+)`/g)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(30)
  expect([...named].sort()).toEqual([...new Set([...parts, ...properties])].sort())
})

describeBrowser('a form in somebody’s site', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  test.each([
    ['in a shadow root', '', 'late', 'document.querySelector("emp-form").shadowRoot'],
    ['in the document itself', 'light', 'early', 'document'],
  ] as const)(
    '%s: groups, what to look up, progress, a pasted line, faults that lead to their questions',
    async (_, attributes, how, root) => {
      const home = await formSite(attributes, how)
      const { context, watch } = await open(browser)
      const page = await context.newPage()
      await page.goto(home.url)
      await page.locator('#submit').waitFor()
      const inRoot = <T>(expression: string) => page.evaluate<T>(`((root) => ${expression})(${root})`)
      const texts = (selector: string) => page.locator(selector).allTextContents()
      const focused = () => inRoot<string>('root.activeElement?.id')

      // Until it had a model, what is in it was shown.
      expect(await page.evaluate('before')).toEqual(['waiting', 'own', 'beside', 'below'])
      // Only with `light` are the ids those of the document.
      expect(await page.evaluate(() => document.querySelector('#q0') !== null)).toBe(attributes === 'light')
      expect(await inRoot('root.querySelector("#q0") !== null')).toBe(true)
      const groups = [...new Set(columns.map(({ name }) => documents.columns.find((one) => one.name === name)?.group))]
      expect(groups.length).toBeGreaterThan(2)
      expect(await texts('.group h3')).toEqual(groups)
      expect(await texts('#ready-list li')).toEqual(
        documents.columns.flatMap((column) => (column.isResult === true ? [column.title] : [])),
      )
      expect(await texts('#asked-said')).toEqual([`0 of ${columns.length} answered`])
      expect(await axeFindings(page)).toEqual([])

      await page.click('#paste summary')
      await page.fill('#pasted', 'nobody;knows')
      await page.click('#paste-button')
      expect(await texts('#note')).toEqual(['Nothing in it fits a question here.'])
      expect(await heard(page)).toEqual([])
      await page.fill('#pasted', 'age;oldpeak\n63;2,3')
      await page.click('#paste-button')
      expect(await page.inputValue('#pasted')).toBe('')
      expect((await texts('#note')).join()).toMatch(/^2 values are filled in\. Not filled in: /)
      expect((await heard(page)).at(-1)).toEqual({ type: 'emp-change', detail: { answered: 2, asked: columns.length } })
      expect(await texts('#asked-said')).toEqual([`2 of ${columns.length} answered`])
      await page.fill(`#q${place('chol')}`, '233')
      expect((await heard(page)).at(-1)).toEqual({ type: 'emp-change', detail: { answered: 3, asked: columns.length } })
      await page.fill(`#q${place('chol')}`, '')

      await page.click('#submit')
      expect(await focused()).toBe('faults')
      const links = await texts('#fault-list a')
      expect(links.length).toBe(columns.length - 2)
      const { type, detail } = (await heard(page)).at(-1) ?? { type: '', detail: {} }
      expect([type, (detail.faults as { column: string }[]).map(({ column }) => column)]).toEqual([
        'emp-faults',
        columns.map(({ name }) => name).filter((name) => name !== 'age' && name !== 'oldpeak'),
      ])
      await page.locator('#fault-list a', { hasText: `“${title('chol')}”` }).click()
      expect(await focused()).toBe(`q${place('chol')}`)
      expect(page.url()).not.toContain('#')
      expect(await axeFindings(page)).toEqual([])

      // In another language it is the same form, with what is entered, pasted and shown.
      await page.fill('#pasted', '63;1')
      await page.evaluate(() => document.querySelector('emp-form')?.setAttribute('lang', 'fr'))
      expect(await page.inputValue(`#q${place('oldpeak')}`)).toBe('2,3')
      expect(await page.inputValue('#pasted')).toBe('63;1')
      expect((await texts('#note')).join()).toMatch(/^2 valeurs sont remplies\./)
      expect(await texts('#asked-said')).toEqual([`2 réponses sur ${columns.length}`])
      expect((await texts('#fault-list a')).length).toBe(links.length)
      expect((await texts('#fault-list')).join()).toContain(title('chol', documents.languages.fr))
      expect(await texts('.group h3')).not.toContain(groups[0])
      expect(await axeFindings(page)).toEqual([])

      // What the site has put into it stands in its places.
      const order = `[...root.querySelectorAll('form *')].flatMap((node) => node.localName === 'slot' ? node.assignedElements() : [node])
      .map(({ id }) => id).filter((id) => ['own', 'questions', 'submit', 'beside', 'below'].includes(id))`
      expect(await inRoot(order)).toEqual(['own', 'questions', 'submit', 'beside', 'below'])
      expect(await page.locator('#waiting').isVisible()).toBe(false)
      expect(await page.locator('#beside').isVisible()).toBe(true)
      const margin = `getComputedStyle(root.querySelector('.question')).marginTop`
      expect(await inRoot(margin)).toBe(attributes === 'light' ? '7px' : '0px')

      // The record goes to the site, and nowhere else.
      await page.evaluate((given) => {
        const form = document.querySelector('emp-form') as HTMLElement & {
          fill(record: object): void
          given(): unknown[]
        }
        form.fill(given)
      }, record)
      expect(await texts('#fault-list a')).toEqual([])
      await page.click('#submit')
      expect((await heard(page)).slice(-2)).toEqual([
        { type: 'emp-faults', detail: { faults: [] } },
        { type: 'emp-send', detail: { record } },
      ])
      const given = await page.evaluate(() =>
        (document.querySelector('emp-form') as HTMLElement & { given(): { said: string; control: string }[] }).given(),
      )
      expect(given[place('oldpeak')]).toMatchObject({ said: '2,3 mm', control: `q${place('oldpeak')}` })
      expect(given.length).toBe(columns.length)
      expect(watch.complaints).toEqual([])
      expect(watch.requests.filter(({ method }) => method !== 'GET')).toEqual([])
      await context.close()
      home.close()
    },
  )

  test('says once what changes; what was given up, cleared or is of another model is told to nobody', async () => {
    const home = await formSite('', 'sends')
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    await page.goto(home.url)
    await page.waitForFunction('globalThis.parts !== undefined')
    await page.evaluate(() => {
      const site = globalThis as unknown as Site
      const { client, documents } = site.parts
      site.form = document.querySelector('emp-form') as EmpForm
      site.keys = []
      site.sessions = []
      const via: FormModel['via'] = (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        })
      site.use = (name, heeds) => {
        const own: FormModel['client'] = {
          contract: client.contract,
          prepare: client.prepare,
          generateKey() {
            site.keys.push(name)
            return client.generateKey()
          },
          predict(record, options) {
            // One that heeds no signal answers when it is told to.
            const session: Promise<Opened> = heeds
              ? client.predict(record, options)
              : new Promise((resolve) => {
                  site.answer = () => resolve({ reveal: 'label', answer: 1 } as unknown as Opened)
                })
            site.sessions.push(session)
            return session
          },
        }
        site.form.model = { client: own, via, documents }
      }
      site.use('first', true)
    })
    const use = <T>(act: (site: Site) => T) => page.evaluate<T>(`(${act.toString()})(globalThis)`)
    const note = () => page.locator('#note').textContent()
    const types = async () => (await heard(page)).map(({ type }) => type)

    await page.click(`#q${place('sex')}-0`)
    await page.fill(`#q${place('age')}`, '63')
    await page.locator(`#q${place('age')}`).blur()
    expect(await types()).toEqual(['emp-change', 'emp-change'])

    async function send(): Promise<number> {
      const before = await use((site) => site.sessions.length)
      await page.evaluate((given) => (globalThis as unknown as Site).form.fill(given), record)
      await page.click('#submit')
      await expect.poll(() => use((site) => site.sessions.length)).toBe(before + 1)
      await use((site) => {
        site.told.length = 0
      })
      return before
    }
    /** After all that has been sent is over. */
    const settled = () =>
      use(async (site) => {
        await Promise.allSettled(site.sessions)
        await new Promise((resolve) => setTimeout(resolve))
      })

    await send()
    await page.locator('[part=cancel]').press('Enter')
    await settled()
    await expect.poll(note).toBe('Cancelled.')
    expect(await page.evaluate('form.shadowRoot.activeElement?.id')).toBe('submit')
    expect([await types(), await use((site) => site.keys)]).toEqual([['emp-failure'], ['first', 'first']])

    await send()
    await use((site) => site.form.clear())
    await settled()
    expect([await note(), await types(), await use((site) => site.keys.length)]).toEqual(['', [], 3])
    expect(await page.locator('[part=cancel]').isVisible()).toBe(false)

    await send()
    await use((site) => site.use('second', false))
    await settled()
    expect([await note(), await types(), await use((site) => site.keys.slice(3))]).toEqual(['', [], ['second']])

    for (const giveUp of ['clear', 'cancel', 'model'] as const) {
      await send()
      await page.evaluate((how) => {
        const site = globalThis as unknown as Site
        const { answer } = site
        if (how === 'model') site.use('third', false)
        else site.form[how]()
        answer()
      }, giveUp)
      await settled()
      expect(await page.locator('[part=result]').textContent(), giveUp).toBe('')
      expect(await types(), giveUp).toEqual(giveUp === 'cancel' ? ['emp-failure'] : [])
    }
    expect(watch.complaints).toEqual([])
    await context.close()
    home.close()
  })
})

/** What the test puts into the window of the site. */
interface Site {
  readonly parts: Pick<FormModel, 'client' | 'documents'>
  readonly told: unknown[]
  form: EmpForm
  keys: string[]
  sessions: Promise<unknown>[]
  use(model: string, heeds: boolean): void
  answer(): void
}
