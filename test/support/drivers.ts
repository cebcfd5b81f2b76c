import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, vi } from 'vitest'
import { openSocket } from './bidi-socket.ts'
import { launch } from './browser.ts'

/** A browser with one window, as little of it as the main tests of a page need. */
export interface Driver {
  readonly version: string
  go(url: string): Promise<void>
  /** Runs the body of an async function in the page; what it returns has to be JSON. */
  run<T>(body: string): Promise<T>
  /** How wide the window's content is from now on, in CSS pixels, if the browser lets itself be told. */
  narrow(width: number): Promise<void>
  quit(): Promise<void>
}

const wrapped = (body: string) => `(async () => JSON.stringify(await (async () => {${body}})() ?? null))()`

/** Over WebDriver BiDi, which Firefox speaks itself. */
async function startFirefox(): Promise<Driver> {
  const profile = await mkdtemp(join(tmpdir(), 'emp-firefox-'))
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank']
  const child = spawn(firefoxPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, HOME: profile },
  })
  let log = ''
  child.stderr.on('data', (data) => {
    log += data
  })
  const address = await vi.waitUntil(() => /WebDriver BiDi listening on (ws:\S+)/.exec(log)?.[1], { timeout: 60_000 })
  const waiting = new Map<number, (message: { result?: unknown; error?: string; message?: string }) => void>()
  const socket = await openSocket(`${address}/session`, (text) => {
    const message = JSON.parse(text)
    waiting.get(message.id)?.(message)
  })
  let last = 0
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is as the protocol says
  const call = (method: string, params: object): Promise<any> =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, ({ result, error, message }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${error}: ${message}`)),
      )
      socket.send(JSON.stringify({ id, method, params }))
    })
  // What is sent before the browser listens in earnest gets no reply: it is asked until there is one.
  let isListening = false
  await vi.waitUntil(
    () => {
      const noted = () => {
        isListening = true
      }
      if (!isListening) call('session.status', {}).then(noted, noted)
      return isListening
    },
    { timeout: 120_000, interval: 2000 },
  )
  const { capabilities } = await call('session.new', { capabilities: {} })
  const { context } = await call('browsingContext.create', { type: 'tab' })
  return {
    version: `Firefox ${capabilities.browserVersion}`,
    async go(url) {
      await call('browsingContext.navigate', { context, url, wait: 'complete' })
    },
    async run(body) {
      const { result, exceptionDetails } = await call('script.evaluate', {
        expression: wrapped(body),
        target: { context },
        awaitPromise: true,
      })
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text)
      return JSON.parse(result.value)
    },
    async narrow(width) {
      await call('browsingContext.setViewport', { context, viewport: { width, height: 800 } })
    },
    async quit() {
      socket.close()
      await ended(child)
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Over WebDriver, by WebKitGTK's own driver, on a screen that nobody sees. */
async function startWebKit(): Promise<Driver> {
  const port = await freePort()
  const environment = {
    ...process.env,
    WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  }
  const child = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], {
    env: environment,
    detached: true,
    stdio: 'ignore',
  })
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is as the protocol says
  async function call(method: string, path: string, body?: object): Promise<any> {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const { value } = (await (await fetch(`http://127.0.0.1:${port}${path}`, init)).json()) as { value: never }
    const { error, message } = (value ?? {}) as { error?: string; message?: string }
    if (error !== undefined) throw new Error(`${path}: ${error}: ${message}`)
    return value
  }
  await vi.waitUntil(() => call('GET', '/status').catch(() => null), { timeout: 60_000, interval: 250 })
  const options = { binary: miniBrowserPath, args: ['--automation'] }
  const { sessionId, capabilities } = await call('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  })
  const session = `/session/${sessionId}`
  await call('POST', `${session}/timeouts`, { script: 90_000 })
  return {
    version: `WebKitGTK ${capabilities.browserVersion}`,
    async go(url) {
      await call('POST', `${session}/url`, { url })
    },
    async run(body) {
      const script = `const done = arguments[0]; ${wrapped(body)}.then(done, (error) => done(JSON.stringify({ thrown: String(error) })))`
      const result = JSON.parse(await call('POST', `${session}/execute/async`, { script, args: [] }))
      if (result?.thrown !== undefined) throw new Error(result.thrown)
      return result
    },
    async narrow(width) {
      await call('POST', `${session}/window/rect`, { x: 0, y: 0, width, height: 800 })
    },
    async quit() {
      await call('DELETE', session).catch(() => {})
      await ended(child, true)
    },
  }
}

/** Chromium in the same hands, so that all three are asked the same. */
async function startChromium(): Promise<Driver> {
  const browser = await launch()
  const page = await browser.newPage()
  return {
    version: `Chromium ${browser.version()}`,
    async go(url) {
      await page.goto(url)
    },
    run: async (body) => JSON.parse(await page.evaluate<string>(wrapped(body))),
    narrow: (width) => page.setViewportSize({ width, height: 800 }),
    quit: () => browser.close(),
  }
}

const firefoxPath = process.env.FIREFOX ?? '/usr/bin/firefox-esr'
const libraries = existsSync('/usr/lib') ? readdirSync('/usr/lib') : []
const miniBrowserPath =
  process.env.MINIBROWSER ??
  libraries.map((folder) => `/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`).find(existsSync) ??
  ''

const drivers = [
  {
    name: 'Chromium',
    install: 'chromium',
    isHere: existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium'),
    start: startChromium,
  },
  { name: 'Firefox', install: 'firefox-esr', isHere: existsSync(firefoxPath), start: startFirefox },
  {
    name: 'WebKit',
    install: 'webkit2gtk-driver and xvfb',
    isHere: existsSync('/usr/bin/WebKitWebDriver') && existsSync('/usr/bin/xvfb-run') && miniBrowserPath !== '',
    start: startWebKit,
  },
]

/** A group of tests in each of the three browsers: skipped, visibly, where one is not installed, and failing in CI. */
export function describeDrivers(name: string, tests: (start: () => Promise<Driver>) => void): void {
  for (const { name: browser, install, isHere, start } of drivers) {
    describe(`${name}, in ${browser}`, () => {
      if (isHere) return tests(start)
      const body = () => {
        throw new Error(`CI has to test this: install ${install}`)
      }
      if (process.env.CI === undefined) test.skip(`skipped: no ${browser} is installed here (${install})`, body)
      else test(`has the ${browser} it needs`, body)
    })
  }
}

/** Ends a process, and with `isGroup` all that it started. */
async function ended(child: ChildProcess, isGroup = false): Promise<void> {
  const { pid } = child
  if (pid === undefined || child.exitCode !== null) return
  const over = new Promise((resolve) => child.once('exit', resolve))
  if (isGroup) process.kill(-pid)
  else child.kill()
  await over
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
