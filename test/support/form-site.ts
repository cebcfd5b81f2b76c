import { resolve } from 'node:path'
import { bundleForBrowsers } from '../../compiler/deploy/bundle.ts'
import { contract } from '../../generated/heart-disease-label/client.ts'
import documents from '../../generated/heart-disease-label/page.json' with { type: 'json' }
import { listening } from './browser.ts'

/**
 * Somebody's site with one form, of every column of heart disease, under a policy that allows neither inline styles nor
 * markup made by scripts. What it hears of the form is in `told`.
 *
 * @param attributes of the form.
 */
export async function formSite(attributes: string): Promise<{ url: string; close(): void }> {
  const script = await bundleForBrowsers(
    `import { defineForm } from 'emp-compile-runtime/form'
    defineForm()
    const form = document.querySelector('emp-form')
    globalThis.told = []
    for (const type of ['emp-change', 'emp-faults', 'emp-send', 'emp-answer', 'emp-failure'])
      document.addEventListener(type, ({ detail }) => told.push({ type, detail }))
    form.model = { contract: ${JSON.stringify(contract)}, documents: ${JSON.stringify(documents)} }`,
    { directory: resolve('.'), legalComments: 'none' },
  )
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; require-trusted-types-for 'script'"
  const html = `<!doctype html><html lang="en"><head><title>Site</title><link rel="stylesheet" href="site.css">
    <script type="module" src="site.js"></script></head><body><main><h1>Ours</h1><emp-form ${attributes}>
    <p id="waiting">One moment</p><h2 slot="head" id="own">Ask</h2>
    <button slot="actions" type="button" id="beside">Help</button><p slot="foot" id="below">Ours, too</p></emp-form></main></body></html>`
  const files: Record<string, readonly [type: string, text: string]> = {
    '/': ['text/html', html],
    '/site.js': ['text/javascript', script],
    '/site.css': ['text/css', '.question { margin: 7px }'],
  }
  return listening((request, response) => {
    const [type, text] = files[request.url ?? ''] ?? ['text/plain', '']
    response.setHeader('content-security-policy', policy).setHeader('content-type', `${type}; charset=utf-8`).end(text)
  })
}
