import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { reportHtml } from '../../compiler/report/html.ts'
import { generatedBy } from '../../compiler/version.ts'
import { charts, hostile } from '../support/charts.ts'
import { parse } from '../support/svg.ts'

describe('the page', () => {
  const tree = readFileSync('generated/heart-disease/report/tree.svg', 'utf8')
  const sections = [...Object.values(charts).map((draw) => draw('a name')), tree].map((svg, i) => {
    return {
      heading: `Part ${i}`,
      text: 'One.\n\nTwo.',
      svg,
      table: [
        ['name', 'n'],
        ['row', '12'],
      ],
    }
  })
  const page = (bad: string) =>
    reportHtml({
      title: bad,
      summary: [[bad, bad]],
      sections: [...sections, { heading: bad, text: bad, svg: null, table: [[bad], [bad, bad]] }],
    })
  /** As XML: elements that HTML leaves open are closed. */
  const read = (html: string) => parse(html.replace('<!doctype html>', '').replace(/<meta [^>]*(?=>)/g, '$&/'))

  test('is one document with headings in order, every picture, every table', () => {
    const html = page('Heart disease')
    const elements = read(html)
    expect(html.startsWith(`<!-- ${generatedBy} -->\n<!doctype html>\n<html lang="en">`)).toBe(true)
    expect(elements.filter(({ name }) => /^h\d$/.test(name)).map(({ name }) => name)).toEqual([
      'h1',
      ...Array(sections.length + 1).fill('h2'),
    ])
    expect(elements.filter(({ name }) => name === 'svg').length).toBe(sections.length)
    expect(elements.filter(({ name }) => name === 'table').length).toBe(sections.length + 1)
    expect(elements.filter(({ name, text }) => name === 'p' && /^(One|Two)\.$/.test(text)).length).toBe(
      2 * sections.length,
    )
    expect(elements.filter(({ name }) => name === 'dd').map(({ text }) => text)).toEqual(['Heart disease'])
    for (const { svg } of sections) expect(html).toContain(svg.slice(svg.indexOf('<svg')).trimEnd())
    expect(html.match(/<!--/g)?.length).toBe(1)
  })

  test('allows no scripts and loads nothing', () => {
    const html = page('Heart disease')
    expect(html).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    )
    expect(html).not.toMatch(/<script|<link|href=|src=|url\(|@import|\son[a-z]+=|\sid=/)
  })

  test.each(hostile)('$kind: breaks nothing', ({ bad }) => {
    const count = (html: string) =>
      read(html)
        .map(({ name }) => name)
        .filter((name) => name !== 'p')
    expect(count(page(bad))).toEqual(count(page('Heart disease')))
  })

  test('no two pictures, and not the page either, share a class that has rules', () => {
    const names = sections.map(({ svg }) => parse(svg)[0]?.attributes.class)
    expect(new Set(names).size).toBe(sections.length)
    const styles = read(page('a'))
      .filter(({ name }) => name === 'style')
      .map(({ text }) => text)
    expect(styles.length).toBe(sections.length + 1)
    const [own = '', ...theirs] = styles
    for (const [i, style] of theirs.entries()) {
      for (const [selector] of style.matchAll(/[^{}]+(?=\{fill)/g))
        expect(selector.startsWith(`.${names[i]} .`)).toBe(true)
    }
    const ownClasses = [...own.replace(/\{[^{}]*\}/g, '{}').matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name)
    const drawn = new Set(sections.flatMap(({ svg }) => parse(svg).flatMap(({ attributes }) => attributes.class ?? [])))
    expect(ownClasses).toContain('wide')
    expect(ownClasses.filter((name) => drawn.has(name ?? ''))).toEqual([])
    expect(own).not.toMatch(/[},](?:\*|text|rect|path|circle|g)\b/)
  })
})
