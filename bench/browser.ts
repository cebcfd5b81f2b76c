import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'

const command = fileURLToPath(new URL('../compiler/cli/main.js', import.meta.url))

/** Chromium, kept from asking its maker's hosts anything. */
export function launchChromium(): Promise<Browser> {
  const still = ['quic', 'background-networking', 'component-update', 'sync'].map((name) => `--disable-${name}`)
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...still],
  })
}

/** Serves a model with its page on a free port. */
export function serveModel(
  model: string,
  more: readonly string[] = [],
): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [command, 'serve', model, '--port', '0', ...more], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
      const [url] = /http:\/\/[\d.:]+/.exec(log) ?? []
      if (url !== undefined) resolve({ url, child })
    })
    child.once('exit', () => reject(new Error(`serve ended: ${log}`)))
  })
}
