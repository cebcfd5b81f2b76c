import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { describe, test } from 'vitest'
import type { Contract } from '../../runtime/contract.ts'
import type { Value } from '../../runtime/grid.ts'
import { startServer, stop } from './processes.ts'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** A group of tests that need Chromium: skipped, visibly, where it is not installed, and failing there in CI. */
export function describeBrowser(name: string, tests: () => void): void {
  if (existsSync(executablePath)) return void describe(name, tests)
  describe(name, () => {
    const body = () => {
      throw new Error('CI has to test this: install chromium')
    }
    if (process.env.CI === undefined) test.skip('skipped: no Chromium is installed here', body)
    else test('has the Chromium it needs', body)
  })
}

/** Chromium, kept from asking its maker's hosts anything. */
export function launch(): Promise<Browser> {
  const still = ['quic', 'background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`)
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...still] })
}

/** What a browser did: every request, whatever it complained of, and every violation of a policy. */
export interface Watch {
  readonly requests: {
    readonly method: string
    readonly url: string
    readonly headers: string
    readonly body: Buffer
  }[]
  readonly complaints: string[]
}

/** A window of its own, of which everything is noted down. */
export async function open(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly context: BrowserContext; readonly watch: Watch }> {
  const context = await browser.newContext(options)
  const watch: Watch = { requests: [], complaints: [] }
  context.on('request', (request) => {
    const [method, url, headers] = [request.method(), request.url(), JSON.stringify(request.headers())]
    watch.requests.push({ method, url, headers, body: request.postDataBuffer() ?? Buffer.alloc(0) })
  })
  context.on('console', (message) => watch.complaints.push(`${message.type()}: ${message.text()}`))
  context.on('weberror', (error) => watch.complaints.push(error.error().message))
  await context.exposeBinding('complain', (_, text: string) => watch.complaints.push(text))
  await context.addInitScript(() => {
    const { complain } = globalThis as unknown as { complain(text: string): void }
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      complain(`policy: ${violatedDirective} ${blockedURI}`)
    })
  })
  return { context, watch }
}

/** `emp-compile serve` on a free port: where it is, and how to end it. */
export async function serveModel(
  model: string,
  args: readonly string[] = [],
  environment: Record<string, string> = {},
) {
  const { child, firstLine, log } = await startServer([resolve(model), '--port', '0', ...args], '.', environment)
  const [url = ''] = /http:\/\/[\d.:]+/.exec(firstLine) ?? []
  return { url, log, end: () => stop(child) }
}

/** Presses Tab until the focus is on a control, as those do who cannot see where it is. */
export async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 100; presses++) {
    if ((await page.evaluate(() => document.activeElement?.id)) === id) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the focus never reached #${id}`)
}

/** Gives the answers of a record by the keyboard alone, from the beginning of the form, and sends them. */
export async function answerByKeyboard(
  page: Page,
  { columns }: Contract,
  record: ReadonlyMap<string, Value>,
): Promise<void> {
  for (const [i, column] of columns.entries()) {
    const value = record.get(column.name) ?? null
    const control = await page.evaluate((id) => document.getElementById(id)?.tagName ?? 'radios', `q${i}`)
    if (control === 'INPUT' && value !== null) {
      await tabTo(page, `q${i}`)
      await page.keyboard.type(String(value))
    } else if (control === 'INPUT') {
      await tabTo(page, `q${i}-missing`)
      await page.keyboard.press('Space')
    } else {
      const labels = await page.locator(`input[name="q${i}"]`).evaluateAll((inputs) => inputs.map(({ id }) => id))
      const goal = await optionOf(page, i, column.name, value)
      await tabTo(page, `q${i}-0`)
      await page.keyboard.press('Space')
      for (let at = 0; at < labels.indexOf(goal); at++) await page.keyboard.press('ArrowDown')
    }
  }
  await tabTo(page, 'submit')
  await page.keyboard.press('Enter')
}

/** The id of the radio button of a value, by the meaning in the model's documents. */
async function optionOf(page: Page, i: number, name: string, value: Value): Promise<string> {
  if (value === null) return `q${i}-missing`
  const categories = schema.fields.find((field) => field.name === name)?.categories
  const label = categories?.find((category) => category.value === value)?.label ?? String(value)
  const id = await page
    .locator(`input[name="q${i}"]`)
    .evaluateAll(
      (inputs, wanted) =>
        inputs.find((input) => input.nextElementSibling?.textContent?.toLowerCase() === wanted.toLowerCase())?.id,
      label,
    )
  if (id === undefined) throw new Error(`no option of ${name} means ${label}`)
  return id
}

const schema: { fields: { name: string; categories?: { value: number; label: string }[] }[] } = JSON.parse(
  readFileSync('datasets/heart-disease.schema.json', 'utf8'),
)
/** Waits for the end of a session: `answer`, or the code of a failure. */
export async function outcome(page: Page): Promise<string> {
  await page.locator('#answer:visible, #failure:visible').waitFor({ timeout: 40_000 })
  return (await page.locator('#failure').isVisible())
    ? ((await page.locator('#failure').getAttribute('data-code')) ?? '')
    : 'answer'
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds wrong with a page as it stands. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    )
  })
}
