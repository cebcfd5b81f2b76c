import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadModelJson } from '../../compiler/cli/load.ts'
import { plaintextAnswer } from '../../compiler/cli/plaintext.ts'
import { readRecords } from '../../compiler/cli/records.ts'
import type { Opened } from '../../runtime/schemes/scheme.ts'
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
import { empCompile } from '../support/processes.ts'

const data = 'datasets/heart-disease.csv'

/** Families without a committed model, and options by which training takes no time. */
const quick: Readonly<Record<string, readonly string[]>> = {
  additive: ['--points', '63', '--penalty', '4', '--folds', '2'],
  network: ['--width', '2', '--decay', '0.3', '--starts', '1', '--folds', '2'],
}

/**
 * Of all chances those up to which a page may tell how many people are: at least five people more than up to the one before,
 * nobody or at least five above, and another whole percent. By its chance, in percent of all people.
 */
function toldSteps(chances: readonly number[]): ReadonlyMap<number, number> {
  const steps = new Map<number, number>()
  const upTo = (chance: number) => chances.filter((one) => one <= chance).length
  let [told, before] = [0, 0]
  for (const chance of [...new Set(chances)].sort((a, b) => a - b)) {
    const [people, percent] = [upTo(chance), Math.round((100 * upTo(chance)) / chances.length)]
    const above = chances.length - people
    if (people - told < 5 || (above > 0 && above < 5) || percent === before) continue
    steps.set(chance, percent)
    told = people
    before = percent
  }
  return steps
}

/** In whole percent. */
const chanceOf = (answer: Opened) => Math.round(100 * (answer.kind === 'class' ? (answer.shares?.[1] ?? 0) : 0))

describeBrowser('the page of a model whose client learns a score', () => {
  let browser: Browser
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emp-page-scores-'))
    browser = await launch()
  })
  afterAll(async () => {
    await browser.close()
    await rm(directory, { recursive: true, force: true })
  })

  /** Where the model lies: it is committed, or compiled here. */
  async function placeOf(family: string): Promise<string> {
    if (!(family in quick)) return resolve(`generated/heart-disease-${family}`)
    const model = join(directory, family)
    const args = [
      resolve(data),
      '--model',
      family,
      '--reveal',
      'score',
      ...(quick[family] ?? []),
      '--publish-distribution',
      '--out',
      model,
    ]
    const compiled = await empCompile(args)
    expect(compiled).toMatchObject({ code: 0, stderr: '' })
    expect(compiled.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Published besides, for the page (--publish-distribution)',
    )
    return model
  }

  test.each([
    ['linear', 'one for the whole record', false],
    ['network', 'one for the whole record', false],
    ['boosted', 'each public cut of each value', true],
    ['additive', 'each value', true],
  ])(
    '%s: shows the chance that the model computes, in a hundred people',
    { timeout: 60_000 },
    async (family, each, usesWasm) => {
      const model = await placeOf(family)
      const server = await serveModel(model)
      const json = await loadModelJson(model)
      const [clientText, serverText] = ['client.ts', 'server.ts'].map((file) => readFile(join(model, file), 'utf8'))
      const { contract } = (await importEmitted((await clientText) ?? '', (await serverText) ?? '')).client
      const records = await readRecords(data, contract, null)
      const { context, watch } = await open(browser)
      const page = await context.newPage()
      // The second misses a value.
      for (const i of [1, 87, 0]) {
        const { record = new Map() } = records[i] ?? {}
        const truth = plaintextAnswer(json, contract, record)
        if (truth.kind !== 'class') throw new TypeError('a model of answers')
        const [, chance = Number.NaN] = truth.shares ?? []
        await page.goto(server.url)
        await answerByKeyboard(page, contract, record)
        expect(await outcome(page)).toBe('answer')
        const figure = chance > 0.99 ? 'above 99%' : chance < 0.01 ? 'below 1%' : `${Math.round(100 * chance)}%`
        const title = await page.locator('#answer-title').textContent()
        expect(title).toMatch(new RegExp(`^${figure} is the chance that the model computes: more than 50% narrowing`))
        expect(await page.locator('svg.people path').count()).toBe(100)
        const parts = await page.locator('#answer-parts').textContent()
        expect(parts).toContain(truth.answer === '1' ? 'more than 50% narrowing' : 'no significant narrowing')
        expect(parts).not.toMatch(/tree/)
        // Beside everybody only where the owner publishes how everybody is spread, in steps.
        const told = /Of 100 people in the training data, (\d+) had a higher chance by the model, and (\d+) a lower one/
        const all = records.map((one) => chanceOf(plaintextAnswer(json, contract, one.record)))
        const own = chanceOf(truth)
        const upTo = (isIn: (step: number) => boolean) =>
          Math.max(0, ...[...toldSteps(all)].flatMap(([step, percent]) => (isIn(step) ? [percent] : [])))
        const shares = [100 - upTo((step) => step <= own), upTo((step) => step < own)]
        const said = told
          .exec(parts ?? '')
          ?.slice(1)
          .map(Number)
        expect(said).toEqual(family in quick ? shares : undefined)
        expect(await axeFindings(page)).toEqual([])
      }
      expect(await page.locator('#exchange').textContent()).toContain(each)
      expect(watch.complaints).toEqual([])
      // The policy of the worker, which is all that computes.
      const worker = watch.requests.find(({ url }) => /\/worker\.[^/]*\.js$/.test(url))?.url ?? ''
      const headers = (await fetch(worker)).headers.get('content-security-policy') ?? ''
      expect(headers.includes('wasm-unsafe-eval')).toBe(usesWasm)
      await server.end()
      await context.close()
    },
  )
})
