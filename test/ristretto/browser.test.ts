import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../runtime/ristretto/group.ts'
import { loadGroup } from '../../runtime/ristretto/load.ts'
import { describeBrowser, launch, listening, open } from '../support/browser.ts'
import { toHex } from './oracle.ts'

/** The group for browsers, without libsodium. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['runtime/ristretto/load.ts'],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external: ['libsodium-wrappers-sumo'],
  })
  return outputFiles[0]?.text ?? ''
}

test('a bundle of both kernels and no libsodium is small', async () => {
  expect(gzipSync(await bundle()).length).toBeLessThan(25_000)
})

test('what a page loads of a client of label, where the kernel with SIMD runs, is at most 35 kB', async () => {
  const { outputFiles } = await build({
    entryPoints: ['generated/heart-disease-label/client.ts'],
    bundle: true,
    minify: true,
    splitting: true,
    write: false,
    outdir: '/',
    format: 'esm',
    platform: 'browser',
    conditions: ['emp-compile-source'],
  })
  const sizes = outputFiles.map(({ path, contents }) => ({ path, bytes: gzipSync(contents).length }))
  const fallbacks = sizes.filter(({ path }) => /^\/(wasm-scalar|sodium|libsodium-wrappers)-/.test(path))
  expect(fallbacks).toHaveLength(3)
  const loaded = sizes.filter((one) => !fallbacks.includes(one)).reduce((sum, { bytes }) => sum + bytes, 0)
  expect(loaded).toBeGreaterThan(25_000)
  expect(loaded).toBeLessThanOrEqual(35_000)
})

const uniform = Uint8Array.from({ length: 7 * 64 }, (_, i) => (i * 89 + 5) & 255)

describeBrowser('a browser', () => {
  let browser: Awaited<ReturnType<typeof launch>>
  let site: Awaited<ReturnType<typeof listening>>
  beforeAll(async () => {
    const script = await bundle()
    browser = await launch()
    site = await listening(({ url }, response) => {
      response.setHeader('content-security-policy', "default-src 'self' 'wasm-unsafe-eval'")
      response.setHeader('content-type', url === '/load.js' ? 'text/javascript' : 'text/html')
      response.end(url === '/load.js' ? script : '<!doctype html><title>group</title>')
    })
  })
  afterAll(async () => {
    site.close()
    await browser.close()
  })

  test('computes with both kernels what Node does, and takes SIMD', async () => {
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(site.url)
    // As text: what runs in the page is no module of the test.
    const found = (await page.evaluate(`(async () => {
      const { loadGroup } = await import('/load.js')
      const bytes = Uint8Array.from(${JSON.stringify([...uniform])})
      return Promise.all([undefined, 'simd', 'scalar'].map(async (wanted) => {
        const { engine, scalars, borrow } = await loadGroup(wanted)
        return borrow((space) => {
          const points = space.multiply(space.hash(bytes), scalars.reduce(bytes))
          return { engine, encodings: [...space.encodeDoubled(points)] }
        })
      }))
    })()`)) as { engine: Engine; encodings: number[] }[]
    const { scalars, borrow } = await loadGroup('sodium')
    const expected = borrow((space) => {
      const points = space.multiply(space.hash(uniform), scalars.reduce(uniform))
      return toHex(space.encodeDoubled(points))
    })
    expect(found.map(({ engine }) => engine)).toEqual(['simd', 'simd', 'scalar'])
    expect(found.map(({ encodings }) => toHex(Uint8Array.from(encodings)))).toEqual([expected, expected, expected])
    await context.close()
  })
})
