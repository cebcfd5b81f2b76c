import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmpForm, SendDetail } from '../../runtime/form/emp-form.ts'
import { describeBrowser, launch, open, outcome, serveModel } from '../support/browser.ts'

describeBrowser('the form of a page', () => {
  let browser: Browser
  let home: Awaited<ReturnType<typeof serveModel>>
  beforeAll(async () => {
    browser = await launch()
    home = await serveModel('generated/heart-disease-label', ['--lang', 'en,fr'])
  })
  afterAll(async () => {
    await browser.close()
    await home.end()
  })

  test('is <emp-form>: all that asks stands in it, it speaks the language of the page, and hands its record over', async () => {
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    await page.goto(home.url)
    await page.locator('#submit:enabled').waitFor()
    const ids = [
      'faults',
      'have-ready',
      'form-title',
      'paste',
      'asked-bar',
      'questions',
      'q0',
      'note',
      'submit',
      'clear',
    ]
    const seen = await page.evaluate((all) => {
      const form = document.querySelector<EmpForm>('emp-form')
      return {
        isDefined: form?.matches(':defined'),
        hasShadow: form?.shadowRoot !== null,
        inside: all.filter((id) => document.getElementById(id)?.closest('emp-form') !== null),
        outside: document.querySelectorAll(':is(.question, .fault, form, progress, textarea):not(emp-form *)').length,
      }
    }, ids)
    expect(seen).toEqual({ isDefined: true, hasShadow: false, inside: ids, outside: 0 })

    // What is done to the element is seen on the page, and the other way round.
    const use = <T>(act: (form: EmpForm) => T) =>
      page.evaluate<T>(`(${act.toString()})(document.querySelector('emp-form'))`)
    await use((form) => form.fill({ age: 63, oldpeak: 2.3 }))
    const oldpeak = (await page.getByLabel('ST depression on exercise', { exact: true }).getAttribute('id')) ?? ''
    expect(await page.inputValue(`#${oldpeak}`)).toBe('2.3')
    expect(await use((form) => form.read())).toBe(null)
    expect(await page.title()).toMatch(/^Error: /)
    expect(await page.locator('#fault-list a').count()).toBe(11)
    await page.click('[data-lang=fr]')
    await page.locator('html[lang=fr]').waitFor()
    expect(await use((form) => form.lang)).toBe('fr')
    expect(await page.inputValue(`#${oldpeak}`)).toBe('2,3')
    expect(await page.title()).toMatch(/^Erreur\u00a0: /)

    // It sends nothing: the page does, in its worker, which ends with the record.
    await use((form) => {
      form.addEventListener('emp-send', (event) => {
        document.documentElement.dataset.heard = JSON.stringify((event as CustomEvent<SendDetail>).detail.record)
      })
    })
    await page.click('#example')
    expect(await page.title()).not.toMatch(/^Erreur/)
    const record = await use((form) => form.read())
    expect(page.workers().length).toBe(1)
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    expect(JSON.parse((await page.getAttribute('html', 'data-heard')) ?? '')).toEqual(record)
    expect(page.workers().length).toBe(0)
    expect(watch.requests.filter(({ method }) => method === 'POST').length).toBe(1)
    expect(watch.complaints).toEqual([])
    await context.close()
  })

  test('an answer stands beside the answers that it was given for, and goes with them', async () => {
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(home.url)
    await page.click('#example')
    const [age, chol] = await Promise.all(
      ['Age', 'Cholesterol'].map((title) => page.getByLabel(title, { exact: true }).getAttribute('id')),
    )
    await page.fill(`#${age}`, '41')
    await page.fill(`#${chol}`, '')
    await page.selectOption(`#${chol}-unit`, { label: 'mmol/L' })
    await page.fill(`#${chol}`, '6.5')
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    const shown = () => page.locator('#answered dd > span').allTextContents()
    const sent = await shown()
    expect([sent.includes('41 years'), sent.includes('6.5 mmol/L')]).toEqual([true, true])

    // Others come to the form, and another language; the answer is still that of the first.
    await page.locator('#change').press('Enter')
    await page.fill(`#${age}`, '77')
    await page.click('[data-lang=fr]')
    await page.locator('html[lang=fr]').waitFor()
    await page.goForward()
    await page.locator('#answer:visible').waitFor()
    const french = await shown()
    expect(french.length).toBe(sent.length)
    expect([french.includes('41 ans'), french.includes('6,5 mmol/L')]).toEqual([true, true])
    expect(french.join()).not.toContain('77')

    // Who removes the answers in the form removes what came of them.
    await page.locator('#change').press('Enter')
    await page.locator('#clear').press('Enter')
    expect(
      await page.evaluate(() =>
        ['answer-title', 'answer-parts', 'answered', 'answer-origin', 'exchange'].map(
          (id) => document.getElementById(id)?.textContent,
        ),
      ),
    ).toEqual(['', '', '', '', ''])
    expect(await page.locator('#planned').isVisible()).toBe(true)
    await page.goForward()
    await page.waitForFunction(() => history.state === null)
    expect(await page.locator('#answer').isVisible()).toBe(false)
    expect(await page.locator('#ask').isVisible()).toBe(true)
    await context.close()
  })
})
