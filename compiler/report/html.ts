import { xmlText } from '../emit/escape.ts'
import { generatedBy } from '../version.ts'
import { type Theme, themes } from './palette.ts'
import { fonts } from './svg.ts'

/** A part of the page: a heading, and below it what there is of text, picture and table. */
export interface Section {
  readonly heading: string
  /** Paragraphs, apart by an empty line. */
  readonly text: string
  /** A document by `svgDocument`; it is not escaped. */
  readonly svg: string | null
  /** Rows of cells; the first row is the head, the first cell of every other row its name. */
  readonly table: readonly (readonly string[])[] | null
  /** The picture as a list, for windows that are too narrow for it. */
  readonly outline?: Outline
  /** Whether the list is shown in any window, as the picture is not the whole. */
  readonly isListed?: boolean
}

/** A list of lists. */
export interface Outline {
  readonly text: string
  readonly below: readonly Outline[]
}

export interface Page {
  readonly title: string
  /** Paragraphs under the title. */
  readonly lead?: readonly string[]
  /** What is to be known at first sight: names and values. */
  readonly summary: readonly (readonly [string, string])[]
  readonly sections: readonly Section[]
}

/**
 * The report as one HTML page that needs nothing else: pictures and style are in it, it runs no scripts and loads
 * nothing. Light and dark; wide pictures and tables scroll in boxes of their own; it can be printed.
 */
export function reportHtml({ title, lead = [], summary, sections }: Page): string {
  return `${[
    `<!-- ${generatedBy} -->`,
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${xmlText(title)}</title>`,
    `<style>${style()}</style>`,
    '</head>',
    '<body>',
    '<main class="emp-page">',
    `<h1>${xmlText(title)}</h1>`,
    ...lead.slice(0, 1).map(leadOf),
    ...(summary.length === 0 ? [] : ['<dl>', ...summary.map(entry), '</dl>']),
    ...lead.slice(1).map(leadOf),
    ...sections.flatMap(sectionOf),
    '</main>',
    '</body>',
    '</html>',
  ].join('\n')}\n`
}

const leadOf = (text: string) => `<p class="lead">${xmlText(text)}</p>`

/** A figure, and smaller what stands in brackets behind it: its interval. */
function entry([name, value]: readonly [string, string]): string {
  const [, figure = value, interval] = /^(.{1,20}) (\([^()]*\))$/.exec(value) ?? []
  const told = `${xmlText(figure)}${interval === undefined ? '' : ` <small>${xmlText(interval)}</small>`}`
  return `<div><dt>${xmlText(name)}</dt><dd>${told}</dd></div>`
}

/** A paragraph; names of options are never broken. */
const paragraph = (text: string) => `<p>${xmlText(text).replace(/(^| )(--[a-z][a-z-]*)/g, '$1<code>$2</code>')}</p>`

function sectionOf({ heading, text, svg, table, outline, isListed = false }: Section): string[] {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '')
  // What scrolls takes the focus, for those without a mouse.
  const scrolls = (what: string) => `tabindex="0" role="region" aria-label="${xmlText(`${heading}: ${what}`)}"`
  return [
    '<section>',
    `<h2>${xmlText(heading)}</h2>`,
    ...paragraphs.map((one) => paragraph(one.trim())),
    ...(svg === null
      ? []
      : [`<div class="${pictureClass(svg, outline)}" ${scrolls('picture')}>`, withoutHeader(svg), '</div>']),
    ...(svg === null || outline === undefined
      ? []
      : [`<div class="outline${isListed ? ' shown' : ''}">`, ...outlineOf(outline, 0), '</div>']),
    ...(table === null || table.length === 0
      ? []
      : [`<div class="wide" ${scrolls('table')}>`, ...rows(table), '</div>']),
    '</section>',
  ]
}

/** A broad picture is not scaled to a telephone: it scrolls; one that has a list beside it gives way to the list. */
function pictureClass(svg: string, outline: Outline | undefined): string {
  const width = Number(/<svg[^>]*?\swidth="([\d.]+)"/.exec(svg)?.[1] ?? 0)
  return outline !== undefined ? 'wide outlined' : width > 600 ? 'wide broad' : 'wide'
}

/** Lists within lists; below the third level they are folded. */
function outlineOf({ text, below }: Outline, depth: number): string[] {
  if (below.length === 0) return [`<p>${xmlText(text)}</p>`]
  return [
    `<details${depth < 3 ? ' open' : ''}><summary>${xmlText(text)}</summary>`,
    '<ul>',
    ...below.flatMap((one) => ['<li>', ...outlineOf(one, depth + 1), '</li>']),
    '</ul></details>',
  ]
}

function rows([head = [], ...rest]: readonly (readonly string[])[]): string[] {
  // The head of a column of numbers stands above them.
  const looks = head.map((_, i) => (i === 0 ? '' : look(rest.find((cells) => (cells[i] ?? '').length > 1)?.[i] ?? '')))
  return [
    '<table>',
    `<thead><tr>${head.map((cell, i) => `<th scope="col"${looks[i] ?? ''}>${xmlText(cell)}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...rest.map(([name = '', ...cells]) => {
      return `<tr><th scope="row">${xmlText(name)}</th>${cells.map((cell) => `<td${look(cell)}>${xmlText(cell)}</td>`).join('')}</tr>`
    }),
    '</tbody>',
    '</table>',
  ]
}

/** Numbers stand to the right; a sentence that begins with one does not. */
const look = (cell: string) =>
  cell === '-' || (cell.length < 40 && /^[-−+<>~≈]?\s?\d/.test(cell.trim())) ? ' class="number"' : ''

const withoutHeader = (svg: string) => svg.replace(/^<!--[\s\S]*?-->\s*/, '').trimEnd()

const colours = ({ paper, box, ink, muted, line, first }: Theme) =>
  `:root{--paper:${paper};--box:${box};--ink:${ink};--muted:${muted};--line:${line};--first:${first}}`

/** No rule is for elements of SVG other than the outermost, and no class is one of theirs. */
function style(): string {
  return [
    ':root{color-scheme:light dark}',
    colours(themes.light),
    `@media screen and (prefers-color-scheme:dark){${colours(themes.dark)}}`,
    `body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 ${fonts};overflow-wrap:anywhere}`,
    '.emp-page{max-width:960px;margin:0 auto;padding:24px 16px 64px}',
    'h1{font-size:1.75rem;line-height:1.2;margin:.5em 0 .8em}',
    'h2{font-size:1.25rem;line-height:1.3;margin:2em 0 .5em;padding-top:1em;border-top:1px solid var(--line)}',
    'p{margin:.6em 0;max-width:70ch}',
    'dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,220px),1fr));gap:12px;margin:0}',
    'dl>div{display:flex;flex-direction:column;background:var(--box);border:1px solid var(--line);border-radius:8px;padding:10px 14px}',
    'dt{color:var(--muted);font-size:.875rem}',
    'dd{margin:auto 0 0;padding-top:2px;font-weight:600;font-size:1.5rem;line-height:1.3}',
    'small{color:var(--muted);font-size:1rem;font-weight:400;white-space:nowrap}',
    'code{font:inherit;white-space:nowrap}',
    '.wide{overflow-x:auto;margin:1em 0}',
    '.wide:focus-visible{outline:3px solid var(--first);outline-offset:2px}',
    '.wide>svg{display:block;max-width:100%;height:auto}',
    // As wide as it is, or as the window: the page is narrower, for lines that can be read.
    '.outlined{box-sizing:border-box;width:max-content;min-width:100%;max-width:calc(100vw - 48px);margin-left:50%;transform:translateX(-50%)}',
    '.outline{display:none}.outline.shown{display:block}',
    '.outline ul{margin:0;padding-left:1.1em;list-style:none;border-left:1px solid var(--line)}.outline p{margin:.2em 0}',
    '.outline summary{cursor:pointer;padding:.2em 0}',
    '@media screen and (max-width:700px){.outlined{display:none}.outline{display:block}.wide>svg{min-width:400px}.broad>svg{min-width:600px}table{font-size:.8125rem}th,td{padding-right:8px}td:not(.number){min-width:18ch}}',
    '.lead{font-size:1.0625rem}',
    'table{border-collapse:collapse;font-size:.9375rem;overflow-wrap:normal}',
    'th,td{text-align:left;vertical-align:top;padding:6px 16px 6px 0;border-bottom:1px solid var(--line);max-width:70ch}',
    'thead th{color:var(--muted);font-weight:600}',
    'tbody th{font-weight:400;max-width:36ch}',
    'th.number,td.number{text-align:right;font-variant-numeric:tabular-nums}td.number{white-space:nowrap}',
    '@page{margin:15mm}',
    '@media print{.wide{overflow:visible}table{font-size:.75rem}td.number{white-space:normal}.outline.shown details::details-content{content-visibility:visible}.outlined{width:auto;max-width:none;margin-left:0;transform:none}.wide>svg{max-width:100%;max-height:92vh;height:auto}h2,tr,svg{break-inside:avoid}' +
      'h2,h2+p{break-after:avoid}.outline.shown details>*{display:block}dl{grid-template-columns:repeat(3,1fr)}.emp-page{padding:0;max-width:none}}',
  ].join('\n')
}
