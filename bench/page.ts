/**
 * The page in Chromium, at 3072 bits on loopback: what it weighs, how soon it can be used, how long a key takes, what
 * passes from the click to the request and to the answer, and the longest time for which the main thread is held up.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { loadPage } from '../compiler/cli/page.ts'
import { launchChromium, serveModel } from './browser.ts'
import { median } from './measure.ts'

/** Milliseconds of one visit. */
interface Visit {
  readonly interactive: number
  readonly key: number
  readonly noise: number
  readonly clickToSent: number
  readonly clickToAnswer: number
  readonly longestTask: number
}

interface PageFigures {
  readonly model: string
  readonly features: number
  readonly gzipBytes: number
  readonly median: Visit
  /** The visit in which the main thread was held up for longest. */
  readonly longestTask: number
}

const visits = 9
const names = ['interactive', 'key', 'noise', 'clickToSent', 'clickToAnswer', 'longestTask'] as const

export async function pageSection(print: (line: string) => void): Promise<PageFigures[]> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  const browser = await launchChromium()
  const large = join(directory, 'heart-disease-13')
  const command = fileURLToPath(new URL('../compiler/cli/main.js', import.meta.url))
  const growth = ['--prune', 'none', '--max-depth', '6']
  await promisify(execFile)(process.execPath, [command, 'datasets/heart-disease.csv', '--out', large, ...growth])
  print(`page: Chromium ${browser.version()}, 3072 bits, loopback; medians of ${visits} visits, in ms`)
  print('features  gzip kB  interactive  key  noise  click to sent  click to answer  longest task (of all visits)')
  try {
    const results: PageFigures[] = []
    for (const model of ['generated/heart-disease', large]) {
      const figures = await measure(browser, model)
      const { features, gzipBytes, median: middle, longestTask } = figures
      const cells = [
        features,
        (gzipBytes / 1000).toFixed(1),
        ...names.slice(0, 5).map((name) => Math.round(middle[name])),
      ]
      const widths = [8, 7, 11, 3, 5, 13, 15]
      const line = cells.map((cell, i) => String(cell).padStart(widths[i] ?? 0))
      print([...line, Math.round(longestTask)].join('  '))
      results.push(figures)
    }
    return results
  } finally {
    await browser.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function measure(browser: Browser, model: string): Promise<PageFigures> {
  const { page } = await loadPage(model, { kind: 'http', url: null }, [])
  const loaded = [...page.files].filter(([file]) => file !== '_headers')
  const gzipBytes = loaded.reduce((sum, [, text]) => sum + gzipSync(text, { level: 9 }).length, 0)
  const { url, child } = await serveModel(model)
  try {
    const measured: Visit[] = []
    let features = 0
    for (let i = 0; i < visits; i++) {
      const visit = await visitOnce(browser, url)
      measured.push(visit.times)
      features = visit.questions
    }
    const middle = Object.fromEntries(names.map((name) => [name, median(measured.map((visit) => visit[name]))]))
    const longestTask = Math.max(...measured.map((visit) => visit.longestTask))
    return { model: 'heart-disease', features, gzipBytes, median: middle as unknown as Visit, longestTask }
  } finally {
    child.kill()
  }
}

/** A visit in a window of its own: nothing is cached. */
async function visitOnce(
  browser: Browser,
  url: string,
): Promise<{ readonly times: Visit; readonly questions: number }> {
  const context = await browser.newContext()
  await context.addInitScript(watch)
  const page = await context.newPage()
  await page.goto(url)
  await page.locator('#readiness[data-stage=ready]').waitFor()
  await page.click('#example')
  await page.click('#submit')
  await page.locator('#answer:visible').waitFor({ timeout: 60_000 })
  // Tasks are reported a little after they end.
  await page.waitForTimeout(100)
  const { at, tasks } = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen)
  const between = (from: string, to: string) => (at[to] ?? Number.NaN) - (at[from] ?? Number.NaN)
  const questions = await page.locator('.question').count()
  await context.close()
  const times = {
    interactive: at.interactive ?? Number.NaN,
    key: between('key', 'noise'),
    noise: between('noise', 'ready'),
    clickToSent: between('click', 'sent'),
    clickToAnswer: between('click', 'answer'),
    longestTask: Math.max(0, ...tasks),
  }
  return { times, questions }
}

interface Seen {
  readonly at: Record<string, number>
  readonly tasks: number[]
}

/** Runs in the page: notes when each stage is first seen, and every task over 50 ms. */
function watch(): void {
  const seen: Seen = { at: {}, tasks: [] }
  const note = (name: string) => {
    seen.at[name] ??= performance.now()
  }
  Object.assign(globalThis, { seen })
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
    buffered: true,
  })
  document.addEventListener(
    'click',
    ({ target }) => target instanceof Element && target.id === 'submit' && note('click'),
    true,
  )
  new MutationObserver(() => {
    const stageOf = (id: string) => document.getElementById(id)?.dataset.stage
    if (document.querySelector('#submit:enabled') !== null) note('interactive')
    note(stageOf('readiness') ?? 'begin')
    if (stageOf('working') === 'sent') note('sent')
    if (document.querySelector('#answer:not([hidden])') !== null) note('answer')
  }).observe(document, { attributes: true, childList: true, subtree: true })
}
