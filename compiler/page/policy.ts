import type { SealingDocument } from 'emp-compile-runtime/internal/page/documents'
import { generatedBy } from '../version.ts'

/**
 * What a page may do. Everything comes from where the page comes from; it talks to that place, and to `origins`. No
 * inline script or style, no markup made by scripts, no frame, no form that a browser would send.
 */
export function contentPolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ['connect-src', "'self'", ...origins].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types emp-compile',
  ].join('; ')
}

/** The policy of the worker's own file: it computes, and reaches nothing. */
export function workerPolicy({ usesWasm }: SealingDocument): string {
  return usesWasm ? "default-src 'none'; script-src 'wasm-unsafe-eval'" : "default-src 'none'"
}

/** The policies of a page, and of its worker. */
export interface Policies {
  readonly page: string
  readonly worker: string
}

/** The headers of one file of a page. Those of the policy hold where a `meta` element says less: for frames and workers. */
export function headersOf(file: string, policies: Policies): Readonly<Record<string, string>> {
  const isWorker = /^worker\./.test(file)
  return {
    'Content-Security-Policy': isWorker ? policies.worker : `${policies.page}; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    // The names of all other files are hashes of what is in them.
    'Cache-Control': file === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable',
  }
}

/** The same in the form that static hosts read (Netlify, Cloudflare Pages and others): `_headers`. */
export function headersFile(files: readonly string[], policies: Policies): string {
  const block = (path: string, file: string) => [
    path,
    ...Object.entries(headersOf(file, policies)).map(([name, value]) => `  ${name}: ${value}`),
  ]
  const blocks = files.flatMap((file) =>
    file === 'index.html' ? [block('/', file), block('/index.html', file)] : [block(`/${file}`, file)],
  )
  return `${[`# ${generatedBy}`, ...blocks.flat()].join('\n')}\n`
}
