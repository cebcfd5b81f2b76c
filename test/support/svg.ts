/** What tests read out of pictures. */

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly parent: Element | null
  text: string
}

/** Reads the XML that an SVG may be made of here, and nothing else: any other character in any place is an error. */
export function parse(xml: string): Element[] {
  const data = '(?:[^<&\\u0000-\\u0008\\u000b-\\u001f\\ufffe\\uffff]|&(?:amp|lt|gt|quot|#39);)'
  const attribute = `[a-zA-Z-]+="(?:(?!")${data})*"`
  const token = new RegExp(
    `<!--(?:(?!--)[^])*-->|</(?<end>[a-z][a-z0-9]*)>|<(?<start>[a-z][a-z0-9]*)(?<attributes>(?:\\s+${attribute})*)(?<empty>/?)>|(?<text>(?:(?!\\]\\]>)${data})+)`,
    'uy',
  )
  const elements: Element[] = []
  let open: Element | null = null
  while (token.lastIndex < xml.length) {
    const at: number = token.lastIndex
    const found = token.exec(xml)?.groups
    if (found === undefined) throw new Error(`not well formed: ${JSON.stringify(xml.slice(at, at + 80))}`)
    const { start, end, text } = found
    if (text !== undefined && open !== null) {
      open.text += text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? '')
    } else if (text !== undefined && text.trim() !== '') throw new Error('text outside of the root')
    if (end !== undefined) {
      if (open?.name !== end) throw new Error(`</${end}> closes <${open?.name}>`)
      open = open.parent
    }
    if (start !== undefined) {
      if (open === null && elements.length > 0) throw new Error('a second root')
      const pairs = [...(found.attributes ?? '').matchAll(/([a-zA-Z-]+)="([^"]*)"/g)].map(([, name, value]) => [
        name,
        value,
      ])
      const attributes: Record<string, string> = Object.fromEntries(pairs)
      if (Object.keys(attributes).length !== pairs.length) throw new Error(`an attribute of <${start}> is there twice`)
      const element: Element = { name: start, attributes, parent: open, text: '' }
      elements.push(element)
      if (found.empty === '') open = element
    }
  }
  if (open !== null) throw new Error(`<${open.name}> is not closed`)
  return elements
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }

export const textsOf = (svg: string, name: 'text' | 'title' | 'desc') =>
  parse(svg).flatMap((element) => (element.name === name ? [element.text] : []))

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const meet = (a: Rectangle, b: Rectangle) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

export function meeting(rectangles: readonly Rectangle[]): [Rectangle, Rectangle][] {
  return rectangles
    .flatMap((a, i) => rectangles.slice(i + 1).flatMap((b) => (meet(a, b) ? [[a, b] as const] : [])))
    .map(([a, b]) => [a, b])
}

export const numberOf = (element: Element, name: string) => Number(element.attributes[name])

export const rectangleOf = (element: Element): Rectangle => {
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => numberOf(element, name))
  return { x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0 }
}

/** Relative luminance and contrast. Source: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance. */
export function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

export function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}
