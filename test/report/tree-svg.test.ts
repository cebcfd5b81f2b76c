import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { undocumented } from '../../compiler/1-read/schema.ts'
import { classColour, themes } from '../../compiler/report/palette.ts'
import { foldedIn } from '../../compiler/report/tree-fold.ts'
import { elbow, layoutTree, shorten, textWidth, wrapLines } from '../../compiler/report/tree-layout.ts'
import { treeSvg } from '../../compiler/report/tree-svg.ts'
import type { ColumnDocument, TableColumn, Target } from '../../compiler/table.ts'
import { depthOf, type Leaf, leavesOf, type Node, splitsOf, type Tree } from '../../compiler/tree.ts'
import { generatedBy } from '../../compiler/version.ts'
import type { Column, Feature, NumberColumn, TextColumn } from '../../runtime/contract.ts'
import { contrast, type Element, luminance, meeting, numberOf, parse, rectangleOf, textsOf } from '../support/svg.ts'
import { classLeaf } from '../support/trees.ts'

const number = (name: string, size: number, missing: NumberColumn['missing'] = 'never'): NumberColumn => {
  return { kind: 'number', name, grid: { minimum: 0, step: 1, size }, missing }
}

/** A tree on one column, and its picture. */
function picture(
  root: Node,
  column: Column,
  document: Partial<ColumnDocument> = {},
  answers: readonly string[] | null = ['ill', 'well'],
  target: Partial<ColumnDocument> = {},
): string {
  const level = column.kind === 'text' ? { level: column.levels[0] ?? '' } : {}
  const features: Feature[] = [{ column: column.name, ...level }]
  const tree: Tree = { family: 'tree', missingValues: [''], columns: [column], features, answers, root }
  return draw(tree, [{ column, document: { ...undocumented, ...document } }], target)
}

function draw(tree: Tree, columns: readonly TableColumn[], document: Partial<ColumnDocument> = {}): string {
  const common = { name: 'outcome', document: { ...undocumented, ...document } }
  const target: Target =
    tree.answers === null
      ? { ...common, kind: 'number', grid: { minimum: 0, step: 1, size: 400 }, cells: new Int32Array() }
      : { ...common, kind: 'classes', answers: tree.answers, classes: new Int32Array() }
  return treeSvg(tree, columns, target)
}

const leaf = (answer: number, ...counts: number[]): Leaf => ({ kind: 'leaf', answer, counts })
const split = (cut: number, left: Node = leaf(0, 7, 2), right: Node = leaf(1, 1, 5)): Node => {
  return { kind: 'split', feature: 0, cut, left, right }
}

/** A tree that leans to one side: its depth is its number of splits. */
const chain = (depth: number): Node => (depth === 0 ? leaf(0, 1, 0) : split(3, leaf(1, 0, 1), chain(depth - 1)))

/** Trees of depth 0 to 8, and leaning ones to depth 100. */
const roots: fc.Arbitrary<Node> = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map(chain),
  fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 8, depthSize: 'max' },
      fc.tuple(fc.nat(1), fc.nat(999), fc.nat(99_999)).map(([answer, ...counts]) => leaf(answer, ...counts)),
      fc.tuple(fc.nat(8), tie('node'), tie('node')).map((parts) => split(...parts)),
    ),
  })).node,
)

describe('the layout', () => {
  const sizes = fc.record({ width: fc.integer({ min: 1, max: 400 }), height: fc.integer({ min: 1, max: 400 }) })

  test('keeps all boxes apart and inside, whatever their sizes', () => {
    fc.assert(
      fc.property(roots, fc.array(sizes, { minLength: 1, maxLength: 40 }), (root, someSizes) => {
        let calls = 0
        const { boxes, width, height } = layoutTree(root, () => {
          const size = someSizes[calls++ % someSizes.length]
          return size ?? { width: 1, height: 1 }
        })
        expect(boxes.length).toBe(2 * leavesOf(root).length - 1)
        expect(calls).toBe(boxes.length)
        expect(meeting(boxes)).toEqual([])
        for (const box of boxes) {
          expect(Object.values(box).every((value) => typeof value !== 'number' || Number.isFinite(value))).toBe(true)
          expect(box.x).toBeGreaterThanOrEqual(0)
          expect(box.y).toBeGreaterThanOrEqual(-1e-6)
          expect(box.x + box.width).toBeLessThanOrEqual(width + 1e-6)
          expect(box.y + box.height).toBeLessThanOrEqual(height + 1e-6)
        }
      }),
    )
  })

  test('puts "yes" above "no", both to the right of their parent and it half-way between', () => {
    fc.assert(
      fc.property(roots, (root) => {
        const { boxes } = layoutTree(root, () => ({ width: 200, height: 80 }))
        const middle = (i: number) => (boxes[i]?.y ?? Number.NaN) + 40
        for (const [i, { x, next }] of boxes.entries()) {
          if (next === null) continue
          expect(middle(next.yes)).toBeLessThan(middle(next.no))
          expect(middle(i)).toBeCloseTo((middle(next.yes) + middle(next.no)) / 2, 6)
          expect(boxes[next.yes]?.x).toBeGreaterThan(x + 200)
          expect(boxes[next.no]?.x).toBe(boxes[next.yes]?.x)
        }
        expect(boxes.filter(({ next }) => next !== null).length).toBe(splitsOf(root).length)
        expect(new Set(boxes.map(({ x }) => x)).size).toBe(depthOf(root) + 1)
      }),
    )
  })

  test('joins boxes from the right side of one to the left side of the other', () => {
    const box = { card: null, width: 100, height: 40, next: null }
    expect(elbow({ ...box, x: 0, y: 0 }, { ...box, x: 164, y: 100 })).toBe(
      'M100 20H112Q120 20 120 28V112Q120 120 128 120H164',
    )
    expect(elbow({ ...box, x: 0, y: 100 }, { ...box, x: 164, y: 0 })).toBe(
      'M100 120H112Q120 120 120 112V28Q120 20 128 20H164',
    )
  })

  test.each([
    { given: 'short', want: ['short'] },
    { given: '  a \n b\t', want: ['a b'] },
    { given: 'twelve chars and more', want: ['twelve chars', 'and more'] },
    { given: 'abcdefghijklmnopqrstuvwxyz', want: ['abcdefghijkl', 'mnopqrstuvw…'] },
    { given: 'one two three four five six seven', want: ['one two', 'three four…'] },
    { given: '😀'.repeat(30), want: ['😀'.repeat(12), `${'😀'.repeat(11)}…`] },
    { given: '', want: [''] },
  ])('wraps $given', ({ given, want }) => {
    expect(wrapLines(given, 12, 2)).toEqual(want)
  })

  test('no character is taken to be narrower than in DejaVu Sans, a wide font', () => {
    const advances = { W: 0.989, M: 0.863, m: 0.974, w: 0.818, '@': 1, '%': 0.95, O: 0.787, '≤': 0.838, '…': 1 }
    const narrow = { n: 0.634, o: 0.612, 0: 0.636, '-': 0.361, '“': 0.518, i: 0.278, ' ': 0.318, '(': 0.39, é: 0.615 }
    for (const [character, advance] of Object.entries({ ...advances, ...narrow })) {
      expect(textWidth(character, 10), character).toBeGreaterThanOrEqual(10 * advance)
      expect(textWidth(character, 10), character).toBeLessThanOrEqual(18 * advance)
    }
    expect(textWidth('nn', 10)).toBeCloseTo(2 * textWidth('n', 10), 9)
    expect(textWidth('年', 10)).toBeGreaterThanOrEqual(10)
  })

  test('lines are never longer than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (text, most) => {
        const lines = wrapLines(text, most, 3)
        expect(lines.length).toBeLessThanOrEqual(3)
        for (const line of [...lines, shorten(text, most)]) expect([...line].length).toBeLessThanOrEqual(most)
      }),
    )
  })
})

describe('the picture', () => {
  test('is one well-formed SVG document with a header, a name, a description, and no scripts or references', () => {
    const svg = picture(split(3), number('age', 9), { title: 'Age', unit: 'years' })
    const [root, ...rest] = parse(svg)
    expect(svg.startsWith(`<!-- ${generatedBy} -->\n<svg `)).toBe(true)
    expect(root?.attributes).toMatchObject({ xmlns: 'http://www.w3.org/2000/svg', role: 'img' })
    expect(rest.slice(0, 3).map(({ name, parent }) => [name, parent])).toEqual([
      ['title', root],
      ['desc', root],
      ['style', root],
    ])
    expect(new Set(rest.map(({ name }) => name))).toEqual(
      new Set(['title', 'desc', 'style', 'rect', 'text', 'g', 'path']),
    )
    expect(svg).not.toMatch(/href|url\(|@import|\son[a-z]+=/)
    expect(svg.match(/https?:/g)?.length).toBe(1)
    expect(textsOf(svg, 'title')[0]).toBe('Decision tree: outcome')
    expect(textsOf(svg, 'desc')).toEqual([
      '15 training rows, 1 split, 2 leaves. 1. Age ≤ 3.5 years (n = 15; ill: 8, well: 7). If yes go to 2, if no to 3. ' +
        '2. Answer: ill (n = 9; ill: 7, well: 2). 3. Answer: well (n = 6; ill: 1, well: 5).',
    ])
  })

  test('keeps all boxes apart and inside, and all coordinates finite with at most one decimal', () => {
    fc.assert(
      fc.property(roots, fc.string({ maxLength: 60 }), fc.string({ maxLength: 90 }), (root, title, label) => {
        const svg = picture(root, number('age', 9, 'below'), { title, unit: title }, ['0', '1'], {
          categories: new Map([['0', label]]),
        })
        const [frame, ...elements] = parse(svg)
        if (frame === undefined) throw new Error('no root')
        const boxes = elements.filter(({ attributes }) => attributes.class === 'box').map(rectangleOf)
        expect(boxes.length).toBe(2 * leavesOf(root).length - 1)
        expect(meeting(boxes)).toEqual([])
        for (const { x, y, width, height } of boxes) {
          expect(x).toBeGreaterThan(0)
          expect(y).toBeGreaterThan(0)
          expect(x + width).toBeLessThan(numberOf(frame, 'width'))
          expect(y + height).toBeLessThan(numberOf(frame, 'height'))
        }
        for (const { attributes } of elements) {
          for (const name of ['x', 'y', 'width', 'height', 'stroke-width']) {
            expect(attributes[name] ?? '0').toMatch(/^\d+(\.\d)?$/)
          }
          expect(attributes.d ?? '').toMatch(/^([MHVQqhvz]|-?\d+(\.\d)?| )*$/)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('keeps text inside its box, as far as widths can be told without a font', () => {
    const svg = picture(split(3, leaf(0, 123456, 234567), leaf(1, 0, 0)), number('WWW', 9, 'above'), {
      title: 'W'.repeat(40),
      unit: 'MMOL/L',
    })
    const elements = parse(svg)
    const inBoxes = elements.filter(({ name, parent }) => name === 'text' && parent?.name === 'g')
    const boxOf = new Map(
      elements.flatMap((box) => (box.attributes.class === 'box' ? [[box.parent, box] as const] : [])),
    )
    let checked = 0
    for (const text of inBoxes) {
      const box = boxOf.get(text.parent)
      if (box === undefined) continue
      const { x, width } = rectangleOf(box)
      expect(numberOf(text, 'x')).toBeGreaterThanOrEqual(x)
      expect(numberOf(text, 'x') + textWidth(text.text, 13)).toBeLessThanOrEqual(x + width)
      checked += 1
    }
    expect(checked).toBeGreaterThanOrEqual(10)
  })

  test("shows every leaf's answer, number of rows, and counts", () => {
    fc.assert(
      fc.property(roots, (root) => {
        const svg = picture(root, number('age', 9), {}, ['ill', 'well'], { categories: new Map([['ill', 'not well']]) })
        const elements = parse(svg)
        const answerBoxes = elements.filter(({ name, text }) => name === 'title' && text.startsWith('Answer: '))
        const linesOf = new Map(answerBoxes.map(({ parent }): [Element | null, string[]] => [parent, []]))
        for (const { name, parent, text } of elements) if (name === 'text') linesOf.get(parent)?.push(text)
        const wanted = leavesOf(root).map((leaf, i) => {
          const { answer, counts } = classLeaf(leaf)
          const [ill = 0, well = 0] = counts
          return [answer === 0 ? 'not well' : 'well', `leaf ${i + 1}`, `n = ${ill + well}`, String(ill), String(well)]
        })
        expect([...linesOf.values()]).toEqual(wanted)
      }),
      { numRuns: 50 },
    )
  })

  test("shows every leaf's mean, its spread and number of rows, in the unit of the target", () => {
    const mean = (answer: number, rows: number, deviation: number): Node => ({ kind: 'mean', answer, rows, deviation })
    const root = split(3, mean(152.133484, 7, 0), split(5, mean(-0.25, 1, 77.00574586), mean(91, 12, 1 / 3)))
    const textsIn = (svg: string, box: Element | null) =>
      parse(svg).flatMap(({ name, parent, text }) =>
        name === 'text' && JSON.stringify(parent) === JSON.stringify(box) ? [text] : [],
      )
    const leavesIn = (svg: string) =>
      parse(svg)
        .filter(({ name, text }) => name === 'title' && text.startsWith('Answer: '))
        .map(({ parent }) => textsIn(svg, parent))
    const svg = picture(root, number('age', 9), {}, null, { unit: 'mg/dl' })
    const wanted = [
      ['152.1 mg/dl', '± 0', 'n = 7'],
      ['-0.25 mg/dl', '± 77.01', 'n = 1'],
      ['91 mg/dl', '± 0.3333', 'n = 12'],
    ]
    for (const [i, words] of wanted.entries()) expect(leavesIn(svg)[i]).toEqual(expect.arrayContaining(words))
    expect(leavesIn(svg).length).toBe(3)
    expect(textsOf(svg, 'title')).toContainEqual(expect.stringMatching(/^Answer: 152\.1 mg\/dl ± 0 .*n = 7/))
    expect(textsOf(svg, 'desc').join()).toContain('91 mg/dl ± 0.3333')
    // Without a unit the numbers stand alone.
    expect(leavesIn(picture(root, number('age', 9), {}, null))[0]).toEqual(expect.arrayContaining(['152.1', '± 0']))
  })

  test('no text lies across the lower edge of a coloured head', () => {
    const mean = (answer: number): Node => ({ kind: 'mean', answer, rows: 7, deviation: 2 })
    const long = 'an answer of so many words that it takes two lines'
    for (const svg of [
      picture(split(3, mean(4), mean(9)), number('age', 9), {}, null, { unit: 'mg/dl' }),
      picture(split(3), number('age', 9), {}, ['ill', long]),
    ]) {
      const elements = parse(svg)
      const heads = elements.filter(({ name, attributes }) => name === 'path' && attributes.fill !== undefined)
      expect(heads.length).toBe(2)
      for (const { parent, attributes } of heads) {
        const [, y = Number.NaN] = (/^M[\d.]+ ([\d.]+)/.exec(attributes.d ?? '') ?? []).map(Number)
        const texts = elements.filter((element) => element.name === 'text' && element.parent === parent)
        expect(texts.length).toBeGreaterThan(2)
        for (const text of texts) {
          const [above, below] = [numberOf(text, 'y') - 11, numberOf(text, 'y') + 3]
          expect(below <= y || above >= y, `${text.text}: ${above} to ${below}, edge at ${y}`).toBe(true)
        }
      }
    }
  })

  test('of a tree of 256 leaves sixteen ends are left, and of a leaning one six', () => {
    const full = (depth: number): Node => (depth === 0 ? leaf(0, 3, 2) : split(3, full(depth - 1), full(depth - 1)))
    const endsIn = (node: Node, folded: ReadonlySet<Node>): number =>
      node.kind !== 'split' || folded.has(node) ? 1 : endsIn(node.left, folded) + endsIn(node.right, folded)
    const ends = [full(8), chain(30), full(4)].map((root) => endsIn(root, foldedIn(root)))
    expect(ends).toEqual([16, 6, 16])
  })

  test('of a large tree a page shows the beginning, a few ends, and says which leaves are below', () => {
    fc.assert(
      fc.property(roots, (root) => {
        const folded = foldedIn(root)
        const leaves = leavesOf(root).length
        expect(folded.size === 0).toBe(leaves <= 24 && depthOf(root) <= 6)
        const tree: Tree = {
          family: 'tree',
          missingValues: [''],
          columns: [number('age', 9)],
          features: [{ column: 'age' }],
          answers: ['ill', 'well'],
          root,
        }
        const target = {
          kind: 'classes',
          name: 'outcome',
          answers: ['ill', 'well'],
          classes: new Int32Array(),
        } as const
        const svg = treeSvg(tree, [], { ...target, document: undocumented }, folded)
        const [frame] = parse(svg)
        if (frame === undefined) throw new Error('no root')
        expect(numberOf(frame, 'height')).toBeLessThan(3600)
        expect(numberOf(frame, 'width')).toBeLessThan(2000)
        // Every leaf is drawn, or counted once.
        const texts = textsOf(svg, 'text')
        const shown = texts.flatMap((text) => /^leaf (\d+)$/.exec(text)?.[1] ?? []).map(Number)
        const counted = texts.flatMap((text) => {
          const [, from, to] = /^leaves (\d+) to (\d+): in the list$/.exec(text) ?? []
          return from === undefined
            ? []
            : Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i)
        })
        expect([...shown, ...counted].sort((a, b) => a - b)).toEqual(Array.from({ length: leaves }, (_, i) => i + 1))
      }),
      { numRuns: 60 },
    )
  })

  test('draws the counts as shares of a bar, and where rows are weighted what they weigh', () => {
    const svg = picture(leaf(0, 30, 10), number('age', 9))
    const elements = parse(svg)
    const [ill, well, whole] = elements.filter(({ attributes }) => attributes.height === '9')
    if (ill === undefined || well === undefined || whole === undefined) throw new Error('no bar')
    expect([ill, well].map(({ attributes }) => attributes.fill)).toEqual([classColour(0).fill, classColour(1).fill])
    expect(numberOf(ill, 'width') / numberOf(whole, 'width')).toBeCloseTo(0.75, 2)
    expect(numberOf(well, 'width') / numberOf(whole, 'width')).toBeCloseTo(0.25, 2)
    expect(numberOf(well, 'x')).toBeCloseTo(numberOf(ill, 'x') + numberOf(ill, 'width'), 0)
    const weighted = picture({ ...leaf(0, 30, 10), weights: [1, 9] } as Node, number('age', 9))
    const [part, , all] = parse(weighted).filter(({ attributes }) => attributes.height === '9')
    if (part === undefined || all === undefined) throw new Error('no bar')
    expect(numberOf(part, 'width') / numberOf(all, 'width')).toBeCloseTo(0.1, 2)
  })

  test('labels one edge "yes" and one "no" for every split', () => {
    const texts = textsOf(picture(split(3, split(1), split(5)), number('age', 9)), 'text')
    expect(texts.filter((text) => text === 'yes').length).toBe(3)
    expect(texts.filter((text) => text === 'no').length).toBe(3)
  })

  test('is the same bytes whenever it is drawn', () => {
    fc.assert(
      fc.property(roots, (root) => {
        const [once, again] = [structuredClone(root), structuredClone(root)].map((own) =>
          picture(own, number('age', 9)),
        )
        expect(again).toBe(once)
      }),
      { numRuns: 20 },
    )
  })

  test('takes 32 answers, and says how many of them it leaves out', () => {
    const answers = Array.from({ length: 32 }, (_, i) => `answer ${i}`)
    const counts = answers.map((_, i) => i)
    const svg = picture(leaf(31, ...counts), number('age', 9), {}, answers)
    const texts = textsOf(svg, 'text')
    expect(texts).toEqual(expect.arrayContaining([...answers, 'n = 496', '31', '30', '29', '+ 28 more']))
    expect(textsOf(svg, 'title').at(-1)).toContain('answer 0: 0, answer 1: 1,')
  })
})

describe('the conditions', () => {
  const coded = (...pairs: [string, string][]) => ({ title: 'T', categories: new Map(pairs) })
  const pains = coded(['0', 'typical'], ['1', 'atypical'], ['2', 'non-anginal'], ['3', 'none'])
  const text = (missing: TextColumn['missing'], ...levels: string[]): TextColumn => {
    return { kind: 'text', name: 'colour', levels, missing }
  }
  test.each<{ column: Column; document: Partial<ColumnDocument>; cut: number; want: string[] }>([
    { column: number('age', 99), document: {}, cut: 54, want: ['age', '≤ 54.5'] },
    { column: number('age', 99), document: { title: 'Age', unit: 'years' }, cut: 54, want: ['Age', '≤ 54.5 years'] },
    { column: number('a', 9, 'below'), document: {}, cut: 3, want: ['a', '≤ 2.5', '(if missing: yes)'] },
    { column: number('a', 9, 'above'), document: {}, cut: 3, want: ['a', '≤ 3.5', '(if missing: no)'] },
    { column: number('a', 9, 'below'), document: {}, cut: 0, want: ['a', 'is missing'] },
    { column: number('a', 9, 'above'), document: {}, cut: 8, want: ['a', 'is not missing'] },
    { column: number('sex', 2), document: coded(['0', 'female'], ['1', 'male']), cut: 0, want: ['T', 'is “female”'] },
    { column: number('cp', 4), document: pains, cut: 1, want: ['T', 'is “typical” or “atypical”'] },
    { column: number('cp', 4), document: pains, cut: 2, want: ['T', 'is “typical”, “atypical” or', '“non-anginal”'] },
    // Codes without a label lie between: the code is said as well.
    {
      column: number('thal', 5),
      document: coded(['0', 'normal'], ['4', 'defect']),
      cut: 1,
      want: ['T', 'is “normal” (code ≤ 1.5)'],
    },
    // A label for one special code says nothing of the others.
    { column: number('age', 100), document: coded(['99', 'unknown']), cut: 54, want: ['T', '≤ 54.5'] },
    {
      column: number('n', 3),
      document: coded(['0', 'a'], ['2', 'c'], ['', 'x'], ['7', 'y']),
      cut: 1,
      want: ['T', 'is “a” (code ≤ 1.5)'],
    },
    // Too long a list: what does not go left, if that is one, else the code.
    {
      column: number('n', 6),
      document: coded(...['a', 'b', 'c', 'd', 'e', 'f'].map((l, i): [string, string] => [String(i), l])),
      cut: 4,
      want: ['T', 'is not “f”'],
    },
    {
      column: number('n', 6),
      document: coded(...['a', 'b', 'c', 'd', 'e', 'f'].map((l, i): [string, string] => [String(i), l])),
      cut: 3,
      want: ['T', '≤ 3.5'],
    },
    { column: text('never', 'red', 'blue', 'green'), document: {}, cut: 0, want: ['colour', 'is not “red”'] },
    { column: text('never', 'red', 'blue'), document: {}, cut: 0, want: ['colour', 'is “blue”'] },
    {
      column: text('no-level', 'red', 'blue'),
      document: coded(['red', 'rosso']),
      cut: 0,
      want: ['T', 'is not “rosso”', '(if missing: yes)'],
    },
  ])('$column.name at $cut: $want', ({ column, document, cut, want }) => {
    const elements = parse(picture(split(cut), column, document))
    const [title] = elements.filter(({ name, text }) => name === 'title' && text.includes('(n = 15;'))
    const lines = elements
      .filter(({ name, parent }) => name === 'text' && parent === title?.parent)
      .map(({ text }) => text)
    expect(lines).toEqual([...want, 'n = 15', '8', '7'])
  })

  test('a column without a document goes by its name', () => {
    const tree: Tree = {
      family: 'tree',
      missingValues: [''],
      columns: [number('age', 9)],
      features: [{ column: 'age' }],
      answers: ['a', 'b'],
      root: split(3),
    }
    expect(textsOf(draw(tree, []), 'text')).toContain('age')
  })
})

describe('hostile text', () => {
  test.each([
    { kind: 'a very long word', bad: 'x'.repeat(1000) },
    { kind: 'emoji', bad: '😀👩‍⚕️'.repeat(300) },
    { kind: 'ends of elements', bad: ']]></style><script>alert(1)</script><!-- -->' },
    { kind: 'quotes and entities', bad: "\"/><image href='https://example.com'/>&nbsp;&amp;" },
    { kind: 'white space', bad: 'line\nbreak\r\n\ttab \u2028' },
    { kind: 'controls and halves of pairs', bad: '\u0000\u0007\u001b[31m\u202eevil\ud800 half \udc00\ufffe\uffff' },
    { kind: 'nothing', bad: '' },
    { kind: 'a space', bad: ' ' },
  ])('$kind: breaks nothing, and is cut', ({ bad }) => {
    const target = { title: bad, categories: new Map([['0', bad]]) }
    for (const root of [leaf(0, 3, 0), split(3), split(0)]) {
      const shown = [
        picture(root, number('age', 9, 'below'), { title: bad, unit: bad }, ['0', bad], target),
        picture(
          root,
          number(bad, 2, 'above'),
          {
            categories: new Map([
              ['0', bad],
              ['1', bad],
            ]),
          },
          ['0', bad],
          target,
        ),
        picture(root, { kind: 'text', name: bad, levels: [bad, 'b'], missing: 'never' }, {}, ['0', bad], target),
      ]
      for (const svg of shown) {
        expect(new Set(parse(svg).map(({ name }) => name))).toEqual(
          new Set(['svg', 'title', 'desc', 'style', 'rect', 'g', 'path', 'text']),
        )
        const inBoxes = parse(svg).filter(({ name, parent }) => name === 'text' && parent?.name === 'g')
        for (const { text } of inBoxes) expect([...text].length).toBeLessThanOrEqual(64)
      }
    }
  })

  test('what is cut stands in full in the title of its box', () => {
    const name = 'a name that is much too long for a line of a box'
    const answer = `${'an answer of many words, '.repeat(4)}the end`
    const svg = picture(split(3), number(name, 9), {}, ['ill', answer])
    const lines = textsOf(svg, 'text')
    expect(lines).toContain('a name that is much too long fo…')
    expect(lines).toContain('answer of many words, an answer…')
    expect(textsOf(svg, 'title').some((title) => title.startsWith(`${name} ≤ 3.5 (n = 15; ill: 8, ${answer}: 7`))).toBe(
      true,
    )
    expect(textsOf(svg, 'title').some((title) => title.startsWith(`Answer: ${answer} (n = 6;`))).toBe(true)
  })
})

describe('the colours', () => {
  const colours = Array.from({ length: 32 }, (_, answer) => classColour(answer))

  test('text on the fill of every class has a contrast of at least 4.5, and so has all other text in both modes', () => {
    for (const { fill, text } of colours) expect(contrast(fill, text)).toBeGreaterThanOrEqual(4.5)
    for (const { paper, box, ink, muted } of Object.values(themes)) {
      for (const background of [paper, box]) {
        for (const text of [ink, muted]) expect(contrast(text, background)).toBeGreaterThanOrEqual(4.5)
      }
    }
  })

  test('lines and frames have a contrast of at least 3 in both modes', () => {
    for (const { paper, line } of Object.values(themes)) expect(contrast(line, paper)).toBeGreaterThanOrEqual(3)
  })

  test('the label of a leaf is written in the text colour of its class, on the fill of its class', () => {
    const answers = Array.from({ length: 32 }, (_, i) => `answer ${i}`)
    for (const [answer, { fill, text }] of colours.entries()) {
      const elements = parse(picture(leaf(answer, ...answers.map(() => 1)), number('age', 9), {}, answers))
      const label = elements.filter((element) => element.text === `answer ${answer}`).at(-1)
      const band = elements.find(({ name, parent }) => name === 'path' && parent === label?.parent)
      expect([band?.attributes.fill, label?.attributes.fill]).toEqual([fill, text])
    }
  })

  test('32 classes have 32 fills, and one more begins again', () => {
    expect(new Set(colours.map(({ fill }) => fill)).size).toBe(32)
    expect(classColour(32)).toEqual(classColour(0))
  })

  test('the first eight differ in lightness, for grey print, and neighbours by much', () => {
    const lightness = colours.slice(0, 8).map(({ fill }) => 116 * Math.cbrt(luminance(fill)) - 16)
    for (const [i, a] of lightness.entries()) {
      for (const [j, b] of lightness.entries()) {
        if (j > i) expect(Math.abs(a - b)).toBeGreaterThan(j === i + 1 ? 15 : 6)
      }
    }
  })

  test('both modes stand in the style', () => {
    const [style = ''] = parse(picture(leaf(0, 1, 0), number('age', 9))).flatMap(({ name, text }) =>
      name === 'style' ? [text] : [],
    )
    const [light = '', dark = ''] = style.split('@media (prefers-color-scheme:dark)')
    expect(light).toContain(`.paper{fill:${themes.light.paper}}`)
    expect(dark).toContain(`.paper{fill:${themes.dark.paper}}`)
    expect(light).not.toContain(themes.dark.ink)
  })
})
