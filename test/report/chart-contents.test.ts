import { describe, expect, test } from 'vitest'
import { confusionSvg } from '../../compiler/report/charts/confusion-svg.ts'
import { importancesSvg } from '../../compiler/report/charts/importances-svg.ts'
import { pathSvg } from '../../compiler/report/charts/path-svg.ts'
import { rocSvg } from '../../compiler/report/charts/roc-svg.ts'
import { scatterSvg } from '../../compiler/report/charts/scatter-svg.ts'
import { textWidth } from '../../compiler/report/tree-layout.ts'
import { band, charts, expectInside, importance, interval, nothing, step } from '../support/charts.ts'
import { numberOf, parse, rectangleOf, textsOf } from '../support/svg.ts'

describe('importances', () => {
  const bars = (svg: string, look: string) =>
    parse(svg)
      .filter(({ attributes, parent }) => attributes.class === look && parent?.name === 'g')
      .map(rectangleOf)

  test('stand in the order of impurity, as bars in proportion, with both values beside them', () => {
    const svg = importancesSvg({ rows: [importance('b', 0.2, 0.05), importance('a', 0.6, -0.025), importance('c', 0)] })
    const texts = textsOf(svg, 'text')
    expect(texts.filter((text) => /^[abc]$/.test(text))).toEqual(['a', 'b', 'c'])
    expect(texts).toEqual(
      expect.arrayContaining(['0.600', '0.200', '0', '0.050 ± 0.010', '−0.025 ± 0.010', 'not measured']),
    )
    const [a, b, c] = bars(svg, 'first')
    expect((a?.width ?? 0) / (b?.width ?? 0)).toBeCloseTo(3, 1)
    expect(c?.width).toBe(0)
    const [lost, won] = bars(svg, 'second')
    expect((won?.width ?? 0) / (lost?.width ?? 0)).toBeCloseTo(2, 1)
    expect((lost?.x ?? 0) + (lost?.width ?? 0)).toBeCloseTo(won?.x ?? 0, 0)
    expect(texts).toEqual(expect.arrayContaining(['by impurity', 'by permutation']))
  })

  test('of more than 20 columns the rest is summed up', () => {
    const rows = Array.from({ length: 23 }, (_, i) => importance(`column ${i}`, i === 2 ? 0.0625 : i === 1 ? 0.03 : i))
    const svg = importancesSvg({ rows })
    expect(bars(svg, 'first').length).toBe(20)
    expect(textsOf(svg, 'text')).toContain('Not drawn: 3 more columns, together 0.092.')
  })

  test('without permutations there is one panel', () => {
    expect(textsOf(importancesSvg({ rows: [importance('age', 1)] }), 'text')).not.toContain('by permutation')
  })
})

describe('the confusion matrix', () => {
  test('says every count and its share of the row, and shades by the share', () => {
    const svg = confusionSvg({
      labels: ['well', 'ill'],
      counts: [
        [150, 50],
        [0, 1000],
      ],
    })
    const elements = parse(svg)
    const cells = elements.flatMap(({ text: title, parent: cell }) => {
      if (!title.startsWith('True ')) return []
      return [
        [title, ...elements.filter(({ name, parent }) => name === 'text' && parent === cell).map(({ text }) => text)],
      ]
    })
    expect(cells).toEqual([
      ['True well, given well: 150 of 200 rows', '150', '75%'],
      ['True well, given ill: 50 of 200 rows', '50', '25%'],
      ['True ill, given well: 0 of 1000 rows', '0'],
      ['True ill, given ill: 1000 of 1000 rows', '1000', '100%'],
    ])
    expect(textsOf(svg, 'text')).toEqual(expect.arrayContaining(['n = 200', 'n = 1000']))
    const shades = parse(svg).flatMap(({ name, attributes }) => (name === 'rect' ? (attributes.class ?? '') : []))
    expect(shades.filter((look) => /\d/.test(look))).toEqual(['right8', 'wrong3', 'wrong0', 'right10'])
    expect(textsOf(svg, 'text')[1]).toMatch(/^1150 rows of 1200 were given the true answer: 96%\.$/)
  })

  test('a share that is neither nothing nor everything is not said to be', () => {
    const texts = textsOf(
      confusionSvg({
        labels: ['a', 'b'],
        counts: [
          [9999, 1],
          [0, 0],
        ],
      }),
      'text',
    )
    expect(texts).toEqual(expect.arrayContaining(['>99%', '<1%']))
    expect(texts.filter((text) => text === '0').length).toBe(2)
  })

  test.each([1, 2, 7, 15, 32, 40])('takes %i answers, of which it draws at most 32', (size) => {
    const labels = Array.from({ length: size }, (_, i) => `answer number ${i}`)
    const svg = confusionSvg({ labels, counts: labels.map((_, i) => labels.map((_, j) => i + 10 * j)) })
    expectInside(svg)
    const cells = parse(svg).filter(({ name, attributes }) => name === 'rect' && /\d/.test(attributes.class ?? ''))
    expect(cells.length).toBe(Math.min(32, size) ** 2)
    expect(textsOf(svg, 'text').includes('Of 40 answers only the 32 with the most rows are drawn.')).toBe(size > 32)
  })
})

describe('the ROC curve', () => {
  const pathOf = (svg: string, look: string) =>
    parse(svg).find(({ attributes }) => attributes.class === look)?.attributes.d

  test('says the AUC, its interval and the positive answer', () => {
    expect(textsOf(charts.roc?.('ill') ?? '', 'text')).toEqual(
      expect.arrayContaining(['Positive is the answer “ill”.', 'AUC 0.841, interval 0.795 to 0.883 (shaded).']),
    )
  })

  test('goes through all points in order, within a band, over the diagonal', () => {
    const points = [
      { fpr: 1, tpr: 1 },
      { fpr: 0.25, tpr: 0.75 },
      { fpr: 0.25, tpr: 0.5 },
      { fpr: 0, tpr: 0 },
    ]
    const svg = rocSvg({ points, band, auc: 0.7, interval, positive: 'ill' })
    const read = [...(pathOf(svg, 'curve') ?? '').matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ])
    const [[left = 0, bottom = 0] = [], , , [right = 0, top = 0] = []] = read
    const share = (part: number) => Number(part.toFixed(6))
    const shares = read.map(
      ([x = 0, y = 0]) => `${share((x - left) / (right - left))},${share((bottom - y) / (bottom - top))}`,
    )
    expect(shares).toEqual(['0,0', '0.25,0.5', '0.25,0.75', '1,1'])
    expect(pathOf(svg, 'dashes')).toBe(`M${left} ${bottom}L${right} ${top}`)
    expect(pathOf(svg, 'band')?.match(/[ML]/g)?.length).toBe(6)
  })

  test('an AUC that is not defined is said to be so', () => {
    expect(textsOf(nothing.roc ?? '', 'text').join(' ')).toContain('AUC not defined')
  })
})

describe('the pruning path', () => {
  test('says and marks the chosen tree, and what it and others cost', () => {
    const svg = charts.path?.('accuracy') ?? ''
    const texts = textsOf(svg, 'text')
    expect(texts.slice(1, 3).join(' ')).toMatch(
      /^Chosen: 7 leaves, accuracy 0\.810 ± 0\.020, 8 ciphertexts and 4140 bytes per prediction\./,
    )
    expect(texts).toEqual(expect.arrayContaining(['60', '7', '1', '61', '8', '2', '31.3', '4.1', '1.1']))
    const elements = parse(svg)
    const [mark, ...more] = elements.filter(({ attributes }) => attributes.class === 'mark')
    expect(more).toEqual([])
    const title = elements.find(({ name, parent }) => name === 'title' && parent === mark?.parent)
    expect(title?.text).toMatch(/^7 leaves, /)
    expect(parse(svg).filter(({ attributes, name }) => name === 'circle' && attributes.class === 'first').length).toBe(
      2,
    )
  })

  test('is drawn over the logarithm of the leaves where they range widely, else over the leaves', () => {
    const xs = (leaves: readonly number[]) =>
      parse(pathSvg({ steps: leaves.map((n) => step(n, n / 100)), chosen: 0, scoreName: 's' }))
        .filter(({ name }) => name === 'circle')
        .map((element) => numberOf(element, 'cx'))
    const ratio = ([a = 0, b = 0, c = 0]: readonly number[]) => (c - b) / (b - a)
    expect(ratio(xs([1, 10, 100]))).toBeCloseTo(1, 2)
    expect(ratio(xs([2, 4, 8]))).toBeCloseTo(2, 2)
  })

  test('labels never lie on one another, and the chosen tree has its own', () => {
    const steps = Array.from({ length: 100 }, (_, i) => step(100 - i, i / 100))
    const svg = pathSvg({ steps, chosen: 37, scoreName: 's' })
    expect(textsOf(svg, 'text')).toEqual(expect.arrayContaining(['63', '64', '32.8']))
    const row = parse(svg).filter(({ name, attributes }) => name === 'text' && attributes['text-anchor'] === 'middle')
    const lines = [...new Set(row.map((text) => numberOf(text, 'y')))]
    expect(lines.length).toBe(4)
    for (const y of lines) {
      const texts = row.filter((text) => numberOf(text, 'y') === y)
      const spans = texts
        .map((text) => [numberOf(text, 'x'), textWidth(text.text, 12) / 2] as const)
        .toSorted(([a], [b]) => a - b)
      for (const [i, [x, half]] of spans.entries()) {
        const [next, nextHalf] = spans[i + 1] ?? [Number.POSITIVE_INFINITY, 0]
        expect(x + half).toBeLessThanOrEqual(next - nextHalf)
      }
    }
  })
})

describe('the scatter plot', () => {
  const dots = (svg: string) => parse(svg).filter(({ name }) => name === 'circle')

  test('draws every row where both axes have the same scale', () => {
    const svg = scatterSvg({
      points: [
        { truth: 0, given: 0 },
        { truth: 10, given: 5 },
      ],
      unit: 'mm',
    })
    const [origin, other] = dots(svg)
    if (origin === undefined || other === undefined) throw new Error('two dots')
    const right = numberOf(other, 'cx') - numberOf(origin, 'cx')
    expect(right / (numberOf(origin, 'cy') - numberOf(other, 'cy'))).toBeCloseTo(2, 2)
    expect(textsOf(svg, 'text')).toEqual(
      expect.arrayContaining(['true value, mm', 'given value, mm', '2 rows, one dot each.']),
    )
    expect(textsOf(svg, 'text').join(' ')).toContain('differ by 2.500 mm.')
  })

  test('draws at most 2,000 rows, the least and the greatest among them, and says so', () => {
    const points = Array.from({ length: 5001 }, (_, i) => ({ truth: (i * 7) % 5001, given: 2500 }))
    const svg = scatterSvg({ points, unit: null })
    expect(dots(svg).length).toBe(2000)
    const xs = dots(svg).map((dot) => numberOf(dot, 'cx'))
    const all = dots(scatterSvg({ points: points.filter(({ truth }) => truth === 0 || truth === 5000), unit: null }))
    expect([Math.min(...xs), Math.max(...xs)]).toEqual(all.map((dot) => numberOf(dot, 'cx')).toSorted((a, b) => a - b))
    expect(textsOf(svg, 'text').join(' ')).toContain('2000 of 5001 rows, evenly chosen')
  })
})

test('what is not a finite number is not drawn, and takes nothing else with it', () => {
  const gap = Number.NaN
  const drawn = (svg: string) => parse(svg).filter(({ name }) => name === 'circle').length
  const rows = [
    { truth: gap, given: 1 },
    { truth: 1, given: gap },
    { truth: 1, given: Number.POSITIVE_INFINITY },
  ]
  expect(drawn(scatterSvg({ points: [...rows, { truth: 5, given: 5 }], unit: null }))).toBe(1)
  expect(drawn(pathSvg({ steps: [step(9, gap), step(4, 0.5), step(1, 0.4)], chosen: 1, scoreName: 's' }))).toBe(2)
  const points = [{ fpr: gap, tpr: 0.5 }, ...Array.from({ length: 3 }, (_, i) => ({ fpr: i / 2, tpr: i / 2 }))]
  expect(drawn(rocSvg({ points, band: [], auc: 0.5, interval, positive: 'ill' }))).toBe(3)
  const svg = importancesSvg({ rows: [importance('a', gap, gap), importance('b', 1, 0.5)] })
  expect(
    parse(svg).filter(({ attributes, parent }) => attributes.class === 'first' && parent?.name === 'g').length,
  ).toBe(1)
})
