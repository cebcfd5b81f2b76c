/**
 * Pictures of the page in every state, width, scheme and language, on sheets that are looked through quickly, and what axe
 * finds wrong in each: `npm run screenshot -- FOLDER`.
 */
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchChromium, serveModel } from '../../bench/browser.ts'

const widths = [320, 390, 1280] as const
const schemes = ['light', 'dark'] as const
const languages = ['en', 'fr', 'de'] as const
const height = 800
/** Of a sheet. */
const column = 1600
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** How each state is reached from the one before. */
const states: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  first: (page) => page.locator('#readiness[data-stage=ready]').waitFor(),
  async form(page) {
    await page.click('#example')
    const numbers = page.locator('#questions input[type=text]')
    if ((await numbers.count()) > 0) await numbers.first().fill('x')
    await page
      .locator('input[type=radio]:checked')
      .last()
      .evaluate((radio: HTMLInputElement) => {
        radio.checked = false
      })
    await page.click('#submit')
    await page.locator('#faults:visible').waitFor()
  },
  async answer(page) {
    await page.click('#example')
    await page.click('#submit')
    await page.locator('#answer:visible').waitFor()
  },
  print: (page) => page.emulateMedia({ media: 'print' }),
}

/** What axe finds wrong, with the contrast of texts by AAA, and whether anything is wider than the window. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(context: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
      }
    }
    const { violations } = await axe.run(document, { rules: { 'color-contrast-enhanced': { enabled: true } } })
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
    const { scrollWidth } = document.documentElement
    return scrollWidth > innerWidth ? [...found, `${scrollWidth} pixels wide`] : found
  })
}

interface Picture {
  readonly name: string
  readonly png: Buffer
}

/** Pictures side by side on a sheet, which the browser draws too; a tall one is cut into columns. */
async function sheetOf(browser: Browser, width: number, pictures: readonly Picture[]): Promise<Buffer> {
  const shown = Math.min(width, 640)
  const page = await browser.newPage({ viewport: { width: 4000, height: 900 } })
  await page.setContent(`<!doctype html><style>
    body { margin: 0; padding: 12px; display: flex; gap: 12px; background: #88909a; font: 14px sans-serif; width: max-content }
    div { width: ${shown}px; height: ${column}px; background-size: ${shown}px auto; background-repeat: no-repeat }
  </style>`)
  for (const { name, png } of pictures) {
    await page.evaluate(
      async ({ name, source, shown, column }) => {
        const image = new Image()
        image.src = source
        await image.decode()
        const tall = (image.naturalHeight * shown) / image.naturalWidth
        for (let top = 0; top < tall; top += column) {
          const part = document.createElement('div')
          part.style.backgroundImage = `url(${source})`
          part.style.backgroundPositionY = `${-top}px`
          const figure = document.createElement('section')
          figure.append(top === 0 ? name : '\u2026', part)
          document.body.append(figure)
        }
      },
      { name, source: `data:image/png;base64,${png.toString('base64')}`, shown, column },
    )
  }
  const { width: wide = 0, height: tall = 0 } = (await page.locator('body').boundingBox()) ?? {}
  await page.setViewportSize({ width: Math.ceil(wide), height: Math.ceil(tall) })
  const sheet = await page.screenshot()
  await page.close()
  return sheet
}

/** @param models whose pages are taken; @param log takes a line for each combination. */
export async function takeAllScreens(
  folder: string,
  models: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const browser = await launchChromium()
  let wrong = 0
  try {
    for (const model of models) {
      const { url, child } = await serveModel(model, ['--lang', languages.join()])
      for (const lang of languages) {
        for (const scheme of schemes) {
          for (const width of widths) {
            const context = await browser.newContext({
              ...{ locale: lang, colorScheme: scheme, viewport: { width, height }, reducedMotion: 'reduce' },
            })
            const page = await context.newPage()
            await page.goto(url)
            await page.locator(`html[lang=${lang}]`).waitFor()
            const pictures: Picture[] = []
            for (const [state, reach] of Object.entries(states)) {
              await reach(page)
              const faults = await faultsOf(page)
              wrong += faults.length
              log([model, lang, scheme, width, state, faults.length, ...faults].join(' '))
              const png = await page.screenshot({ fullPage: state !== 'first' })
              pictures.push({ name: `${lang} ${scheme} ${width} ${state}`, png })
            }
            const name = [model.split('/').at(-1), lang, scheme, width].join('-')
            await writeFile(join(folder, `${name}.png`), await sheetOf(browser, width, pictures))
            await context.close()
          }
        }
      }
      child.kill()
    }
  } finally {
    await browser.close()
  }
  if (wrong > 0) throw new Error(`${wrong} faults: see above`)
}
