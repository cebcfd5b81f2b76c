import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadModelJson } from '../../compiler/cli/load.ts'
import { plaintextLeaf } from '../../compiler/cli/plaintext.ts'
import { readRecords } from '../../compiler/cli/records.ts'
import {
  answerByKeyboard,
  axeFindings,
  describeBrowser,
  hostFolder,
  launch,
  open,
  outcome,
  serveModel,
} from '../support/browser.ts'
import { importEmitted } from '../support/modules.ts'
import { empCompile } from '../support/processes.ts'

const data = 'datasets/heart-disease.csv'

describeBrowser('the page of a model of label', () => {
  let browser: Browser
  let directory = ''
  const servers: { end(): Promise<unknown> }[] = []
  beforeAll(async () => {
    browser = await launch()
    directory = await mkdtemp(join(tmpdir(), 'emp-page-label-'))
  })
  afterAll(async () => {
    await browser.close()
    for (const server of servers) await server.end()
    await rm(directory, { recursive: true, force: true })
  })

  const serving = async (model: string) => {
    const server = await serveModel(model)
    servers.push(server)
    const [clientText = '', serverText = ''] = await Promise.all(
      ['client.ts', 'server.ts'].map((file) => readFile(join(model, file), 'utf8')),
    )
    const { contract } = (await importEmitted(clientText, serverText)).client
    const json = await loadModelJson(model)
    const records = (await readRecords(data, contract, null)).map(({ record }) => record)
    return {
      ...server,
      contract,
      records,
      truth: (i: number) => plaintextLeaf(json, contract, records[i] ?? new Map()),
    }
  }

  test('asks for every column, and shows the answer of the plaintext tree and nothing of the tree', async () => {
    const { url, contract, records, truth } = await serving('generated/heart-disease-label')
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    const answers = new Set<string>()
    // Missing values in two of them.
    for (const i of [0, 1, 4, 87, 166]) {
      await page.goto(url)
      await answerByKeyboard(page, contract, records[i] ?? new Map())
      expect(await outcome(page)).toBe('answer')
      const { answer } = truth(i)
      const words = answer === '1' ? 'more than 50% narrowing' : 'no significant narrowing'
      expect(await page.locator('#answer-title').textContent()).toContain(words)
      expect(await page.locator('#answer-parts').textContent()).not.toMatch(/\d+ of \d+|\d+ people with answers/)
      expect(await axeFindings(page)).toEqual([])
      answers.add(String(answer))
    }
    expect(answers).toEqual(new Set(['0', '1']))
    expect(await page.locator('#exchange').textContent()).toContain('one for each public cut of each value')
    // WebAssembly runs under the worker's policy, and nothing else is asked for.
    expect(watch.complaints.filter((text) => text.startsWith('policy'))).toEqual([])
    expect(watch.requests.every((request) => request.url.startsWith(url))).toBe(true)
    await context.close()
  })

  test('has another worker for browsers whose WebAssembly has no SIMD', async () => {
    const { url, contract, records, truth } = await serving('generated/heart-disease-label')
    const { context, watch } = await open(browser)
    await context.addInitScript(() => {
      WebAssembly.validate = () => false
    })
    const page = await context.newPage()
    await page.goto(url)
    await answerByKeyboard(page, contract, records[1] ?? new Map())
    expect(await outcome(page)).toBe('answer')
    const words = truth(1).answer === '1' ? 'more than 50% narrowing' : 'no significant narrowing'
    expect(await page.locator('#answer-title').textContent()).toContain(words)
    const usual = /"worker":\{"file":"([^"]+)/
    const main = watch.requests.find((request) => /main\.\w+\.js$/.test(request.url))?.url ?? ''
    const [, file = ''] =
      usual.exec((await (await fetch(main)).text()).replaceAll(/worker:\{file:/g, '"worker":{"file":')) ?? []
    const loaded = watch.requests.flatMap((request) => /worker\.\w+\.js$/.exec(request.url)?.[0] ?? [])
    expect(file).toMatch(/^worker\./)
    expect(loaded.length).toBeGreaterThan(0)
    expect(loaded).not.toContain(file)
    await context.close()
  })

  test('shows a share where the model says one, from a static host, under the headers written for it', async () => {
    const model = join(directory, 'model')
    const compiled = await empCompile([resolve(data), '--reveal', 'label', '--probability', '--out', model])
    expect(compiled).toMatchObject({ code: 0, stderr: '' })
    const server = await serving(model)
    const folder = join(directory, 'page')
    expect(await empCompile(['page', model, '--out', folder, '--server', server.url])).toMatchObject({ code: 0 })
    const host = await hostFolder(folder)
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    await page.goto(host.url)
    await answerByKeyboard(page, server.contract, server.records[1] ?? new Map())
    expect(await outcome(page)).toBe('answer')
    const { percent, shares = [] } = server.truth(1) as { percent?: number; shares?: readonly number[] }
    const title = (await page.locator('#answer-title').textContent()) ?? ''
    const share = percent ?? Math.round(100 * Math.max(...shares))
    expect(title).toMatch(new RegExp(`^${share} of 100 people`))
    expect(await page.locator('svg.people path').count()).toBe(100)
    expect(await axeFindings(page)).toEqual([])
    expect(watch.complaints.filter((text) => text.startsWith('policy'))).toEqual([])
    host.close()
    await context.close()
  })
})
