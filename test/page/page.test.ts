import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadModelJson } from '../../compiler/cli/load.ts'
import { plaintextLeaf } from '../../compiler/cli/plaintext.ts'
import { readRecords } from '../../compiler/cli/records.ts'
import { at } from '../../runtime/at.ts'
import type { Value } from '../../runtime/grid.ts'
import type { Opened } from '../../runtime/schemes/scheme.ts'
import {
  answerByKeyboard,
  axeFindings,
  describeBrowser,
  launch,
  open,
  outcome,
  serveModel,
  tabTo,
} from '../support/browser.ts'
import { importEmitted } from '../support/modules.ts'
import { empCompile } from '../support/processes.ts'

type Given = ReadonlyMap<string, Value>

let directory = ''
let browser: Browser
const servers: { end(): Promise<unknown> }[] = []

/** A served model, its records, and what the plaintext tree says of one. */
async function serving(model: string, csv: string) {
  const server = await serveModel(model)
  servers.push(server)
  const [clientText = '', serverText = ''] = await Promise.all(
    ['client.ts', 'server.ts'].map((file) => readFile(join(model, file), 'utf8')),
  )
  const { contract } = (await importEmitted(clientText, serverText)).client
  const json = await loadModelJson(model)
  const records = (await readRecords(csv, contract, null)).map(({ record }) => record)
  return { ...server, contract, records, truth: (record: Given): Opened => plaintextLeaf(json, contract, record) }
}

async function compiled(csv: string, ...args: string[]): Promise<string> {
  const model = join(directory, [csv, ...args].join(' ').replaceAll(/\W+/g, '-'))
  const { code, stderr } = await empCompile([resolve(csv), '--out', model, ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return model
}

describeBrowser('the page of a model', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emp-page-'))
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    for (const server of servers) await server.end()
    await rm(directory, { recursive: true, force: true })
  })

  /** The counts of the answer that a page shows, in the order of the model's answers; by their shares and labels. */
  const legend = (page: Page) => page.locator('.legend li').allTextContents()

  test('gives by the keyboard alone what the plaintext tree gives, for 20 records', { timeout: 240_000 }, async () => {
    const { url, contract, records, truth } = await serving('generated/heart-disease', 'datasets/heart-disease.csv')
    const { context } = await open(browser)
    const page = await context.newPage()
    // Four with a missing value, and the first few of every leaf.
    const chosen = records.filter((record) => record.get('ca') === null || record.get('thal') === null).slice(0, 4)
    const taken = new Map<string, number>()
    for (const record of records.filter((record) => !chosen.includes(record))) {
      const leaf = sharesOf(truth(record)).join()
      if (chosen.length < 20 && (taken.get(leaf) ?? 0) < 3) chosen.push(record)
      taken.set(leaf, (taken.get(leaf) ?? 0) + 1)
    }
    expect(chosen).toHaveLength(20)
    const leaves = new Set<string>()
    await page.goto(url)
    for (const record of chosen) {
      await answerByKeyboard(page, contract, record)
      expect(await outcome(page)).toBe('answer')
      const leaf = truth(record)
      const counts = countsOf(leaf)
      const rows = counts.reduce((sum, count) => sum + count, 0)
      const shown = (await legend(page)).join()
      const [healthy = 0, ill = 0] = sharesOf(leaf)
      // Shares that were moved are told as such, and not as a part of a small group.
      const isCounted = counts.length > 0 && isExtreme(share(ill, healthy))
      for (const count of counts) expect(shown).toContain(isCounted ? `${count} ` : `(${count} of ${rows})`)
      // What stands on fewer than five people is not published.
      if (counts.length === 0) expect(shown).not.toMatch(/\d of \d/)
      expect(await page.locator('.facts').textContent()).toContain(
        `${leaf.answer === '1' ? 'more than 50% narrowing' : 'no significant narrowing'}`,
      )
      expect(await page.locator('#answer-title').textContent()).toMatch(
        isCounted ? new RegExp(`^${counts[1]} of ${rows} people`) : new RegExp(`^${share(ill, healthy)} of 100 people`),
      )
      leaves.add(sharesOf(leaf).join())
      // The focus goes to the answer, and from there by the keyboard to a new beginning.
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('answer-title')
      await tabTo(page, 'remove')
      await page.keyboard.press('Enter')
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('form-title')
      expect(await page.locator('input:checked').count()).toBe(0)
    }
    expect(leaves).toEqual(new Set(taken.keys()))
    await context.close()
  })

  test('asks for numbers, in either unit, with a decimal point or comma', { timeout: 120_000 }, async () => {
    const model = await compiled('datasets/heart-disease.csv', '--prune', 'none', '--max-depth', '6')
    const { url, contract, records, truth } = await serving(model, 'datasets/heart-disease.csv')
    const { context } = await open(browser, { locale: 'de-DE' })
    const page = await context.newPage()
    const counts = async () => (await legend(page)).flatMap((text) => /\((\d+) of/.exec(text)?.[1] ?? []).sort()
    const wanted = (record: Given) => countsOf(truth(record)).map(String).sort()
    for (const i of [0, 87, 150, 266]) {
      const record = records[i] ?? new Map()
      await page.goto(url)
      await answerByKeyboard(page, contract, record)
      expect(await outcome(page)).toBe('answer')
      expect(await counts(), `record ${i}`).toEqual(wanted(record))
    }
    // The form keeps the answers: only the writing of two of them is changed.
    await page.click('#change')
    const at = (name: string) => contract.columns.findIndex((column) => column.name === name)
    const record = records[266] ?? new Map()
    expect(await page.inputValue(`#q${at('chol')}`)).toBe(String(record.get('chol')))
    await page.selectOption(`#q${at('chol')}-unit`, { label: 'mmol/L' })
    expect(Number(await page.inputValue(`#q${at('chol')}`))).toBeCloseTo(Number(record.get('chol')) / 38.67, 2)
    expect(await page.textContent(`#q${at('chol')}-range`)).toMatch(/ mmol\/L$/)
    await page.fill(`#q${at('chol')}`, (await page.inputValue(`#q${at('chol')}`)).replace('.', ','))
    await page.fill(`#q${at('oldpeak')}`, String(record.get('oldpeak')).replace('.', ','))
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    expect(await counts()).toEqual(wanted(record))
    await context.close()
  })

  test.each([
    ['shares that were moved', []],
    ['shares as they are', ['--shrinkage', 'none', '--min-samples-leaf', '8', '--prune', 'none']],
  ])('shows three answers, in a model of flowers: %s', async (_, words) => {
    const model = await compiled('datasets/iris.csv', ...words)
    const { url, contract, records, truth } = await serving(model, 'datasets/iris.csv')
    const { context } = await open(browser)
    const page = await context.newPage()
    for (const i of [0, 70, 149]) {
      await page.goto(url)
      await answerByKeyboard(page, contract, records[i] ?? new Map())
      expect(await outcome(page)).toBe('answer')
      const leaf = truth(records[i] ?? new Map())
      const [answer, counts] = [leaf.answer, countsOf(leaf)]
      const rows = counts.reduce((sum, count) => sum + count, 0)
      const texts = await legend(page)
      const isMoved = leaf.kind === 'class' && leaf.shares !== undefined
      const told = (isMoved ? sharesOf(leaf) : counts.map((count) => count / rows)).map((one) => Math.round(100 * one))
      // Parts of a small group are told by its people, unless larger groups speak along.
      const isSmall = !isMoved && rows < 20
      const isSure = isExtreme(at(told, (contract.answers ?? []).indexOf(String(answer))))
      const isCounted = counts.length > 0 && (isSure || isSmall)
      for (const [k, name] of (contract.answers ?? []).entries()) {
        const count = counts.length === 0 || (told[k] === 0 && counts[k] === 0) ? '' : String(counts[k])
        const own = texts.filter((text) => text.includes(name))
        expect(own, texts.join('; ')).toHaveLength(1)
        if (count !== '') expect(own[0]).toContain(isCounted ? `${count} ` : `(${count} of ${rows})`)
      }
      const of = isCounted ? rows : 100
      expect(await page.locator('#answer-title').textContent()).toMatch(new RegExp(` of ${of} people .*: ${answer}$`))
      expect(await page.locator('svg.people path').count()).toBe(of)
    }
    expect(await axeFindings(page)).toEqual([])
    await context.close()
  })

  test('shows a number and its spread, in a model of numbers', async () => {
    const { url, contract, records, truth } = await serving(
      await compiled('datasets/diabetes.csv'),
      'datasets/diabetes.csv',
    )
    const { context } = await open(browser)
    const page = await context.newPage()
    for (const i of [0, 1, 400]) {
      await page.goto(url)
      await answerByKeyboard(page, contract, records[i] ?? new Map())
      expect(await outcome(page)).toBe('answer')
      const leaf = truth(records[i] ?? new Map())
      if (leaf.kind !== 'number') throw new TypeError('a model of numbers')
      const { answer, rows = 0, deviation = 0 } = leaf
      expect(await page.locator('#answer-title .figure').textContent()).toBe(answer.toFixed(0))
      expect(await page.locator('.facts').textContent()).toContain(`${rows} people in the training data`)
      expect(await page.locator('.scale').getAttribute('aria-label')).toContain(
        `from ${(answer - deviation).toFixed(0)} to ${(answer + deviation).toFixed(0)}`,
      )
    }
    expect(await axeFindings(page)).toEqual([])
    await context.close()
  })

  test('shows the answer alone where the model reveals no more', { timeout: 90_000 }, async () => {
    const model = 'generated/heart-disease-label'
    const { url, contract, records, truth } = await serving(model, 'datasets/heart-disease.csv')
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    const answers = new Set<string>()
    for (const i of [0, 1, 4, 87]) {
      await page.goto(url)
      await answerByKeyboard(page, contract, records[i] ?? new Map())
      expect(await outcome(page)).toBe('answer')
      const answer = String(truth(records[i] ?? new Map()).answer)
      answers.add(answer)
      expect(await page.textContent('#answer-title .figure')).toMatch(
        answer === '1' ? /^more than 50%/ : /^no significant/,
      )
      expect(await page.locator('svg.people').count()).toBe(0)
    }
    expect(answers.size).toBe(2)
    expect(watch.complaints).toEqual([])
    expect(await axeFindings(page)).toEqual([])
    await context.close()
  })

  test('two tabs at once do not meet', async () => {
    const { url, contract, records, truth } = await serving('generated/heart-disease', 'datasets/heart-disease.csv')
    const { context } = await open(browser)
    const chosen = [records[0] ?? new Map(), records[1] ?? new Map()]
    const pages = [await context.newPage(), await context.newPage()]
    for (const [i, page] of pages.entries()) {
      await page.goto(url)
      await page.bringToFront()
      for (const [k, { name }] of contract.columns.entries()) await choose(page, k, name, chosen[i]?.get(name) ?? null)
    }
    await Promise.all(pages.map((page) => page.click('#submit')))
    for (const [i, page] of pages.entries()) {
      expect(await outcome(page)).toBe('answer')
      const [healthy = 0, ill = 0] = sharesOf(truth(chosen[i] ?? new Map()))
      expect(await page.locator('#answer-title').textContent()).toMatch(
        new RegExp(`^${share(ill, healthy)} of 100 people`),
      )
    }
    expect(await legend(pages[0] as Page)).not.toEqual(await legend(pages[1] as Page))
    await context.close()
  })
})

function sharesOf(leaf: Opened): readonly number[] {
  if (leaf.kind !== 'class' || leaf.shares === undefined) throw new TypeError('a tree of answers with shares')
  return leaf.shares
}

function countsOf(leaf: Opened): readonly number[] {
  if (leaf.kind !== 'class') throw new TypeError('a model of answers')
  return leaf.counts ?? []
}

const isExtreme = (told: number) => told === 0 || told === 100

const share = (ill: number, healthy: number) => Math.round((100 * ill) / (ill + healthy))

/** Chooses by the code itself: the options of the published model are in the order of their codes. */
async function choose(page: Page, question: number, name: string, value: Value): Promise<void> {
  const codes: Record<string, readonly number[]> = { cp: [1, 2, 3, 4], ca: [0, 1, 2, 3], thal: [3, 6, 7] }
  const option = value === null ? 'missing' : codes[name]?.indexOf(Number(value))
  await page.check(`#q${question}-${option}`)
}

describe('a command line for pages', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emp-page-command-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const build = (...args: string[]) => empCompile(['page', 'generated/heart-disease', '--out', folder, ...args])

  test('refuses tickets without the storage, and addresses that are none', async () => {
    for (const args of [
      ['--tickets', 'https://a.example'],
      ['--server', 'ftp://a.example'],
      ['--storage', 'https://a.example'],
    ]) {
      const { code, stderr } = await build(...args)
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^emp-compile: --(storage|server) /)])
    }
  })

  test('prints the hash of the page, removes an earlier one, and touches no file of others', async () => {
    const first = await build()
    const files = await readdir(folder)
    const hash = createHash('sha256')
      .update(await readFile(join(folder, 'index.html')))
      .digest('hex')
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining(`SHA-256 of the page: ${hash}\n`) })
    await writeFile(join(folder, 'main.0123456789abcdef.js'), '// Somebody else wrote this.\n')
    expect((await build('--server', 'https://a.example')).code).toBe(0)
    const second = await readdir(folder)
    expect(second).toHaveLength(files.length + 1)
    expect(second).toContain('main.0123456789abcdef.js')
    expect(second.filter((file) => file.startsWith('main.') && files.includes(file))).toEqual([])
    await writeFile(join(folder, 'index.html'), '<p>mine</p>')
    expect(await build()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was not generated by emp-compile'),
    })
  })

  test('takes words in any language, and names those that are missing', async () => {
    const { stdout } = await empCompile(['page', 'generated/heart-disease', '--words-template', '--lang', 'ar'])
    const template = JSON.parse(stdout)
    expect([template.lang, template.name]).toEqual(['ar', 'العربية'])
    const file = join(folder, 'ar.json')
    const own = join(folder, 'arabic')
    const buildWith = (words: object, ...args: string[]) =>
      writeFile(file, JSON.stringify(words)).then(() =>
        empCompile(['page', 'generated/heart-disease', '--out', own, '--words', file, ...args]),
      )
    const words = { ...template.words, 'form.submit': 'شفّر وأرسل' }
    const model = { ...template.model, 'target.title': 'مرض القلب' }
    expect(await buildWith({ ...template, words, model })).toMatchObject({ code: 0, stderr: '' })
    const html = await readFile(join(own, 'index.html'), 'utf8')
    expect(html).toContain('<html lang="ar" dir="rtl">')
    expect(html).toMatch(/>شفّر وأرسل<\/button>/)
    expect(html).toContain('<title>مرض القلب</title>')
    const { 'form.submit': _, ...fewer } = words
    for (const [wrong, says] of [
      [{ ...template, words: fewer }, '"form.submit" is missing'],
      [{ ...template, model: { 'target.titel': 'x' } }, '"target.titel" of "model" is not a text of this model'],
      [{ ...template, lang: 'Arabic!' }, '"lang": "Arabic!" is not the tag of a language'],
    ] as const) {
      const { code, stderr } = await buildWith(wrong)
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)])
    }
    const other = await empCompile(['page', 'generated/heart-disease', '--out', own, '--lang', 'eo'])
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(/--lang is "eo", but takes en, fr, de, .*--words/),
    ])
  })

  test('a model without its documents is served without a page, and the operator is told', async () => {
    const model = join(folder, 'old')
    await cp('generated/heart-disease', model, { recursive: true })
    await rm(join(model, 'page.json'))
    const server = await serveModel(model)
    expect(server.log()).toMatch(/has no page\.json.*no-page/)
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    const root = await fetch(`${server.url}/`)
    expect([root.status, await root.text()]).toEqual([404, expect.stringMatching(/^There is no page here/)])
    await server.end()
  })
})
