import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { describe, test, vi } from 'vitest'
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
  const { child, log } = await startServer([resolve(model), '--port', '0', ...args], '.', environment)
  // With a store beside the port there is another line first.
  const url = await vi.waitUntil(() => /http:\/\/127[\d.:]+/.exec(log())?.[0], 20_000)
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
  const label = categories?.find((category) => category.value === value)?.label.en ?? String(value)
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

const schema: { fields: { name: string; categories?: { value: number; label: { en: string } }[] }[] } = JSON.parse(
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

/** What axe-core finds wrong with a page as it stands; the contrast of texts by the stricter measure, AAA. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          context: Document,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>
      }
    }
    const { violations } = await axe.run(document, { rules: { 'color-contrast-enhanced': { enabled: true } } })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    )
  })
}

/** A folder that `emp-compile page` wrote, on a static host; with the headers of its `_headers`, or with none. */
export async function hostFolder(output: string, withHeaders = true): Promise<{ url: string; close(): void }> {
  const rules = (await readFile(join(output, '_headers'), 'utf8')).split(/\n(?=\/)/).slice(1)
  const types: Record<string, string> = {
    html: 'text/html',
    js: 'text/javascript',
    css: 'text/css',
    svg: 'image/svg+xml',
  }
  return listening(async (request, response) => {
    const path = request.url ?? '/'
    const file = path === '/' ? 'index.html' : path.slice(1).replace(/\?.*$/, '')
    try {
      const body = await readFile(join(output, file))
      const [, ...lines] = rules.find((rule) => rule.startsWith(`${path}\n`))?.split('\n') ?? []
      for (const line of withHeaders ? lines : []) {
        const [, name = '', value = ''] = /^ {2}([^:]+): (.*)$/.exec(line) ?? []
        if (name !== '') response.setHeader(name, value)
      }
      response.setHeader('content-type', types[file.split('.').at(-1) ?? ''] ?? 'text/plain').end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
}

/** A server on a free port. */
export function listening(listener: RequestListener): Promise<{ url: string; close(): void }> {
  const server = createServer(listener)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() })
    })
  })
}
