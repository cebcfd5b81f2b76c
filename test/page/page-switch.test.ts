import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPage } from '../../compiler/page/build.ts'
import { ownLanguage } from '../../compiler/page/languages.ts'
import { contract } from '../../generated/heart-disease/client.ts'
import documentsJson from '../../generated/heart-disease/page.json' with { type: 'json' }
import type { PageDocuments } from '../../runtime/page/documents.ts'
import { describeBrowser, hostFolder, launch, open } from '../support/browser.ts'

/** A form that asks for one number: up to 5000, to a thousandth. */
const documents: PageDocuments = {
  ...documentsJson,
  columns: [
    {
      ...{ name: 'protein', title: 'Protein', description: null, unit: 'mg/L', categories: [], example: '7' },
      otherUnits: [{ unit: 'mg/dL', factor: 10 }],
    },
  ],
}
const column = {
  kind: 'number',
  name: 'protein',
  missing: 'never',
  grid: { minimum: 0, step: 0.001, size: 5_000_001 },
} as const

describeBrowser('a page whose language is switched', () => {
  let browser: Browser
  let folder: string
  let host: Awaited<ReturnType<typeof hostFolder>>
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emp-page-switch-'))
    const { files } = await buildPage({
      directory: resolve('generated/heart-disease'),
      contract: { ...contract, columns: [column] },
      documents,
      languages: [ownLanguage('en'), ownLanguage('de'), ownLanguage('fr')],
      connection: { kind: 'http', url: null },
      origins: [],
    })
    for (const [file, text] of files) await writeFile(join(folder, file), text)
    host = await hostFolder(folder)
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    host.close()
    await rm(folder, { recursive: true })
  })

  async function begin(options: BrowserContextOptions = {}) {
    const { context, watch } = await open(browser, { locale: 'en', ...options })
    const page = await context.newPage()
    await page.goto(host.url)
    await page.locator('#submit:enabled').waitFor()
    return { context, watch, page }
  }
  async function switchTo(page: Page, lang: string): Promise<void> {
    await page.click(`[data-lang=${lang}]`)
    await page.locator(`html[lang=${lang}]`).waitFor()
  }
  /** What is wrong with what stands in the form; null if it is sent. */
  async function fault(page: Page): Promise<string | null> {
    await page.click('#submit')
    await page.locator('#faults:visible, #working:visible, #answer:visible, #failure:visible').first().waitFor()
    return (await page.locator('#faults').isVisible()) ? await page.locator('#fault-list').textContent() : null
  }

  test.each<[text: string, typedIn: string, others: string[]]>([
    ['1.234', 'de', ['en', 'fr', 'de']],
    ['1.234', 'fr', ['en', 'de']],
    ['1,234', 'en', ['de', 'fr', 'en']],
  ])(
    '%s, which may be two numbers in %s, is asked about in %j too, until it is changed',
    async (text, lang, others) => {
      const { context, page } = await begin()
      if (lang !== 'en') await switchTo(page, lang)
      await page.fill('#q0', text)
      for (const other of others) {
        await switchTo(page, other)
        expect(await page.inputValue('#q0')).toBe(text)
        // Both numbers, as the language types them.
        expect(await fault(page)).toMatch(other === 'en' ? /1\.234\b.*\b1234\b/ : /1,234\b.*\b1234\b/)
      }
      // Who writes it anew means it as the language does: behind a change, even the same text is read afresh.
      await page.fill('#q0', '1234')
      expect(await fault(page)).toBeNull()
      await context.close()
    },
  )

  test.each<[text: string, typedIn: string, says: Record<string, string>]>([
    ['1.234', 'en', { de: '1,234', fr: '1,234', en: '1.234' }],
    ['1,234', 'de', { en: '1.234', fr: '1,234' }],
    ['2.345,5', 'fr', { en: '2345.5', de: '2345,5' }],
    ['0.5', 'de', { en: '0.5', fr: '0,5' }],
  ])('%s, which is one number in %s, is the same number in every language: %j', async (text, lang, says) => {
    const { context, page } = await begin()
    if (lang !== 'en') await switchTo(page, lang)
    await page.fill('#q0', text)
    for (const [other, said] of Object.entries(says)) {
      await switchTo(page, other)
      expect(await page.inputValue('#q0')).toBe(said)
    }
    expect(await fault(page)).toBeNull()
    await context.close()
  })

  test('loads the texts of a language when it is spoken first, and once', async () => {
    const { context, watch, page } = await begin()
    const loaded = () => watch.requests.flatMap(({ url }) => /texts-\w+/.exec(url)?.[0] ?? [])
    expect(loaded()).toEqual([])
    await page.focus('#q0')
    for (const lang of ['de', 'fr', 'de', 'en', 'fr']) await switchTo(page, lang)
    expect(loaded()).toEqual(['texts-de', 'texts-fr'])
    await context.close()
    // The reader's own at once, and what they do meanwhile stays.
    const german = await begin({ locale: 'de-AT' })
    await german.page.locator('html[lang=de]').waitFor()
    expect(german.watch.requests.filter(({ url }) => url.includes('texts-'))).toHaveLength(1)
    expect(german.watch.complaints).toEqual([])
    await german.context.close()
  })

  test('asks at once in the language of its reader, and does not change it under whoever types already', async () => {
    const { context } = await open(browser, { locale: 'de-AT' })
    await context.addInitScript(() => {
      const seen = new MutationObserver(() => {
        if (document.getElementById('q0') === null) return
        seen.disconnect()
        document.documentElement.dataset.asked = document.documentElement.lang
      })
      seen.observe(document, { childList: true, subtree: true })
    })
    const page = await context.newPage()
    // The page waits as long as the test says.
    await page.clock.install({ time: 0 })
    await page.clock.pauseAt(1000)
    await page.goto(host.url)
    await page.locator('#submit:enabled').waitFor()
    expect(await page.getAttribute('html', 'data-asked')).toBe('de')

    const held: (() => void)[] = []
    await page.route('**/texts-de*', async (route) => {
      await new Promise<void>((go) => {
        held.push(go)
      })
      await route.continue()
    })
    const giveUp = async () => {
      await expect.poll(() => held.length).toBe(1)
      expect(await page.locator('#submit:enabled').count()).toBe(0)
      expect(await page.locator('#example').isVisible()).toBe(false)
      await page.clock.fastForward(1000)
      await page.locator('#submit:enabled').waitFor()
    }
    const release = async () => {
      const came = page.waitForResponse(/texts-de/)
      for (const go of held.splice(0)) go()
      await (await came).finished()
    }
    await page.reload()
    await giveUp()
    await page.fill('#q0', '123')
    await page.locator('#q0').press('ArrowLeft')
    await release()
    expect(await page.getAttribute('html', 'data-asked')).toBe('en')
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    await page.keyboard.type('0')
    expect(await page.inputValue('#q0')).toBe('1203')

    // Whoever is not in it yet gets their own after all.
    await page.reload()
    await giveUp()
    await release()
    await page.locator('html[lang=de]').waitFor()
    await context.close()
  })

  test('stays as it is, and says so, where texts do not come or are not those that belong to it', async () => {
    const { context, page } = await begin()
    await page.route('**/texts-de*', (route) => route.abort())
    await page.route('**/texts-fr*', (route) => route.fulfill({ body: '{"words":{},"documents":{}}' }))
    await page.fill('#q0', '7')
    for (const lang of ['de', 'fr']) {
      await page.click(`[data-lang=${lang}]`)
      const name = lang === 'de' ? 'Deutsch' : 'français'
      await page.locator('#not-spoken', { hasText: `${name} could not be loaded` }).waitFor()
      expect(await page.locator('#note').textContent()).toBe('')
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
      expect(await page.inputValue('#q0')).toBe('7')
    }
    // It is seen in every view.
    await page.click('#submit')
    await page.locator('#failure:visible').waitFor()
    expect(await page.locator('#not-spoken').isVisible()).toBe(true)
    await page.click('[data-lang=en]')
    expect(await page.locator('#not-spoken').textContent()).toBe('')
    await page.click('#back')
    // The last language that was asked for counts, whichever comes first.
    await page.unroute('**/texts-de*')
    await page.unroute('**/texts-fr*')
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/texts-de*', async (route) => {
      await released
      await route.continue()
    })
    await page.click('[data-lang=de]')
    await switchTo(page, 'fr')
    const came = page.waitForResponse(/texts-de/)
    release()
    await (await came).finished()
    await page.waitForFunction(() => document.fonts.status === 'loaded')
    expect(await page.locator('html').getAttribute('lang')).toBe('fr')
    await context.close()
  })
})
