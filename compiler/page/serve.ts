import { Hono } from 'hono'
import type { BuiltPage } from './build.ts'
import { headersOf } from './policy.ts'

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
}

/** The files of a page over HTTP, with their headers: `/` and what it loads. */
export function pageApp({ files, policies }: BuiltPage): Hono {
  const app = new Hono()
  for (const [file, text] of files) {
    const type = types[file.split('.').at(-1) ?? '']
    if (type === undefined) continue
    const headers = { 'content-type': type, ...headersOf(file, policies) }
    app.get(file === 'index.html' ? '/' : `/${file}`, (c) => c.body(text, 200, headers))
  }
  return app
}
