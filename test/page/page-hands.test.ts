import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askedOf, groupsOf } from '../../runtime/page/shown.ts'
import { describeBrowser, hostFolder, launch, open, outcome, serveModel } from '../support/browser.ts'
import { empCompile } from '../support/processes.ts'

const published = 'generated/heart-disease'

/** Presses the pointer twice at the middle of a control, as fast as hands do. */
async function doubleClick(page: Page, id: string, gap: number): Promise<void> {
  await page.locator(`#${id}`).scrollIntoViewIfNeeded()
  const box = await page.locator(`#${id}`).boundingBox()
  if (box === null) throw new Error(`no #${id}`)
  await page.mouse.move(box.x + Math.min(40, box.width / 2), box.y + 10)
  for (const wait of [gap, 0]) {
    await page.mouse.down()
    await page.mouse.up()
    await page.waitForTimeout(wait)
  }
}

const view = (page: Page) => page.evaluate(() => document.documentElement.dataset.view)

describeBrowser('a page in unsure hands', () => {
  let browser: Browser
  let home: Awaited<ReturnType<typeof serveModel>>
  let folder = ''
  beforeAll(async () => {
    browser = await launch()
    home = await serveModel(published)
    folder = await mkdtemp(join(tmpdir(), 'emp-page-hands-'))
  })
  afterAll(async () => {
    await browser.close()
    await home.end()
    await rm(folder, { recursive: true, force: true })
  })

  test.each([
    [1280, 720, 60],
    [1280, 720, 400],
    [390, 844, 120],
    [320, 568, 800],
  ])('a double click never cancels, at %i x %i with %i ms between', async (width, height, gap) => {
    const { context } = await open(browser, { viewport: { width, height } })
    const page = await context.newPage()
    await page.goto(home.url)
    await page.locator('#readiness[data-stage=ready]').waitFor()
    await page.click('#example')
    // A reply that takes as long as the second click.
    await page.route('**/evaluate', async (route) => {
      await new Promise((go) => setTimeout(go, 2 * gap))
      await route.continue()
    })
    await doubleClick(page, 'submit', gap)
    expect(await outcome(page)).toBe('answer')
    expect(await page.textContent('#note')).toBe('')
    await context.close()
  })

  test('a pointer removes nothing in the first second of an answer, nor does a double click; a keyboard does', async () => {
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(home.url)
    await page.click('#example')
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    expect(await page.locator('#remove').getAttribute('class')).toBe('second')
    await page.evaluate(() => {
      const click = (detail: number) =>
        document.getElementById('remove')?.dispatchEvent(new MouseEvent('click', { detail, bubbles: true }))
      click(2)
    })
    expect(await view(page)).toBe('answer')
    await page.waitForTimeout(1100)
    await page.focus('#remove')
    await page.keyboard.press('Enter')
    expect(await view(page)).toBe('ask')
    expect(await page.locator('#answered div').count()).toBe(0)
    // What was removed is not behind Forward either.
    await page.waitForTimeout(200)
    await page.goForward().catch(() => null)
    await page.waitForTimeout(200)
    expect(await view(page)).toBe('ask')
    await context.close()
  })

  test('Back goes from the answer to the form with its answers, Forward to the answer, and Back again away', async () => {
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto('data:text/html,elsewhere')
    await page.goto(home.url)
    const entries = () => page.evaluate(() => history.length)
    const before = await entries()
    for (let round = 0; round < 3; round++) {
      await page.click('#example')
      await page.click('#submit')
      expect(await outcome(page)).toBe('answer')
      await page.goBack()
      expect(await view(page)).toBe('ask')
      expect(await page.locator('input:checked').count()).toBe(3)
      await page.goForward()
      expect(await view(page)).toBe('answer')
      await page.click('#change')
      await page.locator('#ask:visible').waitFor()
    }
    expect(await entries()).toBe(before + 1)
    await page.locator('#readiness[data-stage=ready]').waitFor()
    await page.goBack()
    expect(page.url()).toContain('elsewhere')
    await context.close()
  })

  test('Back while it works ends the session, and keeps the answers', async () => {
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(home.url)
    await page.route('**/evaluate', () => {})
    await page.click('#example')
    await page.click('#submit')
    await page.locator('#working[data-stage=sent]').waitFor()
    await page.goBack()
    await page.locator('#note', { hasText: 'Cancelled' }).waitFor()
    expect(page.url()).toContain(home.url)
    expect(await page.locator('input:checked').count()).toBe(3)
    await context.close()
  })

  test('asks before answers are lost that were not sent, and not otherwise', async () => {
    const { context } = await open(browser)
    const page = await context.newPage()
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.accept()
    })
    await page.goto(home.url)
    await page.click('#example')
    await page.reload()
    expect(asked).toEqual([])
    await page.check('#q0-1')
    await page.reload()
    expect(asked).toEqual(['beforeunload'])
    for (const i of [0, 1, 2]) await page.check(`#q${i}-1`)
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    await page.reload()
    expect(asked).toEqual(['beforeunload'])
    await context.close()
  })

  test('says beside the answer what was answered, of which model, when, by whom; on paper too', async () => {
    const output = join(folder, 'run')
    const args = ['page', published, '--out', output, '--server', home.url, '--operator', 'Clinic of <Somewhere>']
    expect(await empCompile(args)).toMatchObject({ code: 0, stderr: '' })
    const { url, close } = await hostFolder(output)
    const { context } = await open(browser)
    const page = await context.newPage()
    await page.goto(url)
    expect(await page.locator('footer').textContent()).toContain('Run by Clinic of <Somewhere>.')
    await page.click('#example')
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    for (const media of ['screen', 'print'] as const) {
      await page.emulateMedia({ media })
      // biome-ignore lint/performance/useDomNodeTextContent: what is seen and printed is meant, without what is hidden
      const text = await page.locator('#answer').innerText()
      expect(text).toMatch(/^Heart disease$/m)
      expect(text).toMatch(/Chest pain\s+Non-anginal pain/)
      expect(text).toContain(`by Clinic of <Somewhere> (${new URL(home.url).host})`)
      expect(text).toContain(String(new Date().getFullYear()))
      expect(text).toMatch(/Of 100 people that the model had not seen, its answer was right for \d\d/)
      expect(await page.locator('#answered button').first().isVisible()).toBe(media === 'screen')
      expect(await page.locator('.printed').isVisible()).toBe(media === 'print')
    }
    expect(await page.textContent('#exchange')).toContain(`POST ${new URL(home.url).host}, 2,763 bytes`)
    await page.emulateMedia({ media: 'screen' })
    await page.locator('#answered button').nth(1).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('q1-0')
    await page.check('#q1-3')
    await page.click('#submit')
    expect(await outcome(page)).toBe('answer')
    expect(await page.locator('#answered').textContent()).toContain('3 vessels')
    await context.close()
    close()
  })

  test('names what an old browser lacks, and says that its script did not start', async () => {
    const { context } = await open(browser)
    await context.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'Worker')
    })
    const page = await context.newPage()
    await page.goto(home.url)
    expect(await outcome(page)).toBe('old-browser')
    expect(await page.textContent('#failure-advice')).toMatch(/newer browser.*Missing here: Worker\./s)
    await context.close()
    const { context: other } = await open(browser)
    const without = await other.newPage()
    await without.route('**/main.*.js', (route) => route.abort())
    await without.goto(home.url)
    await without.waitForFunction(() => {
      const line = document.getElementById('not-started')
      return line !== null && getComputedStyle(line).visibility === 'visible'
    })
    expect(await without.locator('#submit').isDisabled()).toBe(true)
    await other.close()
  })
})

describe('groups of answers', () => {
  test.each([2, 3, 5, 6, 10, 32])('have a mark of their own each, and nobody is lost, of %i answers', (size) => {
    const labels = Array.from({ length: size }, (_, i) => `answer ${i}`)
    for (const counts of [
      labels.map((_, i) => i + 1),
      labels.map((_, i) => (i < 2 ? 9 - i : 0)),
      labels.map((_, i) => (i === size - 1 ? 400 : 1)),
    ]) {
      const given = labels[counts.indexOf(Math.max(...counts))] ?? ''
      const groups = groupsOf(labels, counts, askedOf(labels, given), counts)
      expect(groups.map(({ tone }) => tone)).toEqual(groups.map((_, i) => i))
      expect(groups.length).toBeLessThanOrEqual(7)
      expect(groups.reduce((sum, { share }) => sum + share, 0)).toBe(100)
      expect(groups.reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(counts.reduce((a, b) => a + b, 0))
      expect(
        groups
          .map(({ label }) => label)
          .join(', ')
          .split(', ')
          .sort(),
      ).toEqual([...labels].sort())
    }
  })
})
