import { expect, test } from 'vitest'
import { distributionOf, withPublishedDistribution } from '../compiler/distribution.ts'
import { CompileError } from '../compiler/errors.ts'
import type { Lowered } from '../compiler/schemes/scheme.ts'
import type { Table } from '../compiler/table.ts'
import documents from '../generated/heart-disease-linear/page.json' with { type: 'json' }
import { comparedOf } from '../runtime/page/beside.ts'
import type { Opened } from '../runtime/schemes/scheme.ts'
import { tableOf } from './support/tables.ts'

const rows = (count: number) => Array.from({ length: count }, (_, i) => [String(i), i < count / 2 ? 'no' : 'yes'])
const table = (count: number) => tableOf(['x', 'target'], rows(count))
/** A model of all columns of the table. */
const lowered = (of: Table, simulated: Lowered['simulate']) => {
  const contract = {
    features: of.features.map(({ feature }) => feature),
    columns: of.columns.map(({ column }) => column),
  }
  return { simulate: simulated, plan: { contract } } as unknown as Pick<Lowered, 'simulate' | 'plan'>
}
const spreadOf = (count: number, simulated: Lowered['simulate']) => {
  const own = table(count)
  return distributionOf(lowered(own, simulated), own)
}
/** The chance is the value, of which a few are rare. */
const simulate = ([x = 0]: readonly number[]): Opened => {
  const chance = x < 3 ? 0.01 : x < 150 ? 0.2 : 0.8
  return { kind: 'class', answer: chance < 0.5 ? 'no' : 'yes', shares: [1 - chance, chance], scores: [1] }
}

test('people are spread over the chances, in whole percent, and fewer than five show nowhere', () => {
  // Three of 300 go with those at the next value.
  expect(spreadOf(300, simulate)).toEqual({
    of: 'chance',
    steps: [
      { value: 20, percent: 50 },
      { value: 80, percent: 100 },
    ],
  })
  // One of 1000 is not half a percent.
  const rare = ([x = 0]: readonly number[]) =>
    ({ ...simulate([200]), shares: x === 0 ? [0.99, 0.01] : [0.2, 0.8] }) as Opened
  expect(spreadOf(1000, rare).steps).toEqual([{ value: 80, percent: 100 }])
  // Nor do those at the top.
  const top = ([x = 0]: readonly number[]) =>
    ({ ...simulate([200]), shares: x >= 96 ? [0.01, 0.99] : x < 50 ? [0.9, 0.1] : [0.2, 0.8] }) as Opened
  expect(spreadOf(100, top).steps).toEqual([
    { value: 10, percent: 50 },
    { value: 99, percent: 100 },
  ])
  // Where each has a value of their own, five are a step.
  const own = ([x = 0]: readonly number[]) => ({ ...simulate([1]), shares: [1 - x / 100, x / 100] }) as Opened
  expect(spreadOf(100, own).steps.map(({ percent }) => percent)).toEqual(
    Array.from({ length: 20 }, (_, i) => 5 * (i + 1)),
  )
})

test('a person counts once, and one of no weight not at all', () => {
  const of = table(240)
  const spread = (own: Table) => distributionOf(lowered(own, simulate), own)
  const twice = { ...of, groups: Int32Array.from({ length: 240 }, (_, row) => row >> 1) }
  expect(spread(twice).steps).toEqual([
    { value: 20, percent: 63 },
    { value: 80, percent: 100 },
  ])
  const weights = Float64Array.from({ length: 240 }, (_, row) => (row < 50 ? 0 : 1))
  expect(spread({ ...of, weights }).steps[0]).toEqual({ value: 20, percent: 53 })
  expect(() => spread({ ...twice, weights })).toThrow(/at least 100 people, and this one has 95/)
})

test('an answer is compared as it was counted: to two digits', () => {
  const opened = { kind: 'number', answer: 123.4 } as Opened
  expect(comparedOf(opened, [])).toBe(120)
})

test.each<[string, number, Opened, RegExp]>([
  ['few people', 99, simulate([1]), /at least 100 people, and this one has 99/],
  ['no score', 100, { kind: 'class', answer: 'no' }, /whose client learns one score/],
  ['three answers', 100, { kind: 'class', answer: 'no', shares: [0.2, 0.3, 0.5], scores: [1, 2, 3] }, /one score/],
])('it is refused for %s', (_, count, opened, says) => {
  expect(() => spreadOf(count, () => opened)).toThrow(CompileError)
  expect(() => spreadOf(count, () => opened)).toThrow(says)
})

test('the leakage report says so in every language, and nothing is published without it', () => {
  const told = (words: string) => ({ leakage: { client: words, server: words }, sealing: { key: '', each: '' } })
  const plain = { learns: told('a').leakage, translations: { fr: told('b'), de: told('c') } } as Lowered
  const { learns, translations } = withPublishedDistribution(plain)
  for (const { client } of [learns, translations.fr.leakage, translations.de.leakage])
    expect(client).toMatch(/^[abc] .*--publish-distribution/)
  expect([learns.server, translations.fr.leakage.server]).toEqual(['a', 'b'])
  expect(documents).not.toHaveProperty('distribution')
})
