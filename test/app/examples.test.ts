import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadModelJson } from '../../compiler/cli/load.ts'
import { plaintextAnswer } from '../../compiler/cli/plaintext.ts'
import { contract } from '../../generated/heart-disease-points/client.ts'
import type { Contract } from '../../runtime/contract.ts'
import type { EmpForm, SendDetail } from '../../runtime/form/emp-form.ts'
import type { Value } from '../../runtime/grid.ts'
import { axeFindings, describeBrowser, hostFolder, launch, open, serveModel } from '../support/browser.ts'
import { buildReact, withBundle } from '../support/examples.ts'
import { run } from '../support/processes.ts'

const record: Record<string, Value> = {
  ...{ age: 63, sex: 1, cp: 4, trestbps: 145, chol: 233, fbs: 0, restecg: 2, thalach: 150, exang: 0 },
  ...{ oldpeak: 2.3, slope: 3, ca: 0, thal: null },
}
const model = 'heart-disease-points'
const truth = async () =>
  plaintextAnswer(await loadModelJson(`generated/${model}`), contract, new Map(Object.entries(record))).answer

let directory = ''
let server: Awaited<ReturnType<typeof serveModel>>
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emp-examples-'))
  server = await serveModel(resolve('generated', model), ['--no-page'])
})
afterAll(async () => {
  await server.end()
  await rm(directory, { recursive: true, force: true })
})

test('Node: the bundle answers, and says what does not fit', async () => {
  const place = join(directory, 'node')
  expect(await withBundle('node', model, place)).toMatchObject({ code: 0, stderr: '' })
  await writeFile(join(place, 'record.json'), JSON.stringify(record))
  await writeFile(join(place, 'faulty.json'), JSON.stringify({ ...record, age: 630 }))
  const predict = (file: string) => run(process.execPath, ['predict.mjs', server.url, file], place)
  expect(await predict('record.json')).toEqual({ code: 0, stdout: `${await truth()}\n`, stderr: '' })
  const faulty = await predict('faulty.json')
  expect([faulty.code, faulty.stderr]).toEqual([1, expect.stringMatching(/^out-of-range: "age"/)])
})

/** Gives the answers of the record by the keyboard, in the order of the form. */
async function answer(page: Page): Promise<void> {
  const form = page.locator('emp-form')
  for (const [i, column] of (contract as Contract).columns.entries()) {
    const value = record[column.name] ?? null
    const text = form.locator(`input#q${i}`)
    if ((await text.count()) === 1 && value !== null) {
      await text.focus()
      await page.keyboard.type(String(value))
      continue
    }
    const radios = form.locator(`input[name="q${i}"]`)
    const admitted = column.kind === 'number' ? (column.admitted ?? []) : []
    const place = value === null ? (await radios.count()) - 1 : admitted.indexOf(Number(value))
    await radios.nth(place).focus()
    await page.keyboard.press('Space')
  }
}

describeBrowser('the examples in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(async () => browser.close())

  /** Opens an example, goes through the form, and checks what it says and what the app is told. */
  async function use(folder: string, policy: string): Promise<void> {
    await writeFile(join(folder, '_headers'), headersFor(await readdir(folder, { recursive: true }), policy))
    const host = await hostFolder(folder)
    const { context, watch } = await open(browser)
    const page = await context.newPage()
    await page.goto(`${host.url}/index.html?server=${server.url}`)
    const form = page.locator('emp-form')
    await form.locator('button[type=submit]').waitFor()
    expect(await axeFindings(page)).toEqual([])
    // Nothing is filled in: it says so beside each question and in a list of all, which leads to them.
    await form.locator('button[type=submit]').click()
    expect(await form.locator('[part=error]:visible').count()).toBe(contract.columns.length)
    const focused = () => page.evaluate(() => document.querySelector('emp-form')?.shadowRoot?.activeElement?.id)
    expect(await focused()).toBe('faults')
    expect(await form.locator('[part=fault-link]').count()).toBe(contract.columns.length)
    await form.locator('[part=fault-link]').first().press('Enter')
    expect(await focused()).toBe('q0')
    expect(await form.locator('#q0').getAttribute('aria-invalid')).toBe('true')
    expect(await axeFindings(page)).toEqual([])
    await answer(page)
    // A site that takes the record over is handed it: the form sends nothing.
    const taken = await page.evaluate(() => {
      const own = document.querySelector('emp-form') as EmpForm
      const heard = new Promise<object>((done) => {
        own.addEventListener(
          'emp-send',
          (event) => {
            event.preventDefault()
            done((event as CustomEvent<SendDetail>).detail.record)
          },
          { once: true },
        )
      })
      return own.submit().then(() => heard)
    })
    expect(taken).toEqual(record)
    expect(await form.locator('[part=status]').textContent()).toBe('')
    expect(watch.requests.filter(({ method }) => method === 'POST')).toEqual([])
    await form.locator('button[type=submit]').click()
    const expected = await truth()
    await page.getByText(`The app was told: ${expected}`).waitFor({ timeout: 30_000 })
    const said = expected === '1' ? 'more than 50% narrowing' : 'no significant narrowing'
    expect(await form.locator('[part=answer]').textContent()).toContain(said)
    expect(await form.locator('[part=error]:visible').count()).toBe(0)
    expect(await axeFindings(page)).toEqual([])
    // The answer stays in another language.
    await page.evaluate(() => document.querySelector('emp-form')?.setAttribute('lang', 'fr'))
    expect(await form.locator('[part=answer]').count()).toBe(1)
    expect(await form.locator('[part=disclaimer]').textContent()).toMatch(/^Ceci est de la recherche/)
    expect(watch.complaints.filter((text) => !/favicon|404/.test(text))).toEqual([])
    // Everything that was sent to the server is one sealed record.
    const sent = watch.requests.filter(({ url, method }) => url.startsWith(server.url) && method === 'POST')
    expect(sent.length).toBe(1)
    expect(sent[0]?.body.toString('latin1')).not.toContain('trestbps')
    await context.close()
    host.close()
  }

  /** Headers of every file: what an app's policy needs, and nothing more. */
  const headersFor = (files: readonly string[], policy: string) =>
    ['', ...files, `index.html?server=${server.url}`]
      .map((file) => `/${file}\n  Content-Security-Policy: ${policy}\n`)
      .join('')

  const policy = () =>
    `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; connect-src ${server.url}`

  test('plain HTML: one file and a worker of two lines', async () => {
    const place = join(directory, 'html')
    expect(await withBundle('html', model, place, '--form')).toMatchObject({ code: 0, stderr: '' })
    // Its types are those of the runtime's form.
    const [, names = ''] = /export \{([^}]*)\}[^}]*$/.exec(await readFile(join(place, 'client.d.ts'), 'utf8')) ?? []
    const [, wanted = ''] =
      /export type \{([^}]*)\} from '.\/emp-form/.exec(await readFile('runtime/form/index.ts', 'utf8')) ?? []
    expect(names.split(/,\s*/)).toEqual(
      expect.arrayContaining(wanted.match(/\w+/g)?.map((name) => `type ${name}`) ?? ['']),
    )
    await use(place, policy())
  })

  test('Vite and React: the runtime as a package', async () => {
    const place = join(directory, 'react')
    await buildReact(model, place)
    await use(place, policy())
  })
})

test.each(['heart-disease', 'heart-disease-points'])(
  '%s: the page of an app loads at most 30 kB beside React',
  async (name) => {
    const { page, worker } = await buildReact(name, join(directory, `size-${name}`))
    expect(page).toBeLessThan(30_000)
    // The worker's part comes beside it, and holds up nothing.
    expect([worker > 5000, worker < 36_000]).toEqual([true, true])
  },
)
