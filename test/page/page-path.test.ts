import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRecords } from '../../compiler/cli/records.ts'
import type { Client, Explained } from '../../runtime/client.ts'
import type { Value } from '../../runtime/grid.ts'
import type { Server } from '../../runtime/server.ts'
import {
  answerByKeyboard,
  axeFindings,
  describeBrowser,
  launch,
  open,
  outcome,
  serveModel,
} from '../support/browser.ts'
import { importEmitted } from '../support/modules.ts'
import { empCompile, type Finished } from '../support/processes.ts'

const data = 'datasets/heart-disease.csv'
let directory = ''
let model = ''
let compiled: Finished
let modules: { client: Client<object, string>; server: Server }
let records: ReadonlyMap<string, Value>[]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-page-path-'))
  model = join(directory, 'model')
  compiled = await empCompile([resolve(data), '--show-path', '--key-bits', '2048', '--out', model])
  const [client = '', server = ''] = await Promise.all(
    ['client.ts', 'server.ts'].map((file) => readFile(join(model, file), 'utf8')),
  )
  modules = await importEmitted(client, server)
  records = (await readRecords(data, modules.client.contract, null)).map(({ record }) => record)
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const documentsOf = async (path: string) => JSON.parse(await readFile(join(path, 'page.json'), 'utf8'))

/** What the committed tree of heart disease asks: see its server module. */
const tests = [
  {
    question: 'Thallium scan',
    left: 'normal',
    right: 'fixed defect, reversible defect, or not measured',
  },
  { question: 'Vessels seen by fluoroscopy', left: 'none, or not measured', right: '1 vessel, 2 vessels, 3 vessels' },
  {
    question: 'Chest pain',
    left: 'typical angina, atypical angina, non-anginal pain',
    right: 'asymptomatic',
  },
]

describe('--show-path', () => {
  test('publishes the tests in words, and says so; without it nothing of them is published', async () => {
    expect(compiled).toMatchObject({ code: 0, stderr: '' })
    expect(compiled.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'all tests in words, with their thresholds: they are published',
    )
    expect(await documentsOf(model)).toMatchObject({ tests })
    expect(await documentsOf('generated/heart-disease')).not.toHaveProperty('tests')
    // The modules are the same: what is published is the page's.
    const [own, usual] = await Promise.all(
      [model, 'generated/heart-disease'].map((path) => readFile(join(path, 'client.ts'), 'utf8')),
    )
    expect(own?.split('\n').length).toBe(usual?.split('\n').length)
  })

  test('has words for numbers, levels and missing values', async () => {
    const visits = join(directory, 'visits')
    const options = [
      '--show-path',
      '--max-depth',
      '5',
      '--min-samples-leaf',
      '1',
      '--key-bits',
      '2048',
      '--out',
      visits,
    ]
    expect(await empCompile([resolve('test/cases/emit/visit.csv'), ...options])).toMatchObject({ code: 0 })
    const { tests } = await documentsOf(visits)
    expect(tests.length).toBeGreaterThan(1)
    for (const { question, left, right } of tests) {
      expect([question, left, right].every((words) => typeof words === 'string' && words !== '')).toBe(true)
      expect(left).not.toBe(right)
    }
  })

  test('is nothing for label, whose tree is nobody’s to see', async () => {
    const { code, stderr } = await empCompile([resolve(data), '--reveal', 'label', '--show-path', '--out', model])
    expect(code).toBe(2)
    expect(stderr).toContain('--show-path')
  })
})

test('explain gives the answer of open, and the tests on the way to it', async () => {
  const { client, server } = modules
  const key = await client.generateKey()
  const walks = new Map<string, Explained<string>>()
  for (const record of records.slice(0, 12)) {
    const sealed = await client.seal(Object.fromEntries(record), key)
    const reply = await server.evaluate(sealed.request)
    const walk = await sealed.explain(reply)
    expect(walk.opened).toEqual(await sealed.open(reply))
    // Three levels: thal first, then ca on either side or cp; what a test says is true of the record.
    const left = [
      Number(record.get('thal') ?? 9) <= 4.5,
      Number(record.get('ca') ?? 0) <= 0.5,
      Number(record.get('cp') ?? 0) <= 3.5,
    ]
    expect(walk.path.length).toBeGreaterThan(1)
    expect(walk.path.every((step) => step.left === left[step.test])).toBe(true)
    expect(new Set(walk.path.map((step) => step.test)).size).toBe(walk.path.length)
    walks.set(walk.path.map((step) => `${step.test}${step.left}`).join(), walk)
  }
  expect(walks.size).toBeGreaterThan(2)
  // One path, one leaf.
  expect(new Set([...walks.values()].map(({ opened }) => JSON.stringify(opened))).size).toBe(walks.size)
})

describeBrowser('the page of a model whose owner publishes its tests', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  test('shows how the model came to its answer', { timeout: 120_000 }, async () => {
    const server = await serveModel(model)
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(server.url)
    const record = records[1] ?? new Map()
    await answerByKeyboard(page, modules.client.contract, record)
    expect(await outcome(page)).toBe('answer')
    const steps = await page.locator('.path li').allTextContents()
    expect(steps.length).toBeGreaterThan(1)
    // Each column once, with what its tests said and what the person answered.
    const asked = steps.map((step) => /^(.*?): (.*) \(you answered: .+\)$/.exec(step)?.slice(1) ?? [])
    expect(new Set(asked.map(([question]) => question)).size).toBe(steps.length)
    for (const [question, texts = ''] of asked) {
      const own = tests.filter((one) => one.question === question).flatMap(({ left, right }) => [left, right])
      for (const text of texts.split('; ')) expect(own).toContain(text)
    }
    expect(await axeFindings(page)).toEqual([])
    await context.close()
    await server.end()
  })
})
