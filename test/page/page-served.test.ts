import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildPage } from '../../compiler/page/build.ts'
import { contract } from '../../generated/heart-disease/client.ts'
import documentsJson from '../../generated/heart-disease/page.json' with { type: 'json' }
import type { FieldDocument, PageDocuments } from '../../runtime/page/documents.ts'
import { describeBrowser, hostFolder, launch, open, serveModel } from '../support/browser.ts'

const raw = (url: string, accepted: string) =>
  new Promise<{ headers: IncomingHttpHeaders; body: Buffer }>((done, fail) => {
    get(url, { headers: { 'accept-encoding': accepted } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => done({ headers: response.headers, body: Buffer.concat(parts) }))
    }).on('error', fail)
  })

test.each<[family: string, lang: string]>([
  ['', 'en'],
  ['-label', 'en,fr,de'],
  ['-linear', 'fr,de'],
  ['-boosted', 'de,fr,en'],
])(
  'heart-disease%s in %s: the page is sent compressed, and until it can be used it loads at most 60 kB by Brotli',
  async (family, lang) => {
    const server = await serveModel(`generated/heart-disease${family}`, ['--lang', lang])
    const bytes = { br: 0, gzip: 0 }
    async function load(file: string): Promise<string> {
      const [small, zipped] = [
        await raw(`${server.url}/${file}`, 'gzip, deflate, br'),
        await raw(`${server.url}/${file}`, 'gzip'),
      ]
      for (const [coding, { headers, body }] of [
        ['br', small],
        ['gzip', zipped],
      ] as const) {
        expect([headers['content-encoding'], Number(headers['content-length'])], file).toEqual([coding, body.length])
        bytes[coding] += body.length
      }
      const text = brotliDecompressSync(small.body).toString()
      expect(gunzipSync(zipped.body).toString()).toBe(text)
      return text
    }
    const html = await load('')
    const files = [...new Set(html.match(/\b(?:main|style|icon)\.[0-9a-f]{16}\.\w+/g))]
    expect(files).toHaveLength(3)
    const texts = await Promise.all(files.map(load))
    // The first that is named is for browsers with SIMD. Texts of other languages come when they are spoken.
    await load(/worker\.[0-9a-f]{16}\.js/.exec(texts.join())?.[0] ?? '')
    const others = new Set(texts.join().match(/\btexts-\w+\.[0-9a-f]{16}\.json/g))
    expect(others.size).toBe(lang.split(',').length - 1)
    expect(bytes.br).toBeGreaterThan(20_000)
    expect(bytes.br).toBeLessThanOrEqual(60_000)
    expect(bytes.gzip).toBeLessThanOrEqual(64_000)
    for (const file of others) await load(file)
    const plain = await raw(`${server.url}/`, 'identity')
    expect([plain.headers['content-encoding'], plain.body.toString()]).toEqual([undefined, html])
    await server.end()
  },
)

describeBrowser('the form of a page on a telephone', () => {
  test('has a keypad with a minus where a number may be negative', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'emp-page-minus-'))
    const field: FieldDocument = {
      ...{ name: 'excess', title: 'Base excess', description: null, unit: 'mmol/L', otherUnits: [], categories: [] },
      example: '-2.5',
    }
    const column = (name: string, minimum: number, step: number) =>
      ({ kind: 'number', name, grid: { minimum, step, size: 201 }, missing: 'never' }) as const
    const documents: PageDocuments = { ...documentsJson, columns: [field, { ...field, name: 'age', example: '7' }] }
    const { files } = await buildPage({
      directory: resolve('generated/heart-disease'),
      contract: { ...contract, columns: [column('excess', -10, 0.1), column('age', 0, 1)] },
      documents,
      connection: { kind: 'http', url: null },
      origins: [],
    })
    for (const [file, text] of files) await writeFile(join(folder, file), text)
    const host = await hostFolder(folder)
    const browser = await launch()
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(host.url)
    await page.click('#example')
    expect(await page.inputValue('#q0')).toBe('−2.5')
    expect(await page.getAttribute('#q0', 'inputmode')).toBeNull()
    expect(await page.getAttribute('#q1', 'inputmode')).toBe('numeric')
    await browser.close()
    host.close()
    await rm(folder, { recursive: true })
  })
})
