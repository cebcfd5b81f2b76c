import { xmlText } from '../emit/escape.ts'
import { generatedBy } from '../version.ts'
import { round } from './tree-layout.ts'

/** Fonts that are there already: nothing is loaded. */
export const fonts = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"

/** A picture to be written. `name` is the class of the root, under which all rules of `style` stand. */
export interface Picture {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly style: string
  readonly width: number
  readonly height: number
  readonly fontSize: number
  /** Elements, already escaped. */
  readonly content: readonly string[]
}

/** An SVG document of its own: no scripts, no references, no ids. */
export function svgDocument(picture: Picture): string {
  const { name, title, description, style, width, height, fontSize, content } = picture
  const frame = `width="${width}" height="${height}"`
  return `${[
    `<!-- ${generatedBy} -->`,
    `<svg xmlns="http://www.w3.org/2000/svg" class="${name}" role="img" ${frame} viewBox="0 0 ${width} ${height}"`,
    `  font-family="${fonts}" font-size="${fontSize}">`,
    `<title>${xmlText(title)}</title>`,
    `<desc>${xmlText(description)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="paper" ${frame}/>`,
    ...content,
    '</svg>',
  ].join('\n')}\n`
}

/** A line of text; `look` are further attributes, already escaped. */
export function words(x: number, y: number, content: string, look: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${look}>${xmlText(content)}</text>`
}
