import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildPage, type PageOptions } from '../../compiler/page/build.ts'
import { contentPolicy, headersFile } from '../../compiler/page/policy.ts'
import { contract } from '../../generated/heart-disease/client.ts'
import documentsJson from '../../generated/heart-disease/page.json' with { type: 'json' }
import type { Column } from '../../runtime/contract.ts'
import { cellOf } from '../../runtime/grid.ts'
import type { PageDocuments } from '../../runtime/page/documents.ts'
import { ofHundred, wilson } from '../../runtime/page/estimate.ts'
import { describeFailure } from '../../runtime/page/failures.ts'
import { questionsOf, readNumber as readTyped, type Unit, writeNumber } from '../../runtime/page/questions.ts'
import { systemRandom } from '../../runtime/random.ts'
import { everyHostileName } from '../cases/emit/hostile.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower } from '../support/plans.ts'
import { tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

const documents: PageDocuments = documentsJson
const here: PageOptions = {
  directory: resolve('generated/heart-disease'),
  contract,
  documents,
  connection: { kind: 'http', url: null },
  origins: [],
}

/** Where decimals stand behind a point. */
const readNumber = (text: string, unit: Unit) => readTyped(text, unit, '.')

describe('numbers as people type them', () => {
  const unit: Unit = { name: null, factor: 1, minimum: -1e6, maximum: 1e6, decimals: 2 }
  const fine: Unit = { ...unit, decimals: 3 }
  test.each([
    ['63', 63, null],
    ['2,3', 2.3, null],
    ['2.3', 2.3, null],
    [' 145 ', 145, null],
    ['−4', -4, null],
    ['+5', 5, null],
    ['.5', 0.5, null],
    ['5,', 5, null],
    ['1.234,5', 1234.5, '1234.5'],
    ['1,234.5', 1234.5, '1234.5'],
    ['250,000.00', 250000, '250000'],
    ['12 345', 12345, '12345'],
    ['1,234,567', null, null],
  ])('%j is %j', (text, value, understood) => {
    expect(readNumber(text, unit)).toEqual(value === null ? { kind: 'out-of-range' } : { value, understood })
  })

  test.each(['12 mg', '1e3', '0x10', 'Infinity', ',', '1.2.3'])('%j is none', (text) => {
    expect(readNumber(text, unit)).toEqual({ kind: 'not-a-number' })
  })

  test.each(['250,000', '250.000', '1.234'])('%j may be two, where there are no three decimals', (text) => {
    const values = [Number(text.replace(',', '.')), Number(text.replace(/[.,]/, ''))]
    for (const decimals of [0, 2])
      expect(readNumber(text, { ...unit, decimals })).toEqual({ kind: 'ambiguous', values })
  })

  test('with three decimals a point is a decimal point, and a comma where the other number is out of range', () => {
    expect(readNumber('1.234', fine)).toEqual({ value: 1.234, understood: null })
    expect(readNumber('1,234', { ...fine, maximum: 5 })).toEqual({ value: 1.234, understood: null })
    expect(readNumber('1,234', fine)).toEqual({ kind: 'ambiguous', values: [1.234, 1234] })
  })

  test('numbers beyond the range are taken where they count as its ends', () => {
    const narrow: Unit = { ...unit, minimum: 0, maximum: 5 }
    expect(readNumber('250000', narrow)).toEqual({ kind: 'out-of-range' })
    expect(readNumber('250000', { ...narrow, clamps: true })).toEqual({ value: 250000, understood: null })
    expect(readNumber('-1', { ...narrow, clamps: true })).toEqual({ value: -1, understood: null })
    expect(readNumber('1,234', { ...narrow, clamps: true })).toMatchObject({ kind: 'ambiguous' })
  })

  test('decimals are counted as typed', () => {
    expect(readNumber('63.0', { ...unit, decimals: 0 })).toEqual({ kind: 'too-fine' })
    expect(readNumber('63.50', unit)).toEqual({ value: 63.5, understood: null })
  })

  const chol: Column = { kind: 'number', name: 'chol', grid: { minimum: 80, step: 1, size: 621 }, missing: 'never' }
  const asked = questionsOf([chol], {
    ...documents,
    columns: [
      {
        ...{ name: 'chol', title: 'Cholesterol', description: null, unit: 'mg/dL', categories: [], example: '246' },
        otherUnits: [{ unit: 'mmol/L', factor: 38.67 }],
      },
    ],
  })[0]
  const [own, other] = asked?.kind === 'number' ? asked.units : []

  test('in another unit lead to the same cell as in the own, for every value', () => {
    for (let value = 80; value <= 700; value++) {
      const written = writeNumber(value, other as Unit)
      const read = readNumber(written, other as Unit)
      const cell = 'value' in read ? cellOf(chol, { column: 'chol' }, read.value) : read.kind
      // The two ends of the range may lie outside of what two decimals can say.
      if (value > 80 && value < 700) expect(cell, written).toBe(value - 80)
    }
    expect(other).toMatchObject({ name: 'mmol/L', minimum: 2.07, maximum: 18.1, decimals: 2 })
  })

  test.each([
    ['', 'empty'],
    ['much', 'not-a-number'],
    ['79', 'out-of-range'],
    ['701', 'out-of-range'],
    ['245,5', 'too-fine'],
  ])('%j is refused: %s', (text, kind) => {
    expect(readNumber(text, own as Unit)).toEqual({ kind })
  })

  test('an example of the schema that the column does not take is not used', () => {
    const column = { ...documents.columns[0], name: 'chol', categories: [], example: '9999', unit: null }
    const [question] = questionsOf([chol], {
      ...documents,
      columns: [{ ...column, title: null, description: null, otherUnits: [] }],
    })
    expect(question).toMatchObject({ title: 'chol', example: '390', units: [{ name: null }] })
  })
})

describe('shares', () => {
  test('of a hundred are a hundred, each within one of the exact share', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { minLength: 1, maxLength: 32 }), (counts) => {
        const all = counts.reduce((sum, count) => sum + count, 0)
        fc.pre(all > 0)
        const shares = ofHundred(counts)
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100)
        for (const [i, share] of shares.entries())
          expect(Math.abs(share - (100 * (counts[i] ?? 0)) / all)).toBeLessThan(1)
      }),
    )
  })

  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i lie by the score interval between %f and %f', (successes, rows, low, high) => {
    const interval = wilson(successes, rows)
    expect([interval.low, interval.high].map((bound) => bound.toFixed(4))).toEqual([low.toFixed(4), high.toFixed(4)])
  })
})

describe('a built page', () => {
  test('is the same bytes again, and names its files by what is in them', async () => {
    const [first, second] = [await buildPage(here), await buildPage(here)]
    expect(second).toEqual(first)
    expect([...first.files.keys()].map((file) => file.replace(/[0-9a-f]{16}/, '*'))).toEqual([
      ...['index.html', 'main.*.js', 'worker.*.js', 'style.*.css', 'icon.*.svg', '_headers'],
    ])
    const html = first.files.get('index.html') ?? ''
    for (const name of first.files.keys()) if (/^(main|style|icon)/.test(name)) expect(html).toContain(name)
    expect([...html.matchAll(/ integrity="sha384-[A-Za-z0-9+/]{64}"/g)]).toHaveLength(2)
    // Nothing stands inline that a policy without exceptions would refuse.
    expect(html).not.toMatch(/<style|style="|<script(?![^>]* src=)|\son\w+=/)
  })

  test('holds nothing of the server module, nor of the report', async () => {
    const { files } = await buildPage(here)
    const text = [...files.values()].join('\n')
    expect(text).not.toMatch(/define\w*Server|"?threshold"?\s*:|impurity/)
    const server = await readFile('generated/heart-disease/server.ts', 'utf8')
    for (const [, remark = ''] of server.matchAll(/\/\/ (\w+ <= \S+)/g)) expect(text).not.toContain(remark)
    const model: { tree: { feature: string; threshold: number } } = JSON.parse(
      await readFile('generated/heart-disease/report/model.json', 'utf8'),
    )
    expect(JSON.stringify(documents)).not.toContain(String(model.tree.threshold))
  })

  test('says in every model that it is no medical device, before and after the answer', async () => {
    const empty: PageDocuments = { ...documents, title: null, description: null, references: [], columns: [] }
    for (const given of [documents, empty]) {
      const html = (await buildPage({ ...here, documents: given })).files.get('index.html') ?? ''
      expect(html.match(/This is research, not a medical device/g)).toHaveLength(2)
      expect(html).toContain('>Research, not a medical device.</strong>')
    }
  })

  test('shows hostile words as words', async () => {
    const bad =
      everyHostileName.flatMap(({ header }) => header).join(' ') +
      '<img src=x onerror=alert(1)></script><script>alert(1)</script>'
    const field = {
      ...documents.target,
      title: bad,
      description: bad,
      unit: bad,
      categories: [{ value: '1', label: bad }],
    }
    const hostile: PageDocuments = {
      ...documents,
      ...{
        title: bad,
        description: bad,
        leakage: { client: bad, server: bad },
        references: [{ title: bad, path: null }],
      },
      target: field,
      columns: documents.columns.map((column) => ({ ...field, name: column.name })),
    }
    const { files } = await buildPage({ ...here, documents: hostile })
    const html = files.get('index.html') ?? ''
    expect(html.match(/<script/g)).toHaveLength(1)
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img src=x')
  })

  test('talks to its server and, with tickets, to the storage, and to nobody else', async () => {
    expect(contentPolicy([])).toContain("connect-src 'self';")
    const origins = ['https://tickets.example', 'https://bucket.example']
    const { policies, files } = await buildPage({
      ...here,
      connection: { kind: 'tickets', url: origins[0] ?? '' },
      origins,
    })
    expect(policies.page).toContain(`connect-src 'self' ${origins.join(' ')};`)
    expect(files.get('index.html')).not.toMatch(/frame-ancestors/)
    const headers = files.get('_headers') ?? ''
    expect(headers).toMatch(/^\/\n {2}Content-Security-Policy: default-src 'none'; .*frame-ancestors 'none'$/m)
    expect(headers).toMatch(/^\/worker\.\w+\.js\n {2}Content-Security-Policy: default-src 'none'$/m)
    expect(headers).not.toMatch(/unsafe|\*/)
    expect(headersFile(['index.html'], { page: 'p', worker: 'w' })).toMatch(/^# Code generated/)
  })

  test('has words of its own for every failure that its parts throw', async () => {
    const sources = await Promise.all(
      [
        ...['client.ts', 'session/index.ts', 'session/over-tickets.ts', 'session/run-session.ts'],
        ...['wire/message.ts', 'wire/read-body.ts', 'wire/signature.ts', 'paillier/keys.ts'],
        ...['cipher.ts', 'link.ts', 'signs/client.ts', 'signs/slots.ts'].map((file) => `schemes/${file}`),
        ...['label', 'lattice', 'points', 'sums'].map((scheme) => `schemes/${scheme}/client.ts`),
        'schemes/points/cipher.ts',
        ...['page/main.ts', 'page/session.ts', 'page/vault.ts', 'page/worker.ts'],
      ].map((file) => readFile(join('runtime', file), 'utf8')),
    )
    const thrown = sources.flatMap((source) =>
      [...source.matchAll(/(?:Protocol|Page)Error\('([a-z-]+)'/g)].map(([, code = '']) => code),
    )
    expect(thrown.length).toBeGreaterThan(20)
    // A key of the caller's own does not occur in a page; cancelling is no failure.
    const own = new Set(thrown.filter((code) => !['aborted', 'wrong-key', 'bad-key'].includes(code)))
    for (const code of own) expect(describeFailure(code).title, code).not.toBe('failure.page')
    expect(describeFailure('unheard-of').title).toBe('failure.page')
  })
})

test('noise is drawn in as many steps as asked for, and sealing draws no more', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => [String(i), String(i % 7), i < 20 && i % 7 > 3 ? 'sick' : 'well'])
  const tree = trainClasses(tableOf(['age', 'day', 'target'], rows), {
    ...boundedOptions,
    maxDepth: 3,
    minSamplesLeaf: 1,
  })
  let draws = 0
  const random = (length: number) => {
    draws += 1
    return systemRandom(length)
  }
  const client = clientOf(lower(tree, { name: 'test', keyBits: 512 }), { random })
  const key = insecureTestKey(512)
  const counts = [() => client.prepare(key, 1), () => client.prepare(key, 1), () => client.prepare(key)].map(
    (prepare) => {
      prepare()
      return draws
    },
  )
  await client.seal({ age: 3, day: 4 }, key)
  expect(client.contract.features).toHaveLength(2)
  expect([counts[0], counts[1]]).toEqual([counts[0], counts[0]])
  expect(counts[0]).toBeGreaterThan(0)
  expect(counts[2]).toBeGreaterThan(counts[1] ?? 0)
  expect(draws).toBe(counts[2])
})

test('the published model has its documents', async () => {
  expect(await readdir('generated/heart-disease')).toContain('page.json')
  expect(documents.columns.map(({ name }) => name)).toEqual(contract.columns.map(({ name }) => name))
  expect(documents.rows).toBe(303)
})
