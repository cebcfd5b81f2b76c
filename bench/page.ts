/**
 * The page in Chromium, at 3072 bits on loopback: what it weighs, how soon it can be used, how long a key takes, what
 * passes from the click to the request and to the answer, and the longest task of the main thread. That is in CPU time:
 * what other programs do does not count.
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
}

interface PageFigures {
  readonly model: string
  readonly features: number
  readonly gzipBytes: number
  readonly median: Visit
  /** CPU milliseconds of the longest task of the main thread in all traced visits. */
  readonly longestTask: number
}

const visits = 9
const tracedVisits = 3
const names = ['interactive', 'key', 'noise', 'clickToSent', 'clickToAnswer'] as const

export async function pageSection(print: (line: string) => void): Promise<PageFigures[]> {
  const directory = await mkdtemp(join(tmpdir(), 'emp-bench-'))
  const browser = await launchChromium()
  const large = join(directory, 'heart-disease-13')
  const command = fileURLToPath(new URL('../compiler/cli/main.js', import.meta.url))
  const growth = ['--prune', 'none', '--max-depth', '6']
  await promisify(execFile)(process.execPath, [command, 'datasets/heart-disease.csv', '--out', large, ...growth])
  print(`page: Chromium ${browser.version()}, 3072 bits, loopback; medians of ${visits} visits, in ms`)
  print('features  gzip kB  interactive  key  noise  click to sent  click to answer  longest task (CPU)')
  try {
    const results: PageFigures[] = []
    for (const model of ['generated/heart-disease', large]) {
      const figures = await measure(browser, model)
      const { features, gzipBytes, median: middle, longestTask } = figures
      const cells = [features, (gzipBytes / 1000).toFixed(1), ...names.map((name) => Math.round(middle[name]))]
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
  const { page } = await loadPage(model, { kind: 'http', url: null }, { origins: [] })
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
    let longestTask = 0
    for (let i = 0; i < tracedVisits; i++) longestTask = Math.max(longestTask, await longestTaskOf(browser, url))
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
  const at = await page.evaluate(() => (globalThis as unknown as { seen: Record<string, number> }).seen)
  const between = (from: string, to: string) => (at[to] ?? Number.NaN) - (at[from] ?? Number.NaN)
  const questions = await page.locator('.question').count()
  await context.close()
  const times = {
    interactive: at.interactive ?? Number.NaN,
    key: between('key', 'noise'),
    noise: between('noise', 'ready'),
    clickToSent: between('click', 'sent'),
    clickToAnswer: between('click', 'answer'),
  }
  return { times, questions }
}

/** What a trace of Chromium says of one event; times in microseconds, `tdur` in CPU time. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
  readonly args: { readonly name?: string; readonly beginData?: { readonly url?: string } }
}

/** CPU milliseconds of the longest task of the page's main thread in one visit, by a trace. */
async function longestTaskOf(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] })
  await page.goto(url)
  await page.locator('#readiness[data-stage=ready]').waitFor()
  await page.click('#example')
  await page.click('#submit')
  await page.locator('#answer:visible').waitFor({ timeout: 60_000 })
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString())
  await context.close()
  const renderer = traceEvents.find(
    ({ name, args }) => name === 'ParseHTML' && args.beginData?.url?.startsWith(url),
  )?.pid
  const main = traceEvents.find(
    ({ name, pid, args }) => name === 'thread_name' && pid === renderer && args.name === 'CrRendererMain',
  )?.tid
  const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && pid === renderer && tid === main)
  if (tasks.length === 0) throw new Error('the trace has no tasks of the page')
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}

/** Runs in the page: notes when each stage is first seen. */
function watch(): void {
  const seen: Record<string, number> = {}
  const note = (name: string) => {
    seen[name] ??= performance.now()
  }
  Object.assign(globalThis, { seen })
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
