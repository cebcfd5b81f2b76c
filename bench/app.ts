/**
 * `npm run bench:app`: the React example in Chromium, its processor four times slower: how much CPU time
 * the tasks on the page's own thread take while a record is sealed, sent and opened, and how much the app loads beside React.
 * A task that blocks it on purpose is measured along: where the measurement does not see it, the rest says nothing.
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { buildReact } from '../test/support/examples.ts'
import { startServer, stop } from '../test/support/processes.ts'

/** How much slower the processor is made. */
const slower = 4
/** Milliseconds of CPU time of the control at full speed: four times as many are to be seen of it. */
const blocked = 50
/** A control that is seen as less than this part of that shows that the measurement is blind. */
const seen = 0.75

const models = ['heart-disease', 'heart-disease-points']
const record = {
  ...{ age: 63, sex: 1, cp: 4, trestbps: 145, chol: 233, fbs: 0, restecg: 2, thalach: 150, exang: 0 },
  ...{ oldpeak: 2.3, slope: 3, ca: 0, thal: null },
}

const directory = await mkdtemp(join(tmpdir(), 'emp-app-'))
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  for (const model of models) {
    const sizes = await buildReact(model, join(directory, model))
    const { child, log } = await startServer([resolve('generated', model), '--port', '0', '--no-page'])
    const server = /http:\/\/127[\d.:]+/.exec(log())?.[0] ?? ''
    const host = createServer(async (request, response) => {
      const path = new URL(request.url ?? '/', 'http://host').pathname
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
      const file = join(directory, model, path === '/' ? 'index.html' : path)
      const body = await readFile(file).catch(() => null)
      response.writeHead(body === null ? 404 : 200, { 'content-type': type }).end(body)
    })
    await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening))
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/?server=${server}`)
    await page.locator('emp-form button[type=submit]').waitFor()
    const session = await page.context().newCDPSession(page)
    const turns = (1e7 * blocked) / (await longestOf(page, block, 1e7))
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower })
    await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
    const answered = await page.evaluate(use, record)
    const tasks = tasksIn(await browser.stopTracing())
    const control = await longestOf(page, block, turns)
    if (tasks.length === 0 || control < seen * slower * blocked) {
      console.error(
        `${model}: a task of ${slower * blocked} ms was seen as ${control.toFixed(1)} ms: this measurement is blind`,
      )
      process.exitCode = 1
    }
    const over = tasks.filter((milliseconds) => milliseconds > 50)
    console.log(
      `${model}: ${sizes.page} bytes beside React, ${sizes.worker} more in the worker; ${answered}; ${tasks.length} tasks ` +
        `on the thread of the page, the longest ${Math.max(...tasks).toFixed(1)} ms of CPU time, ${over.length} over 50 ms; ` +
        `one that blocks for ${slower * blocked} ms on purpose is seen as ${control.toFixed(1)} ms`,
    )
    await page.close()
    host.close()
    await stop(child)
  }
} finally {
  await browser.close()
  await rm(directory, { recursive: true, force: true })
}

/** Runs in the page: fills the form in and sends it, and waits for the answer. */
async function use(record: object): Promise<string> {
  const form = document.querySelector('emp-form') as HTMLElement & {
    fill(record: object): void
    submit(): Promise<void>
  }
  form.fill(record)
  const answered = new Promise<string>((resolve) => {
    form.addEventListener('emp-answer', () => resolve('answered'))
    form.addEventListener('emp-failure', (event) => resolve(`failed: ${(event as CustomEvent).detail.code}`))
  })
  await form.submit()
  return answered
}

/** Milliseconds of CPU time of the longest task while the page runs something. */
async function longestOf(page: Page, run: (turns: number) => Promise<number>, turns: number): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
  await page.evaluate(run, turns)
  return Math.max(0, ...tasksIn(await browser.stopTracing()))
}

/** Runs in the page: one task that blocks its thread for as many turns, whatever else the machine does. */
function block(turns: number): Promise<number> {
  return new Promise((done) => {
    setTimeout(() => {
      let number = 1
      for (let turn = 0; turn < turns; turn++) number = (Math.imul(number, 1_103_515_245) + 12_345) | 0
      done(number)
    }, 50)
  })
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of CPU time; of the clock. */
  readonly tdur?: number
  readonly dur?: number
  readonly args?: { readonly name?: string }
}

/** Milliseconds of CPU time of every task of the page's own thread. */
function tasksIn(trace: Buffer): number[] {
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(trace.toString())
  const mains = new Set(
    traceEvents.filter(({ args }) => args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}/${tid}`),
  )
  return traceEvents
    .filter(({ name, pid, tid }) => /RunTask$/.test(name) && mains.has(`${pid}/${tid}`))
    .map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1000)
}
