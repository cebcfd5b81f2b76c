import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutBucketCorsCommand } from '@aws-sdk/client-s3'
import { decode } from 'cborg'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { s3Store } from '../../runtime/store/s3.ts'
import { describeBrowser, hostFolder, launch, open, outcome, serveModel } from '../support/browser.ts'
import { empCompile } from '../support/processes.ts'
import { credentials, describeS3, freshBucket, s3Client, s3Environment, s3Server } from '../support/s3/index.ts'

const model = 'generated/heart-disease'

describeBrowser('a page over tickets', () => {
  describeS3('on the S3 server', () => {
    let directory = ''
    let browser: Browser
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'emp-page-tickets-'))
      browser = await launch()
    })
    afterAll(async () => {
      await browser.close()
      await rm(directory, { recursive: true, force: true })
    })

    test('tickets that this store would betray are not handed out', async () => {
      const service = await s3Server()
      const url = `s3://${await freshBucket(service)}/a`
      const args = ['serve', model, '--store', url, '--port', '0', '--tickets', '--no-reply-key']
      const { code, stderr } = await empCompile(args, '.', s3Environment(service))
      expect(code).toBe(2)
      const said = `${url} does not hold the bearer of a ticket to what was signed: it takes the unsigned header x-amz-copy-source`
      expect(stderr.split('\n').filter((line) => line.includes(said))).toHaveLength(1)
      expect(stderr).toContain('Add --ticket-uploads relay')
    })

    test('puts its request to the server that relays, and leaves nothing there but marks; cancelled, no reply', async () => {
      const service = await s3Server()
      const bucket = await freshBucket(service)
      const args = ['--store', `s3://${bucket}/a`, '--tickets', '--no-reply-key', '--ticket-uploads', 'relay']
      const server = await serveModel(model, args, s3Environment(service))
      const output = join(directory, 'page')
      const built = await empCompile([
        'page',
        model,
        '--out',
        output,
        '--tickets',
        server.url,
        '--storage',
        service.endpoint,
      ])
      expect(built).toMatchObject({ code: 0, stderr: '' })
      const { url, close } = await hostFolder(output)
      const admin = s3Client(service)
      const methods = ['PUT', 'GET', 'DELETE']
      const rule = { AllowedOrigins: [url], AllowedMethods: methods, AllowedHeaders: ['content-type', 'if-none-match'] }
      await admin.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [rule] } }))
      admin.destroy()

      const { context, watch } = await open(browser)
      const page = await context.newPage()
      await page.goto(url)
      await page.click('#example')
      await page.click('#submit')
      expect(await outcome(page)).toBe('answer')
      expect(await page.locator('#answer-title').textContent()).toMatch(/^26 of 100 people/)
      const origins = new Set(watch.requests.map((request) => new URL(request.url).origin))
      expect(origins).toEqual(new Set([url, server.url]))
      const bodies = watch.requests.filter(({ body }) => body.length > 0)
      expect(bodies.map(({ method, url: to }) => `${method} ${new URL(to).origin}`)).toEqual([`PUT ${server.url}`])
      expect(Object.keys(decode(bodies[0]?.body ?? Buffer.alloc(0))).sort()).toEqual([
        'ciphertexts',
        'contract',
        'key',
        'version',
      ])
      expect(watch.complaints.filter((text) => text.startsWith('policy'))).toEqual([])

      // A mark says that a ticket was used; it holds nothing of the record, and is swept with the tickets' age.
      const store = s3Store(`s3://${bucket}/a`, { ...service, credentials: credentials() })
      const isEmpty = async () => {
        const keys = (await store.list('')).map(({ key }) => key)
        expect(keys.filter((key) => !key.startsWith('spent/'))).toEqual([])
      }
      await vi.waitFor(isEmpty, 20_000)

      await page.click('#change')
      await page.evaluate(() => {
        const working = document.getElementById('working')
        if (working === null) return
        new MutationObserver(() => {
          if (working.dataset.stage === 'sent') document.getElementById('cancel')?.click()
        }).observe(working, { attributes: true })
      })
      await page.click('#submit')
      await page.locator('#note', { hasText: 'Cancelled' }).waitFor()
      await vi.waitFor(isEmpty, 20_000)
      await context.close()
      close()
      await server.end()
      // What was under way when the server ended is done: nothing comes after it.
      await isEmpty()
      expect(await readFile(join(output, '_headers'), 'utf8')).toContain(
        `connect-src 'self' ${server.url} ${service.endpoint}`,
      )
    })
  })
})
