/**
 * Makes the README's picture of the page, `generated/page.png`: its first screen and an answer. `npm run screenshot`; with a
 * folder, it makes pictures of everything there instead.
 */
import { writeFile } from 'node:fs/promises'
import { launchChromium, serveModel } from '../../bench/browser.ts'
import { takeAllScreens } from './all-screens.ts'

const [folder] = process.argv.slice(2)
if (folder !== undefined) {
  await takeAllScreens(folder, ['generated/heart-disease-label', 'generated/heart-disease'], console.log)
  process.exit()
}

const phone = { width: 400, height: 780 }
const gap = 24

const { url, child } = await serveModel('generated/heart-disease')
const browser = await launchChromium()
try {
  const page = await browser.newPage({ viewport: phone, deviceScaleFactor: 2, colorScheme: 'light' })
  await page.goto(url)
  await page.locator('#readiness[data-stage=ready]').waitFor()
  const first = await page.screenshot()
  await page.click('#example')
  await page.click('#submit')
  await page.locator('#answer:visible').waitFor()
  const second = await page.screenshot()

  // Both on one sheet, which the browser draws too.
  const sheet = await browser.newPage({
    viewport: { width: 2 * phone.width + 3 * gap, height: phone.height + 2 * gap },
    deviceScaleFactor: 1,
  })
  const pictures = [first, second].map((png) => {
    return `<img width="${phone.width}" height="${phone.height}" src="data:image/png;base64,${png.toString('base64')}">`
  })
  await sheet.setContent(`<style>
    body { margin: 0; padding: ${gap}px; display: flex; gap: ${gap}px; background: #e8edf3 }
    img { border-radius: 18px; box-shadow: 0 4px 18px #17202b40 }
  </style>${pictures.join('')}`)
  await writeFile('generated/page.png', await sheet.screenshot())
} finally {
  await browser.close()
  child.kill()
}
console.log('generated/page.png')
