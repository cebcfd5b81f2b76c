import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wordsTemplate } from '../../compiler/page/words-file.ts'
import documentsJson from '../../generated/heart-disease-label/page.json' with { type: 'json' }
import { documentsIn, type PageDocuments } from '../../runtime/page/documents.ts'
import { pageWords } from '../../runtime/words/languages.ts'
import { faultsOfWords, type Message, speechOf } from '../../runtime/words/message.ts'
import { pageEn } from '../../runtime/words/page-en.ts'
import { axeFindings, describeBrowser, launch, open, outcome, serveModel } from '../support/browser.ts'
import { strangeWords } from '../support/english.ts'

const labels: PageDocuments = documentsJson

describe('the catalogue of words', () => {
  test.each(Object.entries(pageWords))('is whole in %s, with every value in its place', (_, words) => {
    expect(faultsOfWords(words, pageEn)).toEqual([])
  })

  test('names what is missing, unknown, empty, or lacks a value', () => {
    const { 'form.submit': _, ...others } = pageWords.fr
    const changed = {
      ...others,
      'form.sumbit': 'Envoyer',
      'answer.print': '',
      'page.about': 'Sans titre',
      bytes: 'des octets',
    }
    expect(faultsOfWords(changed, pageEn)).toEqual([
      '"form.submit" is missing',
      '"page.about" lacks {title}',
      '"bytes" lacks {count}',
      '"answer.print" is empty',
      '"form.sumbit" is not a text of a page',
    ])
    expect(faultsOfWords({ ...pageWords.fr, people: { one: 'x {count}' } }, pageEn)).toEqual([
      expect.stringMatching(/^"people" is neither a text nor texts by plural/),
    ])
  })

  test('is said with the numbers and plurals of the language', () => {
    const words: Record<'n', Message> = {
      n: { one: '{count} a', few: '{count} b', many: '{count} c', other: '{count} d' },
    }
    const said = (lang: string, ...counts: number[]) => {
      const { say } = speechOf<{ n: { other: '{count}' } }>(lang, words)
      return counts.map((count) => say('n', { count }))
    }
    expect(said('pl', 1, 2, 5, 1234.5)).toEqual(['1 a', '2 b', '5 c', '1234,5 d'])
    expect(said('en', 0, 1, 2, 12_345)).toEqual(['0 d', '1 a', '2 d', '12,345 d'])
    // A million is many in French: what there is no form for takes the other.
    expect(
      speechOf<{ n: { other: '{count}' } }>('fr', { n: { one: '{count} a', other: '{count} d' } }).say('n', {
        count: 0,
      }),
    ).toBe('0 a')
    const [fr, de, ar] = ['fr', 'de', 'ar'].map((lang) => speechOf(lang, pageWords.en))
    expect([fr?.typed(-2.07), fr?.number(12_345.5), de?.typed(0.8), de?.decimalSign]).toEqual([
      '−2,07',
      '12\u202f345,5',
      '0,8',
      ',',
    ])
    expect([fr?.dir, ar?.dir]).toEqual(['ltr', 'rtl'])
    expect(speechOf('en', pageWords.en).number(-0.001, 1)).toBe('0.0')
  })
})

describe('the schema of heart disease', () => {
  test.each(['fr', 'de'])('says everything in %s', (lang) => {
    const own = documentsIn(labels, lang)
    const texts = ({ target, columns }: PageDocuments) =>
      [target, ...columns].flatMap(({ title, description, group, categories }) => [
        ...[title, description, group].flatMap((text) => text ?? []),
        ...categories.map(({ label }) => label),
      ])
    expect(texts(own).length).toBe(texts(labels).length)
    // What is spelt alike is so in both languages.
    const alike = texts(own).filter((text, i) => text === texts(labels)[i])
    expect(alike.filter((text) => text !== 'normal')).toEqual([])
    expect([own.leakage.client, own.leakage.server, own.sealing.each].join()).not.toMatch(/\bthe\b/)
  })

  test('is all in the file that translators begin with', () => {
    const { model, words } = JSON.parse(wordsTemplate(labels, 'es'))
    expect(Object.keys(words)).toEqual(Object.keys(pageEn))
    expect(model['columns.thal.categories.3']).toBe('normal')
    expect(model['leakage.client']).toBe(labels.leakage.client)
    expect(JSON.parse(wordsTemplate(labels, 'fr')).model['columns.age.title']).toBe('Âge')
  })
})

/** All that a page says: what is seen, what is read aloud, and the name of the window. */
async function textsOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const spoken = [...document.querySelectorAll('[aria-label]')].map((node) => node.getAttribute('aria-label'))
    const about = document.querySelector('meta[name=description]')?.getAttribute('content')
    const body = document.body.cloneNode(true) as HTMLElement
    // What is quoted: works that the data came from, and bytes. What is for no script stands in the first language.
    for (const node of body.querySelectorAll('noscript, footer a, code, [data-lang]')) node.remove()
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT)
    const texts: string[] = []
    while (walker.nextNode()) texts.push(walker.currentNode.textContent ?? '')
    return [document.title, about, ...spoken, ...texts].join(' | ')
  })
}

/** Single words that are shown, and run over more than one line. */
const brokenWords = (page: Page) =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const broken: string[] = []
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim() ?? ''
      const range = document.createRange()
      range.selectNodeContents(walker.currentNode)
      const isHidden = walker.currentNode.parentElement?.closest('.unseen, code') !== null
      if (!isHidden && /^\S+$/.test(text) && range.getClientRects().length > 1) broken.push(text)
    }
    return broken
  })

describeBrowser('a page in other languages', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  test.each([
    ['fr', 'generated/heart-disease-label'],
    ['fr', 'generated/heart-disease'],
  ])('%s, %s: no English word is left, in any state', { timeout: 60_000 }, async (lang, model) => {
    const server = await serveModel(model, ['--lang', lang])
    const { context, watch } = await open(browser, { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' })
    const page = await context.newPage()
    await page.goto(server.url)
    const documents: PageDocuments = JSON.parse(readFileSync(`${model}/page.json`, 'utf8'))
    const isLong = documents.columns.length > 5
    const states: Record<string, () => Promise<unknown>> = {
      form: () => page.locator('#readiness[data-stage=ready]').waitFor(),
      faults: () => page.click('#submit'),
      numbers: async () => {
        if (!isLong) return
        await page.fill('#q0', 'x')
        await page.fill('#q3', '1,5')
        await page.fill('#q9', '1,25')
        await page.fill('#q7', '999')
        await page.click('#submit')
      },
      pasted: async () => {
        if (!isLong) return
        await page.click('#paste summary')
        await page.fill('#pasted', 'a;b')
        await page.click('#paste-button')
        expect(await page.textContent('#note')).not.toBe('')
        await page.fill('#pasted', 'age;oldpeak\n63;2,3')
        await page.click('#paste-button')
      },
      example: () => page.click('#example'),
      working: async () => {
        await page.route('**/evaluate', () => {})
        await page.click('#submit')
        await page.locator('#working[data-stage=sent]').waitFor()
      },
      cancelled: async () => {
        await page.goBack()
        await page.locator('#submit:visible').waitFor()
      },
      failure: async () => {
        await page.unroute('**/evaluate')
        await page.route('**/evaluate', (route) => route.abort())
        await page.click('#submit')
        await page.locator('#failure:visible').waitFor()
      },
      answer: async () => {
        await page.unroute('**/evaluate')
        await page.click('#again')
        expect(await outcome(page)).toBe('answer')
        for (const summary of await page.locator('#sent summary').all()) await summary.click()
      },
    }
    for (const [state, reach] of Object.entries(states)) {
      await reach()
      expect(strangeWords(await textsOf(page), lang, documents), state).toEqual([])
      expect(await page.locator('html').getAttribute('lang')).toBe(lang)
    }
    expect(await axeFindings(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    expect(watch.complaints.filter((text) => text.startsWith('policy'))).toEqual([])
    await context.close()
    await server.end()
  })

  test('French takes a decimal comma, and writes one', async () => {
    const server = await serveModel('generated/heart-disease-label', ['--lang', 'fr'])
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(server.url)
    await page.click('#example')
    const of = async (title: string) => (await page.getByLabel(title, { exact: true }).getAttribute('id')) ?? ''
    const [oldpeak, chol] = [await of('Sous-décalage ST à l’effort'), await of('Cholestérol')]
    expect(await page.inputValue(`#${oldpeak}`)).toBe('0,8')
    await page.selectOption(`#${chol}-unit`, { label: 'mmol/L' })
    expect(await page.inputValue(`#${chol}`)).toBe('6,36')
    expect(await page.textContent(`#${chol}-range`)).toBe('de 2,07 à 18,1 mmol/L')
    await page.fill(`#${oldpeak}`, '2,34')
    await page.click('#submit')
    expect(await page.locator('#fault-list a').allTextContents()).toEqual([
      '«\u00a0Sous-décalage ST à l’effort\u00a0» doit avoir 1 décimale au plus',
    ])
    for (const text of ['2,3', '2.3']) {
      await page.fill(`#${oldpeak}`, text)
      await page.click('#submit')
      expect(await outcome(page)).toBe('answer')
      const answered = await page.locator('#answered').textContent()
      expect(answered).toMatch(/Sous-décalage ST à l’effort2,3 mm/)
      expect(answered).toContain('6,36 mmol/L')
      await page.click('#change')
    }
    await context.close()
    await server.end()
  })

  test('one page has a switch: it begins in the reader’s language, and keeps what is entered and shown', async () => {
    const server = await serveModel('generated/heart-disease-label', ['--lang', 'en,fr,de'])
    const { context } = await open(browser, { locale: 'de-AT' })
    const page = await context.newPage()
    await page.goto(server.url)
    const switchTo = async (lang: string) => {
      await page.click(`[data-lang=${lang}]`)
      await page.locator(`html[lang=${lang}]`).waitFor()
    }
    await page.locator('html[lang=de]').waitFor()
    const pressed = () => page.locator('[data-lang][aria-pressed=true]').allTextContents()
    expect(await pressed()).toEqual(['Deutsch'])
    expect(await page.title()).toBe('Herzkrankheit')
    expect(strangeWords(await textsOf(page), 'de', labels)).toEqual([])
    await page.setViewportSize({ width: 320, height: 800 })
    expect(await brokenWords(page)).toEqual([])
    const oldpeak = (await page.getByLabel('ST-Senkung bei Belastung', { exact: true }).getAttribute('id')) ?? ''
    await page.fill(`#${oldpeak}`, '2.3')
    await page.click('#submit')
    await switchTo('fr')
    expect(await pressed()).toEqual(['Français'])
    expect(await page.inputValue(`#${oldpeak}`)).toBe('2,3')
    expect(await page.locator('#fault-list li').count()).toBe(labels.columns.length - 1)
    expect(await page.locator('#fault-list').textContent()).toMatch(/Indiquez un nombre pour «\u00a0Âge\u00a0»/)
    await switchTo('en')
    expect(await page.inputValue(`#${oldpeak}`)).toBe('2.3')
    expect(await axeFindings(page)).toEqual([])
    // What the form writes of a number it takes, and nothing that was pasted outlives what else is entered.
    await page.click('#paste summary')
    await page.fill('#pasted', '63;1;4')
    await page.locator('#clear').press('Enter')
    expect([await page.inputValue('#pasted'), await page.inputValue(`#${oldpeak}`)]).toEqual(['', ''])
    // What is said of an example is not said beside a fault in it.
    await page.click('#example')
    expect(await page.textContent('#note')).not.toBe('')
    await page.fill(`#${oldpeak}`, 'x')
    await page.click('#submit')
    expect(await page.textContent('#note')).toBe('')
    await page.click('#example')
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    for (const lang of ['fr', 'de']) {
      await switchTo(lang)
      expect(strangeWords(await textsOf(page), lang, labels), lang).toEqual([])
      expect(await page.evaluate(() => document.documentElement.dataset.view)).toBe('answer')
    }
    expect(await axeFindings(page)).toEqual([])
    await context.close()
    await server.end()
  })
})
