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
 * @param how `early` defines it before its tag is read; `sends` leaves the model to the test, which finds the `client` and
 *   the `documents` in `parts`.
 */
export async function formSite(
  attributes: string,
  how: 'late' | 'early' | 'sends' = 'late',
): Promise<{ url: string; close(): void }> {
  const sends = how === 'sends'
  const script = await bundleForBrowsers(
    `import { defineForm } from 'emp-compile-runtime/form'
    ${sends ? "import { client } from './generated/heart-disease-label/client.ts'" : ''}
    defineForm()
    globalThis.told = []
    for (const type of ['emp-change', 'emp-faults', 'emp-send', 'emp-answer', 'emp-failure'])
      document.addEventListener(type, ({ detail }) => told.push({ type, detail }))
    const documents = ${JSON.stringify(documents)}
    const begin = () => {
      globalThis.before = [...document.querySelectorAll('emp-form > *')].flatMap((node) => node.checkVisibility() ? [node.id] : [])
      ${sends ? 'globalThis.parts = { client, documents }' : `document.querySelector('emp-form').model = { contract: ${JSON.stringify(contract)}, documents }`}
    }
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin)
    else begin()`,
    { directory: resolve('.'), legalComments: 'none' },
  )
  const scripts = `'self'${sends ? " 'wasm-unsafe-eval'" : ''}`
  const policy = `default-src 'none'; script-src ${scripts}; style-src 'self'; img-src 'self'; require-trusted-types-for 'script'`
  const html = `<!doctype html><html lang="en"><head><title>Site</title><link rel="stylesheet" href="site.css">
    <script ${how === 'early' ? '' : 'type="module" '}src="site.js"></script></head><body><main><h1>Ours</h1><emp-form ${attributes}>
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
