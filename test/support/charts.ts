import { expect } from 'vitest'
import { calibrationSvg } from '../../compiler/report/charts/calibration-svg.ts'
import { confusionSvg } from '../../compiler/report/charts/confusion-svg.ts'
import { decisionSvg } from '../../compiler/report/charts/decision-svg.ts'
import { dependenceSvg } from '../../compiler/report/charts/dependence-svg.ts'
import { importancesSvg } from '../../compiler/report/charts/importances-svg.ts'
import { pathSvg } from '../../compiler/report/charts/path-svg.ts'
import { rocSvg } from '../../compiler/report/charts/roc-svg.ts'
import { rocsSvg } from '../../compiler/report/charts/rocs-svg.ts'
import { scatterSvg } from '../../compiler/report/charts/scatter-svg.ts'
import { textWidth } from '../../compiler/report/tree-layout.ts'
import { type Element, numberOf, parse, rectangleOf } from './svg.ts'

export const importance = (name: string, impurity: number, mean: number | null = null, deviation = 0.01) => {
  return { name, impurity, permutation: mean === null ? null : { mean, deviation } }
}
export const step = (leaves: number, score: number, deviation = 0.02, ciphertexts = leaves + 1) => {
  return { leaves, score, deviation, ciphertexts, bytes: 512 * ciphertexts + 44 }
}
const corner = [
  { fpr: 0, tpr: 0 },
  { fpr: 0.125, tpr: 0.75 },
  { fpr: 1, tpr: 1 },
]
export const band = [
  { fpr: 0, low: 0, high: 0.25 },
  { fpr: 0.5, low: 0.5, high: 1 },
  { fpr: 1, low: 1, high: 1 },
]
export const interval = [0.7951, 0.8832] as const

const marks = [
  { rows: 40, told: 0.12, seen: 0.2, low: 0.1, high: 0.34 },
  { rows: 25, told: 0.7, seen: 0.64, low: 0.45, high: 0.8 },
]
export const benefits = [
  { threshold: 0.1, model: 0.3, all: 0.29 },
  { threshold: 0.5, model: 0.2, all: -0.2 },
  { threshold: 0.9, model: 0.01, all: -4 },
]
export const shapes = (name: string) => [
  {
    title: name,
    unit: name,
    points: [
      { value: 1, label: name, mean: 0.2 },
      { value: 3.5, label: name, mean: 0.4 },
    ],
  },
  { title: name, unit: null, points: [{ value: null, label: name, mean: 0.3 }] },
]

/** Every chart, with `name` wherever a name can stand. */
export const charts: Readonly<Record<string, (name: string) => string>> = {
  importances: (name) => importancesSvg({ rows: [importance(name, 0.75, 0.1234), importance('age', 0.25, -0.01)] }),
  confusion: (name) =>
    confusionSvg({
      labels: ['well', name],
      counts: [
        [137, 27],
        [34, 105],
      ],
    }),
  roc: (name) => rocSvg({ points: corner, band, auc: 0.8413, interval, positive: name }),
  path: (name) => pathSvg({ steps: [step(60, 0.79), step(7, 0.81), step(1, 0.54)], chosen: 1, scoreName: name }),
  scatter: (name) =>
    scatterSvg({
      points: [
        { truth: 1, given: 2 },
        { truth: 3, given: 3 },
      ],
      unit: name,
    }),
  calibration: (name) => calibrationSvg({ marks, slope: 0.81, intercept: -0.02, positive: name }),
  decision: (name) => decisionSvg({ points: benefits, positive: name }),
  rocs: (name) =>
    rocsSvg({
      answers: [
        { name, rows: 40, points: corner, area: { value: 0.8, low: 0.7, high: 0.9 } },
        { name: 'other', rows: 3, points: [], area: null },
      ],
    }),
  dependence: (name) => dependenceSvg({ shapes: shapes(name), told: name }),
}
export const nothing: Readonly<Record<string, string>> = {
  importances: importancesSvg({ rows: [] }),
  confusion: confusionSvg({ labels: [], counts: [] }),
  roc: rocSvg({ points: [], band: [], auc: Number.NaN, interval: [Number.NaN, Number.NaN], positive: '' }),
  path: pathSvg({ steps: [], chosen: -1, scoreName: '' }),
  scatter: scatterSvg({ points: [], unit: null }),
  calibration: calibrationSvg({ marks: [], slope: null, intercept: null, positive: '' }),
  decision: decisionSvg({ points: [], positive: '' }),
  rocs: rocsSvg({ answers: [] }),
  dependence: dependenceSvg({ shapes: [], told: '' }),
}

/** Names that would break a document in which they are not escaped, or a picture in which they are not cut. */
export const hostile = [
  { kind: 'a very long word', bad: 'W'.repeat(1000) },
  { kind: 'many words', bad: 'several words '.repeat(90) },
  { kind: 'ends of elements', bad: ']]></style></title><script>alert(1)</script><!-- -->' },
  { kind: 'quotes and entities', bad: "\"/><image href='https://example.com'/>&nbsp;&amp;" },
  { kind: 'white space', bad: 'line\nbreak\r\n\ttab \u2028' },
  { kind: 'controls and halves of pairs', bad: '\u0000\u0007\u001b[31m\u202eevil\ud800 half \udc00\ufffe\uffff' },
  { kind: 'wide characters', bad: '年😀'.repeat(200) },
  { kind: 'nothing', bad: '' },
]

/** The corners of what an element covers; of text, as far as its width can be told without a font. */
function cornersOf(element: Element, fontSize: number): (readonly [number, number])[] {
  const { name, attributes } = element
  const at = (key: string) => numberOf(element, key)
  switch (name) {
    case 'rect': {
      const { x, y, width, height } = rectangleOf(element)
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(0)
      return attributes.class === 'paper'
        ? []
        : [
            [x, y],
            [x + width, y + height],
          ]
    }
    case 'circle':
      return [
        [at('cx') - at('r'), at('cy') - at('r')],
        [at('cx') + at('r'), at('cy') + at('r')],
      ]
    case 'path': {
      expect(attributes.d).toMatch(/^M-?[\d.]+ -?[\d.]+(L-?[\d.]+ -?[\d.]+)*Z?$/)
      return [...(attributes.d ?? '').matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
    }
    case 'text': {
      const width = textWidth(element.text, Number(attributes['font-size'] ?? fontSize))
      const share = { start: 0, middle: 0.5, end: 1 }[attributes['text-anchor'] ?? 'start'] ?? Number.NaN
      const [before, after] = [width * share, width * (1 - share)]
      const turn = /^rotate\(-90 ([\d.]+) ([\d.]+)\)$/.exec(attributes.transform ?? '')
      if (turn === null)
        return [
          [at('x') - before, at('y')],
          [at('x') + after, at('y')],
        ]
      expect([Number(turn[1]), Number(turn[2])]).toEqual([at('x'), at('y')])
      return [
        [at('x'), at('y') + before],
        [at('x'), at('y') - after],
      ]
    }
    default:
      return []
  }
}

/** Fails if anything lies outside of the picture, or nowhere. */
export function expectInside(svg: string): void {
  const [root, ...elements] = parse(svg)
  if (root === undefined) throw new Error('no root')
  const [width, height] = [numberOf(root, 'width'), numberOf(root, 'height')]
  expect(root.attributes.viewBox).toBe(`0 0 ${width} ${height}`)
  for (const element of elements) {
    for (const [x, y] of cornersOf(element, numberOf(root, 'font-size'))) {
      const where = `${element.name} ${element.text} ${JSON.stringify(element.attributes)} in ${width} x ${height}`
      if (!(x >= 0 && x <= width && y >= 0 && y <= height)) throw new Error(`(${x}, ${y}) is outside: ${where}`)
    }
  }
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
}
