import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calibrationSvg } from '../../compiler/report/charts/calibration-svg.ts'
import { confusionSvg } from '../../compiler/report/charts/confusion-svg.ts'
import { decisionSvg } from '../../compiler/report/charts/decision-svg.ts'
import { dependenceSvg } from '../../compiler/report/charts/dependence-svg.ts'
import { importancesSvg } from '../../compiler/report/charts/importances-svg.ts'
import { pathSvg } from '../../compiler/report/charts/path-svg.ts'
import { rocSvg } from '../../compiler/report/charts/roc-svg.ts'
import { rocsSvg } from '../../compiler/report/charts/rocs-svg.ts'
import { scatterSvg } from '../../compiler/report/charts/scatter-svg.ts'
import { themes } from '../../compiler/report/palette.ts'
import { generatedBy } from '../../compiler/version.ts'
import { charts, expectInside, hostile, nothing } from '../support/charts.ts'
import { contrast, parse, textsOf } from '../support/svg.ts'

const styleOf = (svg: string) => /<style>([^<]*)<\/style>/.exec(svg)?.[1] ?? ''

/** The fills of the classes of a chart in both modes. */
function fillsOf(svg: string): Map<string, string>[] {
  return styleOf(svg)
    .split('@media (prefers-color-scheme:dark)')
    .map(
      (rules) =>
        new Map(
          [...rules.matchAll(/\.([\w-]+)\{fill:(#[0-9a-f]{6})/g)].map(([, name = '', fill = '']) => [name, fill]),
        ),
    )
}

describe.each(Object.entries(charts))('the chart of %s', (name, draw) => {
  test('is one well-formed SVG document with a header, a name, a description, no scripts, references or ids', () => {
    const svg = draw('a name')
    const [root, ...rest] = parse(svg)
    expect(svg.startsWith(`<!-- ${generatedBy} -->\n<svg `)).toBe(true)
    expect(root?.attributes).toMatchObject({ role: 'img', class: `emp-${name}` })
    expect(rest.slice(0, 3).map((element) => [element.name, element.parent])).toEqual(
      ['title', 'desc', 'style'].map((element) => [element, root]),
    )
    expect(textsOf(svg, 'desc')[0]?.length).toBeGreaterThan(40)
    expect(svg).not.toMatch(/href|url\(|@import|\s(?:id|on[a-z]+)=/)
    expect(svg.match(/https?:/g)?.length).toBe(1)
    expectInside(svg)
  })

  test.each(hostile)('$kind as a name: breaks nothing, and is cut', ({ bad }) => {
    const svg = draw(bad)
    expect(new Set(parse(svg).map((element) => element.name))).toEqual(
      new Set(parse(draw('a name')).map((element) => element.name)),
    )
    expectInside(svg)
  })

  test('is the same bytes whenever it is drawn, and not the same for other data', () => {
    expect(draw('a name')).toBe(draw('a name'))
    expect(draw('a name')).not.toBe(draw('another'))
  })

  test('draws nothing, and says so, where there is nothing', () => {
    const svg = nothing[name] ?? ''
    expectInside(svg)
    expect(textsOf(svg, 'text').join(' ')).toMatch(/There is no|\b0 rows/)
  })

  test('has one style whatever the data, all rules of which are under its own name', () => {
    const style = styleOf(draw('a name'))
    expect(styleOf(nothing[name] ?? '')).toBe(style)
    const selectors = [...style.matchAll(/([^{}]+)\{fill/g)].map(([, selector = '']) => selector)
    expect(selectors.length).toBeGreaterThan(20)
    for (const selector of selectors) expect(selector).toMatch(new RegExp(`^\\.emp-${name} \\.[\\w-]+$`))
  })

  test('every class that is used has a rule', () => {
    const known = new Set([...styleOf(draw('a')).matchAll(/\.([\w-]+)\{/g)].map(([, rule]) => rule))
    const used = parse(draw('a'))
      .slice(1)
      .flatMap(({ attributes }) => attributes.class ?? [])
    expect(used.filter((look) => !known.has(look))).toEqual([])
    expect(used.length).toBeGreaterThan(5)
  })
})

describe('whatever the numbers', () => {
  const any = fc.oneof(
    fc.double(),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, -0, 1, 1e308, -1e308),
  )
  const name = fc.string({ unit: 'binary', maxLength: 60 })
  const permutation = fc.option(fc.record({ mean: any, deviation: any }))
  const rows = fc.array(fc.record({ name, impurity: any, permutation }), { maxLength: 25 })
  const counts = fc.integer({ min: 0, max: 12 }).chain((size) => {
    const count = fc.oneof(fc.constant(0), fc.nat(20), fc.nat(1e9))
    const line = fc.array(count, { minLength: size, maxLength: size })
    return fc.array(line, { minLength: size, maxLength: size })
  })
  const steps = fc.array(
    fc.record({
      leaves: fc.integer({ min: 1, max: 1e6 }),
      score: any,
      deviation: any,
      ciphertexts: fc.nat(),
      bytes: fc.nat(),
    }),
    { maxLength: 40 },
  )
  test.each<[string, fc.Arbitrary<string>]>([
    ['importances', rows.map((some) => importancesSvg({ rows: some }))],
    [
      'confusion',
      fc.tuple(counts, name).map(([some, label]) => confusionSvg({ labels: some.map(() => label), counts: some })),
    ],
    [
      'roc',
      fc
        .tuple(
          fc.array(fc.record({ fpr: any, tpr: any })),
          fc.array(fc.record({ fpr: any, low: any, high: any })),
          any,
          name,
        )
        .map(([points, some, auc, positive]) => rocSvg({ points, band: some, auc, interval: [auc, auc], positive })),
    ],
    [
      'path',
      fc
        .tuple(steps, fc.integer({ min: -1, max: 41 }), name)
        .map(([some, chosen, scoreName]) => pathSvg({ steps: some, chosen, scoreName })),
    ],
    [
      'calibration',
      fc
        .tuple(
          fc.array(fc.record({ rows: fc.nat(1e6), told: any, seen: any, low: any, high: any })),
          fc.option(any),
          name,
        )
        .map(([marks, slope, positive]) => calibrationSvg({ marks, slope, intercept: slope, positive })),
    ],
    [
      'decision',
      fc
        .tuple(fc.array(fc.record({ threshold: any, model: any, all: any })), name)
        .map(([points, positive]) => decisionSvg({ points, positive })),
    ],
    [
      'rocs',
      fc
        .array(
          fc.record({
            name,
            rows: fc.nat(),
            points: fc.array(fc.record({ fpr: any, tpr: any })),
            area: fc.option(fc.record({ value: any, low: fc.option(any), high: fc.option(any) })),
          }),
          { maxLength: 15 },
        )
        .map((answers) => rocsSvg({ answers })),
    ],
    [
      'dependence',
      fc
        .tuple(
          fc.array(
            fc.record({
              title: name,
              unit: fc.option(name),
              points: fc.array(fc.record({ value: fc.option(any), label: name, mean: any }), { maxLength: 20 }),
            }),
            { maxLength: 10 },
          ),
          name,
        )
        .map(([own, told]) => dependenceSvg({ shapes: own, told })),
    ],
    [
      'scatter',
      fc
        .tuple(fc.array(fc.record({ truth: any, given: any })), name)
        .map(([points, unit]) => scatterSvg({ points, unit })),
    ],
  ])('nothing of %s is outside of the picture', (_, svgs) => {
    fc.assert(fc.property(svgs, expectInside), { numRuns: 200 })
  })
})

describe('the colours', () => {
  test('text has a contrast of at least 4.5 to what it stands on, in both modes', () => {
    for (const fills of fillsOf(charts.confusion?.('a') ?? '')) {
      const shades = [...fills].filter(([name]) => name.startsWith('on-'))
      expect(shades.length).toBe(22)
      for (const [name, text] of shades) {
        expect(contrast(text, fills.get(name.slice(3)) ?? ''), name).toBeGreaterThanOrEqual(4.5)
      }
      for (const text of ['ink', 'muted']) {
        expect(contrast(fills.get(text) ?? '', fills.get('paper') ?? '')).toBeGreaterThanOrEqual(4.5)
      }
    }
  })

  test('the two series have a contrast of at least 3 to the paper, and differ in lightness', () => {
    for (const { paper, first, second } of Object.values(themes)) {
      for (const series of [first, second]) expect(contrast(series, paper)).toBeGreaterThanOrEqual(3)
      expect(contrast(first, second)).toBeGreaterThanOrEqual(1.75)
    }
  })

  test('both modes stand in the style', () => {
    for (const draw of Object.values(charts)) {
      const [light, dark] = fillsOf(draw('a'))
      expect([light?.get('paper'), dark?.get('paper')]).toEqual([themes.light.paper, themes.dark.paper])
    }
  })
})
